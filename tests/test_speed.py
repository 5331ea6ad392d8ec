"""What makes reading fast gives the same as what it replaces, and holds nothing back from document to document."""

from __future__ import annotations

import functools
import gc
import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pdfplumber.table import edges_to_intersections, intersections_to_cells
from selectolax.lexbor import LexborHTMLParser

from extract import figures, memory, narrative, sketch
from extract.claims import lexer, others, prose, statements_period
from extract.forms import Form, Table, load_forms
from extract.matching import second, sequence
from extract.matching.edition import choose_edition, match_table, words_of
from extract.matching.result import TableReading
from extract.matching.rows import SourceRow, rows_of
from extract.matching.sequence import second_rows
from extract.paths import DATA
from extract.readers import html, ruled, unseen
from extract.readers.positions import _nearest
from extract.reading import read_bytes
from tests.corpus.render import write_documents


def rule(orientation: str, at: float, start: float, end: float) -> dict[str, Any]:
    x0, x1, top, bottom = (start, end, at, at) if orientation == "h" else (at, at, start, end)
    return {"orientation": orientation, "x0": x0, "x1": x1, "top": top, "bottom": bottom}


@pytest.mark.parametrize("seed", range(40))
def test_cells_are_those_that_pdfplumber_finds(seed: int) -> None:
    chance = random.Random(seed)
    lines = [10.0 * place for place in range(chance.randrange(2, 12))]
    rules = []
    for orientation in "hv":
        for at in lines:
            for _ in range(chance.choice((1, 1, 2))):  # whole rules, and pieces that leave gaps
                start, end = sorted(chance.sample((*lines, 200.0), 2)) if chance.random() < 0.5 else (0.0, 200.0)
                rules.append(rule(orientation, at, start, end))
    crossings = edges_to_intersections(rules, 3, 3)
    assert ruled._cells(crossings) == intersections_to_cells(crossings)


@pytest.mark.parametrize("value", [-5.0, 0.0, 4.9, 5.0, 5.1, 10.0, 12.0])
def test_the_nearest_column_is_the_first_of_two(value: float) -> None:
    columns = [0.0, 10.0]
    assert _nearest(columns, value) == min(range(2), key=lambda place: abs(columns[place] - value))
    assert _nearest([], value) == 0


@pytest.mark.parametrize("cell", ["1<br>2", "<p>1</p><p>2</p>", "<div>1</div>\n<div>2</div>", "<p>1</p> <P class=a>2"])
def test_parted_cells_are_looked_into(cell: str) -> None:
    tree = LexborHTMLParser(f"<table><tr><td>{cell}</td></tr></table>")
    table, found = tree.css_first("table"), tree.css_first("td")
    assert table is not None and found is not None
    assert found.mem_id in html._parted(table)
    assert html._parted_text(found, html._Rarities(tree)).split() == ["1", "2"]


@pytest.mark.parametrize(
    "text", ["", "甲乙", "甲 乙", "甲\n乙", "甲\u3000乙", "甲\xa0\xa0乙", " \t\r\f甲", "甲\u200b乙", "甲\x00乙"]
)
def test_white_space_is_made_one_space(text: str) -> None:
    assert html._one_space(text) == html._SPACES.sub(" ", text)


ALPHABETS = {
    "any": [chr(code) for code in (*range(0x20, 0x3100), *range(0xF900, 0xFFFF))],
    "composing": [*"，：；（）！？％．\u3000\xa0e中①\u0301\u0338\u3099\u200b"],
    "telephone": [*"0517 (（)）-—.1398件\n．", *"0123456789" * 3],
    "count": [*"第A-/.@_,余多几 ", *"0123456789" * 2, *["件", "条", ",123", "万元"] * 3],
    "subject": [*"，；0 其中各市县乡镇局委院", "街道", "委员会", "其中", "收到", "共", "本年", "2023年"],
    "page": [*"-—–第页/共１٣ ", *"0123456789"],
    "period": [*"自从:(起。年至到-—", *["2023", "2024", "年", "1月", "1日", "12月", "31日", "至", "本年"] * 3],
}


