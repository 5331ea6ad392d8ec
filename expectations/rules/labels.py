"""The official wording of tables, rows, columns and cells, in both languages."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from extract.forms import CellKey, Form, Row, Table, load_forms

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_TABLE_NUMBER = {"二": 2, "三": 3, "四": 4}
_TRAILING_NOTE = re.compile(r"（[^（）]*）$")


def form_of(code: str) -> Form:
    """The edition of that code; KeyError for an edition without a form file."""
    return load_forms()[code]


@cache
def table_label(form: str, table: str, language: Language) -> str:
    """表三 / Table 3; a listing by its title."""
    entry = form_of(form).table(table)
    if entry.listing:
        return f"《{entry.title_zh}》" if language == "zh" else entry.title_en
    return f"表{entry.section}" if language == "zh" else f"Table {_TABLE_NUMBER[entry.section]}"


@cache
def row_label(form: str, table: str, row: str, language: Language, brief: bool = False) -> str:
    """The row with its number and group: （三）不予公开·1.属于国家秘密 / Refused: State secret.

    ``brief`` leaves out the group's wording and a trailing note, for use in a sum.
    """
    entry = form_of(form).table(table)
    item = entry.row(row)
    group = entry.group(item.group) if item.group else None
    if group is not None and not group.parent and group.number and not _is_row(entry, group.code):
        group = None  # 三、本年度办理结果: stands over all outcomes and tells nothing
    if language == "en":
        return item.label_en if group is None else f"{group.label_en}: {item.label_en}"
    own = f"{item.number}{item.label_zh}"
    if brief:
        own = _TRAILING_NOTE.sub("", own) or own
        return own if group is None else f"{group.number or group.label_zh + '·'}{own}"
    return own if group is None else f"{group.number}{group.label_zh}·{own}"


def _is_row(table: Table, code: str) -> bool:
    """Whether a heading is a row with figures of its own (四、行政复议数量)."""
    return any(row.code == code for row in table.rows)


@cache
def column_label(form: str, table: str, column: str, language: Language, brief: bool = False) -> str:
    """The column with the heading above it: 法人或其他组织·商业企业 / Commercial enterprises.

    ``brief`` leaves out the heading, for use in a sum.
    """
    entry = form_of(form).table(table).column(column)
    if language == "en":
        return entry.label_en
    return entry.label_zh if brief or not entry.heading_zh else f"{entry.heading_zh}·{entry.label_zh}"


def term_label(form: str, key: CellKey, per: str, language: Language) -> str:
    """What a cell is called within a sum: its row where the terms are rows
    (``per`` "column"), else its column."""
    table, row, column = key
    if per == "column":
        return row_label(form, table, row, language, brief=True)
    return column_label(form, table, column, language, brief=True)


def cell_label(form: str, key: CellKey, language: Language) -> str:
    """表三“（一）予以公开”行“自然人”列; 表四“行政复议·总计”; and in English."""
    table, row, column = key
    name = table_label(form, table, language)
    if form_of(form).table(table).listing:
        return (
            f"{name}“{row_label(form, table, row, 'zh')}”"
            if language == "zh"
            else (f"{name}, “{row_label(form, table, row, 'en')}”")
        )
    across, down = row_label(form, table, row, language), column_label(form, table, column, language)
    transposed = form_of(form).table(table).transposed
    if language == "zh":
        return f"{name}“{across}·{down}”" if transposed else f"{name}“{across}”行“{down}”列"
    return f"{name}, “{across} – {down}”" if transposed else f"{name}, row “{across}”, column “{down}”"


def place_label(form: str, place: str, language: Language) -> str | None:
    """A place of the form in words, whether it is a table, a row, a column of
    table 3, or row.column; None where it is none of these."""
    for table in form_of(form).tables:
        if place == table.code or (table.listing and any(column.code == place for column in table.columns)):
            return table_label(form, table.code, language)
        for row in (*table.rows, *table.merged_rows):
            label = _place_in_row(form, table, row, place, language)
            if label is not None:
                return label
    applications = next((t for t in form_of(form).tables if t.code == "applications"), None)
    if applications is not None and any(column.code == place for column in applications.columns):
        name, label = table_label(form, "applications", language), column_label(form, "applications", place, language)
        return f"{name}“{label}”列" if language == "zh" else f"{name}, column “{label}”"
    return None


def _place_in_row(form: str, table: Table, row: Row, place: str, language: Language) -> str | None:
    if place == row.code:
        name, label = table_label(form, table.code, language), row_label(form, table.code, row.code, language)
        return f"{name}“{label}”" if language == "zh" else f"{name}, “{label}”"
    for column in table.columns_of(row):
        if place == f"{row.code}.{column.code}":
            return cell_label(form, (table.code, row.code, column.code), language)
    return None
