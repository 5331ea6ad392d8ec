"""The corpus of synthetic filings: its documents show what its truth says."""

from __future__ import annotations

import filecmp
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import docx as python_docx
import pdfplumber
import pypdfium2
import pytest
import yaml

from extract.forms import CellKey, load_forms
from extract.paths import DATA
from tests.corpus import build, front, judge, mutations, render, scans, score, spans
from tests.corpus.agencies import AGENCIES
from tests.corpus.decide import COLUMNS, decide
from tests.corpus.docx import DocxLayout
from tests.corpus.grid import Grid, GridStyle, compose
from tests.corpus.labels import LabelStyle
from tests.corpus.model import MISSING, Filing, Front, TrueCell, reported
from tests.corpus.plan import SAMPLES
from tests.corpus.samples import write_samples
from tests.corpus.shapes import Shape
from tests.corpus.sheet import Orientation, Sheet
from tests.corpus.truth import truth_of

FOLDER = DATA / "samples"
REGISTER = DATA / "agencies" / "samples.yaml"
ASIDE = (".meta.yaml", ".truth.json")


@cache
def documents() -> tuple[Path, ...]:
    """The committed documents."""
    files = (path for path in sorted(FOLDER.rglob("*")) if path.is_file())
    return tuple(path for path in files if not path.name.endswith(ASIDE))


@cache
def truth(path: Path) -> dict[str, Any]:
    """The truth beside a document."""
    loaded: dict[str, Any] = json.loads(path.with_name(f"{path.name}.truth.json").read_text("utf-8"))
    return loaded


def true_cells(facts: dict[str, Any]) -> dict[CellKey, TrueCell]:
    """The cells of a truth as the corpus keeps them."""
    return {
        (cell["table"], cell["row"], cell["column"]): TrueCell(cell["raw"], cell["value"], cell["status"])
        for cell in facts["cells"]
    }


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples written anew."""
    folder = tmp_path_factory.mktemp("samples")
    write_samples(SAMPLES, folder / "samples", folder / "samples.yaml")
    return folder


def test_two_runs_give_the_same_bytes(rewritten: Path, tmp_path: Path) -> None:
    write_samples(SAMPLES, tmp_path / "samples", tmp_path / "samples.yaml")
    names = [str(path.relative_to(rewritten)) for path in rewritten.rglob("*") if path.is_file()]
    same, different, lacking = filecmp.cmpfiles(rewritten, tmp_path, names, shallow=False)
    assert (different, lacking) == ([], [])
    assert len(same) == 3 * len(SAMPLES) + 1


def test_committed_samples_are_what_the_generator_writes(rewritten: Path) -> None:
    """Compared by content, since compressed bytes depend on the library's version."""
    written = {str(path.relative_to(rewritten / "samples")) for path in (rewritten / "samples").rglob("*.*")}
    committed = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*")}
    assert written == committed
    for name in sorted(written):
        assert content(FOLDER / name) == content(rewritten / "samples" / name), name
    assert REGISTER.read_bytes() == (rewritten / "samples.yaml").read_bytes()


