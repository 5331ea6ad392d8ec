"""What stands in cells of scans and is no figure: whose it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from extract.readers import glyphs, inked, looks, ocr, raster
from extract.reading import read_bytes
from tests.corpus import build, mutations
from tests.corpus.agencies import AGENCIES
from tests.corpus.pdf import PdfLayout
from tests.corpus.pdf import render as pdf_of
from tests.corpus.scan import Scanner, draw_table, image_bytes, scan_pages
from tests.test_readers_scan import FONT, on_paper, png, read, texts

TEXTS = ["***", "3-5", "约12", "见附件"]


def legible(rows: list[list[str]]) -> set[str]:
    """The texts of a drawn table's cells of which the reading is certain that they are no figures."""
    grids = read(png(on_paper(draw_table(rows, font=FONT)))).grids
    return {field.text for grid in grids for row in grid.rows for field in row if field.place.legible}


def test_what_the_filer_put_in_the_place_of_a_figure_is_the_filing_s() -> None:
    """As in a document with text; what is not read for certain may be a figure all the same."""
    keys = [("applications", "received_new", column) for column in ("natural_person", "commercial_enterprise",
            "research_institution", "social_welfare_organisation")]  # fmt: skip
    filing = build.filing(AGENCIES["shili-qu"], 2022, "texts")
    for key, text in zip(keys, TEXTS, strict=True):
        filing = mutations.unreadable(filing, key, text)
    printed = pdf_of(filing, PdfLayout()).data
    (page,) = scan_pages(printed, Scanner(dpi=200, noise=4, quality=75), [1])
    found = [issues(read_bytes(data, name)) for data, name in ((printed, "a.pdf"), (image_bytes(page, "PNG"), "a.png"))]
    assert found[0] == found[1] == {f"{row}.{column}": "filing" for _, row, column in keys}


def issues(reading: dict[str, Any]) -> dict[str, str]:
    """The places and origins of the issues about cells that hold no number."""
    return {issue["where"]: issue["origin"] for issue in reading["issues"] if issue["rule"] == "cell_unreadable"}


def test_texts_that_no_figure_can_be_are_legible_among_figures() -> None:
    assert legible([["12", text] for text in TEXTS]) == set(TEXTS)
    assert legible([["详见\n说明", "12"], ["0", "5"]]) == {"详见\n说明"}
    assert legible([["见附件", "公民"], ["3-5", "规章"]]) == set()
    assert legible([["8", "12"], ["", "见附件"]]) == {"见附件"}  # of a row that is blank otherwise
    assert legible([["规章", "12"], ["文件", "5"]]) == set()  # labels, which need no further looks
    assert legible([["12.", "5"], ["1.2.3", "5"], ["12", "无"]]) == set()


@pytest.mark.parametrize("said", [ocr.Text("3-5", (), 0.89), ocr.Text("315", (), 0.99)])
def test_a_text_that_one_look_does_not_see_for_certain_is_not_legible(
    monkeypatch: pytest.MonkeyPatch, said: ocr.Text
) -> None:
    true, seen = inked.seen_otherwise, np.full((40, 64), 255, np.uint8)
    read_lines = ocr.read_lines
    monkeypatch.setattr(looks, "seen_otherwise", lambda page, cell: [*true(page, cell)[:2], seen])
    monkeypatch.setattr(
        ocr,
        "read_lines",
        lambda pictures, figures=False: [
            said if picture is seen else text
            for picture, text in zip(pictures, read_lines(pictures, figures=figures), strict=True)
        ],
    )
    assert legible([["3-5", "12"], ["0", "5"]]) == set()


def test_asterisks_are_told_by_their_shape() -> None:
    shown = {"***": 3, "**": 2, "*": 0, "00": 0, "88": 0, "1": 0, "--": 0, "3-5": 0, "": 0}
    for font in (None, FONT):
        cells = {text: np.asarray(draw_table([[text]], font=font).convert("L"))[110:170, 110:290] for text in shown}
        assert {text: glyphs.asterisks(raster.two_tones(cell)) for text, cell in cells.items()} == shown, font


