"""The convention of all our tests: a line "ok NAME", "not ok NAME: why" or "skip NAME: why" for each, exit status 0 iff none failed."""
import os
import sys
import time
import traceback

_failed = 0


class Skip(Exception):
    pass


def check(condition, words="not as expected"):
    if not condition:
        raise AssertionError(words)


def equal(got, wanted, what="value"):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r} instead of {wanted!r}"[:600])


def wait_until(condition, seconds, words):
    """Returns what `condition` returns once it is true; fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {words}")


def run(tests, only=None):
    """Runs the functions in order; with names on the command line, those alone."""
    global _failed
    only = only or sys.argv[1:]
    for test in tests:
        name = test.__name__.removeprefix("test_").replace("_", "-")
        if only and name not in only:
            continue
        started = time.monotonic()
        try:
            test()
            print(f"ok {name}" + (f" ({time.monotonic() - started:.1f} s)" if os.environ.get("TIMES") else ""), flush=True)
        except Skip as e:
            print(f"skip {name}: {e}", flush=True)
        except Exception as e:
            _failed += 1
            words = str(e).replace("\n", " ") or type(e).__name__
            print(f"not ok {name}: {words}", flush=True)
            if not isinstance(e, AssertionError) or os.environ.get("TRACE"):
                traceback.print_exc(file=sys.stdout)


def finish():
    sys.exit(1 if _failed else 0)


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def program(name):
    """One of our executables, from the build folder of HOERING_BUILD (tests/run sets it), else ./build."""
    path = os.path.join(os.environ.get("HOERING_BUILD", os.path.join(ROOT, "build")), name)
    if not os.access(path, os.X_OK):
        raise Skip(f"{path} is not built")
    return path
