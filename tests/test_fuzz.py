"""Damaged and invented documents: whatever comes back keeps to the contract. (For minutes: ``make prove``.)"""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.figures import is_blank, json_number, parse_figure, squeeze
from extract.forms import load_forms
from extract.model import Grid, Paragraph
from extract.readers.page import append_page
from extract.readers.pdf_layer import Char, Layer
from extract.readers.positions import read_positions
from tests.fuzz import check, hunt
from tests.fuzz.mutate import DAMAGES, damaged
from tests.fuzz.seeds import seeds
from tests.fuzz.values import TEXTS

LABELS = [label for form in load_forms().values() for table in form.tables for label in (
    *(row.label_zh for row in table.rows), *(column.label_zh for column in table.columns))]  # fmt: skip
FIELD = st.one_of(st.sampled_from(LABELS), st.sampled_from(TEXTS), st.integers(0, 9999).map(str), st.text(max_size=8))
LINE = st.one_of(
    st.lists(FIELD, min_size=1, max_size=18).map("\t".join),
    st.lists(FIELD, min_size=1, max_size=18).map(lambda fields: f"|{'|'.join(fields)}|"),
    st.text(max_size=40),
)
CELL = st.builds(
    "<{0} colspan={1} rowspan={2}>{3}</{0}>".format,
    st.sampled_from(("td", "th")),
    st.one_of(st.integers(-1, 20), st.sampled_from(("", "x", "²", "99999999999"))),
    st.integers(0, 4),
    FIELD,
)
MARKUP = st.recursive(
    st.one_of(CELL, st.builds("<p>{}</p>".format, FIELD)),
    lambda inner: st.builds(
        "<{0}>{1}</{0}>".format,
        st.sampled_from(("table", "tr", "td", "div", "p", "span", "tbody", "tfoot", "thead", "template")),
        st.lists(inner, max_size=6).map("".join),
    ),
    max_leaves=40,
)
POINT = st.floats(-100, 700, width=32)


@st.composite
def chars(draw: st.DrawFn, alphabet: str = "0123456789-.,，。一二三申请总计合\ufffd") -> Char:
    x, y, wide, high = draw(POINT), draw(POINT), draw(st.floats(0, 60)), draw(st.floats(0, 60))
    return Char(draw(st.sampled_from(alphabet)), x, y - high, x + wide, y, y - draw(st.floats(0, 5)))


@st.composite
def edges(draw: st.DrawFn) -> dict[str, Any]:
    x, y, length = draw(POINT), draw(POINT), draw(st.floats(0, 500))
    level = draw(st.booleans())
    x1, bottom = (x + length, y) if level else (x, y + length)
    return {"object_type": "line", "orientation": "h" if level else "v", "x0": x, "x1": x1, "top": y, "bottom": bottom,
            "width": x1 - x, "height": bottom - y}  # fmt: skip


def test_damaged_documents_for_some_seconds(tmp_path: Path) -> None:
    found = hunt.hunt(8.0, "test", tmp_path, rendered=0)
    assert not found.problems, "\n\n".join(found.problems)
    assert set(found.counts) == set(DAMAGES)
    assert all(counter.total() > 0 for counter in found.counts.values())


def test_a_process_that_dies_is_told_with_its_document(tmp_path: Path) -> None:
    found = hunt.Findings()
    (tmp_path / "none").mkdir()
    (tmp_path / "current").write_bytes(b"the document")
    assert hunt._child("txt", 1.0, "1", tmp_path / "none", tmp_path, found) == {"died": 1}
    assert "the process died with 1" in found.problems[0]
    assert (tmp_path / "died-0.txt").read_bytes() == b"the document"


def test_guided_fuzzing_tells_what_ended_a_medium_with_the_saved_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        medium, kept = command[3], Path(command[-1])
        assert any(Path(command[-2]).iterdir()), "no seeds"
        if medium == "xls":
            (kept / "crash-1").write_bytes(b"the document")
        return subprocess.CompletedProcess(command, 77 * (medium == "xls"), "", "stat::number_of_executed_units: 12\n")

    monkeypatch.setattr(subprocess, "run", run)
    found = hunt.hunt_guided(9.0, "1", tmp_path, rendered=0)
    assert set(found.counts) == set(DAMAGES)
    assert {counter["executions"] for counter in found.counts.values()} == {12}
    (problem,) = found.problems
    assert f"{tmp_path / 'kept-xls' / 'crash-1'}: ended with 77" in problem


def test_an_archive_is_unpacked_member_by_member(tmp_path: Path) -> None:
    whole = seeds(tmp_path, 0)["zip"][0]
    assert check.check_archive(whole) == "read"
    assert check.check_archive(whole[:-30]) == "unreadable"


def test_the_same_seed_damages_alike(tmp_path: Path) -> None:
    for medium, documents in seeds(tmp_path, 0).items():
        first, second = (damaged(documents[0], documents[-1], medium, random.Random("1")) for _ in range(2))
        assert first == second


@pytest.mark.parametrize("broken", [{"status": "blank"}, {"value": None, "status": "reported"}, {"row": "granted"}])
def test_a_reading_that_breaks_the_contract_is_seen(broken: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    document = seeds(Path("nowhere"), 0)["html"][0]
    reading = check.check_reading(document, "x.html")
    cell = next(cell for cell in reading["cells"] if cell["status"] == "reported" and cell["row"] != "granted")
    cell.update(broken)
    monkeypatch.setattr(check, "read_bytes", lambda data, name: reading)
    with pytest.raises(AssertionError):
        check.check_reading(document, "x.html")


@settings(deadline=None, max_examples=60)
@given(st.lists(LINE, max_size=30))
def test_invented_text(lines: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    check.check_reading(data, "x.txt")
    check.check_reader(data or b" ", "text/plain")


@settings(deadline=None, max_examples=60)
@given(st.lists(MARKUP, max_size=4))
def test_invented_html(parts: list[str]) -> None:
    data = f"<html><body><table>{'</table><table>'.join(parts)}</table></body></html>".encode("utf-8", "surrogatepass")
    check.check_reading(data, "x.html")
    check.check_reader(data, "text/html")


@settings(deadline=None, max_examples=60)
@given(st.lists(chars(), max_size=60), st.lists(edges(), max_size=30))
def test_an_invented_page_is_read(found: list[Char], rules: list[dict[str, Any]]) -> None:
    layer = Layer(1, 595, 842, found, rules)
    append_page([], layer)
    read_positions(layer)


@settings(deadline=None, max_examples=60)
@given(st.lists(chars("申请总计合，。\ufffd"), min_size=1, max_size=40))
def test_every_character_outside_tables_comes_into_a_paragraph(found: list[Char]) -> None:
    blocks: list[Paragraph | Grid] = []
    append_page(blocks, Layer(1, 595, 842, found, []))
    printed = "".join(block.text for block in blocks if isinstance(block, Paragraph))
    assert sorted("".join(printed.split())) == sorted(char.text for char in found)


@given(st.one_of(st.text(), st.sampled_from(TEXTS), st.from_regex(r"\A[-+]?[\d,]{1,40}(\.\d{1,40})?(万元|件)?\Z")))
def test_any_text_is_a_figure_or_none(text: str) -> None:
    figure = parse_figure(text)
    assert (figure.value is None) == (figure.status != "reported")
    number = json_number(figure.value)
    assert number is None or abs(number) < 10**16
    assert is_blank(text) == (squeeze(text) == "")


def test_every_character_is_blank_or_not_as_it_is_squeezed() -> None:
    for code in range(0x110000):
        text = chr(code)
        assert is_blank(text) == (not squeeze(text)), hex(code)
