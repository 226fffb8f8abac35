"""Talks to hoering-parse --server as hoeringd does, and reads the records by itself (not through the daemon's reader)."""
import array, fcntl, os, socket, struct, subprocess, sys

PARSE_FD = 3
REQUEST = struct.Struct('<QI512s4x')
ANSWER = struct.Struct('<QIiI4x')
MAIL, DOCUMENT, EXTRACT, MAIL_OCR = 0, 1, 2, 3
ENDS = ['done', 'crashed', 'timeout', 'overflow', 'unable']
STATUS = ['ok', 'empty', 'garbled', 'encrypted', 'corrupt', 'unsupported', 'too large', 'link only']
ALL_SEALS = 0x1 | 0x2 | 0x4 | 0x8
UNKNOWN = -2 ** 63


def memfd(data):
    fd = os.memfd_create('mail', os.MFD_ALLOW_SEALING)
    view = memoryview(data)
    while len(view):
        view = view[os.write(fd, view):]
    fcntl.fcntl(fd, 1033, ALL_SEALS)
    return fd


class Server:
    def __init__(self, program, env=None, args=(), stderr=None):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        def at_three():
            os.dup2(theirs.fileno(), PARSE_FD)
            os.set_inheritable(PARSE_FD, True)
        self.process = subprocess.Popen([program, '--server', *args], preexec_fn=at_three, pass_fds=(PARSE_FD,), env=env,
                                        stderr=stderr)
        theirs.close()
        self.socket, self.serial = ours, 0

    def ask(self, data, mode=MAIL, filename=b''):
        """(end, detail, cpu_ms, bytes of the result)"""
        self.serial += 1
        fd = memfd(data) if isinstance(data, bytes) else data
        request = REQUEST.pack(self.serial, mode, filename)
        self.socket.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])
        os.close(fd)
        answer, control, _, _ = self.socket.recvmsg(ANSWER.size, socket.CMSG_SPACE(4))
        if not answer:
            raise EOFError('the server is gone')
        serial, end, detail, cpu = ANSWER.unpack(answer)
        assert serial == self.serial
        records = b''
        for _, _, packed in control:
            result = struct.unpack('i', packed[:4])[0]
            assert fcntl.fcntl(result, 1034) & ALL_SEALS == ALL_SEALS
            records = os.pread(result, os.fstat(result).st_size, 0)
            os.close(result)
        return ENDS[end], detail, cpu, records

    def close(self):
        self.socket.close()
        return self.process.wait(timeout=20)


class Payload:
    def __init__(self, p): self.p, self.at = p, 0
    def take(self, n): self.at += n; return self.p[self.at - n:self.at]
    def u(self): return struct.unpack('<Q', self.take(8))[0]
    def time(self):
        v = struct.unpack('<q', self.take(8))[0]
        return None if v == UNKNOWN else v
    def s(self): return self.take(struct.unpack('<I', self.take(4))[0]).decode('utf-8')
    def end(self): assert self.at == len(self.p), 'bytes left over'


ENVELOPE = ['message_id', 'in_reply_to', 'references', 'subject', 'from_name', 'from_address', 'sender_address',
            'reply_to_address', 'return_path', 'to']


def read(records):
    """The records as a dictionary; strict, because a test wants to know."""
    out = {'parts': [], 'texts': {}, 'signals': [], 'warnings': [], 'complete': False, 'envelope': None, 'other': []}
    at = count = 0
    while at < len(records):
        letter, n = chr(records[at]), struct.unpack_from('<I', records, at + 1)[0]
        if at + 5 + n > len(records):
            break
        p = Payload(records[at + 5:at + 5 + n])
        at += 5 + n
        assert not out['complete']
        if letter == 'V':
            assert count == 0 and p.u() == 1
            out['version'] = p.u()
        elif letter == 'E':
            e = {k: p.s() for k in ENVELOPE}
            e['sent_at'], e['relayed_at'] = p.time(), p.time()
            out['envelope'] = e
        elif letter == 'P':
            d = dict(position=p.u(), parent=p.u(), inline=p.u(), filename=p.s(), type=p.s(), found_type=p.s(), bytes=p.u(),
                     sha256=p.take(32).hex(), status=STATUS[p.u()], pages=p.u(), title=p.s(), author=p.s(), created=p.time())
            assert d['position'] == len(out['parts']) + 1
            out['parts'].append(d)
        elif letter == 'T':
            part = p.u()
            out['texts'][part] = out['texts'].get(part, '') + p.s()
        elif letter == 'S':
            out['signals'].append(dict(kind=p.u(), zone=p.u(), part=p.u(), page=p.u(), offset=p.u(), value=p.s(), extra=p.s()))
        elif letter == 'W':
            out['warnings'].append(dict(part=p.u(), code=p.s(), detail=p.s()))
        elif letter == 'Z':
            assert p.u() == count, 'the end counts wrongly'
            out['complete'] = True
        else:
            assert letter in 'KDMB', letter
            out['other'].append(letter)
            p.take(n)
        p.end()
        count += 1
    return out
