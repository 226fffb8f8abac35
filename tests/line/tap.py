"""The convention of all our tests: a line "ok NAME", "not ok NAME: why" or "skip NAME: why" for each, exit status 0 iff none failed."""
import os
import sys
import threading
import time
import traceback

# A locked program is killed when the leak checker starts its helper at exit.
os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")

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
    """Returns what `condition` returns once it is true; fails after so many seconds of a quiet machine: one that does much else has more."""
    end = time.monotonic() + max(5 * seconds, 300)
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {words}")


def _run_one(test):
    global _failed
    name = test.__name__.removeprefix("test_").replace("_", "-")
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


def run(tests, patient=()):
    """Runs the functions in order, beside them those that mostly wait; with names on the command line, those alone."""
    def wanted(test):
        return not sys.argv[1:] or test.__name__.removeprefix("test_").replace("_", "-") in sys.argv[1:]
    threads = [threading.Thread(target=_run_one, args=(t,)) for t in patient if wanted(t)]
    for thread in threads:
        thread.start()
    for test in tests:
        if wanted(test) and test not in patient:
            _run_one(test)
    for thread in threads:
        thread.join()


def finish():
    sys.exit(1 if _failed else 0)


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def sanitized():
    """A build with the address sanitizer takes more memory."""
    with open(program("hoering-fetch"), "rb") as f:
        return b"__asan_init" in f.read()


def program(name):
    """One of our executables, from the build folder of HOERING_BUILD (tests/run sets it), else ./build."""
    path = os.path.join(os.environ.get("HOERING_BUILD", os.path.join(ROOT, "build")), name)
    if not os.access(path, os.X_OK):
        raise Skip(f"{path} is not built")
    return path
