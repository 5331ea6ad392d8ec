"""Pages as pictures: in the coordinates of the cells' boxes, contacts covered, scans cut to their tables."""

from __future__ import annotations

import base64
import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from dashboard.original import embedded, ofd, pages
from dashboard.original.marks import BBox
from dashboard.original.pages import Hidden, Shown, bands, image_picture, image_sizes, pdf_picture, pdf_sizes
from dashboard.original.shown import page_picture, pages_of
from extract.model import ReadError
from extract.paths import DATA
from extract.readers import signatures
from tests.corpus import build, legacy
from tests.corpus.agencies import AGENCIES
from tests.originals import original, read
from tests.test_readers_boxes import minimal_pdf
from tests.test_readers_legacy import one_page

SAMPLE = DATA / "samples" / "shili-bu" / "2024.pdf"
GREY = pages._COVER


def opened(shown: Shown) -> Image.Image:
    return Image.open(io.BytesIO(shown.data)).convert("RGB")


def cut(shown: Shown, box: BBox) -> Image.Image:
    """What a picture shows in a box of the page."""
    image = opened(shown)
    x0, top, x1, bottom = shown.box
    across, down = image.width / (x1 - x0), image.height / (bottom - top)
    return image.crop(
        (
            round((box[0] - x0) * across),
            round((box[1] - top) * down),
            round((box[2] - x0) * across),
            round((box[3] - top) * down),
        )
    )


def is_covered(image: Image.Image) -> bool:
    """Whether nothing but the cover is to be seen (sixteen greys are kept of it)."""
    return all(abs(value - 206) < 12 for pair in image.convert("L").getextrema() for value in (pair,))  # type: ignore[operator]


def boxes_by_page(data: bytes, name: str) -> dict[int, list[tuple[BBox, str]]]:
    found: dict[int, list[tuple[BBox, str]]] = {}
    for cell in read(data, name)["cells"]:
        if cell["bbox"]:
            x0, top, x1, bottom = cell["bbox"]
            found.setdefault(cell["page"], []).append(((x0, top, x1, bottom), cell["raw"]))
    return found


def drawn(*lines: tuple[float, float, str]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, A4)
    canvas.setFont("STSong-Light", 12)
    for x, y, text in lines:
        canvas.drawString(x, A4[1] - y, text)
    canvas.save()
    return out.getvalue()


def test_pages_of_a_sample(tmp_path: Path) -> None:
    document = original(tmp_path, SAMPLE.read_bytes(), "application/pdf")
    sizes = pages_of(document)
    places = boxes_by_page(SAMPLE.read_bytes(), "a.pdf")
    number = max(places, key=lambda page: len(places[page]))
    picture = page_picture(document, number, [box for box, _ in places[number]])
    assert (picture.width, picture.height) == (sizes[number - 1].width, sizes[number - 1].height)
    assert picture.box == pytest.approx((0, 0, picture.width, picture.height)) and picture.data is not None
    image = Image.open(io.BytesIO(picture.data))
    assert image.format == "PNG" and 130 <= image.width / picture.width * 72 <= 150 and len(picture.data) < 150_000


def test_figures_stand_in_their_boxes() -> None:
    data = SAMPLE.read_bytes()
    for number, cells in boxes_by_page(data, "a.pdf").items():
        shown = pdf_picture(data, number, [box for box, _ in cells])
        for (x0, top, x1, bottom), raw in cells:
            inner = cut(shown, (x0 + 2, top + 2, x1 - 2, bottom - 2)).convert("L")
            assert (inner.getextrema()[0] < 128) == bool(raw.strip()), (number, raw)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("inherited", "own"),
    [(b"/MediaBox[0 0 595 842]/CropBox[50 50 500 800]", b""), (b"/MediaBox[0 0 595 842]", b"/Rotate 90")],
)
def test_turned_and_cropped_pages(inherited: bytes, own: bytes) -> None:
    data = minimal_pdf(inherited, own)
    shown = pdf_picture(data, 1, [])
    assert pdf_sizes(data) == [(shown.width, shown.height)]
    box = (50, 90, 83, 101) if not own else (699, 100, 710, 133)
    ink = cut(shown, box).convert("L")
    assert ink.getextrema()[0] < 60  # type: ignore[operator]
    whole = opened(shown).convert("L")
    x0, top, x1, bottom = (round(value * whole.width / shown.width) for value in box)
    whole.paste(255, (x0 - 2, top - 2, x1 + 2, bottom + 2))
    assert whole.getextrema()[0] > 200  # type: ignore[operator]


