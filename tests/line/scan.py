"""Scanned pages: text set by poppler's pdftoppm as a picture, and files that hold nothing but such pictures."""
import shutil
import struct
import subprocess
import zlib

import tap


def pdf(objects, trailer=b""):
    """A PDF file of these objects' bodies, numbered from 1; the first is the catalogue. `trailer`: more entries of it."""
    out, at = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(at) + 1) + b"".join(b"%010d 00000 n \n" % a for a in at)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(at) + 1, trailer, start))


def stream(content, entries=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def to_unicode(letter, codes):
    """A font's table that says letter(c) for each of these characters c of code page 1252."""
    lines = b"".join(b"<%02x> <%04x>\n" % (code, ord(letter(bytes([code]).decode("cp1252")))) for code in sorted(set(codes.encode("cp1252"))))
    return stream(b"/CIDInit /ProcSet findresource begin begincmap /CMapName /P def 1 begincodespacerange <00> <FF> endcodespacerange\n"
                  b"%d beginbfchar\n%sendbfchar endcmap end" % (lines.count(b"\n"), lines))


def shown(lines, mode=0):
    return b"BT %d Tr /F 15 Tf 22 TL 60 780 Td " % mode + b"".join(
        b"(" + line.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj T* " for line in lines) + b"ET"


def text_pdf(lines):
    """One page with these lines as text."""
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
                stream(shown(lines)), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"])


def picture(lines, dpi=150):
    """(width, height, one byte a pixel) of that page."""
    if shutil.which("pdftoppm") is None:
        raise tap.Skip("pdftoppm is not installed")
    pgm = subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", "-"], input=text_pdf(lines), stdout=subprocess.PIPE, check=True).stdout
    magic, width, height, depth = pgm.split(maxsplit=4)[:4]
    tap.equal((magic, depth), (b"P5", b"255"), "pdftoppm's picture")
    return int(width), int(height), pgm[-int(width) * int(height):]


def png(lines, dpi=150):
    width, height, gray = picture(lines, dpi)
    rows = b"".join(b"\0" + gray[y * width:(y + 1) * width] for y in range(height))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"pHYs", struct.pack(">IIB", round(dpi / 0.0254), round(dpi / 0.0254), 1)) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


def tiff(lines, dpi=150):
    width, height, gray = picture(lines, dpi)
    # TIFF 6.0, section 4: width, height, bits, no compression, black is 0, one strip at byte 256, of that many rows and bytes, resolution in inches
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 256), (278, 4, height), (279, 4, len(gray)),
               (282, 5, 200), (283, 5, 200), (296, 3, 2)]
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return (head + bytes(4)).ljust(200, b"\0") + struct.pack("<II", dpi, 1).ljust(56, b"\0") + gray


def image_pdf(*pages, shift=None):
    """Each page, a list of lines, as one picture that fills it; with a shift there is text as well, whose table calls each letter by one so far away."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for lines in pages:
        width, height, gray = picture(lines)
        first = len(objects) + 1
        kids.append(first)
        objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /XObject << /I %d 0 R >>%s >> >>"
                    % (first + 1, first + 2, b"" if shift is None else b" /Font << /F %d 0 R >>" % (first + 3)),
                    stream(b"q 595 0 0 842 0 0 cm /I Do Q" + (b"" if shift is None else b" " + shown(lines, 3))),
                    stream(zlib.compress(gray), b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray "
                           b"/BitsPerComponent 8 /Filter /FlateDecode" % (width, height))]
        if shift is not None:
            objects += [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode %d 0 R >>" % (first + 4),
                        to_unicode(lambda c: chr(max(ord(c) + shift, 1)), "".join(lines))]
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % k for k in kids), len(kids))
    return pdf(objects)
