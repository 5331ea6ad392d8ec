"""Places on a PDF page are those of the page as displayed, however its boxes are stated."""

from __future__ import annotations

import pypdfium2 as pdfium
import pytest

from extract.readers.pdf_layer import read_layer


def minimal_pdf(inherited: bytes = b"", own: bytes = b"", count: int = 1, content: bytes | None = None) -> bytes:
    """A PDF of one page (or the same page several times): 12345 in Helvetica at (100, 700)."""
    content = b"BT /F1 12 Tf 100 700 Td (12345) Tj ET" if content is None else content
    page = b"<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>" + own + b">>"
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + count))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d%s>>" % (kids, count, inherited),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[page] * count,
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return b"%sxref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (
        out, size, table, size, len(out),
    )  # fmt: skip


A4 = b"/MediaBox[0 0 595 842]"


@pytest.mark.parametrize(
    ("inherited", "own"),
    [
        (b"", A4),
        (A4, b""),
        (A4 + b"/CropBox[50 50 500 800]", b""),
        (b"", A4 + b"/CropBox[-50 -50 700 900]"),
        (A4, b"/Rotate 90"),
        (A4 + b"/Rotate 270", b"/CropBox[50 50 500 800]"),
    ],
)
def test_places_are_where_the_page_shows_ink(inherited: bytes, own: bytes) -> None:
    page = pdfium.PdfDocument(minimal_pdf(inherited, own))[0]
    layer = read_layer(page, 1)
    wide, high = page.get_size()
    assert {round(layer.width), round(layer.height)} == {round(wide), round(high)}
    shown = page.render(scale=1, grayscale=True).to_pil().point(lambda value: 255 * (value < 128))
    boxes = [layer.place(char.x0, char.top, char.x1, char.bottom).bbox or (0, 0, 0, 0) for char in layer.chars]
    place = [pick(box[side] for box in boxes) for side, pick in enumerate((min, min, max, max))]
    assert shown.getbbox() == pytest.approx(place, abs=2.5)