def content(path: Path) -> object:
    """What a file holds, apart from compression."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as package:
            return {name: package.read(name) for name in package.namelist()}
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return [page.get_textpage().get_text_range() for page in document]
    return path.read_bytes()


def test_enough_samples_of_every_kind() -> None:
    facts = [truth(path) for path in documents()]
    assert len(facts) >= 40
    assert len({fact["agency"] for fact in facts}) >= 12
    assert {path.suffix for path in documents()} == {".html", ".pdf", ".docx", ".txt"}
    assert {fact["report_year"] for fact in facts} == set(range(2019, 2025))
    assert {fact["form"] for fact in facts} == {"2019", "2021"}
    assert {fact["scope"] for fact in facts} == {"own", "area", "represented"}
    assert {AGENCIES[path.parent.name].level for path in documents()} == {
        "central",
        "province",
        "prefecture",
        "county",
        "township",
        "zone",
        "vertical",
    }
    statuses = {cell["status"] for fact in facts for cell in fact["cells"]}
    assert statuses == {"reported", "blank", "not_applicable", "unreadable", "missing"}
    assert sum(bool(fact["violations"]) for fact in facts) >= len(facts) / 4
    assert any(fact["cross_year_violations"] for fact in facts)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.*")) < 4_000_000


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_truth_of_a_sample(path: Path) -> None:
    facts = truth(path)
    listed = [(cell["table"], cell["row"], cell["column"]) for cell in facts["cells"]]
    merged = frozenset({"other"}) if "other_on_one_row" in facts["defects"] else frozenset()
    assert listed == list(load_forms()[facts["form"]].cells(merged))
    assert facts["violations"] == judge.violations(true_cells(facts))
    assert facts["source"] == path.name
    sidecar = yaml.safe_load(path.with_name(f"{path.name}.meta.yaml").read_text("utf-8"))
    assert sidecar["agency"] == facts["agency"] == AGENCIES[path.parent.name].name
    assert sidecar["published_on"] == facts["published_on"]
    assert sidecar["url"].startswith("https://www.example.gov.cn/")
    assert sidecar["retrieved_at"].endswith("Z")


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_document_shows_the_true_figures_in_order(path: Path) -> None:
    facts = truth(path)
    printed = [cell["raw"] for cell in facts["cells"] if cell["status"] != "missing" and cell["raw"]]
    texts = iter(cell_texts(path))
    for place, raw in enumerate(printed):
        assert any(text == raw for text in texts), f"figure {place} ({raw}) does not stand in its order"


@pytest.mark.parametrize("path", documents(), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_prose_states_the_claims(path: Path) -> None:
    facts = truth(path)
    text = "".join(whole_text(path).split())
    for claim in facts["claims"]:
        assert str(claim["value"]) in claim["sentence"] or claim["value"] == 0
        assert "".join(claim["sentence"].split()) in text
    assert "".join(facts["title"].split()) in text
    honest = (
        "prose_figure_off" not in facts["defects"]
        and not facts["violations"]
        and "wrong_figure" not in facts["defects"]
    )
    values = {f"{c['table']}.{c['row']}.{c['column']}": c["value"] for c in facts["cells"] if c["status"] == "reported"}
    for claim in facts["claims"]:
        if honest and claim["metric"] in values:
            assert claim["value"] == values[claim["metric"]], claim["metric"]


def cell_texts(path: Path) -> Iterator[str]:
    """The texts of a document's table cells, row by row; of a PDF all words."""
    if path.suffix == ".txt":
        for line in path.read_text("utf-8").splitlines():
            yield from (cell.strip() for cell in line.split("\t"))
    elif path.suffix == ".docx":
        for table in python_docx.Document(str(path)).tables:
            for row in table.rows:
                yield from (cell.text.strip() for cell in row.cells)
    elif path.suffix == ".pdf":
        # Words and not tables: a row may have lost its rule at the page's end.
        with pdfplumber.open(path) as document:
            for page in document.pages:
                yield from (word["text"] for word in page.extract_words())
    else:
        reader = _Cells()
        reader.feed(decoded(path))
        yield from reader.texts


def whole_text(path: Path) -> str:
    """All text of a document, page numbers left out."""
    if path.suffix == ".txt":
        return "".join(line for line in path.read_text("utf-8").splitlines() if not _is_page_number(line))
    if path.suffix == ".docx":
        return "".join(paragraph.text for paragraph in python_docx.Document(str(path)).paragraphs)
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            lines = [line for page in document for line in page.get_textpage().get_text_range().splitlines()]
        return "".join(line for line in lines if not _is_page_number(line))
    reader = _Cells()
    reader.feed(decoded(path))
    return "".join(reader.all)


def _is_page_number(line: str) -> bool:
    return line.strip().startswith("- ") and line.strip().endswith(" -")


def decoded(path: Path) -> str:
    """A page's text by the encoding that it declares."""
    data = path.read_bytes()
    return data.decode("gbk" if b"charset=gb2312" in data else "utf-8")


