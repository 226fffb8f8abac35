#!/usr/bin/env python3
"""test_parse.py HOERING-PARSE DOCUMENTS: what the parser says about mails made here and documents made by an office suite."""
import base64, binascii, hashlib, io, os, random, struct, subprocess, sys, tarfile, zipfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client
import make

failures = []
HEAD = 'From: Kari Nordmann <kari@example.no>\r\nMessage-ID: <1@example.no>\r\n'


def check(good, *words):
    if not good:
        failures.append(words)
        print('FAILED', *words)


def leaf(type, content, *more, disposition='attachment', cte='base64'):
    """A MIME part from bytes."""
    head = ['Content-Type: ' + type, 'Content-Transfer-Encoding: ' + cte, *more]
    if disposition:
        head.append('Content-Disposition: ' + disposition)
    body = base64.encodebytes(content).decode('ascii') if cte == 'base64' else content.decode('latin-1')
    return '\r\n'.join(head) + '\r\n\r\n' + body.replace('\r\n', '\n').replace('\n', '\r\n')


def multipart(subtype, parts, boundary='XX', head=''):
    return (head + 'MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype, boundary) +
            ''.join('--%s\r\n%s\r\n' % (boundary, p) for p in parts) + '--%s--\r\n' % boundary)


class Cases:
    def __init__(self, program, documents):
        self.program, self.server, self.documents = program, client.Server(program), documents

    def mail(self, text, complete=True):
        data = text if isinstance(text, bytes) else text.encode('latin-1')
        end, detail, _, records = self.server.ask(data)
        r = client.read(records)
        check(end == 'done' and r['complete'], end, detail, data[:60])
        return r

    def document(self, name, data=None):
        if data is None:
            data = open(os.path.join(self.documents, name), 'rb').read()
        r = client.read(self.server.ask(data, client.DOCUMENT, name.encode())[3])
        return r['parts'][0], r['texts'].get(1, ''), r

    def test_envelope(self):
        r = self.mail(b'Return-Path: <>\r\nReceived: from a by b; Fri, 27 May 2022 12:00:05 +0200\r\n'
                      b'Received: from c by a; Fri, 27 May 2022 11:00:00 +0200\r\n'
                      b'Date: Fri, 27 May 2022 11:59:00 +0200\r\n'
                      b'From: =?iso-8859-1?Q?=C5se_=D8ydeg=E5rd?= <Ase@Example.NO>\r\nTo: a@b.no, "Gruppe, x" <C@d.no>\r\nCc: e@f.no\r\n'
                      b'Subject: =?utf-8?B?SMO4cmluZ3NzdmFy?=\r\n =?utf-8?Q?_=E2=80=93_21/4593?=\r\n'
                      b'In-Reply-To: <q@r>\r\nReferences: <o@p>\r\n <q@r>\r\nMessage-ID: <m@n>\r\n\r\nHei\r\n')
        e = r['envelope']
        check(e['message_id'] == 'm@n' and e['in_reply_to'] == 'q@r' and e['references'] == 'o@p q@r', e)
        check(e['subject'] == 'Høringssvar – 21/4593', e['subject'])
        check(e['from_name'] == 'Åse Øydegård' and e['from_address'] == 'ase@example.no', e)
        check(e['to'] == 'a@b.no c@d.no e@f.no' and e['return_path'] == '<>', e)
        check(e['sent_at'] == 1653645540 and e['relayed_at'] == 1653645605, e)
        e = self.mail(b'Subject: r\xc3\xa5 utf-8\n\nx')['envelope']
        check(e['subject'] == 'rå utf-8' and e['sent_at'] is None and e['from_address'] == '', e)
        e = self.mail(b'Subject: r\xe5 latin\x07\x1b[2J\n\nx')['envelope']
        check(e['subject'] == 'rå latin[2J', e['subject'])
        for raw, name, address in (b'Dr. Kari Berg <dr..kari@berg.no>', 'Dr. Kari Berg', 'dr..kari@berg.no'), \
                (b'=?utf-8?Q?=C3=85ge?= Dahl Jr. <aage.jr.@dahl.no>', 'Åge Dahl Jr.', 'aage.jr.@dahl.no'), (b'Kari <nobody>', 'Kari', None):
            e = self.mail(b'From: ' + raw + b'\nSubject: x\n\nx')['envelope']
            check(e['from_name'] == name and address in (None, e['from_address']), raw, e)

    def test_encoded_words(self):
        """GMime alone stops at the first padding of words that stand side by side."""
        def words(texts, charset='utf-8', between='\r\n '):
            return between.join('=?%s?B?%s?=' % (charset, base64.b64encode(t).decode()) for t in texts)
        name = 'Høringssvar vedtatt i møte.pdf'.encode()
        for cuts in ([4, 13], [1, 2, 3, 9], [2, 20], [5], [14]):       # also between the two bytes of a letter
            pieces = [name[a:b] for a, b in zip([0] + cuts, cuts + [len(name)])]
            for between in '\r\n ', '\r\n\t', ' ', '':
                r = self.mail(multipart('mixed', [leaf('application/pdf; name="%s"' % words(pieces, between=between), b'x', disposition=None),
                                                  leaf('application/pdf', b'y', disposition='attachment; filename="%s"' % words(pieces))],
                                        head='From: %s <a@b.no>\r\nSubject: %s\r\n' % ((words(pieces, between=between),) * 2)))
                got = [r['envelope']['subject'], r['envelope']['from_name']] + [p['filename'] for p in r['parts']]
                check(got == [name.decode()] * 4, cuts, between, got)
        for raw, wanted in [('=?utf-8?B?YWI?= =?utf-8?B?YWJj?=', 'ababc'), ('=?utf-8?B?YWI=?= x =?UTF-8?B?YWJj?=', 'ab x abc'),
                            ('=?utf-8?B?w7g=?= =?iso-8859-1?B?5Q==?= =?utf-8?Q?=C3=A6?=', 'øåæ'), ('=?utf-8?B?YWI=?= =?utf-8?B?YW', None),
                            ('=?utf-8?B?YQ==?= ' * 20000, None), ('=?utf-8?B?????=?B?=?= =?=?B?YQ==?=' * 3, None)]:
            subject = self.mail('Subject: %s\n\nx' % raw)['envelope']['subject']
            check(wanted is None or subject == wanted, raw[:60], subject[:60])

    def test_pictures(self):
        """A page is told from a logo by its bytes or, black and white, by its pixels."""
        def tiff(order, width, height, kind):
            entry = lambda tag, value: struct.pack(order + 'HHI', tag, kind, 1) + struct.pack(order + 'HH' if kind == 3 else order + 'I', *[value, 0][:2 if kind == 3 else 1])
            return (b'II*\0' if order == '<' else b'MM\0*') + struct.pack(order + 'IH', 8, 2) + entry(256, width) + entry(257, height) + bytes(20)
        png = lambda width, height: b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR' + struct.pack('>II', width, height) + bytes(20)
        for data, status in [(tiff('<', 1700, 2200, 3), 'empty'), (tiff('>', 1700, 2200, 4), 'empty'), (tiff('>', 1700, 2200, 3), 'empty'),
                             (tiff('<', 300, 2200, 3), 'unsupported'), (png(1240, 1754), 'empty'), (png(400, 200), 'unsupported'),
                             (tiff('<', 1700, 2200, 3)[:30], 'unsupported'), (b'II*\0\xff\xff\xff\xff' + bytes(30), 'unsupported'),
                             (png(400, 200) + bytes(20000), 'empty'), (b'\xff\xd8\xff\xe0' + bytes(3000), 'unsupported')]:
            p, _, _ = self.document('bilde', data)
            check(p['status'] == status, p['status'], status, data[:40])
        # What stands in a mail's text is a logo where HTML shows it, or where it is small; a page is none wherever it stands.
        jpeg = lambda width, height, more: b'\xff\xd8\xff\xe0\0\x10JFIF' + bytes(10) + b'\xff' + struct.pack('>BHBHH', 0xc2, 11, 8, height, width) + bytes(more)
        for data, shown, labelled in [(jpeg(1654, 2339, 90000), 0, 0), (jpeg(2339, 1654, 9000), 0, 0), (jpeg(1200, 500, 90000), 1, 0), (jpeg(900, 900, 9000), 1, 1),
                                      (png(1240, 1754), 0, 0), (png(2000, 900), 1, 1), (tiff('>', 1700, 2200, 3), 0, 0), (png(200, 100), 1, 1)]:
            r = self.mail(multipart('mixed', [leaf('text/html', b'Se brevet: <img src="cid:a@b">', disposition=None),
                                              leaf('image/jpeg', data, 'Content-ID: <a@b>', disposition=None), leaf('image/jpeg', data, disposition='inline')], head=HEAD))
            check([p['inline'] for p in r['parts']] == [shown, labelled], r['parts'], data[:30])
            check([p['status'] == 'empty' for p in r['parts']] == [not shown, not labelled], r['parts'], data[:30])

    def test_charsets(self):
        for head, body, text in [
                (b'text/plain; charset=iso-8859-1', 'blåbær “sitat”'.encode('cp1252'), 'blåbær “sitat”'),
                (b'text/plain', 'blåbær'.encode('utf-8'), 'blåbær'),
                (b'text/plain', 'blåbær'.encode('cp1252'), 'blåbær'),
                (b'text/plain; charset=us-ascii', 'blåbær'.encode('cp1252'), 'blåbær'),
                (b'text/plain; charset=utf-8', 'bla\u030aba\u0308r'.encode('utf-8'), 'blåbär'),
                (b'text/plain; charset=iso-8859-10', 'Čállit đ'.encode('iso-8859-10'), 'Čállit đ'),
                (b'text/plain; charset=utf-7', b'bl+AOU-b+AOY-r', 'blåbær'),
                (b'text/plain; charset=no-such-set', 'blåbær'.encode('cp1252'), 'blåbær'),
                (b'text/plain; charset=utf-16', b'\xff\xfe' + 'blåbær'.encode('utf-16le'), 'blåbær'),
                (b'text/plain; charset=../../../etc/passwd', b'x', 'x'),
                (b'text/plain; charset=koi8-r', 'привет'.encode('koi8-r'), 'привет'),
                (b'text/plain; charset=iso-8859-1', 'Vi støtter det'.encode(), 'Vi støtter det'),
                (b'text/plain; charset=windows-1252', 'Ås'.encode(), 'Ås'),
                (b'text/plain; charset=iso-8859-15', 'ja – nei'.encode(), 'ja – nei'),
                (b'text/html; charset=iso-8859-1', b'<meta charset=utf-8>' + 'Høring'.encode(), 'Høring'),
                (b'text/plain; charset=iso-8859-1', 'čoahkkin'.encode(), 'čoahkkin'),
                (b'text/plain; charset=windows-1252', 'bokstaven "Å” og'.encode('cp1252'), 'bokstaven "Å” og'),
                (b'text/plain; charset=windows-1251', 'Гё'.encode('cp1251'), 'Гё'),
                (b'text/html; charset=iso-8859-1', b'<meta charset=koi8-r><p>bl\xe5b\xe6r', 'blåbær'),
                (b'text/html', b'<meta charset=iso-8859-1><p>bl\xe5b\xe6r', 'blåbær'),
                (b'text/plain; charset=utf-8', 'æ'.encode() + b'a\x00b\x1b[31m\x08c\r\nd\x0be\xff', 'æab[31mc\nd\ne\ufffd')]:
            r = self.mail(b'Content-Type: ' + head + b'\r\nContent-Transfer-Encoding: 8bit\r\n\r\n' + body)
            check(r['texts'].get(0) == text, head, body, r['texts'])

    def test_labels_that_lie(self):
        words = 'Hei\r\n\r\nVi mener at forslaget er godt for Ås.\r\n'.encode()
        footer = b'\r\n_________________________\r\nliste mailing list\r\n'
        line = base64.b64encode('Vi mener at forslaget er godt for Ås.'.encode())
        odd = base64.b64encode('Vi mener at forslaget er bra for alle kommuner'.encode('cp500'))
        for body, text, code in [(words, 'forslaget er godt for Ås', 'encoding-wrong'), (line, 'forslaget er godt for Ås', None),
                                 (line + footer, 'forslaget er godt for Ås', None), (odd, '', 'text-noise'),
                                 (base64.b64encode(('Navn: ' + '_' * 80 + '\nSted: ' + '.' * 80).encode()), 'Sted:', None)]:
            r = self.mail(b'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n' + body)
            codes = [w['code'] for w in r['warnings'] if w['code'] in ('encoding-wrong', 'text-noise')]
            check(text in r['texts'].get(0, '') and codes == ([code] if code else []), body, r['texts'], codes)

    def test_flowed(self):
        r = self.mail('Content-Type: text/plain; format=flowed\n\nEn lang \nsetning.\n> sitert \n> tekst\n stuffed\n-- \nKari\n')
        check(r['texts'][0] == 'En lang setning.\n> sitert tekst\nstuffed\n-- \nKari', r['texts'])
        r = self.mail('Content-Type: text/plain; format=flowed; delsp=yes\n\nsam \nmen\n')
        check(r['texts'][0] == 'sammen', r['texts'])

    def test_html_rows(self):
        """A row of a table is one line, whatever paragraphs its cells hold; Outlook's paragraphs stand without a gap."""
        row = lambda *cells: '<tr>' + ''.join(f'<td><p class=MsoNormal>{c}<o:p></o:p></p></td>' for c in cells) + '</tr>'
        r = self.mail('Content-Type: text/html\n\n<p class=MsoNormal>Hei</p><p class=MsoNormal>du</p><table><tbody>' +
                      row('Kari', 'k@x.no') + row('', 'x') + row('Ola', 'o@x.no') + '</tbody></table><p>etter</p>' +
                      '<table><tr><td><p>Et brev</p><p>i en ramme</p><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>slutt')
        check(r['texts'][0].split('\n') == ['Hei', 'du', 'Kari\tk@x.no', 'x', 'Ola\to@x.no', '', 'etter', '', 'Et brev', '', 'i en ramme', '', 'a\tb', '', 'slutt'],
              repr(r['texts'][0]))

    def test_html(self):
        r = self.mail('Content-Type: text/html\n\n<html><head><title>T</title><style>p{}</style><script>alert(1)</script></head>'
                      '<body><p>En<br>to</p><div style="DISPLAY : none">skjult</div><table><tr><td>a</td><td>b</td></tr></table>'
                      '<ul><li>x<li>y</ul>bl&aring;b&#230;r <b>f</b>et <blockquote type=cite><p>sitert</p>mer</blockquote>'
                      '<a href="https://firma.sharepoint.com/:b:/s/svar.pdf">svar.pdf</a> <a href="https://example.no/">lenke</a>')
        t = r['texts'][0]
        check('alert' not in t and 'skjult' not in t and 'p{}' not in t, t)
        check(t.startswith('En\nto\n') and 'a\tb' in t and 'x\ny' in t and 'blåbær fet' in t, repr(t))
        check('> sitert' in t and '> mer' in t, repr(t))
        check('svar.pdf <https://firma.sharepoint.com/:b:/s/svar.pdf>' in t and 'example.no' not in t, repr(t))
        t = self.mail('Content-Type: text/html\n\n<a href="https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Ffirma.sharepoint.com%2Fx&amp;data=1">svar</a>')['texts'][0]
        check('%2F%2Ffirma.sharepoint.com%2Fx' in t, repr(t))

    def test_long_tags(self):
        """A tag with attributes without end is cut, and only it; long values are no matter, and a comment ends where it ended."""
        many = ' '.join('a%d="%d"' % (i, i) for i in range(250))
        for html, cut in [('<p>før</p><div %s>i</div>etter' % many, True), ('<p>før</p>i<!-- <a %s -->etter' % many, True),
                          ('<p>før</p>i<img src="data:image/png;base64,%s" alt="%s">etter' % ('QUJD' * 9999, 'a > b ' * 300), False)]:
            r = self.mail('Content-Type: text/html\n\n' + html)
            check(''.join(r['texts'][0].split()) == 'førietter', html[:40], r['texts'])
            check(('long-tag' in [w['code'] for w in r['warnings']]) == cut, html[:40], r['warnings'])

    def test_alternative(self):
        long_html = '<p>' + 'Dette er det egentlige brevet med mange ord. ' * 20
        plain, html = leaf('text/plain', b'ren tekst', disposition=None), leaf('text/html', b'<p>html tekst', disposition=None)
        text = lambda parts: self.mail(multipart('alternative', parts, head=HEAD))['texts'].get(0, '')
        check(text([plain, html]) == 'ren tekst\n\nhtml tekst', text([plain, html]))
        same = leaf('text/html', b'<p>Ren <b>tekst</b>&nbsp;', disposition=None)
        check(text([leaf('text/plain', b'ren tekst\nhttps://x.example/a?b [cid:logo]', disposition=None), same]) == 'ren tekst\nhttps://x.example/a?b [cid:logo]')
        check(text([leaf('text/plain', b' \r\n', disposition=None), html]) == 'html tekst')
        check('egentlige' in text([leaf('text/plain', b'Bruk en annen leser', disposition=None),
                                   leaf('text/html', long_html.encode(), disposition=None)]))
        # A stub that is longer than the letter; what only one of them says is kept below, the rest of it is not said twice.
        stub = leaf('text/plain', b'Meldingen vises bare i lesere som kan vise den slik den er laget.', disposition=None)
        check(text([stub, leaf('text/html', b'<p>Godt forslag.', disposition=None)]).startswith('Godt forslag.\n\nMeldingen vises'))
        both = text([leaf('text/plain', b'Forslaget er godt.\nDet bor vedtas i juni.', disposition=None),
                     leaf('text/html', b'<p>Forslaget er godt.<p>Det bor vedtas i juni.<p>Hemmelig.', disposition=None)])
        check(both.split('\n') == ['Forslaget er godt.', 'Det bor vedtas i juni.', '', 'Hemmelig.'], both)
        # Clearly more is the letter.
        much = text([leaf('text/plain', b'Forslaget er godt.', disposition=None), leaf('text/html', b'<p>Forslaget er godt.<p>Men fristen for kommunene er alt for kort.', disposition=None)])
        check(much.split() == 'Forslaget er godt. Men fristen for kommunene er alt for kort.'.split(), much)
        both = self.mail(multipart('mixed', [plain, html], head=HEAD))['texts'][0]
        check(both == 'ren tekst\nhtml tekst', both)

    def test_attachments(self):
        png = b'\x89PNG\r\n\x1a\n' + b'0' * 50
        r = self.mail(multipart('mixed', [
            multipart('related', [leaf('text/html', b'<img src="cid:logo@1">hei', disposition=None),
                                  leaf('image/png', png, 'Content-ID: <logo@1>', disposition=None)], boundary='YY'),
            leaf("application/pdf; name*=UTF-8''H%C3%B8ring.pdf", b'%PDF-1.4 cut', disposition="attachment"),
            leaf('application/octet-stream', b'x', disposition='attachment; filename="=?iso-8859-1?Q?bl=E5.bin?="'),
            leaf('text/plain', 'vedlegg æ'.encode('latin-1'), disposition='attachment; filename="../../etc/passwd"'),
            leaf('image/png', png, disposition='inline; filename=bilde.png'),
            leaf('application/pdf', b'%PDF-1.4', disposition='inline; filename=brev.pdf')], head=HEAD))
        p = r['parts']
        check([x['position'] for x in p] == [1, 2, 3, 4, 5, 6] and {x['parent'] for x in p} == {0}, p)
        check([x['inline'] for x in p] == [1, 0, 0, 0, 1, 0], [x['inline'] for x in p])
        check([x['filename'] for x in p] == ['', 'Høring.pdf', 'blå.bin', '../../etc/passwd', 'bilde.png', 'brev.pdf'], [x['filename'] for x in p])
        check(p[0]['sha256'] == hashlib.sha256(png).hexdigest() and p[0]['bytes'] == len(png), p[0])
        check(p[1]['status'] == 'corrupt' and p[0]['status'] == 'unsupported' and p[3]['status'] == 'ok', p)
        check(r['texts'] == {0: 'hei', 4: 'vedlegg æ'}, r['texts'])

    def test_attached_mail(self):
        inner = multipart('mixed', [leaf('text/plain', b'indre tekst', disposition=None),
                                    leaf('text/csv', b'a;b', disposition='attachment; filename=t.csv')], boundary='II',
                          head='From: Ola <ola@example.no>\r\nSubject: Indre\r\n')
        r = self.mail(multipart('mixed', [leaf('text/plain', b'se vedlagt', disposition=None),
                                          'Content-Type: message/rfc822\r\n\r\n' + inner,
                                          leaf('application/octet-stream', inner.encode(), disposition='attachment; filename=brev.eml')],
                                head=HEAD))
        check([(x['parent'], x['found_type']) for x in r['parts']] ==
              [(0, 'message/rfc822'), (1, 'text/plain'), (0, 'message/rfc822'), (3, 'text/plain')], r['parts'])
        check(r['texts'] == {0: 'se vedlagt', 1: 'indre tekst', 2: 'a;b', 3: 'indre tekst', 4: 'a;b'}, r['texts'])

    def test_broken_structure(self):
        """Line ends, delimiters and the end of the headers may be wrong: text and files are read all the same, and it is told."""
        whole = multipart('mixed', [leaf('text/plain; charset=utf-8', 'Vi støtter forslaget.'.encode(), disposition=None, cte='8bit'),
                                    leaf('text/csv', b'a;b', disposition='attachment; filename=t.csv')], head=HEAD + 'Subject: Svar\r\n').encode('latin-1')
        unix = whole.replace(b'\r\n', b'\n')
        for broken in (whole.replace(b'\r\n', b'\r\r\n'), unix.replace(b'\n', b'\r')):
            r = self.mail(broken)
            check(r['texts'].get(0) == 'Vi støtter forslaget.' and [(p['filename'], p['bytes']) for p in r['parts']] == [('t.csv', 3)] and
                  [w['code'] for w in r['warnings']] == ['structure-mended'], broken[:200], r['texts'], r['parts'], r['warnings'])
        for broken in (whole.replace(b'; boundary="XX"', b''), unix.replace(b'boundary="XX"', b'boundary="YY"'), unix.replace(b'boundary="XX"', b'boundary=""'),
                       multipart('mixed', [whole.replace(b'boundary="XX"', b'boundary="YY"').decode('latin-1')], boundary='ZZ').encode('latin-1')):
            r = self.mail(broken)
            check(r['texts'].get(1) == 'Vi støtter forslaget.' and [(p['parent'], p['type'], p['filename']) for p in r['parts']] ==
                  [(0, '', ''), (1, 'text/csv', 't.csv')] and [w['code'] for w in r['warnings']] == ['structure-lost'], broken[:200], r['parts'], r['warnings'])
        check(self.mail(whole)['warnings'] == [], 'a sound one')
        r = self.mail('Content-Type: multipart/mixed; boundary=x\n\nVi har ingen merknader.\n-- \nKari\n')
        check(r['texts'] == {1: 'Vi har ingen merknader.\n-- \nKari'} and [w['code'] for w in r['warnings']] == ['structure-lost'], r['texts'])
        for text in 'Vi har ingen merknader.\nMvh Per', 'Hei!\n\nMerk: Vi har ingen merknader.\n\nMvh Per':
            r = self.mail('From: a@b.no\nSubject: Svar\n' + text)
            check(r['texts'][0] == text and r['envelope']['subject'] == 'Svar' and [w['code'] for w in r['warnings']] == ['structure-mended'], r['texts'])
        for head in 'Subject: en\nto\nFrom: a@b.no', 'Subject: en\n>From x\nFrom: a@b.no', 'From: a@b.no':
            r = self.mail(head + '\n\nHei\n')
            check(r['texts'] == {0: 'Hei'} and r['envelope']['from_address'] == 'a@b.no' and not r['warnings'], head, r)

    def test_documents(self):
        for name, pages in [('svar.docx', 1), ('svar.odt', 1), ('svar.pdf', 1), ('svar.html', 0), ('svar.doc', 0), ('svar.rtf', 0)]:
            p, t, _ = self.document(name)
            check(p['status'] == 'ok' and p['pages'] == pages, name, p)
            for words in ['Høringssvar – opptrappingsplan', '21/4593-33', 'Effektive tiltak', 'Lavterskeltilbud', 'Åse Øydegård']:
                check(words in t, name, words, t)
        for name in ['tall.xlsx', 'tall.ods', 'tall.xls']:
            p, t, _ = self.document(name)
            check(p['status'] == 'ok' and 'Kommune\tTiltak\tBeløp' in t and 'Ærfjord\tFastlege\t350000' in t, name, p, t)
        p, t, _ = self.document('svar-passord.pdf')
        check(p['status'] == 'encrypted' and t == '', p)
        for name in ['svar.docx', 'svar.odt', 'svar.pdf', 'svar.doc', 'svar.rtf']:
            data = open(os.path.join(self.documents, name), 'rb').read()
            p, t, _ = self.document(name, data[:len(data) // 2])
            check(p['status'] in ('corrupt', 'ok', 'empty'), 'half of', name, p)
            p, t, _ = self.document('feil.txt', data)
            check(p['status'] == 'ok' and 'Lavterskeltilbud' in t, 'by content', name, p)

    def kept_mail(self, name):
        return self.mail(open(os.path.join(self.documents, '..', 'mails', name), 'rb').read())

    def test_signed(self):
        r = self.kept_mail('signert-opak.eml')
        check(r['texts'].get(0) == 'Høringssvar: vi støtter forslaget.', r['texts'])
        check([(p['position'], p['parent'], p['filename'], p['status']) for p in r['parts']] ==
              [(1, 0, 'smime.p7m', 'ok'), (2, 1, 'vedlegg.txt', 'ok')], r['parts'])
        check([w['code'] for w in r['warnings']] == ['signed-content'], r['warnings'])
        r = self.kept_mail('kryptert.eml')
        check([p['status'] for p in r['parts']] == ['encrypted'] and 0 not in r['texts'], r['parts'])
        cms = lambda oid, content: b'\x30\x80\x06' + bytes([len(oid)]) + oid + b'\xa0\x80' + content + bytes(4)
        pkcs = bytes.fromhex('2a864886f70d0107')
        for oid, status in ((pkcs + b'\x05', 'unsupported'), (pkcs + b'\x01', 'unsupported'), (bytes.fromhex('2a864886f70d0109100109'), 'unsupported'),
                            (pkcs + b'\x03', 'encrypted'), (bytes.fromhex('2a864886f70d0109100117'), 'encrypted'), (pkcs + b'\x02', 'unsupported')):
            p, _, _ = self.document('smime.p7m', cms(oid, b'\x30\x03\x02\x01\x00'))
            check(p['status'] == status, oid.hex(), p)
        p, _, _ = self.document('smime.p7m', b'\x30\x82\x40\x00\x06\x09' + pkcs + b'\x02\xa0\x82\x3f\xf0' + bytes(500))
        check(p['status'] == 'corrupt', 'cut', p)

    def test_files_in_text(self):
        data = bytes(range(256)) * 3
        lines = b''.join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45))
        r = self.mail(b'\nSe vedlagt.\nbegin 644 svar.bin\n' + lines + b'`\nend\nHilsen Kari\n')
        check(r['texts'][0] == 'Se vedlagt.\nHilsen Kari', r['texts'])
        check([(p['filename'], p['sha256'], p['type']) for p in r['parts']] ==
              [('svar.bin', hashlib.sha256(data).hexdigest(), '')], r['parts'])
        r = self.mail(b'\nbegin 644 and then we talk\nabout other things\nend\n')
        check(r['parts'] == [] and r['texts'][0].startswith('begin 644'), r)
        r = self.mail(b'Content-Transfer-Encoding: 8bit\n\n=ybegin line=128 size=3 name=a b.bin\n\x8b\x8c=}\n=yend size=3\n')
        check([(p['filename'], p['bytes']) for p in r['parts']] == [('a b.bin', 3)], r['parts'])

    def test_files_without_end(self):
        """Names are in the text's own character set; what is cut goes as far as it goes; what is encrypted is a file too."""
        data = bytes(range(256)) * 3
        lines = [binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45)]
        for charset in 'iso-8859-1', 'utf-8', 'windows-1252':
            r = self.mail(('Content-Type: text/plain; charset=%s\n\nHøring\nbegin 644 Høring svar.bin\n' % charset).encode(charset) + b''.join(lines) + b'`\nend\n')
            check([(p['filename'], p['bytes']) for p in r['parts']] == [('Høring svar.bin', len(data))], charset, r['parts'])
        for rest, text in ((b'', 'Se vedlagt.'), (b'og litt til\n', 'Se vedlagt.\nog litt til')):
            r = self.mail(b'\nSe vedlagt.\nbegin 644 svar.bin\n' + b''.join(lines[:6]) + rest)
            check([(p['filename'], p['sha256']) for p in r['parts']] == [('svar.bin', hashlib.sha256(data[:270]).hexdigest())] and
                  r['texts'][0] == text and [w['code'] for w in r['warnings']] == ['damaged'], r)
        armour = '-----BEGIN PGP MESSAGE-----\n\nhQEMA1234567890abcdef\n=abcd\n-----END PGP MESSAGE-----'
        r = self.mail('\nHei\n%s\nHilsen Kari\n' % armour)
        check([(p['status'], p['found_type'], p['bytes']) for p in r['parts']] == [('encrypted', 'application/encrypted', len(armour) + 1)] and
              r['texts'] == {0: 'Hei\n%s\nHilsen Kari' % armour} and [w['code'] for w in r['warnings']] == ['encrypted'], r)

    def test_archives(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr('mappe/svar.pdf', open(os.path.join(self.documents, 'svar.pdf'), 'rb').read())
            inner = io.BytesIO()
            with tarfile.open(fileobj=inner, mode='w:gz') as t:
                info = tarfile.TarInfo('notat.txt')
                info.size = 5
                t.addfile(info, io.BytesIO(b'notat'))
            z.writestr('indre.tar.gz', inner.getvalue())
        r = self.mail(multipart('mixed', [leaf('application/zip', packed.getvalue(), disposition='attachment; filename=alt.zip')], head=HEAD))
        check([(p['parent'], p['filename'], p['status']) for p in r['parts']] ==
              [(0, 'alt.zip', 'ok'), (1, 'mappe/svar.pdf', 'ok'), (1, 'indre.tar.gz', 'ok'), (3, 'notat.txt', 'ok')], r['parts'])
        check('Lavterskeltilbud' in r['texts'][2] and r['texts'][4] == 'notat', r['texts'])
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, 'w', zipfile.ZIP_DEFLATED) as z:
            z.writestr('null.txt', bytes(300 << 20))
        p, t, r = self.document('bombe.zip', bomb.getvalue())
        check(p['status'] == 'too large' and any(w['code'] == 'limit-archive' for w in r['warnings']), p, r['warnings'])
        many = io.BytesIO()
        with zipfile.ZipFile(many, 'w') as z:
            for i in range(1500):
                z.writestr('%d.txt' % i, 'x')
        p, t, r = self.document('mange.zip', many.getvalue())
        check(p['status'] == 'too large' and len(r['parts']) == 1001, p, len(r['parts']))

    def test_laughs(self):
        entities = ''.join('<!ENTITY l%d "%s">' % (i, ('&l%d;' % (i - 1) if i else 'lol') * 10) for i in range(10))
        body = ('<?xml version="1.0"?><!DOCTYPE d [%s<!ENTITY f SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats'
                '.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>f&#248;r &l9; &f; etter</w:t></w:r></w:p></w:body></w:document>' % entities)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w') as z:
            z.writestr('word/document.xml', body)
        p, t, _ = self.document('latter.docx', packed.getvalue())
        check(len(t) < 100 and 'før' in t and 'root' not in t, p, t[:200])

    def test_tnef(self):
        def attribute(level, id, data):
            return struct.pack('<BII', level, id, len(data)) + data + struct.pack('<H', sum(data) & 0xffff)
        data = (struct.pack('<IH', 0x223e9f78, 1) + attribute(1, 0x00089006, struct.pack('<I', 0x10000)) +
                attribute(1, 0x0002800c, 'Høringssvar i brev'.encode('cp1252') + b'\0') +
                attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, b'notat.txt\0') + attribute(2, 0x0006800f, b'notat'))
        p, t, r = self.document('winmail.dat', data)
        check(p['status'] == 'ok' and t == 'Høringssvar i brev', p, t)
        check([(q['parent'], q['filename'], q['bytes']) for q in r['parts'][1:]] == [(1, 'notat.txt', 5)], r['parts'])
        p, t, r = self.document('winmail.dat', data + attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x0006800f, bytes(9000))[:5000])
        check(p['status'] == 'corrupt' and t == 'Høringssvar i brev' and r['parts'][1]['bytes'] == 5 and
              (1, 'damaged') in [(w['part'], w['code']) for w in r['warnings']], p, t, r['parts'])
        link = 'https://kommunen.sharepoint.example/svar.docx'.encode('utf-16le') + bytes(2)
        properties = struct.pack('<IIIII', 1, 0x370d001f, 1, len(link), 0)[:16] + link + bytes(-len(link) % 4)
        _, _, r = self.document('winmail.dat', data + attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, b'lenke.docx\0') + attribute(2, 0x00069005, properties))
        check([(q['filename'], q['status']) for q in r['parts'][1:]] == [('notat.txt', 'ok'), ('lenke.docx', 'link only')] and
              r['texts'].get(3) == 'https://kommunen.sharepoint.example/svar.docx', r['parts'], r['texts'])
        rtf = br'{\rtf1\ansi Vi st\'f8tter forslaget.}'
        mela = struct.pack('<II4sI', len(rtf) + 12, len(rtf), b'MELA', 0) + rtf
        properties = struct.pack('<IIII', 1, 0x10090102, 1, len(mela)) + mela + bytes(-len(mela) % 4)
        p, t, _ = self.document('winmail.dat', struct.pack('<IH', 0x223e9f78, 1) + attribute(1, 0x00089006, struct.pack('<I', 0x10000)) + attribute(1, 0x00069003, properties))
        check(p['status'] == 'ok' and t == 'Vi støtter forslaget.', 'RTF that is not compressed', p, t)
        p, _, _ = self.document('winmail.dat', data[:6] + b'\x07what is left of it, if anything' * 9)
        check(p['status'] == 'corrupt', p)

    def test_ocr(self):
        names = ['skannet.pdf', 'skannet.jpg']
        data = [open(os.path.join(self.documents, n), 'rb').read() for n in names]
        mail = multipart('mixed', [leaf('text/plain', b'se vedlagt', disposition=None)] +
                         [leaf('application/octet-stream', d, disposition='attachment; filename=' + n) for n, d in zip(names, data)],
                         head=HEAD).encode()
        r = self.mail(mail)
        check([p['status'] for p in r['parts']] == ['empty', 'empty'], r['parts'])
        server = client.Server(self.program, args=['--ocr'], stderr=subprocess.PIPE)
        r = client.read(server.ask(mail, client.MAIL_OCR)[3])
        server.close()
        if b'no-ocr' in server.process.stderr.read():
            print('SKIP: no OCR here')
            return
        check([p['status'] for p in r['parts']] == ['ok', 'ok'], r['parts'])
        check([w['code'] for w in r['warnings']] == ['ocr', 'ocr'], r['warnings'])
        for part in 1, 2:
            for words in ['opptrappingsplan', '21/4593', 'Sjøholt kommune støtter forslaget']:
                check(words in r['texts'].get(part, ''), part, words, r['texts'])

    def extracted(self, mail, first):
        """[(position, bytes)] of one request."""
        end, _, _, got = self.server.ask(mail, client.EXTRACT, b'%d' % first)
        check(end == 'done', 'extract', end, len(got))
        parts = []
        while got:
            position, n = struct.unpack_from('<QQ', got)
            check(16 + n <= len(got), position, n, len(got))
            parts.append((position, got[16:16 + n]))
            got = got[16 + n:]
        return parts

    def test_extract(self):
        """One request gives the part asked for and those after it, members of archives too."""
        data = open(os.path.join(self.documents, 'svar.pdf'), 'rb').read()
        packed = make.zipped({'en.txt': b'en', 'to.txt': b''})
        mail = multipart('mixed', [leaf('text/plain', b'hei', disposition=None), leaf('application/pdf', data), leaf('application/zip', packed),
                                   leaf('text/plain', b'tre')], head=HEAD).encode()
        all_parts = [(1, data), (2, packed), (3, b'en'), (4, b''), (5, b'tre')]
        for first in range(1, 7):
            check(self.extracted(mail, first) == all_parts[first - 1:], 'extract from', first)

    def test_extract_in_several_requests(self):
        """What is more than one answer holds is given by the next."""
        large = (random.Random(1).randbytes(20000) + bytes(980000)) * 110
        packed = make.zipped({'en.bin': large, 'to.bin': large, 'tre.txt': b'tre'})
        mail = multipart('mixed', [leaf('text/plain', b'hei', disposition=None), leaf('application/zip', packed)], head=HEAD).encode()
        check(self.extracted(mail, 1) == [(1, packed), (2, large)], 'the first request')
        check(self.extracted(mail, 3) == [(3, large), (4, b'tre')], 'the second')

    def test_links_and_sealed(self):
        p, t, _ = self.document('svar.pdf.url', b'[InternetShortcut]\r\nURL=https://firma.sharepoint.com/svar.pdf\r\n')
        check(p['status'] == 'link only' and 'sharepoint' in t, p, t)
        p, t, _ = self.document('brev.asc', b'-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n')
        check(p['status'] == 'encrypted', p)

    def test_slow(self):
        """What would take hours were anything here quadratic: each must be done within the child's limits."""
        for data in [b'Content-Type: text/html\n\n' + b'> ' * (1 << 20), b'\n' + b'=ybegin name=x\n' * 80000,
                     b'\n' + b'begin 644 x\nM\n' * 80000, b'Content-Type: text/html\n\n<pre>' + b'>\n' * (1 << 20),
                     b'To: ' + b'a@b.no, ' * 100000 + b'\n\nx', b'Subject: ' + b'=?utf-8?Q?x?= ' * 100000 + b'\n\nx',
                     b'\n' + 'a\u0300\u0301 '.encode() * 150000,
                     b'Content-Type: text/html\n\n<p ' + b' '.join(b'a%d=1' % i for i in range(300000)) + b'>']:
            end, _, cpu, records = self.server.ask(data)
            check(end == 'done' and cpu < 15000, end, cpu, data[:40])

    def test_bombs(self):
        nested = leaf('text/plain', b'kjerne', disposition=None)
        for i in range(60):
            nested = 'Content-Type: message/rfc822\r\n\r\nSubject: %d\r\n' % i + nested
        r = self.mail(HEAD + nested)
        check(len(r['parts']) <= 25 and any(w['code'] == 'limit-depth' for w in r['warnings']), len(r['parts']))
        r = self.mail(multipart('mixed', [leaf('text/plain', b'%d' % i) for i in range(2500)], head=HEAD))
        check(len(r['parts']) == 2000 and any(w['code'] == 'limit-parts' for w in r['warnings']), len(r['parts']))
        r = self.mail(b'\n' + b'forvaltningsloven ' * 400000)
        check(len(r['texts'][0]) <= 6 << 20 and any(w['code'] == 'limit-text' for w in r['warnings']), 'long text')
        r = self.mail(HEAD + ''.join('Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n' % (i, i) for i in range(300)))
        check([p['status'] for p in r['parts']] == ['too large'] and [w['code'] for w in r['warnings']] == ['limit-depth'], r['parts'], r['warnings'])
        deep = HEAD + ''.join('Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n' % (i, i) for i in range(10000))
        self.mail(deep + 'Content-Type: text/plain\r\n\r\nbunn')
        self.mail(b'Content-Type: text/plain; charset=utf-8\n\na' + '\u0301'.encode() * (1 << 20))
        self.mail(b'Content-Type: text/html\n\n' + b'<div>' * 200000 + b'dypt')
        self.mail('Subject: ' + '=?utf-8?Q?=C3?= ' * 20000 + '\n\nx')
        self.mail('From: ' + 'a:' * 20000 + '<a@b>\n\nx')
        self.mail('Content-Type: multipart/mixed; boundary="\\""\n\n--"\nContent-Type: text/plain\n\nhei\n--"--\n')
        self.mail(b'')


def main(program, documents):
    cases = Cases(program, documents)
    names = [n for n in dir(cases) if n.startswith('test_')]
    for name in names:
        getattr(cases, name)()
    check(cases.server.close() == 0, 'end of the server')
    print('parse: %d cases, %d failures' % (len(names), len(failures)))
    return 1 if failures else 0


sys.exit(main(*sys.argv[1:3]))
