"""Pages that are pictures: recognised, placed, doubted."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extract import readers
from extract.model import Document, Grid, ReadError
from extract.paths import DATA
from extract.readers import glyphs, inked, limits, looks, ocr, raster, raster_rules, scan
from extract.readers.pdf_layer import Char, Layer, read_layer
from extract.readers.pictures import find_pictures
from extract.readers.unmapped import look_up
from extract.reading import read_bytes
from tests.corpus import build
from tests.corpus.agencies import AGENCIES
from tests.corpus.pdf import BUNDLED, PdfLayout
from tests.corpus.pdf import render as pdf_of
from tests.corpus.scan import Scanner, draw_table, image_bytes, images_pdf, scan_pages, scan_pdf, tiff
from tests.corpus.score import compare

SAMPLE = DATA / "samples" / "shili-qu" / "2022.pdf"
FONT = str(BUNDLED)
ROWS = [["12", "0", "", "7"], ["0", "5", "-", "305"], ["1", "0", "18.5", "4119"]]


def read(data: bytes, name: str = "a.png") -> Document:
    return readers.read(data, readers.sniff(data, name))


def texts(grids: list[Grid] | None) -> list[list[str]]:
    return [[field.text.replace("–", "-") for field in row] for grid in grids or [] for row in grid.rows]


def png(image: Image.Image) -> bytes:
    return image_bytes(image, "PNG")


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SAMPLE.with_name(SAMPLE.name + ".truth.json").read_text("utf-8"))
    return loaded


def test_a_scanned_report_reads_as_the_report(truth: dict[str, Any]) -> None:
    scanner = Scanner(dpi=150, angle=-1.4, noise=8, specks=0.0003, quality=50, shade=True)
    reading = read_bytes(scan_pdf(SAMPLE.read_bytes(), scanner), "scan.pdf")
    outcome = compare(truth, reading)
    assert (outcome.error, outcome.right, outcome.differences) == (None, outcome.cells, ())
    assert not [issue for issue in reading["issues"] if issue["origin"] == "extraction"]


def test_places_are_those_of_the_page_however_askew_it_lies() -> None:
    """The middle of each cell's box is where the text layer has the cell."""
    wanted = {_key(cell): cell for cell in read_bytes(SAMPLE.read_bytes(), "a.pdf")["cells"]}
    image = scan_pages(SAMPLE.read_bytes(), Scanner(dpi=150, angle=1.5), [2])[0]
    found = read_bytes(images_pdf([image], Scanner(dpi=150)), "b.pdf")
    placed = [cell for cell in found["cells"] if cell["bbox"]]
    assert len(placed) > 150
    turned = np.deg2rad(1.5)
    for cell in placed:
        x, y = _middle(wanted[_key(cell)]["bbox"])
        x, y = x - 595 / 2, y - 842 / 2
        expected = (
            x * np.cos(turned) + y * np.sin(turned) + 595 / 2,
            y * np.cos(turned) - x * np.sin(turned) + 842 / 2,
        )
        assert _middle(cell["bbox"]) == pytest.approx(expected, abs=4.0)


def _key(cell: dict[str, Any]) -> tuple[str, str, str]:
    return cell["table"], cell["row"], cell["column"]