class _Cells(HTMLParser):
    """Collects the text of each table cell, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.all: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """The beginning of a cell."""
        if tag in ("td", "th"):
            self.texts.append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        """The end of a cell."""
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        """Text, in a cell or elsewhere."""
        self.all.append(data)
        if self.inside:
            self.texts[-1] += data.strip()


def test_pdf_text_is_right_in_both_readers() -> None:
    """Quotes, full-width brackets and the vertical label survive."""
    path = next(path for path in documents() if path.suffix == ".pdf" and "“" in _pdfium_text(path))
    with pdfplumber.open(path) as document:
        texts = ["".join((page.extract_text() or "").split()) for page in document.pages]
    for text in ("".join(texts), _pdfium_text(path)):
        assert "危及“三安全一稳定”" in text
        assert "（一）予以公开" in text
        assert "（本列数据的勾稽关系为：第一项加第二项之和" in text


def _pdfium_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_register_lists_every_agency_once() -> None:
    entries = yaml.safe_load(REGISTER.read_text("utf-8"))
    identifiers = [entry["id"] for entry in entries]
    assert len(identifiers) == len(set(identifiers))
    assert {path.parent.name for path in documents()} <= set(identifiers)
    for entry in entries:
        assert "示例" in entry["name"]
        assert entry["region_code"].startswith("99")
        assert entry["parent"] is None or entry["parent"] in identifiers
        assert entry["successor"] is None or entry["successor"] in identifiers
    assert any(entry["successor"] for entry in entries)


def a_filing() -> Filing:
    """A consistent filing with business in many cells."""
    return build.filing(AGENCIES["shili-shi"], 2022, "test")


@pytest.mark.parametrize("agency", sorted(AGENCIES))
def test_filings_are_consistent_and_roll_on(agency: str) -> None:
    filings = [build.filing(AGENCIES[agency], year, "test", form_code="2021") for year in build.YEARS]
    for filing in filings:
        assert judge.violations(filing.cells) == []
    for last, this in pairwise(filings):
        assert judge.continuity(this, last) == []
        for row in ("regulations", "normative_documents"):
            before, issued, repealed, after = (
                filing.cells["proactive", row, column].number
                for filing, column in ((last, "in_force"), (this, "issued"), (this, "repealed"), (this, "in_force"))
            )
            assert None not in (before, issued, repealed, after)
            assert (before or 0) + (issued or 0) - (repealed or 0) == after


def test_judge_names_place_and_both_sides() -> None:
    filing = a_filing()
    key = ("applications", "granted", "natural_person")
    right = filing.cells[key].number
    assert right is not None
    column = sum(
        int(filing.cells["applications", row, "natural_person"].number or 0)
        for row in ("received_new", "received_carried_over")
    )
    carried = int(filing.cells["applications", "carried_forward", "natural_person"].number or 0)
    total = int(filing.cells["applications", "granted", "total"].number or 0)
    assert judge.violations(mutations.figure(filing, key, right + 2).cells) == [
        {
            "rule": "applications_outcome_sum",
            "where": "natural_person",
            "expected": column - carried + 2,
            "actual": column - carried,
        },
        {"rule": "applications_applicant_sum", "where": "granted", "expected": total + 2, "actual": total},
    ]


def test_judge_leaves_blank_totals_and_lost_cells_alone() -> None:
    filing = a_filing()
    blank = mutations.blank(filing, [("applications", "concluded_total", "total")])
    assert judge.violations(blank.cells) == []
    lost = filing.without([("review_litigation", "review", "upheld")])
    assert judge.violations(lost.cells) == []
    negative = filing.with_cells({("review_litigation", "review", "other"): reported(-1)})
    assert {found["rule"] for found in judge.violations(negative.cells)} == {"review_sum", "not_a_count"}


def test_mutations_adjust_the_truth() -> None:
    filing = a_filing()
    assert {cell.status for cell in mutations.blank_zeros(filing).cells.values()} == {"reported", "blank"}
    comma = mutations.thousands_comma(filing).cells["applications", "received_new", "total"]
    assert comma.raw == f"{comma.value:,}"
    assert "," in comma.raw
    merged = mutations.merge_other(filing)
    assert ("applications", "other.other", "total") not in merged.cells
    assert judge.violations(merged.cells) == []
    nothing = mutations.without_table(merged, "applications", "无。")
    assert list(nothing.cells) == list(filing.cells)
    absent = mutations.without_table(filing, "review_litigation", "无。")
    assert {cell.status for key, cell in absent.cells.items() if key[0] == "review_litigation"} == {"missing"}
    with pytest.raises(KeyError):
        filing.with_cells({("applications", "no_such_row", "total"): reported(1)})


def written(folder: Path, count: int = 24) -> list[Path]:
    """Random documents of all media."""
    return render.write_documents(count, "test", tuple(render.MEDIA), folder)


def test_random_documents_travel_with_their_truth(tmp_path: Path) -> None:
    paths, again = written(tmp_path / "one"), written(tmp_path / "two")
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    for path, other in zip(paths, again, strict=True):
        facts = truth(path)
        assert facts == truth(other)
        cells = true_cells(facts)
        open_cells = {key for key, cell in zip(cells, facts["cells"], strict=True) if cell.get("ambiguous")}
        judged = {key: MISSING if key in open_cells else cell for key, cell in cells.items()}
        assert facts["violations"] == judge.violations(judged)
        merged = frozenset({"other"}) if "other_on_one_row" in facts["defects"] else frozenset()
        assert list(cells) == list(load_forms()[facts["form"]].cells(merged))


SINGLE = [(kind, *single) for kind in render.MEDIA for single in render.single_layouts(kind)]
# Layouts in which the figures do not stand whole, once, in order, in cells of their own.
ELSEWHERE = {
    *(f"figures={how}" for how in ("joined_row", "joined_pair", "joined_digits", "lost_column")),
    *(f"flat={how}" for how in ("paragraphs", "divisions", "breaks", "pipes", "pipe_lines")),
    *(f"table_as={how}" for how in ("pipes", "markdown", "html", "lines")),
    *(f"order={how}" for how in ("columns", "shuffled", "reversed", "figures_first")),
    *("orientation=rotate90", "orientation=rotate270", "orientation=sideways", "unicode=digits_unknown"),
    *("spaced_digits=little", "spaced_digits=blank", "beside", "in_boxes", "nested", "sections=foot_first"),
    *("tracked=figures", "tracked=inserted_rows", "controls=blocks", "controls=rows", "controls=cells"),
    *("controls=runs", "encoding=utf-16", "encoding=gb18030", "declared=wrong", "declared=none"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "layout", "shape"), SINGLE, ids=[f"{s[0]}-{s[1]}" for s in SINGLE])
def test_each_layout(kind: str, name: str, layout: Any, shape: Shape, tmp_path: Path) -> None:
    """Each layout on its own is applied and named, gives the same bytes again,
    and shows the figures of its truth."""
    agency = AGENCIES["shili-qu"]
    filing, last = (build.filing(agency, year, "single") for year in (2022, 2021))
    made = render.document(filing, kind, layout, shape, last)
    assert name in made.layout
    assert made.rendered == render.document(filing, kind, layout, shape, last).rendered
    facts = truth_of(made.filing, f"{name}.{made.rendered.extension}", made.rendered.ambiguous)
    assert [(cell["table"], cell["row"], cell["column"]) for cell in facts["cells"]] == list(filing.form.cells())
    if made.rendered.ambiguous:
        assert made.doubtful
    if name in ELSEWHERE:
        return
    path = tmp_path / facts["source"]
    path.write_bytes(made.rendered.data)
    texts = iter(cell_texts(path.rename(path.with_suffix(".txt")) if path.suffix == ".md" else path))
    for cell in facts["cells"]:
        if cell["raw"] and cell["status"] != "missing" and not cell.get("ambiguous"):
            assert any(text == cell["raw"] for text in texts), f"{cell} does not stand in its order"


def test_word_processors_open_every_layout() -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2022, "single")
    for _, layout, shape in render.single_layouts("docx"):
        made = render.document(filing, "docx", layout, shape)
        assert python_docx.Document(io.BytesIO(made.rendered.data)).element.body is not None


def test_sums_decide_a_spurious_zero_only_where_one_reading_is_left() -> None:
    cells = build.filing(AGENCIES["shili-qu"], 2022, "single").cells
    rows = {row: [cells["applications", row, column] for column in COLUMNS] for row in ("granted", "received_new")}
    right = rows["granted"]
    assert right[0].number and right[1].number
    assert decide(cells, {"granted": [right[0], reported(0), *right[1:]]}) == {"granted": tuple(right)}
    # A lost figure is the row's rest, and missing; which of several zeros is lost cannot be told.
    assert decide(cells, {"granted": right[:-1]}) == {"granted": (*right[:-1], MISSING)}
    nothing = [reported(0)] * 6
    assert decide(cells, {"refused.state_secret": nothing}) is None
    # With a wrong figure elsewhere no reading is proven.
    wrong = {**cells, ("applications", "granted", "natural_person"): reported(9999)}
    assert decide(wrong, {"received_new": [reported(0), *rows["received_new"]]}) is None


def test_shifted_reviews_lose_their_last_figures() -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2022, "single")
    for how, lost in (("shifted", 5), ("shifted_whole", 0)):
        made = render.document(filing, "docx", DocxLayout(), Shape(review=how))  # type: ignore[arg-type]
        missing = [key for key, cell in made.filing.cells.items() if cell.status == "missing"]
        assert missing == list(filing.form.cells())[len(filing.cells) - lost :]


def test_a_table_cut_in_pieces_keeps_its_cells() -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2022, "single")
    grid = next(block for block in compose(filing, LabelStyle(), GridStyle())
                if isinstance(block, Grid) and block.code == "applications")  # fmt: skip
    for at in range(1, len(grid.rows)):
        for carry in ("blank", "text", "omitted"):
            upper, lower = spans.cut(grid, at, carry)
            keys = [box.key for piece in (upper, lower) for line in piece.rows for box in line if box.key]
            assert keys == [box.key for line in grid.rows for box in line if box.key]
            if carry != "omitted":
                assert {left + box.columns for _, left, box in lower.placed()} >= {grid.width}


def a_reading(facts: dict[str, Any]) -> dict[str, Any]:
    """A reading that says what the truth says."""
    names = ("agency", "report_year", "form", "scope", "title", "published_on")
    return {**{name: facts[name] for name in names}, "error": None, "issues": [], "cells": facts["cells"]}


@pytest.mark.parametrize("orientation", get_args(Orientation))
def test_nothing_is_drawn_off_the_page(orientation: Orientation) -> None:
    sheet = Sheet("", orientation)
    for x, y in ((9.0, 9.0), (sheet.width - 9, sheet.height - 9)):
        sheet.string("0", x, y, "Helvetica", 4)
    sheet.end_page()
    page = pypdfium2.PdfDocument(sheet.finish())[0]
    left, bottom, right, top = page.get_mediabox()
    text = page.get_textpage()
    assert text.count_chars() > 1
    for x0, y0, x1, y1 in (text.get_charbox(number) for number in range(text.count_chars())):
        assert left <= x0 <= x1 <= right and bottom <= y0 <= y1 <= top


def test_score_counts_wrong_cells_and_whether_they_are_silent() -> None:
    facts = {**truth_of(a_filing(), "x.html"), "layout": ["nested"], "medium": "html", "doubtful": False}
    right = score.compare(facts, a_reading(facts))
    assert (right.entire, right.silent, right.false_alarm, right.differences) == (True, 0, False, ())
    assert right.groups[:3] == ("all", "medium html", "html nested")
    cells = [dict(cell) for cell in facts["cells"]]
    cells[0]["value"] = 77777
    doubt = {"origin": "extraction", "where": "proactive", "cells": []}
    wrong = score.compare(facts, {**a_reading(facts), "cells": cells, "agency": None})
    assert (wrong.right, wrong.silent, wrong.uncovered, wrong.agency) == (wrong.cells - 1, 1, 1, False)
    flagged = score.compare(facts, {**a_reading(facts), "cells": cells, "issues": [doubt]})
    assert (flagged.silent, flagged.uncovered, flagged.false_alarm) == (0, 0, False)
    doubted = score.compare(facts, {**a_reading(facts), "issues": [doubt]})
    assert (doubted.entire, doubted.false_alarm) == (True, True)
    assert f"doubted: {doubted.name}" in score.report([right, doubted], 1)
    absent = score.compare(facts, {**a_reading(facts), "cells": cells[1:]})
    assert absent.right == absent.cells - 1


def test_score_wants_a_doubt_where_the_document_leaves_a_cell_open() -> None:
    filing = a_filing()
    key = ("applications", "granted", "total")
    facts = {**truth_of(filing, "x.html", frozenset({key})), "doubtful": True}
    assert score.compare(facts, a_reading(facts)).silent == 1
    doubt = {"origin": "extraction", "where": "applications", "cells": [list(key)]}
    assert score.compare(facts, {**a_reading(facts), "issues": [doubt]}).entire


def test_score_reads_a_folder(tmp_path: Path) -> None:
    written(tmp_path, 8)
    outcomes = score.score_folder(tmp_path)
    assert len(outcomes) == 8
    groups = score.tally(outcomes)
    assert [len(groups[f"medium {kind}"].outcomes) for kind in render.MEDIA] == [2, 2, 2, 2]
    lines = score.report(outcomes, show=3).splitlines()
    assert lines[1].split()[:2] == ["all", "8"]


def test_dates_as_signatures_write_them() -> None:
    assert front.written(date(2024, 1, 30), "cn") == "2024年1月30日"
    assert front.written(date(2024, 12, 11), "numerals") == "二○二四年十二月十一日"
    assert front.written(date(2020, 10, 20), "numerals") == "二○二○年十月二十日"
    undated = replace(a_filing(), front=Front(meta=False, page=False, signature=False))
    assert truth_of(undated, "x")["published_on"] is None


@pytest.mark.parametrize(("text", "doubtful"), [("1O", True), ("***", False)])
def test_an_o_among_digits_leaves_a_scan_in_doubt(text: str, doubtful: bool) -> None:
    key = ("applications", "received_new", "total")
    filing = mutations.unreadable(build.filing(AGENCIES["shili-qu"], 2022, "letters"), key, text)
    printed = render.document(filing, "docx", DocxLayout(), Shape())
    assert (scans.has_letters(printed), printed.doubtful) == (doubtful, False)