def test_an_o_among_digits_is_no_zero() -> None:
    """Where the page has zeros enough to tell; a zero alone is one whatever it looks like."""
    rows = [["1O", "10", "205"], ["0", "O", "30"], ["40", "0", "7"]]
    document = read(png(on_paper(draw_table(rows, font=FONT))))
    wanted = [["1O", "10", "205"], ["0", "0", "30"], ["40", "0", "7"]]
    assert texts(document.grids) == texts(document.positions) == wanted
    assert not any(field.place.legible for grid in document.grids for row in grid.rows for field in row)
    few = read(png(on_paper(draw_table([["1O", "2"], ["3", "4"]], font=FONT))))
    assert texts(few.grids) == [["10", "2"], ["3", "4"]]


def test_a_zero_that_dirt_or_a_seal_makes_wider_stays_one() -> None:
    rows = [["10", "10", "205"], ["0", "0", "30"], ["40", "0", "7"]]
    page = on_paper(draw_table(rows, font=FONT))
    ImageDraw.Draw(page).rectangle((213, 136, 222, 139), fill=(214, 38, 42))
    assert texts(read(png(page)).grids) == rows


def test_a_zero_of_a_wider_font_is_no_o() -> None:
    """Half as wide again as the page's other zeros, but no circle."""
    tones = np.full((60, 100), 255, np.uint8)
    ImageDraw.Draw(image := Image.fromarray(tones)).rectangle((10, 10, 14, 31), fill=0)
    for wide, said in ((15, "10"), (19, "1O")):
        shown = image.copy()
        ImageDraw.Draw(shown).ellipse((30, 10, 30 + wide - 1, 31), outline=0, width=3)
        assert glyphs.with_letters("10", np.asarray(shown), (10, 22)) == said
    assert glyphs.with_letters("100", np.asarray(shown), (10, 22)) == "100"  # its digits are not apart


@pytest.mark.parametrize(("wrong", "both"), [({1}, ("3-5", "3-5")), ({1, 3}, ("3-6", "3-5"))])
def test_where_the_readings_see_different_texts_further_looks_settle_it(
    monkeypatch: pytest.MonkeyPatch, wrong: set[int], both: tuple[str, str]
) -> None:
    """Unless these differ among themselves: the third call is theirs, of which every other picture is misread."""
    true, calls = ocr.read_lines, [0]

    def read_lines(pictures: list[raster.Picture], *, figures: bool = False) -> list[ocr.Text]:
        calls[0] += figures and len(pictures) > 0
        found = true(pictures, figures=figures)
        strange = [calls[0] in wrong and number % calls[0] == 0 for number in range(len(found))]
        return [
            ocr.Text("3-6", t.middles, 0.99) if t.text == "3-5" and bad else t
            for t, bad in zip(found, strange, strict=True)
        ]

    monkeypatch.setattr(ocr, "read_lines", read_lines)
    document = read(png(on_paper(draw_table([["3-5", "12"], ["0", "5"]], font=FONT))))
    assert (texts(document.grids)[0][0], texts(document.positions)[0][0]) == both
    assert document.grids[0].rows[0][0].place.legible is (both[0] == both[1])


@pytest.mark.parametrize(
    ("wide", "high", "solid", "is_dash"),
    [(6, 3, True, True), (8, 5, True, True), (20, 4, True, True), (20, 8, True, True), (20, 12, True, False),
     (4, 3, True, False), (3, 8, True, False), (8, 5, False, False)],
)  # fmt: skip
def test_a_hyphen_is_a_dash_however_small(wide: int, high: int, solid: bool, is_dash: bool) -> None:
    """Hardly wider than high where it is smaller than any digit; ripples of compression are not solid."""
    tones = np.full((40, 60), 255, np.uint8)
    tones[18 : 18 + high, 20 : 20 + wide] = 0
    if not solid:
        tones[19 : 18 + high, 21 : 20 + wide] = 255
    assert glyphs.is_dash(tones) is is_dash