def _middle(box: list[float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@pytest.mark.parametrize("angle", [0.0, -1.5])
def test_lone_zeros_blanks_and_dashes(angle: float) -> None:
    page = draw_table(ROWS).rotate(angle, Image.Resampling.BICUBIC, fillcolor="white")
    document = read(png(page))
    assert texts(document.grids) == ROWS
    assert texts(document.positions) == ROWS


def test_places_in_an_image_are_its_pixels() -> None:
    field = read(png(draw_table(ROWS))).grids[0].rows[1][3]
    assert field.place.page == 1
    assert field.place.bbox == pytest.approx((700, 180, 900, 260), abs=4)


def test_figures_that_a_page_break_parted_from_their_heads() -> None:
    heads, figures = [["规章", "行政", "文件", "总计"]], [["3", "0", "5", "8"]]
    document = read(tiff([draw_table(heads, font=FONT), draw_table(figures)], 200), "a.tif")
    assert texts(document.grids) == texts(document.positions) == heads + figures
    assert len(document.grids) == 1
    apart = read(tiff([draw_table(heads, font=FONT), draw_table([figures[0][:3]])], 200), "a.tif")
    assert len(apart.grids) == 2


def test_specks_beside_a_figure_are_no_dots() -> None:
    page = draw_table(ROWS)
    draw = ImageDraw.Draw(page)
    for row in range(3):
        for x in (150, 165, 232, 250, 340, 470):
            draw.rectangle((x, 152 + 80 * row, x + 3, 155 + 80 * row), fill="black")
    document = read(png(page))
    assert texts(document.grids) == ROWS
    assert texts(document.positions) == ROWS


def test_a_small_minus_is_no_speck() -> None:
    page = draw_table([["3", "12"], ["0", "5"]])
    ImageDraw.Draw(page).line((178, 142, 186, 142), fill="black", width=2)
    document = read(png(page))
    assert texts(document.grids)[0] == ["-3", "12"]
    assert texts(document.positions)[0] == ["-3", "12"]


def test_a_minus_that_lost_its_length_is_no_speck() -> None:
    """Under a seal, 6 pixels by 4 are left of it; a speck beside the foot of a figure is still one."""
    for at, text in ((220, "-1"), (238, "1")):
        page = on_paper(draw_table([["3", "1"], ["0", "5"]], font=FONT))
        ImageDraw.Draw(page).rectangle((388, at - 80, 393, at - 77), fill="black")
        document = read(png(page))
        assert texts(document.grids)[0] == texts(document.positions)[0] == ["3", text], at


def test_a_comma_before_two_last_digits_is_a_point() -> None:
    page = draw_table([["46,07", "1,234"], ["0", "5"]], font=FONT)
    assert texts(read(png(page)).grids)[0] == ["46.07", "1,234"]


def test_a_slash_is_no_one_nor_seven() -> None:
    for text, leans in {"/": True, "1": False, "7": False, "4": False, "-": False, "0": False, "11": False}.items():
        for font in (None, FONT):
            page = draw_table([[text]], font=font).convert("L")
            cell = np.asarray(page)[110:170, 110:290]
            assert glyphs.is_slash(raster.two_tones(cell)) is leans, (text, font)


def test_a_column_of_figures_that_passes_for_a_line_is_cut_by_its_cells() -> None:
    cells = [inked.Cell((0, 0, 0, 0), (100, top, 200, top + 60), None, False) for top in (100, 170, 240)]
    column, line, word = (130, 110, 160, 290), (110, 110, 190, 140), (300, 110, 390, 140)
    parts = [(130, 110, 160, 160), (130, 170, 160, 230), (130, 240, 160, 290)]
    assert inked.cut([column, line, word], cells) == ([word], [*parts, line])


def test_a_line_that_was_found_twice_is_read_once() -> None:
    cells = [inked.Cell((0, 0, 0, 0), (100, 100, 400, 160), None, False)]
    line, again, beside = (110, 110, 190, 140), (112, 108, 188, 141), (195, 110, 260, 140)
    assert inked.cut([line, again, beside], cells)[1] == [again, beside]


def on_paper(drawn: Image.Image) -> Image.Image:
    """What was drawn on a page of reading size."""
    paper = Image.new("RGB", (raster.SHORT_SIDE, 2000), "white")
    paper.paste(drawn)
    return paper


def straight(page: Image.Image) -> raster.Page:
    return raster.straighten(np.asarray(on_paper(page)), (0.0, 0.0, 595.0, 720.0))


def ring() -> Image.Image:
    """A seal's ring over the middle of a drawn table."""
    seal = Image.new("RGB", (1654, 1000), "white")
    ImageDraw.Draw(seal).ellipse((180, 120, 520, 330), outline=(214, 38, 42), width=9)
    return seal


def rule_count(drawn: Image.Image) -> tuple[int, int]:
    """How many upright and level rules are found on a page drawn by ``draw_table``."""
    page = straight(drawn)
    found = [rule for network in raster_rules.rules(page.grey, page.plain) for rule in network]
    upright = sum(rule["orientation"] == "v" for rule in found)
    return upright, len(found) - upright


@pytest.mark.parametrize("colour", ["black", (214, 38, 42)])
def test_a_rule_is_found_that_a_seal_covers_in_places(colour: Any) -> None:
    page, star = draw_table(ROWS), Image.new("RGB", (1654, 1000), "white")
    ImageDraw.Draw(star).regular_polygon((104, 220, 34), 5, fill=colour)
    assert rule_count(page) == rule_count(ImageChops.multiply(page, star)) == (5, 4)


def test_red_strokes_beside_characters_are_no_rules() -> None:
    page, seal = draw_table(ROWS), Image.new("RGB", (1654, 1000), "white")
    for x in range(190, 900, 100):
        ImageDraw.Draw(seal).rectangle((x - 8, 190, x + 8, 248), outline=(214, 38, 42), width=3)
    assert rule_count(ImageChops.multiply(page, seal)) == (5, 4)


def test_a_rule_within_one_narrow_column_is_found() -> None:
    page = draw_table(ROWS)
    draw = ImageDraw.Draw(page)
    draw.line((960, 100, 960, 340), fill="black", width=2)
    for row in range(4):
        draw.line((900, 100 + 80 * row, 960, 100 + 80 * row), fill="black", width=2)
    draw.line((900, 140, 960, 140), fill="black", width=2)
    draw.line((915, 220, 945, 220), fill="black", width=2)
    assert rule_count(page) == (6, 5)


def test_among_more_strokes_than_any_table_has_no_rules_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1400, 1000), dtype=np.uint8)
    page = raster.straighten(noise, (0.0, 0.0, 595.0, 842.0))
    looked_at: list[object] = []
    monkeypatch.setattr(raster_rules, "_middle", looked_at.append)
    assert raster_rules.rules(page.grey) == []
    assert len(looked_at) < raster_rules._MOST_STROKES