def test_contacts_are_covered() -> None:
    data = drawn(
        (100, 100, "联系人：张三，电话：0571-87654321"),
        (100, 140, "2024年新收申请12件"),
        (100, 180, "a.b@example.cn"),
    )
    shown = pdf_picture(data, 1, [])
    assert is_covered(cut(shown, (149, 91, 171, 102)))  # 张三
    assert not is_covered(cut(shown, (101, 91, 145, 102)))  # 联系人：
    assert is_covered(cut(shown, (102, 172, 160, 181)))
    plain = cut(shown, (100, 130, 250, 144)).convert("L")
    assert plain.getextrema()[0] < 60  # type: ignore[operator]


def test_a_telephone_number_over_a_line_end_is_covered() -> None:
    data = drawn(
        (60, 100, "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十手机13812"), (60, 120, "345678，完。")
    )
    shown = pdf_picture(data, 1, [])
    assert is_covered(cut(shown, (62, 113, 92, 121)))


def test_figures_beside_each_other_are_no_telephone_number() -> None:
    digits = "13812345678"
    data = drawn(*((100 + 8 * place, 100, digit) for place, digit in enumerate(digits)))
    boxes: list[BBox] = [(99 + 8 * place, 88, 107 + 8 * place, 104) for place in range(len(digits))]
    assert opened(pdf_picture(data, 1, boxes)).convert("L").getextrema()[0] < 60  # type: ignore[operator]
    assert not is_covered(cut(pdf_picture(data, 1, boxes), (100, 90, 188, 102)))


def test_pages_of_ofd_documents(tmp_path: Path) -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2023, "original")
    data = legacy.ofd(legacy.blocks_of(filing))
    document = original(tmp_path, data, signatures.OFD)
    places = boxes_by_page(data, "a.ofd")
    assert len(pages_of(document)) >= max(places)
    for number, cells in places.items():
        picture = page_picture(document, number, [box for box, _ in cells])
        assert picture.media_type == "image/svg+xml" and picture.data is not None
        drawing = ElementTree.fromstring(picture.data.decode())
        texts: list[tuple[float, float, str]] = []
        for element in drawing.iter("{http://www.w3.org/2000/svg}text"):
            lefts = map(float, element.attrib["x"].split())
            texts += [
                (left, float(element.attrib["y"]), one) for left, one in zip(lefts, element.text or "", strict=True)
            ]
        for (x0, top, x1, bottom), raw in cells:
            assert "".join(one for x, y, one in texts if x0 <= x <= x1 and top <= y <= bottom) == "".join(raw.split())


def test_contacts_on_a_page_of_ofd_are_not_drawn() -> None:
    text = "联系人：张三，电话：0571-87654321"
    data = one_page(
        "<ofd:TextObject ID='1' Boundary='20 30 100 5' Size='4'>"
        f"<ofd:TextCode X='0' Y='4' DeltaX='g {len(text)} 4'>{text}"
        "</ofd:TextCode></ofd:TextObject>"
    )
    shown = ofd.picture(data, 1, []).data.decode()
    assert "张" not in shown and "8765" not in shown and "联系人" in shown and shown.count("<rect") == 3
    with pytest.raises(ReadError):
        ofd.picture(data, 2, [])


def test_a_scan_in_an_ofd_document_is_cut() -> None:
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    resources = f"<ofd:Res {space} BaseLoc='Res'><ofd:MultiMedias><ofd:MultiMedia ID='5' Type='Image'><ofd:MediaFile>" \
        "a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"  # fmt: skip
    parts: dict[str, str | bytes] = {"Doc_0/DocumentRes.xml": resources, "Doc_0/Res/a.png": saved(page_image(), "PNG")}
    data = one_page("<ofd:ImageObject ID='4' ResourceID='5' Boundary='0 0 210 297' CTM='210 0 0 297 0 0'/>", **parts)
    shown = ofd.picture(data, 1, [(100, 500, 200, 520)])
    assert shown.box == pytest.approx((0, 382, 595, 530), abs=2)
    with pytest.raises(Hidden):
        ofd.picture(data, 1, [])


