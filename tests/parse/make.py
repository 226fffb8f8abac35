"""Documents of formats no library here writes, small and ours: containers and records by the published descriptions, sentences of our own."""
import ctypes
import ctypes.util
import hashlib
import io
import os
import struct
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "line"))
import scan

FREE, END, FAT = 0xffffffff, 0xfffffffe, 0xfffffffd


def ole(tree):
    """A compound file ([MS-CFB], version 3) of {name: bytes or a dictionary again}; every stream is padded out of the mini stream."""
    entries, sectors = [], []       # entries: [name, type, child, right, start, size]

    def add_stream(content):
        content += bytes(max(4096 - len(content), 0))
        first = len(sectors)
        sectors.extend(content[i:i + 512].ljust(512, b"\0") for i in range(0, len(content), 512))
        chains.append((first, len(sectors)))
        return first, len(content)

    def add_folder(folder):
        """Its entries are a list to the right, which is a tree too."""
        first = before = FREE
        for name in sorted(folder, key=lambda n: (len(n), n.upper())):
            here = len(entries)
            entries.append([name, 1, FREE, FREE, 0, 0])
            if before != FREE:
                entries[before][3] = here
            first, before = (here if first == FREE else first), here
            if isinstance(folder[name], dict):
                entries[here][2] = add_folder(folder[name])
            else:
                entries[here][1] = 2
                entries[here][4:] = add_stream(folder[name])
        return first
    chains = []
    entries.append(["Root Entry", 5, FREE, FREE, END, 0])
    entries[0][2] = add_folder(tree)
    directory = b"".join(struct.pack("<64sHBBIII16sIQQIQ", (n + "\0").encode("utf-16le"), 2 * len(n) + 2, kind, 1, FREE, right, child, bytes(16), 0, 0, 0,
                                     start, size) for n, kind, child, right, start, size in entries)
    first_directory, _ = add_stream(directory.ljust(-(-len(directory) // 512) * 512, b"\0"))
    n_fat = 1
    while n_fat * 128 < len(sectors) + n_fat:
        n_fat += 1
    table = [END] * (len(sectors) + n_fat)
    for first, end in chains:
        for i in range(first, end - 1):
            table[i] = i + 1
    for i in range(n_fat):
        table[len(sectors) + i] = FAT
    table += [FREE] * (n_fat * 128 - len(table))
    head = struct.pack("<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3e, 3, 0xfffe, 9, 6, bytes(6), 0, n_fat, first_directory,
                       0, 4096, END, 0, END, 0)
    head += struct.pack("<109I", *range(len(sectors), len(sectors) + n_fat), *[FREE] * (109 - n_fat))
    return head + b"".join(sectors) + struct.pack(f"<{len(table)}I", *table)


def msg_tree(top, subject, body, sender=("", ""), attachments=()):
    """A message of Outlook ([MS-OXMSG]). An attachment is (name, bytes) or (name, another tree)."""
    # Streams here are longer than their text, so texts end with NUL, as a reader must bear.
    text = lambda s: (s + "\0").encode("utf-16le")
    tree = {"__properties_version1.0": bytes(32 if top else 24), "__substg1.0_0037001F": text(subject), "__substg1.0_1000001F": text(body),
            "__substg1.0_0C1A001F": text(sender[0]), "__substg1.0_5D01001F": text(sender[1])}
    for i, (name, content) in enumerate(attachments):
        tree[f"__attach_version1.0_#{i:08X}"] = {
            "__properties_version1.0": bytes(8), "__substg1.0_3707001F": text(name),
            ("__substg1.0_3701000D" if isinstance(content, dict) else "__substg1.0_37010102"): content}
    return tree


def msg(*arguments, **keys):
    return ole(msg_tree(True, *arguments, **keys))


def record(kind, content, version=0):
    return struct.pack("<HHI", version, kind, len(content)) + content


def ppt(slides, prompt="Klikk for å redigere tittelstil", more=b""):
    """[MS-PPT]: text of slides in characters and in bytes, and a master's prompt, which nobody said; `more` is what the last slide has more."""
    atoms = b"".join(record(1006, record(4000, s.encode("utf-16le")) if i % 2 == 0 else record(4008, s.encode("latin-1")), 15)
                     for i, s in enumerate(slides))
    return ole({"PowerPoint Document": record(1000, record(1016, record(4000, prompt.encode("utf-16le")), 15) + record(4080, atoms, 15) + more, 15),
                "Current User": bytes(20)})


def word6(paragraphs, language=0x0414):
    """Word 6: one stream, characters of the language's code page from a fixed place."""
    text = "\r".join(paragraphs).encode("cp1252") + b"\r"
    head = bytearray(768)
    struct.pack_into("<HHHHHH", head, 0, 0xa5dc, 101, 0, language, 0, 0)
    struct.pack_into("<II", head, 0x18, len(head), len(head) + len(text))
    struct.pack_into("<I", head, 0x34, len(text))
    return ole({"WordDocument": bytes(head) + text})


def zipped(members, first=None):
    """A zip; `first` is a member that must come first and uncompressed (ODF's mimetype)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        if first:
            z.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name, content in members.items():
            z.writestr(name, content)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body, **others):
    """word/document.xml with this body, and other files of word/ by name."""
    return zipped({"[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
                   "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
                   **{f"word/{name}.xml": content for name, content in others.items()}})


def pptx(slides, more={}):
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    sheet = lambda s: f"<p:sld {a}><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>{s}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    return zipped({"[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>', "ppt/presentation.xml":
                   f"<p:presentation {a}/>", **{f"ppt/slides/slide{i + 1}.xml": sheet(s) for i, s in enumerate(slides)}, **more})


ODF = ('xmlns:dc="http://purl.org/dc/elements/1.1/" ' +
       " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in
                dict(office="office", text="text", table="table", style="style", meta="meta", draw="drawing").items()))
META = "<office:meta><dc:title>Høringssvar</dc:title></office:meta>"


def odf(kind, body, header=""):
    """Kind is "text", "spreadsheet" or "presentation"; `header` stands in the styles."""
    root = lambda name, s: f"<office:document-{name} {ODF}>{s}</office:document-{name}>"
    return zipped({"content.xml": root("content", f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"), "meta.xml": root("meta", META),
                   "styles.xml": root("styles", f"<office:master-styles>{header}</office:master-styles>")}, ("mimetype", f"application/vnd.oasis.opendocument.{kind}"))


def flat_odf(kind, body, header=""):
    """The same in one file."""
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {ODF}>{META}<office:master-styles>{header}</office:master-styles>'
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document>").encode()


def odp(slides):
    return odf("presentation", "".join(f"<draw:page><draw:frame><draw:text-box><text:p>{s}</text:p></draw:text-box></draw:frame></draw:page>" for s in slides))


def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) & 255
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + s[i]) & 255
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) & 255])
    return bytes(out)


def protected_pdf(line, user=b""):
    """A page encrypted by the standard handler, revision 2 (ISO 32000-1, 7.6.3): `user` opens it, and an owner's password forbids to copy."""
    pad = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
    padded = lambda s: (s + pad)[:32]
    md5 = lambda b: hashlib.md5(b).digest()
    number, permitted = b"0123456789abcdef", -64
    owner = rc4(md5(padded(b"eier"))[:5], padded(user))
    key = md5(padded(user) + owner + struct.pack("<i", permitted) + number)[:5]
    sealed = lambda n, data: rc4(md5(key + struct.pack("<I", n)[:3] + b"\0\0")[:10], data)
    page = b"BT /F 12 Tf 60 700 Td (" + line.encode("cp1252") + b") Tj ET"
    return scan.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                     b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
                     scan.stream(sealed(4, page)), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
                     b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>" % (owner.hex().encode(), rc4(key, pad).hex().encode(), permitted)],
                    b"/Encrypt 6 0 R /ID [<%s> <%s>]" % ((number.hex().encode(),) * 2))


def packed(members, form):
    """An archive by libarchive itself: form is "7zip", "gnutar", "cpio" …"""
    a = ctypes.CDLL(ctypes.util.find_library("archive") or "libarchive.so.13")
    for name in ("archive_write_new", "archive_entry_new"):
        getattr(a, name).restype = ctypes.c_void_p
    out, used = ctypes.create_string_buffer(1 << 20), ctypes.c_size_t()
    w = ctypes.c_void_p(a.archive_write_new())
    assert getattr(a, f"archive_write_set_format_{form}")(w) == 0
    assert a.archive_write_open_memory(w, out, ctypes.c_size_t(len(out)), ctypes.byref(used)) == 0
    for name, content in members.items():
        entry = ctypes.c_void_p(a.archive_entry_new())
        a.archive_entry_set_pathname(entry, name.encode())
        a.archive_entry_set_size(entry, ctypes.c_int64(len(content)))
        a.archive_entry_set_filetype(entry, 0o100000)
        a.archive_entry_set_perm(entry, 0o644)
        assert a.archive_write_header(w, entry) == 0
        a.archive_write_data(w, content, ctypes.c_size_t(len(content)))
    a.archive_write_close(w)
    return out.raw[:used.value]