def test_a_page_of_more_writing_than_is_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = png(on_paper(draw_table(ROWS)))
    monkeypatch.setattr(limits, "MAX_WRITING", 6000)  # two readings of 11 cells take less
    assert texts(read(drawn).grids) == ROWS
    monkeypatch.setattr(limits, "MAX_WRITING", 1000)
    with pytest.raises(ReadError, match="文字行"):
        read(drawn)


def test_red_in_the_shade_is_told_from_black() -> None:
    page = draw_table(ROWS)
    dark = np.asarray(ImageChops.multiply(page, ring())) * 0.6
    plain, wanted = straight(Image.fromarray(dark.astype(np.uint8))).plain, straight(page).plain
    assert ((raster.ink(plain) > 0) & (raster.ink(wanted) == 0))[105:300, 150:550].mean() < 0.005


def test_what_a_seal_leaves_in_an_empty_cell_is_no_dash() -> None:
    page = draw_table([["12", ""], ["0", "5"]])
    draw = ImageDraw.Draw(page)
    for x, y in ((350, 130), (380, 150), (420, 138)):
        draw.rectangle((x, y, x + 4, y + 1), fill="black")
    draw.rectangle((215, 206, 218, 207), fill="black")  # beside the upper edge of the zero
    document = read(png(on_paper(page)))
    assert texts(document.grids) == texts(document.positions) == [["12", ""], ["0", "5"]]


def test_a_drop_of_ink_is_no_figure() -> None:
    cell = (10, 10, 90, 60)
    for wide, high, is_ink in ((2, 9, False), (9, 2, True), (3, 18, True), (6, 6, False)):
        mask = np.zeros((70, 100), np.uint8)
        mask[30 : 30 + high, 40 : 40 + wide] = 255
        found, dirt = inked._ink_of(255 - mask, mask, cell)
        assert ((found is not None), bool(dirt)) == (is_ink, not is_ink), (wide, high)


@pytest.mark.parametrize(
    ("left", "wide", "high", "is_hyphen"),
    [(47, 6, 3, True), (46, 7, 4, True), (47, 5, 4, True), (30, 6, 3, False), (48, 4, 3, False), (48, 3, 6, False)],
)
def test_a_hyphen_as_small_as_a_speck_stands_in_the_middle(left: int, wide: int, high: int, is_hyphen: bool) -> None:
    mask = np.zeros((70, 100), np.uint8)
    mask[34 : 34 + high, left : left + wide] = 255
    found, _ = inked._ink_of(255 - mask, mask, (10, 10, 90, 60))
    assert found == ((left, 34, left + wide, 34 + high) if is_hyphen else None)


