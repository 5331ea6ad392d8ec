"""Documents that were made to cost time or memory:
``python -m tests.corpus.hostile`` reads each and prints a line of JSON.

Each case has the name of its file and the error codes that are right for it.
"""

from __future__ import annotations

import base64
import io
import json
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extract.paths import DATA
from extract.reading import read_bytes
from tests.corpus.legacy import pack, xls, xlsx
from tests.corpus.scan import image_bytes
from tests.memory import peak_mib

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SAMPLE = DATA / "samples" / "shili-qu" / "2022.pdf"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'


def docx(body: str, doctype: str = "") -> bytes:
    return pack({"word/document.xml": f"{doctype}<w:document {W}><w:body>{body}</w:body></w:document>"})


def pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of numbered objects, the first its catalogue."""
    out = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(out))  # fmt: skip


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (entries, len(packed), packed)


def page(content: bytes, resources: bytes = b"", more: Sequence[bytes] = (), size: int = 842) -> bytes:
    """A PDF of one page; its font is F1, further objects are numbered from 6."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>%s>>>>" % (size, size, resources),
            stream(content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        ]
    )


WORDS = b"BT /F1 8 Tf 30 30 Td (%s) Tj ET " % (b"some words " * 20)


def dense(count: int) -> bytes:
    """So many short texts, no two in one place."""
    return b"".join(
        b"BT /F1 2 Tf %d.%d %d.%d Td (word%d) Tj ET " % (n % 50 * 10, n % 7, n // 50 % 800, n % 11, n)
        for n in range(count)
    )


PICTURE = b"/XObject<</I 6 0 R>>"


def bitmap(width: int, height: int, content: bytes) -> bytes:
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray"
    return stream(content, entries % (width, height))


def forms(depth: int) -> bytes:
    """Forms that each show the next one twice: 2 to the ``depth`` in the end."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X %d 0 R>>/Font<</F1 5 0 R>>>>"
    shown = [stream(b"/X Do /X Do", entries % (7 + number)) for number in range(depth)]
    return page(b"/X Do", b"/XObject<</X 6 0 R>>", [*shown, stream(WORDS, entries % 0)])


def encrypted_pdf() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(50, 50, "x")
    canvas.save()
    return file.getvalue()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that unpacks to ``width`` × ``height`` black points."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    content = b"".join(packer.compress(row) for _ in range(min(height, 20_000))) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def tiff_frames(count: int) -> bytes:
    file = io.BytesIO()
    frame = Image.new("1", (8, 8), 1)
    frame.save(file, "TIFF", save_all=True, append_images=[frame] * (count - 1))
    return file.getvalue()


def noise(width: int, height: int) -> bytes:
    file = io.BytesIO()
    dots = np.random.default_rng(1).integers(0, 256, (height, width), dtype=np.uint8)
    Image.fromarray(dots).save(file, "PNG")
    return file.getvalue()


def drawn(draw: Callable[[ImageDraw.ImageDraw], None]) -> bytes:
    """A page at 200 dpi."""
    page = Image.new("L", (1654, 2339), 255)
    draw(ImageDraw.Draw(page))
    return image_bytes(page, "PNG")


def full_lattice(page: ImageDraw.ImageDraw) -> None:
    for place in range(4, 2339, 40):
        page.line((0, place, 1654, place), fill=0, width=2)
        page.line((place, 0, place, 2339), fill=0, width=2)
    for number in range(2400):
        page.text((14 + number % 41 * 40, 10 + number // 41 * 40), str(number * 7 % 10), 0, ImageFont.load_default(24))


def tiny_figures(page: ImageDraw.ImageDraw) -> None:
    for number in range(160 * 13):
        page.text((5 + number % 13 * 125, 5 + number // 13 * 14), str(10**11 + 7**9 * number), 0)


def strokes(page: ImageDraw.ImageDraw) -> None:
    random = Random(1)
    for _ in range(2800):
        x, y = random.randrange(1560), random.randrange(2280)
        page.line((x, y, x + 90, y), fill=0, width=2)
        page.line((x, y, x, y + 60), fill=0, width=2)


def nested_mail(depth: int) -> bytes:
    message = EmailMessage()
    message.set_content("x")
    lines = ["MIME-Version: 1.0"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/related; boundary="b{level}"', "", f"--b{level}"]
    return "\r\n".join([*lines, "", "x"]).encode()


def ofd_pages(count: int) -> bytes:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    pages = "<ofd:Page BaseLoc='p.xml'/>" * count
    return pack(
        {
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocRoot>d.xml</ofd:DocRoot></ofd:OFD>",
            "d.xml": f"<ofd:Document {space}><ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
            "p.xml": f"<ofd:Page {space}><ofd:Content><ofd:TextObject Boundary='9 9 9 9'><ofd:TextCode X='1' Y='1' "
            "DeltaX='g 999999999 1'>x</ofd:TextCode></ofd:TextObject></ofd:Content></ofd:Page>",
        }
    )


def rules(count: int, random: Random) -> bytes:
    crosses = []
    for _ in range(count):
        x, y = random.random() * 560, random.random() * 800
        crosses.append(b"%.1f %.1f m %.1f %.1f l %.1f %.1f m %.1f %.1f l S " % (x, y, x + 25, y, x, y, x, y + 25))
    return page(WORDS + b"".join(crosses))


def lattice(count: int) -> bytes:
    lines = [b"%d 0 m %d 840 l S 0 %d m 840 %d l S " % ((8 * n,) * 4) for n in range(count)]
    return page(WORDS + b"".join(lines), size=8 * count)


def zip_bomb(member: str, size: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as target:
        for _ in range(size >> 20):
            target.write(bytes(1 << 20))
    return file.getvalue()


def sheet(body: str) -> bytes:
    data = xlsx([("a", [(0, 0, 1, 1, "x")])])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    parts["xl/worksheets/sheet1.xml"] = f"<worksheet {main}>{body}</worksheet>"
    return pack(parts)


_FIRST_TABLE, _FIRST_LIST = 76, 68  # in an XLS's header


def endless_xls(at: int) -> bytes:
    """An XLS whose chains, from the one whose first sector the header names at ``at``, never end."""
    data = bytearray(xls([("a", [(0, 0, 1, 1, "x")])]))
    (table,) = struct.unpack_from("<I", data, _FIRST_TABLE)
    if at == _FIRST_TABLE:
        data[(table + 1) * 512 : (table + 2) * 512] = bytes(512)  # sector 0 comes after each
    else:
        struct.pack_into("<I", data, at, 1)
        struct.pack_into("<I", data, 3 * 512 - 4, 1)  # the last of sector 1
    return bytes(data)


CELL = "<w:tc><w:p><w:r><w:t>0</w:t></w:r></w:p></w:tc>"
TABLES = "<html><body>" + "<table><tr><td>" * 20_000
Case = tuple[str, Callable[[], bytes], set[str]]

CASES: dict[str, Case] = {
    "docx, a zip bomb": ("a.docx", lambda: zip_bomb("word/document.xml", 400 << 20), {"too_large"}),
    "docx of a million cells": ("a.docx", lambda: docx("<w:tbl><w:tr>" + "<w:tc/>" * 1_000_000 + "</w:tr></w:tbl>"),
                                {"too_large"}),
    "docx of many full cells": ("a.docx", lambda: docx(f"<w:tbl><w:tr>{CELL * 90_000}</w:tr></w:tbl>"), {"too_large"}),
    "docx of boxes in boxes": ("a.docx", lambda: docx("<w:p><w:txbxContent>" * 100 + "</w:txbxContent></w:p>" * 100),
                               {"empty"}),
    "docx of deep tables": ("a.docx", lambda: docx("<w:tbl><w:tr><w:tc>" * 5000), {"unreadable"}),
    "docx of entities": ("a.docx", lambda: docx("<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>", DOCTYPE), {"unreadable"}),
    "docx, cut": ("a.docx", lambda: docx(CELL * 999)[:-40], {"unreadable"}),
    "html, deep": ("a.html", lambda: b"<div>" * 100_000, {"too_large"}),
    "html, deep, unclosed marks": ("a.html", lambda: b"<html><b><i>" + b"<font size=3>x" * 200_000, {"too_large"}),
    "html of tables in tables": ("a.html", TABLES.encode, {"too_large"}),
    "html of a million cells": ("a.html", lambda: b"<table>" + b"<tr><td>0<td>0" * 500_000, {"too_large"}),
    "html of many cells": ("a.html", lambda: b"<table>" + b"<tr><td>0<td>0" * 100_000, {"too_large"}),
    "html of wide spans": ("a.html", lambda: b"<table>" + b"<tr><td colspan=999 rowspan=999>0" * 20_000,
                           {"not_a_filing"}),
    "text of many tables": ("a.txt", lambda: b"<table>" * 500_000, {"not_a_filing", "too_large"}),
    "text of many lines": ("a.txt", lambda: b"| a | 1 |\n" * 60_000, {"too_large"}),
    "text without end": ("a.txt", lambda: b"a" * (60 << 20), {"too_large"}),
    "pdf of 3000 pages": ("a.pdf", lambda: pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                          b"<</Type/Pages/Kids[%s]/Count 3000>>" % b" ".join(b"%d 0 R" % n for n in range(3, 3003)),
                          *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"] * 3000]), {"too_large"}),
    "pdf whose pages go in circles": ("a.pdf", lambda: pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                                      b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>"]), {"unreadable"}),
    "pdf, deep": ("a.pdf", lambda: pdf([b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 100_000 + b"]" * 100_000 + b">>",
                                        b"<</Type/Pages/Kids[]/Count 0>>"]), {"unreadable"}),
    "pdf of forms in forms": ("a.pdf", lambda: forms(10), {"not_a_filing"}),
    "pdf of a million characters": ("a.pdf", lambda: page(dense(125_000)), {"too_large"}),
    "pdf of crosses": ("a.pdf", lambda: rules(10_000, Random(1)), {"not_a_filing", "too_large"}),
    "pdf of a lattice": ("a.pdf", lambda: lattice(120), {"not_a_filing", "too_large"}),
    "pdf with an endless picture": ("a.pdf", lambda: page(b"500 0 0 700 9 9 cm /I Do", PICTURE,
                                    [bitmap(40_000, 40_000, b"")]), {"too_large"}),
    "pdf with an endless page": ("a.pdf", lambda: page(b"14400 0 0 14400 0 0 cm /I Do", PICTURE,
                                 [bitmap(80, 80, bytes(800))], 14_400), {"empty"}),
    "pdf, encrypted": ("a.pdf", encrypted_pdf, {"encrypted"}),
    "pdf, cut": ("a.pdf", lambda: SAMPLE.read_bytes()[:9000], {"unreadable", "empty", "not_a_filing"}),
    "pdf, its end alone": ("a.pdf", lambda: b"%PDF-1.7\n" + SAMPLE.read_bytes()[-20_000:],
                           {"unreadable", "empty", "not_a_filing"}),
    "png, a bomb": ("a.png", lambda: png_bomb(60_000, 60_000), {"too_large"}),
    "png, a small bomb": ("a.png", lambda: png_bomb(9_000, 9_000), {"empty", "not_a_filing"}),
    "png, endless": ("a.png", lambda: png_bomb(100, 1_000_000), {"too_large"}),
    "png, cut": ("a.png", lambda: noise(900, 900)[:5000], {"unreadable"}),
    "png of noise": ("a.png", lambda: noise(1000, 1400), {"empty", "not_a_filing"}),
    "png of a full lattice": ("a.png", lambda: drawn(full_lattice), {"too_large"}),
    "png of tiny figures": ("a.png", lambda: drawn(tiny_figures), {"too_large"}),
    "png of strokes": ("a.png", lambda: drawn(strokes), {"empty", "not_a_filing"}),
    "tiff of 70 pages": ("a.tif", lambda: tiff_frames(70), {"too_large"}),
    "xlsx, a cell far away": ("a.xlsx", lambda: sheet('<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
                              '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), {"too_large"}),
    "xlsx of a million cells": ("a.xlsx", lambda: sheet("<sheetData>" + "<row><c><v>1</v></c></row>" * 700_000
                                + "</sheetData>"), {"too_large"}),
    "xlsx of merges": ("a.xlsx", lambda: sheet('<sheetData><row r="300"><c r="CV300"><v>1</v></c></row></sheetData>'
                       "<mergeCells>" + '<mergeCell ref="A1:CV300"/>' * 90_000 + "</mergeCells>"), {"too_large"}),
    "xlsx of entities": ("a.xlsx", lambda: pack({"xl/workbook.xml": DOCTYPE + "<workbook>&l9;</workbook>"}),
                         {"unreadable"}),
    "xls, a cell far away": ("a.xls", lambda: xls([("a", [(0, 0, 1, 1, "1"), (65_535, 255, 1, 1, "1")])]),
                             {"too_large"}),
    "xls, a chain of sectors without end": ("a.xls", lambda: endless_xls(_FIRST_TABLE), {"unreadable"}),
    "xls, tables listed without end": ("a.xls", lambda: endless_xls(_FIRST_LIST), {"unreadable"}),
    "ofd of many pages": ("a.ofd", lambda: ofd_pages(5000), {"too_large"}),
    "ofd of entities": ("a.ofd", lambda: pack({"OFD.xml": DOCTYPE + "<OFD>&l9;</OFD>"}), {"unreadable"}),
    "mail in mail": ("a.mht", lambda: nested_mail(5000), {"unreadable", "too_large"}),
    "zip, a bomb": ("a.zip", lambda: zip_bomb("a.txt", 200 << 20), {"too_large"}),
    "zip of empty files": ("a.zip", lambda: pack({f"{n}.txt": "" for n in range(5000)}), {"too_large"}),
    "one line of text": ("a.txt", lambda: "公开了1件，".encode() * 600_000, {"not_a_filing", "too_large"}),
    "one line of figures": ("a.txt", lambda: b"1 " * 1_900_000, {"not_a_filing", "too_large"}),
    "html, one paragraph": ("a.html", lambda: b"<html><p>" + "2023年1月1日第1号".encode() * 180_000,
                            {"not_a_filing", "too_large"}),
    "html with a picture that is a bomb": ("a.html", lambda: b'<html><img src="data:image/png;base64,%s">'
                                           % base64.b64encode(png_bomb(60_000, 60_000)), {"too_large"}),
    "rtf of groups": ("a.rtf", lambda: rb"{\rtf1" + b"{" * 200_000, {"unreadable", "unsupported", "not_a_filing"}),
    "nothing": ("a.pdf", lambda: b"", {"empty"}),
    "a gap": ("a.bin", lambda: bytes(30 << 20), {"unsupported", "empty"}),
    "ole of nothing": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), {"unreadable"}),
}  # fmt: skip


def main() -> None:
    """Reads every case: its code, processor seconds, and the memory used so far (MiB)."""
    for name, (file, make, _) in CASES.items():
        data = make()
        start = time.process_time()
        error = read_bytes(data, file)["error"]
        seconds = time.process_time() - start
        memory = round(peak_mib())
        line = {"name": name, "code": error and error["code"], "seconds": round(seconds, 2), "memory": memory}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