def made(alphabet: str) -> Iterator[str]:
    chance = random.Random(alphabet)
    for _ in range(3000):
        yield "".join(chance.choices(ALPHABETS[alphabet], k=chance.randrange(30)))


@pytest.mark.parametrize("alphabet", ["any", "composing"])
def test_texts_are_composed_as_the_library_does(alphabet: str) -> None:
    space = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\u00ad]+")
    for text in made(alphabet):
        assert figures.nfkc(text) == unicodedata.normalize("NFKC", text)
        assert figures.squeeze(text) == space.sub("", unicodedata.normalize("NFKC", text))


def test_patterns_that_begin_with_a_character_find_what_plain_ones_do() -> None:
    telephone = re.compile(
        r"(?<![\d.])(?:[(（]?0\d{2,3}[)）]?[-—－\s]{0,2}\d{7,8}|1[3-9]\d{9}|\d{7,8}(?=[^\d.件条元万人次年份%％]|$))(?!\d)"
    )
    count = re.compile(
        r"(?<![\d第A-Za-z\-/.@_])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,12}(?!\d))(?:\.\d{1,9})?\s?[余多几]?\s?"
        rf"(?:{lexer._units()})"
    )
    for text in made("telephone"):
        assert spans(narrative._TELEPHONE, text) == spans(telephone, text)
    for text in made("count"):
        assert spans(lexer._count(), text) == spans(count, text)


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def test_a_sentence_without_a_joint_between_days_states_no_span_of_them() -> None:
    for text in made("period"):
        if statements_period._SPAN.search(text):
            assert statements_period._JOINT.search(text)


def test_a_sentence_without_the_end_of_a_name_has_no_other_subject() -> None:
    found = 0
    for text in made("subject"):
        if others._SUBJECT.search(text):
            found += 1
            assert others._BODY.search(text)
    assert found > 20


def test_what_does_not_begin_as_the_number_of_a_page_is_none() -> None:
    for text in made("page"):
        for pattern, begins in (
            (prose._PAGE_NUMBER, prose._begins_page_number),
            (sequence._PAGE_NUMBER, sequence._PAGE_NUMBER_BEGINS.__contains__),
        ):
            if (line := text.strip()) and pattern.fullmatch(line):
                assert begins(line[0])


def test_freed_memory_is_kept_where_the_library_can(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda *option: asked.append(option))
    monkeypatch.setattr("ctypes.CDLL", lambda name: library)
    memory.keep_freed.__wrapped__()
    assert dict(asked) == {-1: 32 * 2**20, -3: 16 * 2**20}
    monkeypatch.setattr("ctypes.CDLL", lambda name: SimpleNamespace())
    memory.keep_freed.__wrapped__()  # another library: nothing to do


@pytest.mark.parametrize("length", [0, 4, 5, 131, 132, 133, 259, 260, 5000])
def test_all_runs_of_a_text_are_sketched(length: int) -> None:
    text = "".join(random.Random(length).choices("政府信息公开条例", k=length))
    assert sketch._runs(text) == [text[start : start + 5] for start in range(length - 4)]


HIDING = (
    "display:none", "mso-hide:all;border:none", "visibility:hidden", "visibility: collapse", "font-size:0",
    "font-size: 0", "font-size : 0;border:none", "text-decoration:line-through", "vertical-align:super",
    "border:none", "color:red",
)  # fmt: skip
TAGS = ("p", "span", "s", "del", "strike", "sup", "sub", "select", "input", "img", "script", "template", "rt", "b")