def test_ripples_of_compression_around_a_speck_are_no_figure() -> None:
    """Thin, faint and broken, as wide as a dash; what is as thin but dark, or as faint but solid, is ink."""
    speck = np.array([[0, 1, 0, 0, 0, 0, 0, 1], [1, 0, 1, 0, 1, 0, 1, 0], [0, 0, 0, 1, 0, 1, 0, 0]], bool)
    for spot, light, is_ink in ((speck, 225, False), (speck, 90, True), (speck | True, 225, True)):
        mask = np.zeros((70, 100), np.uint8)
        for top, left in ((20, 20), (30, 40), (34, 70), (40, 50)):
            mask[top : top + 3, left : left + 8][spot] = 255
        picture = np.where(mask > 0, light, 253).astype(np.uint8)
        found, dirt = inked._ink_of(picture, mask, (10, 10, 90, 60))
        assert ((found is not None), len(dirt)) == (is_ink, 0 if is_ink else 4), light


def test_two_specks_side_by_side_with_their_ripples_are_no_dash() -> None:
    """As a scan at 150 dpi shows them; a faint dash is solid."""
    specks = ((245, 239, 228, 219, 245, 232, 225, 246), (205, 224, 192, 136, 220, 172, 143, 211),
              (220, 231, 195, 150, 224, 178, 154, 220))  # fmt: skip
    for spot, is_ink in ((np.array(specks), False), (np.full((3, 8), 200), True)):
        picture = np.full((70, 100), 255, np.uint8)
        picture[30:33, 40:48] = spot
        mask = np.where(picture < 226, 255, 0).astype(np.uint8)
        found, dirt = inked._ink_of(picture, mask, (10, 10, 90, 60))
        assert ((found is not None), bool(dirt)) == (is_ink, not is_ink), spot


def test_the_two_readings_see_what_a_seal_covers_differently() -> None:
    page = straight(ImageChops.multiply(draw_table(ROWS), ring()))
    assert page.grey[225, 184] < 100 < page.lit[225, 184] < 230 < page.plain[225, 184]
    cell = inked.Cell((0, 0, 0, 0), (180, 200, 230, 250), (180, 200, 230, 250), False)
    assert (inked.ink_alone(page, cell) == raster.two_tones(page.lit[200:250, 180:230])).all()


