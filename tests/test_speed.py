"""What makes reading fast gives the same as what it replaces, and holds nothing back from document to document."""

from __future__ import annotations

import functools
import gc
import random
from pathlib import Path
from typing import Any

import pytest
from pdfplumber.table import edges_to_intersections, intersections_to_cells
from selectolax.lexbor import LexborHTMLParser

from extract.forms import Form, Table, load_forms
from extract.matching import second
from extract.matching.edition import choose_edition, match_table
from extract.matching.result import TableReading
from extract.matching.rows import rows_of
from extract.paths import DATA
from extract.readers import html, ruled
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
    found = tree.css_first("td")
    assert found is not None
    assert html._may_be_parted(found.inner_html or "")
    assert html._cell_text(found).split() == ["1", "2"]


@pytest.mark.parametrize("path", sorted((DATA / "samples").rglob("*.html"))[:12], ids=lambda path: path.name)
def test_a_proven_table_is_not_changed_by_the_second_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    once = read_bytes(path.read_bytes(), path.name)
    monkeypatch.setattr(second, "_is_proven", lambda form, one: False)
    assert read_bytes(path.read_bytes(), path.name) == once


def test_only_what_the_sums_do_not_prove_is_read_twice() -> None:
    asked: list[set[str]] = []
    for path in sorted((DATA / "samples").rglob("*.html"))[:8]:
        document = html.read(path.read_bytes())
        rows = rows_of(document.blocks)
        form = choose_edition(rows, None)
        twice: set[str] = set()

        def again(table: Table, twice: set[str] = twice, rows: Any = rows, form: Form = form) -> TableReading:
            twice.add(table.code)
            return match_table(rows, form, table, None)

        second.compare(form, [match_table(rows, form, table, None) for table in form.tables], again)
        asked.append(twice)
    assert all("proactive" in twice for twice in asked)  # it has no sums
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
