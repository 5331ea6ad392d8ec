"""Tables without vertical rules, where rows may be blank."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from extract.forms import load_forms
from extract.reading import read_bytes
from tests.corpus import build, mutations, statistics
from tests.corpus.agencies import AGENCIES
from tests.corpus.grid import Block, Box, Grid, Paragraph, Title
from tests.corpus.grid import compose as compose_form
from tests.corpus.pdf import PdfLayout, render
from tests.corpus.statistics_grid import StatisticsStyle, compose


@pytest.mark.parametrize("rules", ["none", "horizontal", "outer"])
@pytest.mark.parametrize("seed", range(3))
def test_blank_rows_keep_their_labels_from_the_rows_beside_them(rules: str, seed: int) -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2023, f"blank-rows-{seed}")
    table = load_forms()["2021"].table("applications")
    blank = Random(seed).sample([row.code for row in table.rows[2:23]], 6)
    filing = mutations.blank(filing, [("applications", row, column.code) for row in blank for column in table.columns])
    reading = read_bytes(render(filing, PdfLayout(rules=rules)).data, "a.pdf")  # type: ignore[arg-type]
    read = {(c["table"], c["row"], c["column"]): (c["value"], c["status"]) for c in reading["cells"]}
    doubted = any(issue["origin"] == "extraction" for issue in reading["issues"])
    for key, cell in filing.cells.items():
        if key[0] == "applications" and cell.number is not None:
            assert read[key] == (cell.number, "reported") or doubted, key
    wrong = [key for row in blank for key in read if key[1] == row and read[key][1] == "reported"]
    assert wrong == []


def read_cells(data: bytes, row: str) -> list[tuple[str, str]]:
    """What is read of a row of 表三: raw text and status of each cell."""
    cells = read_bytes(data, "a.pdf")["cells"]
    return [(cell["raw"], cell["status"]) for cell in cells if cell["row"] == row]


def test_words_in_two_lines_in_a_figures_place_are_its_cell() -> None:
    key = ("applications", "unavailable.must_be_created", "commercial_enterprise")
    filing = mutations.unreadable(build.filing(AGENCIES["shili-zhen"], 2020, "two-lines"), key, "详见说明")
    cells = read_cells(render(filing, PdfLayout(rules="none")).data, "unavailable.must_be_created")
    assert cells[1] == ("详见说明", "unreadable")


@pytest.mark.parametrize("orientation", ["portrait", "sideways"])
def test_headings_of_several_columns_are_no_columns(orientation: str) -> None:
    filing = mutations.blank_zeros(build.filing(AGENCIES["shili-qu"], 2023, "blank-reviews"), ["review_litigation"])
    layout = PdfLayout(rules="outer", orientation=orientation)  # type: ignore[arg-type]
    read = {
        (c["table"], c["row"], c["column"]): c["value"]
        for c in read_bytes(render(filing, layout).data, "a.pdf")["cells"]
    }
    true = {key: cell.number for key, cell in filing.cells.items() if key[0] == "review_litigation"}
    assert None in true.values()
    assert {key: read[key] for key in true} == true


@pytest.mark.parametrize(("top", "roomy"), [(60.0, 2.0), (88.0, 9.0), (104.0, 9.0)])
def test_blank_rows_at_the_ends_of_pages_are_rows_of_the_table(top: float, roomy: float) -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2023, "blank-ends")
    table = load_forms()["2021"].table("applications")
    blank = [row.code for row in table.rows[6:14]]
    filing = mutations.blank(filing, [("applications", row, column.code) for row in blank for column in table.columns])
    data = render(filing, PdfLayout(rules="outer", top=top, roomy=roomy)).data
    assert {status for row in blank for _, status in read_cells(data, row)} == {"blank"}


def test_a_character_of_a_heading_printed_downwards_names_no_row() -> None:
    filing = mutations.label_dropped(
        build.filing(AGENCIES["shili-qu"], 2020, "lost-label"), "applications", "unavailable.not_held"
    )
    true = [str(filing.cells[key].number) for key in filing.cells if key[1] == "unavailable.not_held"]
    for layout in (
        PdfLayout(rules="none", cut_rows=True),
        PdfLayout(rules="none", cell_size=8.5),
        PdfLayout(rules="none", roomy=9.0),
    ):
        assert [raw for raw, _ in read_cells(render(filing, layout).data, "unavailable.not_held")] == true


STYLES = {
    "plain": StatisticsStyle(),
    "serial": StatisticsStyle(serial=True),
    "no units": StatisticsStyle(units="none"),
    "serial, no units": StatisticsStyle(serial=True, units="none"),
    "chapters beside": StatisticsStyle(chapters="beside"),
    "serial, chapters beside": StatisticsStyle(serial=True, chapters="beside"),
    "blank beside headings": StatisticsStyle(fill=""),
    "three offices and the total": StatisticsStyle(offices="with_total"),
    "last year beside": StatisticsStyle(beside="last_year_first"),
}


@pytest.mark.parametrize("rules", ["none", "horizontal", "outer"])
@pytest.mark.parametrize("style", STYLES)
def test_a_listing_without_its_rules_is_read_by_its_headings(style: str, rules: str) -> None:
    filing = statistics.filing(AGENCIES["shili-xian"], 2016, f"listing-{style}")
    filing = mutations.blank_zeros(filing, ["statistics"])
    layout = PdfLayout(rules=rules)  # type: ignore[arg-type]
    data = render(filing, layout, compose(filing, layout.labels, STYLES[style])).data
    read = {(c["table"], c["row"], c["column"]): (c["value"], c["status"]) for c in read_bytes(data, "a.pdf")["cells"]}
    assert None in {cell.number for cell in filing.cells.values()}
    assert {
        key: cell for key, cell in read.items() if cell != (filing.cells[key].number, filing.cells[key].status)
    } == {}


def test_full_width_digits_do_not_stand_apart() -> None:
    filing = mutations.full_width(statistics.filing(AGENCIES["shili-xian"], 2016, "full-width"))
    for rules in ("lines", "none"):
        layout = PdfLayout(rules=rules)
        reading = read_bytes(render(filing, layout, compose(filing, layout.labels, StatisticsStyle())).data, "a.pdf")
        read = {(c["table"], c["row"], c["column"]): c["value"] for c in reading["cells"]}
        assert read == {key: cell.number for key, cell in filing.cells.items()}
        assert not [issue for issue in reading["issues"] if issue["origin"] == "extraction"]


def test_a_chapters_second_line_does_not_part_a_label_that_a_pages_end_cut() -> None:
    """三、依申请公开情况 stands in two lines beside a row of which the page holds only the label's first characters."""
    filing = statistics.filing(AGENCIES["shili-xian"], 2016, "cut beside")
    layout = PdfLayout(rules="none")
    (grid,) = (b for b in compose(filing, layout.labels, StatisticsStyle(chapters="beside")) if isinstance(b, Grid))
    cut = next(at for at, row in enumerate(grid.rows) if any(box.text.endswith("收到申请数") for box in row))
    chapter, label, *cells = grid.rows[cut]
    upper = (*grid.rows[:cut], (replace(chapter, rows=1), replace(label, text="（一）收"), *cells))
    rest = (Box("", "empty"), Box("到申请数", "label"), *(Box("", "empty") for _ in cells))
    lower = (rest, (Box("", "empty", rows=chapter.rows - 1), *grid.rows[cut + 1]), *grid.rows[cut + 2 :])
    blocks: list[Block] = [Title(filing.title), replace(grid, rows=upper), replace(grid, rows=lower)]
    read = {cell["row"]: cell["value"] for cell in read_bytes(render(filing, layout, blocks).data, "a.pdf")["cells"]}
    assert read == {key[1]: cell.number for key, cell in filing.cells.items()}


def test_a_comparison_of_years_is_no_listing() -> None:
    """What stands below a table of 项目, 2022年 and 2023年 is read as if that were not there."""
    filing = build.filing(AGENCIES["shili-qu"], 2023, "comparison")
    head = [Box(text, "head") for text in ("项目", "2022年", "2023年")]
    lines = [[Box(label, "label"), Box("16", "figure"), Box("12", "figure")] for label in ("新收申请", "予以公开")]
    compared = Grid("compared", 3, (tuple(head), *(tuple(line) for line in lines)))
    for rules in ("none", "horizontal"):
        layout = PdfLayout(rules=rules)
        blocks = list(compose_form(filing, layout.labels, layout.grid))
        first = next(at for at, block in enumerate(blocks) if isinstance(block, Grid) and block.code == "applications")
        blocks[first:first] = [compared, Paragraph("上表为与上年的比较。")]
        reading = read_bytes(render(filing, layout, blocks).data, "a.pdf")
        read = {(c["table"], c["row"], c["column"]): c["value"] for c in reading["cells"]}
        assert {key: read[key] for key in read if key[0] == "applications"} == {
            key: cell.number for key, cell in filing.cells.items() if key[0] == "applications"
        }