@pytest.fixture(scope="module")
def foot() -> Image.Image:
    """The foot of a scanned page: 表四 and some prose."""
    page = scan_pages(SAMPLE.read_bytes(), Scanner(dpi=150), [2])[0]
    return page.crop((0, page.height * 55 // 100, page.width, page.height))


@pytest.mark.parametrize("quarters", [1, 2])
def test_a_page_that_lies_on_its_side_or_head_is_turned(
    foot: Image.Image, truth: dict[str, Any], quarters: int
) -> None:
    document = read(png(foot.rotate(-90 * quarters, expand=True)))
    wanted = [cell["raw"] for cell in truth["cells"] if cell["table"] == "review_litigation"]
    assert texts(document.grids)[-1] == wanted


def test_a_seal_hides_no_figure() -> None:
    page = draw_table(ROWS)
    seal = Image.new("RGB", page.size, "white")
    ImageDraw.Draw(seal).ellipse((180, 120, 520, 330), outline=(225, 40, 40), width=9)
    assert texts(read(png(ImageChops.multiply(page, seal))).grids) == ROWS


def test_a_seal_that_rules_part_leaves_nothing_in_empty_cells() -> None:
    page, empty = draw_table([["", "", ""], ["", "", ""], ["", "", "7"]]), [["", "", ""], ["", "", ""], ["", "", "7"]]
    document = read(png(on_paper(ImageChops.multiply(page, ring()))))
    assert texts(document.grids) == texts(document.positions) == empty


def remains() -> Image.Image:
    """A table under a seal of which a stroke along a rule is neither red nor black, as compression leaves it."""
    page = ImageChops.multiply(draw_table([["12", "", "3"], ["0", "5", ""]]), ring())
    ImageDraw.Draw(page).rectangle((330, 172, 470, 174), fill=(150, 140, 140))
    return on_paper(page)


def test_what_compression_leaves_of_a_seal_is_no_dash() -> None:
    document = read(png(remains()))
    assert texts(document.grids) == texts(document.positions) == [["12", "", "3"], ["0", "5", ""]]


def test_text_without_ink_is_unread_by_the_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    found = inked.find_cells

    def find_cells(page: raster.Page, tables: list[Any]) -> list[inked.Cell]:
        cells = found(page, tables)
        return [replace(cell, ink=None) if cell.box[0] < 110 * raster.UNIT else cell for cell in cells]

    monkeypatch.setattr(scan, "find_cells", find_cells)
    monkeypatch.setattr(looks, "seen_otherwise", lambda page, cell: [np.full((40, 64), 255, np.uint8)] * 3)
    document = read(png(on_paper(draw_table(ROWS))))
    assert document.grids[0].rows[0][0].text == "12"
    assert texts(document.positions)[0] == [ocr.UNREAD, *ROWS[0][1:]]


def test_a_piece_of_a_seal_is_no_line_of_text() -> None:
    page, seals = straight(ImageChops.multiply(draw_table(ROWS), ring())), [(180, 120, 521, 331)]
    assert inked.find_seals(page) == pytest.approx(np.array(seals), abs=12)
    piece, figure, outside = (335, 124, 365, 140), (390, 205, 412, 235), (600, 200, 620, 250)
    assert [inked.is_seals(page, line, inked.find_seals(page)) for line in (piece, figure, outside)] == [
        True, False, False]  # fmt: skip


def test_tables_beside_each_other_are_read_from_the_left() -> None:
    """Though the right one begins a little higher, as on paper that lies askew."""
    page = on_paper(Image.new("RGB", (10, 10), "white"))
    for number, (x, y) in enumerate(((100, 108), (800, 100))):
        page.paste(draw_table([[str(number), "15"], ["0", "7"], ["3", "4"]]).crop((98, 98, 510, 350)), (x, y))
    assert [grid.rows[0][0].text for grid in read(png(page)).grids] == ["0", "1"]


def test_a_figure_in_red_is_read() -> None:
    page = draw_table(ROWS, {(1, 3): "red"})
    document = read(png(page))
    assert document.grids[0].rows[1][3].text == "305"
    assert texts(document.positions) == ROWS


def test_ink_that_is_no_character_is_unread_rather_than_blank() -> None:
    page = draw_table([["12", "0"], ["", "5"]])
    draw = ImageDraw.Draw(page)
    for start in range(0, 120, 12):
        draw.arc((140 + start, 200, 190 + start, 240), 0, 300, fill="black", width=3)
    document = read(png(page))
    first, second = document.grids[0].rows[1][0].text, texts(document.positions)[1][0]
    assert first and second
    assert ocr.UNREAD in (first, second) or first != second


@pytest.fixture
def misread(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Lets pictures in more than two tones, as those of the first reading, be taken for another text."""
    true = ocr.read_lines

    def replace(right: str, wrong: str) -> None:
        def read_lines(pictures: list[raster.Picture], *, figures: bool = False) -> list[ocr.Text]:
            found = true(pictures, figures=figures)
            if not figures:
                return found
            return [
                ocr.Text(wrong, t.middles[: len(wrong)], 0.99) if t.text == right and len(np.unique(picture)) > 2 else t
                for picture, t in zip(pictures, found, strict=True)
            ]

        monkeypatch.setattr(ocr, "read_lines", read_lines)

    yield replace


def test_a_figure_that_the_first_reading_takes_for_another_is_doubted(misread: Callable[[str, str], None]) -> None:
    """163 is one cell of 表三, which is part of two sums."""
    (page,) = scan_pages(SAMPLE.read_bytes(), Scanner(dpi=150), [1])
    misread("163", "168")
    reading = read_bytes(png(page), "a.png")
    doubted = {tuple(cell) for issue in reading["issues"] if issue["origin"] == "extraction" for cell in issue["cells"]}
    assert ("applications", "received_new", "natural_person") in doubted


def test_where_the_readings_differ_further_looks_settle_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first reading takes 4119 for 4179; what all looks after that see is what both readings say."""
    true, calls = ocr.read_lines, [0]
    cases: list[tuple[dict[int, str], tuple[str, str]]] = [
        ({1: "4179"}, ("4119", "4119")),
        ({1: "4179", 4: "4179"}, ("4179", "4179")),
        ({1: ",419", 3: "4179"}, ("4119", "4179")),
        ({1: "4179", 4: "4l.9"}, ("4179", "4119")),
    ]
    for wrong, both in cases:

        def read_lines(
            pictures: list[raster.Picture], *, figures: bool = False, wrong: dict[int, str] = wrong
        ) -> list[ocr.Text]:
            calls[0] += figures
            found = true(pictures, figures=figures)
            text = wrong.get(calls[0], "4119")
            return [ocr.Text(text, t.middles, 0.99) if t.text == "4119" else t for t in found]

        monkeypatch.setattr(ocr, "read_lines", read_lines)
        calls[0] = 0
        document = read(png(draw_table(ROWS)))
        assert (document.grids[0].rows[2][3].text, texts(document.positions)[2][3]) == both
        assert calls[0] == 4


def test_a_look_that_is_not_certain_settles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    true, calls = ocr.read_lines, [0]

    def read_lines(pictures: list[raster.Picture], *, figures: bool = False) -> list[ocr.Text]:
        calls[0] += figures
        found = true(pictures, figures=figures)
        found = [ocr.Text("4179", t.middles, 0.99) if calls[0] == 1 and t.text == "4119" else t for t in found]
        return [ocr.Text(t.text, t.middles, 0.89) if calls[0] == 4 else t for t in found]

    monkeypatch.setattr(ocr, "read_lines", read_lines)
    document = read(png(draw_table(ROWS)))
    assert (document.grids[0].rows[2][3].text, texts(document.positions)[2][3]) == ("4179", "4119")


def test_further_looks_leave_a_seal_and_dirt_out_and_keep_dots() -> None:
    page = draw_table([["18.5", "12"], ["0", "5"]])
    ImageDraw.Draw(page).rectangle((150, 122, 156, 126), fill="black")
    seal = Image.new("RGB", page.size, "white")
    ImageDraw.Draw(seal).rectangle((170, 125, 215, 160), outline=(214, 38, 42), width=4)
    shown = straight(ImageChops.multiply(page, seal))
    cell = inked.Cell((0, 0, 0, 0), (105, 105, 295, 175), (105, 105, 295, 175), False)
    views = inked.seen_otherwise(shown, cell)
    assert [text.text for text in ocr.read_lines(views, figures=True)] == ["18.5"] * 3
    assert len({view.shape for view in views}) == 3


def test_pages_of_a_tiff_are_counted() -> None:
    pages = [draw_table([["1", "2"], ["3", "4"]]), draw_table([["5", "6"], ["7", "8"]])]
    document = read(tiff([page.convert("L") for page in pages], 200), "a.tif")
    assert [grid.rows[0][0].place.page for grid in document.grids] == [1, 2]
    assert texts(document.grids) == [["1", "2"], ["3", "4"], ["5", "6"], ["7", "8"]]


def test_the_orientation_tag_of_a_photograph_is_obeyed() -> None:
    photograph = draw_table(ROWS).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    document = read(image_bytes(photograph, "JPEG", quality=90, exif=exif), "a.jpg")
    assert texts(document.grids) == ROWS
    assert document.grids[0].rows[1][3].place.bbox == pytest.approx((700, 180, 900, 260), abs=4)


def test_a_large_picture_is_reduced_and_its_places_are_not() -> None:
    large = draw_table(ROWS).resize((1654 * 5, 5000))
    document = read(image_bytes(large, "JPEG"), "a")
    assert texts(document.grids) == ROWS
    assert document.grids[0].rows[1][3].place.bbox == pytest.approx((3500, 900, 4500, 1300), abs=20)


def test_a_long_picture_is_read_to_its_end() -> None:
    long = Image.new("RGB", (1654, 5000), "white")
    for index in range(5):
        long.paste(draw_table([[str(index), "0"], ["7", str(90 + index)]]), (0, 1000 * index))
    grids = read(png(long)).grids
    assert [grid.rows[1][1].text for grid in grids] == ["90", "91", "92", "93", "94"]


@pytest.mark.parametrize("prose", [0.2, 0.7, 1.1])
def test_a_long_picture_is_cut_between_pages_not_through_a_table(prose: float) -> None:
    """However high the first page's writing is, the tables of the next three leave only their margins free."""
    wide, high = 800, 1131
    long = Image.new("L", (wide, 4 * high), 255)
    draw = ImageDraw.Draw(long)
    for top in range(80, round(prose * wide), 24):
        draw.rectangle((100, top, 700, top + 12), fill=0)
    for page in range(1, 4):
        for x in range(100, 701, 150):
            draw.rectangle((x, page * high + 60, x + 1, (page + 1) * high - 60), fill=0)
    rows = [round(box[1]) for _, box in raster.pieces(np.asarray(long), (0, 0, wide, 4 * high))][1:]
    assert rows and all(row < high or min(row % high, -row % high) < 60 for row in rows)
    heights = np.diff([0, *rows, 4 * high])
    assert heights.min() >= 0.89 * wide and heights.max() <= 2.36 * wide


def test_transparent_and_deep_pictures() -> None:
    page = draw_table(ROWS).convert("RGBA")
    clear = np.asarray(page).copy()
    clear[(clear[:, :, :3] == 255).all(axis=2)] = 0
    assert texts(read(png(Image.fromarray(clear))).grids) == ROWS
    deep = np.asarray(draw_table(ROWS).convert("L")).astype(np.uint16) * 257
    assert texts(read(png(Image.fromarray(deep))).grids) == ROWS


def test_an_image_without_text_is_empty() -> None:
    assert read_bytes(png(Image.new("L", (600, 400), 255)), "a.png")["error"]["code"] == "empty"
    assert read_bytes(png(Image.new("L", (1, 1), 255)), "a.png")["error"]["code"] == "empty"


def test_without_the_recogniser_scans_are_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(ocr, "import_module", absent)
    ocr._engine.cache_clear()
    error = read_bytes(png(draw_table(ROWS)), "a.png")["error"]
    assert error["code"] == "unsupported"
    assert "rapidocr" in error["message"]


# Which pages of a PDF are recognised.


def pdf(draw: Callable[[Canvas], None]) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(595, 842), invariant=1)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def picture(page: Image.Image) -> ImageReader:
    return ImageReader(io.BytesIO(png(page)))


def test_pages_with_text_are_not_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a page with text was recognised")

    monkeypatch.setattr("extract.readers.pdf.append_pictures", never)
    assert read_bytes(SAMPLE.read_bytes(), "a.pdf")["error"] is None


@pytest.mark.parametrize("mode", [0, 3])
def test_a_page_number_or_invisible_text_is_no_text_layer(mode: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture(draw_table(ROWS)), 0, 400, 595, 360)
        text = canvas.beginText(280, 20)
        text.setTextRenderMode(mode)
        text.textOut("- 1 -" if mode == 0 else "garbage of a scanner's program " * 9)
        canvas.drawText(text)

    assert texts(read(pdf(draw), "a.pdf").grids) == ROWS


def test_a_table_that_is_a_picture_on_a_page_of_text_is_recognised() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture(draw_table(ROWS).crop((80, 80, 930, 360))), 50, 500, 425, 140)
        for line in range(12):
            canvas.drawString(50, 400 - 20 * line, "text of the page, enough to be read as text")

    document = read(pdf(draw), "a.pdf")
    assert texts(document.grids) == ROWS
    x0, top, x1, bottom = document.grids[0].rows[0][0].place.bbox or (0, 0, 0, 0)
    assert (x0, top, x1, bottom) == pytest.approx((60, 212, 160, 252), abs=3)
    assert any("enough" in paragraph.text for paragraph in document.paragraphs)


def test_a_picture_behind_the_text_is_left() -> None:
    """A letterhead or watermark under the whole page: its text and rules are the page's own."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(picture(Image.new("RGB", (595, 842), (250, 250, 245))), 0, 0, 595, 842)
        for row in range(4):
            for column in range(4):
                canvas.rect(50 + 100 * column, 500 + 30 * row, 100, 30)
                canvas.drawString(90 + 100 * column, 510 + 30 * row, f"{row}{column}17")

    document = read(pdf(draw), "a.pdf")
    assert texts(document.grids) == [[f"{row}{column}17" for column in range(4)] for row in (3, 2, 1, 0)]


def test_text_without_unicode_is_recognised() -> None:
    """A font that does not say which characters it shows: the page is looked at."""
    page = pypdfium2.PdfDocument(pdf(lambda canvas: canvas.drawString(50, 50, "x")))[0]
    known, unknown = (Layer(1, 595, 842, [Char(text, 0, 0, 9, 9, 9)] * 90, []) for text in ("公", "\ufffd"))
    assert not find_pictures(page, known)
    assert find_pictures(page, unknown).whole


def test_text_turned_into_curves_is_recognised() -> None:
    def draw(canvas: Canvas) -> None:
        for index in range(1200):
            canvas.circle(20 + index % 40 * 12, 20 + index // 40 * 20, 4)

    page = pypdfium2.PdfDocument(pdf(draw))[0]
    assert find_pictures(page, Layer(1, 595, 842, [], [])).whole


def test_small_pictures_without_a_table_are_left() -> None:
    assert not scan.holds_table(np.full((300, 400), 255, np.uint8))
    assert scan.holds_table(np.asarray(draw_table(ROWS)))


def test_too_many_scanned_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.readers.pdf.MAX_RECOGNISED", 1)
    blank = Image.new("L", (500, 700), 255)
    with pytest.raises(ReadError, match="扫描页"):
        read(images_pdf([blank, blank], Scanner()), "a.pdf")


# Pages of HTML that carry their tables as pictures.


def page_with(content: bytes, rest: str = "") -> bytes:
    encoded = base64.b64encode(content).decode()
    return f'<html><body><p>年度报告</p><img src="data:image/png;base64,{encoded}">{rest}</body></html>'.encode()


def test_a_picture_within_a_page_is_recognised() -> None:
    document = read(page_with(png(draw_table(ROWS))), "a.html")
    assert texts(document.grids) == texts(document.positions) == ROWS
    assert document.paragraphs[0].text == "年度报告"
    assert document.grids[0].rows[0][0].place.recognised


def test_pictures_on_a_page_with_large_tables_and_damaged_ones_are_left() -> None:
    """A page's metadata stand in a small table, and the report may be a picture all the same."""
    row = "<tr><td>规章</td><td>3</td></tr>"
    picture = png(draw_table(ROWS))
    assert texts(read(page_with(picture, f"<table>{row * 40}</table>"), "a.html").grids) == [["规章", "3"]] * 40
    assert len(read(page_with(picture, f"<table>{row}</table>"), "a.html").grids) == 2
    assert read(page_with(b"\x89PNG\r\n\x1a\n" + bytes(30_000)), "a.html").grids == []


# Fonts that do not say which characters they show.


def unmapped() -> tuple[pypdfium2.PdfPage, Layer]:
    filing = build.filing(AGENCIES["shili-qu"], 2023, "unmapped")
    pdf = pypdfium2.PdfDocument(pdf_of(filing, PdfLayout(unicode="digits_unknown", orientation="sideways")).data)
    for number in range(len(pdf)):
        layer = read_layer(pdf[number], number + 1)
        if sum(char.text == ocr.UNREAD for char in layer.chars) > 3:
            return pdf[number], layer
    raise AssertionError("no page with unknown digits")


def test_digits_that_a_font_does_not_name_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    page, layer = unmapped()
    first, second = look_up(page, layer)
    unknown = [number for number, char in enumerate(layer.chars) if char.text == ocr.UNREAD]
    for seen in (first, second):
        assert {seen.chars[number].text for number in unknown} <= set("37")
    char = layer.chars[unknown[0]]
    assert first.place(char.x0 - 1, char.top - 1, char.x1 + 1, char.bottom + 1).recognised
    monkeypatch.setattr(ocr, "read_lines", lambda pictures, figures: [ocr.Text("8888", (), 1.0)] * len(pictures))
    doubtful, _ = look_up(page, layer)
    assert any(doubtful.chars[number].text == ocr.UNREAD for number in unknown)


def test_on_a_picture_without_pixels_stands_nothing() -> None:
    nothing, blank = ocr.read_lines([np.zeros((0, 5), np.uint8), np.full((40, 60), 255, np.uint8)])
    assert nothing.text == blank.text == ""
    assert ocr.read_lines([np.zeros((7, 0), np.uint8)])[0].text == ""