def page_image(mode: str = "RGB") -> Image.Image:
    """A page with black ink everywhere."""
    image = Image.new(mode, (1000, 1400), "white")
    for place in range(0, 1400, 10):
        image.paste("black", (0, place, 1000, place + 2))
    return image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def test_of_a_scan_only_the_tables_are_shown() -> None:
    data = saved(page_image(), "PNG")
    shown = image_picture(data, 1, [(100, 600, 200, 640), (100, 640, 200, 680)])
    assert (shown.width, shown.height) == (1000, 1400)
    x0, top, x1, bottom = shown.box
    assert (x0, x1) == (0, 1000) and 380 < top < 420 and 680 < bottom < 720
    with pytest.raises(Hidden):
        image_picture(data, 1, [])


def test_between_the_tables_of_a_scan_nothing_is_shown() -> None:
    shown = image_picture(saved(page_image(), "PNG"), 1, [(100, 300, 200, 340), (100, 900, 200, 940)])
    assert is_covered(cut(shown, (10, 370, 990, 690)))
    assert not is_covered(cut(shown, (10, 290, 990, 350))) and not is_covered(cut(shown, (10, 720, 990, 950)))


def test_bands() -> None:
    assert bands([], 1000) == []
    assert bands([(0, 10, 1, 20)], 1000) == [(0.0, 32.0)]
    assert bands([(0, 500, 1, 520), (0, 530, 1, 990)], 1000) == [(360.0, 1000)]
    assert bands([(0, 900, 1, 920), (0, 200, 1, 220)], 1000) == [(60.0, 232.0), (760.0, 932.0)]


def test_a_scan_in_a_pdf_is_cut_too(tmp_path: Path) -> None:
    data = saved(page_image("L"), "PDF", resolution=72.0)
    shown = pdf_picture(data, 1, [(100, 600, 200, 640)])
    assert 390 < shown.box[1] < 420 and 640 < shown.box[3] < 670
    document = original(tmp_path, data, "application/pdf")
    picture = page_picture(document, 1, [])
    assert picture.data is None


def test_pages_of_images_lie_as_they_are_displayed() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    image = Image.new("RGB", (1400, 1000), "white")
    image.paste("black", (200, 100, 300, 200))
    data = saved(image, "JPEG", exif=turned)
    assert image_sizes(data) == [(1000, 1400)]
    shown = image_picture(data, 1, [(0, 0, 1000, 1400)])
    assert opened(shown).convert("L").getbbox() is not None
    assert cut(shown, (820, 220, 880, 280)).convert("L").getextrema()[1] < 60  # type: ignore[operator]


def test_images_of_several_pages_and_odd_kinds() -> None:
    first, second = Image.new("1", (300, 400), 1), Image.new("L", (400, 300), 255)
    data = saved(first, "TIFF", save_all=True, append_images=[second])
    assert image_sizes(data) == [(300, 400), (400, 300)]
    assert image_picture(data, 2, [(0, 0, 400, 300)]).width == 400
    clear = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    shown = image_picture(saved(clear, "PNG"), 1, [(0, 0, 300, 400)])
    assert opened(shown).getpixel((5, 5)) == (255, 255, 255)
    deep = Image.new("I;16", (300, 400), 65535)
    shown = image_picture(saved(deep, "PNG"), 1, [(0, 0, 300, 400)])
    assert opened(shown).getpixel((5, 5)) == (255, 255, 255)
    with pytest.raises(ReadError):
        image_picture(data, 3, [])


def test_pictures_within_a_page_of_html() -> None:
    noisy = Image.effect_noise((600, 800), 90)
    html = f'<img src="data:image/png;base64,{base64.b64encode(saved(noisy, "PNG")).decode()}">'.encode()
    assert embedded.sizes(html) == [(600, 800)]
    shown = embedded.picture(html, 1, [(100, 400, 200, 420)])
    assert (shown.width, shown.height) == (600, 800) and 280 < shown.box[1] < 300
    with pytest.raises(ReadError):
        embedded.picture(html, 2, [])


def test_colours_stay() -> None:
    image = page_image()
    image.paste("red", (300, 600, 400, 640))
    shown = image_picture(saved(image, "PNG"), 1, [(100, 600, 200, 640)])
    assert shown.media_type == "image/webp"
    red, green, _ = cut(shown, (345, 615, 350, 620)).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert red > 200 and green < 60
