#!/usr/bin/env python3
"""test_evil.py HOERING-PARSE-EVIL: whatever a taken-over child tries fails, costs that message, and never the next one."""
import os, signal, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client

SOUND = b'From: Kari <kari@example.no>\nSubject: Innspill\nMessage-ID: <a@b>\n\nHei, her er v\xc3\xa5rt innspill.\n'
# What must have been refused with an error or with death, by act; the rest of the acts are about limits.
REFUSED = ['open', 'openat2', 'create', 'stat', 'socket', 'socketpair', 'connect', 'exec', 'ptrace', 'peek', 'kill', 'tgkill',
           'pidfd', 'io_uring', 'mmap-exec', 'mprotect-exec', 'memfd', 'descriptors', 'change-mail', 'fork', 'thread', 'namespace',
           'dumpable', 'raise-limit', 'leave', 'leave']
ENDS = {'loop': 'timeout', 'flood': 'overflow', 'garbage': 'done', 'quit': 'done', 'crash': 'crashed'}
failures = []


def check(good, *words):
    if not good:
        failures.append(words)
        print('FAILED', *words)


def children(pid):
    return open('/proc/%d/task/%d/children' % (pid, pid)).read().split()


def sound_after(server, act):
    end, _, _, records = server.ask(SOUND)
    r = client.read(records)
    check(end == 'done' and r['complete'] and r['envelope']['subject'] == 'Innspill', 'after', act, end)
    check('vårt innspill' in r['texts'].get(0, ''), 'text after', act)


def hanging_child(pid):
    """The child that has slept for a while: nothing but X-Hang makes one sleep."""
    asleep = 0
    while asleep < 20:
        time.sleep(0.01)
        try:
            states = [(c, open('/proc/%s/stat' % c).read().rpartition(')')[2].split()[0]) for c in children(pid)]
        except OSError:     # it ended in between
            states = []
        asleep = asleep + 1 if [s for _, s in states] == ['S'] else 0
    return int(states[0][0])


def killed_from_outside(server, kills):
    """A mail whose attachment is being read when its child is killed, so many times: what comes of the parts, and of the mail."""
    body = ('From: a@b.no\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nse vedlagt\n' +
            ''.join('--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\n%s\n' % t
                    for t in ('X-Hang: %d' % kills, 'et vedlegg til')) + '--b--\n').encode()
    answer = []
    asking = threading.Thread(target=lambda: answer.extend(server.ask(body)))
    asking.start()
    for _ in range(kills):
        os.kill(hanging_child(server.process.pid), signal.SIGKILL)
    asking.join()
    r = client.read(answer[3])
    return answer[0], [p['status'] for p in r['parts']], sorted(w['code'] for w in r['warnings']), r['texts']


def test_killed(server):
    """One kill from outside does not cost the part that was being read; what is killed again does, and nothing but that part."""
    end, status, warnings, texts = killed_from_outside(server, 1)
    check((end, status, warnings) == ('done', ['ok', 'ok'], []) and texts[1] == 'X-Hang: 1', 'killed once', end, status, warnings, texts)
    end, status, warnings, texts = killed_from_outside(server, 2)
    check((end, status, warnings) == ('done', ['corrupt', 'ok'], ['reader-died']) and texts.get(2) == 'et vedlegg til', 'killed twice', end,
          status, warnings, texts)


def slow_parts(server, parts, body='text/plain\n\nse vedlagt'):
    """What comes of such a mail: end, the parts' status, the warnings, the texts."""
    mail = ('From: a@b.no\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: %s\n' % body + ''.join(
        '--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\n%s\n' % p for p in parts) + '--b--\n').encode()
    end, _, _, records = server.ask(mail)
    r = client.read(records)
    check(r['complete'], 'a slow mail is not whole', parts)
    return end, [p['status'] for p in r['parts']], [(w['part'], w['code']) for w in r['warnings']], r['texts']


def test_slow(server):
    """What takes too long costs that part; where there are too many, all are listed; a body in HTML costs itself."""
    got = slow_parts(server, ['X-Spin', 'et vedlegg', 'X-Spin', 'et til'])
    check(got == ('done', ['too large', 'ok', 'too large', 'ok'], [(1, 'limit-time'), (3, 'limit-time')],
                  {0: 'se vedlagt', 2: 'et vedlegg', 4: 'et til'}), 'two slow parts', got)
    got = slow_parts(server, ['X-Spin'] * 5 + ['et vedlegg'])
    check(got == ('done', ['too large'] * 6, [(i, 'limit-time') for i in range(1, 7)], {0: 'se vedlagt'}), 'too many slow parts', got)
    got = slow_parts(server, ['et vedlegg'], 'text/plain\n\nlest\n--b\nContent-Type: text/html\n\nX-Spin')
    check(got == ('done', ['ok'], [(0, 'limit-time')], {0: 'lest', 1: 'et vedlegg'}), 'a slow body', got)


def main(program):
    sanitized = b'__asan_init' in open(program, 'rb').read()
    env = dict(os.environ, ASAN_OPTIONS='detect_leaks=0')
    server = client.Server(program, env)
    pid = server.process.pid
    sound_after(server, 'start')
    for act in REFUSED:
        end, detail, _, records = server.ask(b'X-Evil: %s\n\nbody\n' % act.encode())
        codes = [w['code'] for w in client.read(records)['warnings']]
        check((end == 'crashed' and detail == signal.SIGSYS and not codes) or codes == ['evil-failed'] or
              (sanitized and act == 'descriptors'), act, end, detail, codes)
        check(server.process.poll() is None and server.process.pid == pid, 'server after', act)
        sound_after(server, act)
    check(not os.path.exists('/tmp/hoering-evil'), 'a file was made')
    for act, expected in ENDS.items():
        started = time.monotonic()
        end, detail, cpu, records = server.ask(b'X-Evil: %s\n\nbody\n' % act.encode())
        check(end == expected or (sanitized and act == 'crash'), act, end, detail)
        check(len(records) <= 24 << 20, act, 'wrote', len(records))
        check(time.monotonic() - started < 20, act, 'took long')
        sound_after(server, act)
    for act in ['flood-unsignalled'] + ([] if sanitized else ['eat-memory']):
        end, detail, _, records = server.ask(b'X-Evil: %s\n\nbody\n' % act.encode())
        check(end != 'done' and len(records) <= 24 << 20, act, end, len(records))
        sound_after(server, act)
    test_killed(server)
    test_slow(server)
    sound_after(server, 'kills')
    if os.environ.get('HOERING_SLOW'):	# the wall deadline, a minute
        end, _, cpu, _ = server.ask(b'X-Evil: sleep\n\nbody\n')
        check(end == 'timeout' and cpu < 1000, 'sleep', end)
        sound_after(server, 'sleep')
    for _ in range(20):
        if not children(pid):
            break
        time.sleep(0.05)
    check(not children(pid), 'children left', children(pid))
    fds = os.listdir('/proc/%d/fd' % pid) if os.access('/proc/%d/fd' % pid, os.R_OK) else []
    check(len(fds) <= 8, 'descriptors pile up', fds)
    check(server.close() == 0, 'end of the server')
    print('evil: %d acts, %d failures' % (len(REFUSED) + len(ENDS) + 2, len(failures)))
    return 1 if failures else 0


sys.exit(main(sys.argv[1]))