def damaged_page(chance: random.Random) -> str:
    def attributes() -> str:
        style = f' style="{chance.choice(HIDING)}"' if chance.random() < 0.3 else ""
        return style + chance.choice([" hidden", ' alt="7"', ' value="5"', ' colspan="2"', *[""] * 12])

    def inner() -> str:
        tag = chance.choice(TAGS)
        return chance.choice(["1", "甲", f"<{tag}{attributes()}>2</{tag}>", f"<p{attributes()}>3</p><p>4</p>"])

    def rows() -> Iterator[str]:
        for _ in range(3):
            yield f"<tr{attributes()}>" + "".join(f"<td{attributes()}>{inner()}{inner()}</td>" for _ in range(3))

    return f"<body>{inner()}<table{attributes()}>{''.join(rows())}</table><div{attributes()}>{inner()}</div></body>"


def test_what_a_page_shows_does_not_depend_on_what_it_is_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random("hidden")
    pages = [damaged_page(chance).encode() for _ in range(300)]
    once = [html.read(page).blocks for page in pages]
    monkeypatch.setattr(unseen.Source, "has", lambda source, *words: True)
    monkeypatch.setattr(unseen.Source, "holds", lambda source, tags: True)
    monkeypatch.setattr(unseen, "_TINY_TEXT", re.compile(rb""))
    assert [html.read(page).blocks for page in pages] == once


def test_collecting_is_as_before_when_a_document_is_read() -> None:
    before = gc.get_threshold()
    read_bytes(b"<html><body>1</body></html>", "other.html")
    assert gc.get_threshold() == before


@pytest.mark.parametrize("path", sorted((DATA / "samples").rglob("*.html"))[:12], ids=lambda path: path.name)
def test_a_proven_table_is_not_changed_by_the_second_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = read_bytes(path.read_bytes(), path.name)
    monkeypatch.setattr(second, "_is_proven", lambda form, one: False)
    monkeypatch.setattr(second, "_stands_again", lambda form, one, rows, cut: False)
    assert read_bytes(path.read_bytes(), path.name) == once


@pytest.mark.parametrize("cut_alike", [True, False])
def test_only_what_nothing_proves_is_read_twice(cut_alike: bool) -> None:
    """Neither sums nor the same figures under the same labels in the second reading's rows."""
    asked: list[set[str]] = []
    for path in sorted((DATA / "samples").rglob("*.html"))[:8]:
        document = html.read(path.read_bytes())
        rows = rows_of(document.blocks)
        form = choose_edition(rows, words_of(rows), None)
        twice: set[str] = set()

        def again(table: Table, twice: set[str] = twice, rows: Any = rows, form: Form = form) -> TableReading:
            twice.add(table.code)
            return match_table(rows, form, table, None)

        others = second_rows(document)
        if not cut_alike:  # the second reading has lost a figure of each row
            others = [SourceRow(row.index, row.grid, row.fields[:-1]) for row in others]
        first = [match_table(rows, form, table, None) for table in form.tables]
        second.compare(form, first, rows, others, again)
        asked.append(twice)
    lacking_sums = sum("proactive" in twice for twice in asked)
    assert lacking_sums < len(asked) / 2 if cut_alike else lacking_sums == len(asked)
    assert sum("applications" in twice for twice in asked) < len(asked) / 2


def unbounded() -> dict[str, int]:
    caches = [item for item in gc.get_objects() if isinstance(item, functools._lru_cache_wrapper)]
    ours = [cache for cache in caches if str(cache.__module__).startswith("extract.")]
    assert len(ours) > 10
    return {
        f"{cache.__module__}.{cache.__qualname__}": cache.cache_info().currsize
        for cache in ours
        if cache.cache_info().maxsize is None
    }


def test_no_cache_grows_with_the_documents(tmp_path: Path) -> None:
    """Caches without a bound hold parts of the forms and nothing of documents."""
    for path in write_documents(24, "caches", ("html", "docx", "text"), tmp_path):
        read_bytes(path.read_bytes(), path.name)
    cells = sum(len(list(form.cells())) for form in load_forms().values())
    assert {name: size for name, size in unbounded().items() if size > cells} == {}
