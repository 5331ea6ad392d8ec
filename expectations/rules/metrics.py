"""What the metrics of prose are in the form's cells: single cells, and groups of rows.

A group is a heading of 表三 with its rows (不予公开 …), or one of those that
``data/prose/groups.yaml`` adds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import yaml

from expectations.rules.labels import cell_label, column_label, table_label
from extract.forms import CellKey, Form, Table, load_forms
from extract.paths import DATA

GROUPS = DATA / "prose" / "groups.yaml"
BASES = DATA / "prose" / "bases.yaml"


@dataclass(frozen=True)
class Metric:
    """A figure that prose can state: its name (``table.row.column``), the cells
    whose sum it is in one edition of the form, and what it is called."""

    form: str
    code: str
    cells: tuple[CellKey, ...]
    label_zh: str
    label_en: str


@cache
def metrics() -> tuple[Metric, ...]:
    """Every metric of every edition. Merged rows are metrics too; a group's
    cells name both the rows and the merged row that may stand for them."""
    return tuple(metric for form in load_forms().values() for table in form.tables for metric in _of(form, table))


@cache
def bases() -> tuple[tuple[str, str, str], ...]:
    """Edition, metric and a metric that a percentage of it may be of: the total
    of its own row, the groups that it belongs to, and those of ``bases.yaml``."""
    general: dict[str, list[str]] = yaml.safe_load(BASES.read_text("utf-8"))["bases"]
    found: list[tuple[str, str, str]] = []
    for form in load_forms().values():
        cells: dict[str, set[CellKey]] = {}
        for metric in metrics():
            if metric.form == form.code:
                cells.setdefault(metric.code, set()).update(metric.cells)
        for code, own in cells.items():
            table, column = code.split(".")[0], code.rpartition(".")[2]
            wider = [f"{code.rpartition('.')[0]}.total"]
            wider += [other for other, parts in cells.items() if own < parts]
            if column in ("total", "count"):
                wider += [f"{table}.{base}" for base in general.get(table, ())]
            found += [(form.code, code, base) for base in dict.fromkeys(wider) if base in cells and base != code]
    return tuple(found)


@cache
def alike() -> tuple[tuple[str, str, int], ...]:
    """A metric, another that prose takes for it, and which of these to prefer (0 first)."""
    kinds: list[list[str]] = yaml.safe_load(BASES.read_text("utf-8"))["alike"]
    return tuple(
        (metric, other, number)
        for kind in kinds
        for metric in kind
        for number, other in enumerate(kind)
        if other != metric
    )


def _of(form: Form, table: Table) -> Iterator[Metric]:
    for row in (*table.rows, *table.merged_rows):
        for column in table.columns_of(row):
            key = (table.code, row.code, column.code)
            yield Metric(form.code, ".".join(key), (key,), cell_label(form.code, key, "zh"),
                         cell_label(form.code, key, "en"))  # fmt: skip
    merged = {row.code for row in table.merged_rows}
    for group, rows, zh, en in _groups(form, table):
        if group in merged:
            continue  # the merged row and the sum of its rows are the same figure; see ``_merged``
        yield from _group(form, table, group, rows, zh, en)
    for row in table.merged_rows:
        yield from _merged(form, table, row.code)


def _groups(form: Form, table: Table) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """Code, rows and labels of each group of a table."""
    if not table.listing:
        for group in table.groups:
            rows = tuple(row.code for row in table.rows if row.group == group.code)
            if group.parent and rows:
                yield group.code, rows, group.label_zh, group.label_en
    known = {row.code for row in table.rows}
    for entry in yaml.safe_load(GROUPS.read_text("utf-8"))["groups"]:
        if entry["table"] == table.code and known.issuperset(entry["rows"]):
            yield entry["group"], tuple(entry["rows"]), entry["label_zh"], entry["label_en"]


def _group(form: Form, table: Table, group: str, rows: tuple[str, ...], zh: str, en: str) -> Iterator[Metric]:
    for column in table.columns:
        cells = tuple((table.code, row, column.code) for row in rows)
        named = [table_label(form.code, table.code, "zh"), table_label(form.code, table.code, "en")]
        down = [column_label(form.code, table.code, column.code, "zh"), column.label_en]
        yield Metric(form.code, f"{table.code}.{group}.{column.code}", cells,
                     f"{named[0]}“{zh}”各项“{down[0]}”之和", f"{named[1]}, “{en}”, sum of “{down[1]}”")  # fmt: skip


def _merged(form: Form, table: Table, merged: str) -> Iterator[Metric]:
    """A merged row's metric where the filing keeps its rows apart: their sum (cells not in a filing count nothing)."""
    replaced = tuple(row for entry in table.merged_rows if entry.code == merged for row in entry.replaces)
    label = next(row for row in table.merged_rows if row.code == merged)
    yield from _group(form, table, merged, replaced, label.label_zh, label.label_en)
