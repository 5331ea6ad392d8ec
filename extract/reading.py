"""One document read: the JSON of the contract.

``read_bytes`` never raises for what a document holds: a document that cannot
be read yields an object with ``error``, so that one bad file stops nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from extract import readers
from extract.claims import read_claims, read_statements
from extract.claims.lexer import normalise
from extract.claims.statements import cited_editions
from extract.figures import json_number
from extract.forms import CellKey, Form, Row, Table, form_in_force
from extract.identity.evidence import gather, is_filing
from extract.identity.functions import SECTORS
from extract.identity.kinds import KINDS, kind_despite_tables, refusal, refused_as, title_kind
from extract.identity.scrambles import SCRAMBLES, damage
from extract.labels import variants, words
from extract.masthead import Masthead, read_masthead
from extract.matching.altered import altered_headings, altered_titles, without_misread_labels
from extract.matching.edition import choose_edition, is_told, match_table, words_of
from extract.matching.result import Cell, Origin, Remark, TableReading
from extract.matching.rows import SourceRow, rows_of
from extract.matching.second import compare, doubt_broken, doubt_spaced
from extract.matching.sequence import second_rows
from extract.memory import keep_freed, seldom_collected
from extract.model import Document, ReadError
from extract.narrative import narrative
from extract.paths import DATA, ROOT
from extract.readers import legacy
from extract.readers.limits import OUT_OF_MEMORY

MAX_BYTES = 64 * 1024 * 1024
_OWN_LABEL = 6  # characters; a shorter label may be part of other words
_HEADING_LINE = 60  # characters; a longer line is prose
_SURE = 15.0  # so many rows of the form, with figures: a filing, whatever else it says

Reading = dict[str, Any]


@cache
def reader_version() -> str:
    """A fingerprint of the reading code, of the data it reads by and of whether
    LibreOffice is there to convert documents: what was read by another version
    is stale."""
    digest = hashlib.sha256(b"converts" if legacy.program() else b"")
    files = [
        *sorted((ROOT / "extract").rglob("*.py")),
        *sorted((DATA / "forms").glob("*.yaml")),
        *sorted((DATA / "prose").glob("*.yaml")),
        *sorted((DATA / "regions").glob("*.csv")),
        SECTORS,
        KINDS,
        SCRAMBLES,
    ]
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def read_bytes(data: bytes, source: str, url: str | None = None) -> Reading:
    """Reads one document: ``data`` its content, ``source`` its path or address,
    ``url`` the address that it came from, where that is known besides.

    Returns the object of the contract, with ``error`` set (and empty lists)
    where the document cannot be read as a filing.
    """
    reading = _empty(source, hashlib.sha256(data).hexdigest())
    try:
        if len(data) > MAX_BYTES:
            limit = MAX_BYTES // 2**20
            raise ReadError("too_large", f"文件超过 {limit} MiB / the file is larger than {limit} MiB")
        keep_freed()
        with seldom_collected():
            reading["media_type"] = readers.sniff(data, source)
            _read_filing(readers.read(data, reading["media_type"]), reading, url or source, data)
    except ReadError as error:
        reading["error"] = {"code": error.code, "message": error.message}
    except MemoryError:
        reading = _empty(source, reading["sha256"])
        reading["error"] = {"code": "too_large", "message": OUT_OF_MEMORY}
    return reading


def _empty(source: str, sha256: str) -> Reading:
    return {
        "source": source,
        "sha256": sha256,
        "media_type": None,
        "error": None,
        "agency": None,
        "agency_as_filed": None,
        "report_year": None,
        "form": None,
        "scope": "unknown",
        "title": None,
        "published_on": None,
        "index_number": None,
        "level": None,
        "sector": None,
        "region_code": None,
        "province": None,
        "prefecture": None,
        "county": None,
        "cells": [],
        "claims": [],
        "unresolved_claims": [],
        "statements": [],
        "narrative": None,
        "issues": [],
        "reader": reader_version(),
    }


def _read_filing(document: Document, reading: Reading, address: str, data: bytes) -> None:
    masthead = read_masthead(document, address)
    rows = rows_of(document.blocks)
    damaged = damage("|".join(chain(masthead.lines, *[row.texts for row in rows])))
    others = second_rows(document)
    cited = _cited_edition(masthead.lines)
    both = [*rows, *others]
    printed = words_of(both)
    form = choose_edition(both, printed, masthead.report_year, cited)
    tables = [match_table(rows, form, table, masthead.report_year) for table in form.tables]
    compare(form, tables, rows, others, lambda table: match_table(others, form, table, masthead.report_year))
    for table in tables:
        doubt_spaced(form, table)
        doubt_broken(form, table)
    _refuse_others(document, data, masthead, tables)
    _describe(reading, masthead)
    reading["form"] = form.code
    if not is_told(printed, form):
        _doubt_edition(form, tables, masthead.report_year, cited)
    cells, remarks = _complete(form, tables, lambda: _lacking(document, rows, printed, tables))
    remarks += [*altered_headings(rows, form.tables), *altered_titles(masthead.lines, form.tables)]
    remarks = without_misread_labels(remarks, document.positions is not None)
    reading["cells"] = [_cell_json(cell) for cell in cells]
    reading["issues"] = [_issue_json(remark) for remark in _merge([*damaged, *masthead.remarks, *remarks])]
    claims = read_claims(document, form, {cell.key: cell for cell in cells}, masthead)
    reading["claims"] = [
        {"metric": claim.metric, "value": json_number(claim.value), "sentence": claim.sentence, "scope": claim.scope}
        for claim in claims.claims
    ]
    reading["unresolved_claims"] = [
        {"value": json_number(claim.value), "sentence": claim.sentence, "reason": claim.reason}
        for claim in claims.unresolved
    ]
    stated = read_statements(claims.said, masthead.agency or "", masthead.report_year)
    reading["statements"] = [statement.plain() for statement in stated]
    reading["narrative"] = narrative(claims.sentences, masthead)


def _refuse_others(document: Document, data: bytes, masthead: Masthead, tables: Iterable[TableReading]) -> None:
    """Raises ReadError for a document that is no filing, saying what it is."""
    tables = list(tables)
    figures = sum(cell.status == "reported" for table in tables for cell in table.cells.values())
    rows = max(sum(table.score for table in tables), figures / 7)  # seven columns; some readings have no score
    if figures and (other := kind_despite_tables(document, masthead.lines, masthead.titles)):
        raise refused_as(other)
    if not (figures and rows >= _SURE):
        kind = title_kind(document, masthead.lines)
        if not is_filing(gather(masthead.lines, rows, figures), masthead.titles, masthead.report_year, kind):
            raise refusal(document, data, masthead.lines, masthead.titles)


def _cited_edition(lines: Sequence[str]) -> str | None:
    """The edition whose document the report cites as its form; None where it
    cites none, or several. A citation may go on over a line's end."""
    pairs = (line + after for line, after in zip(lines, [*lines[1:], ""], strict=False) if "国办" in line)
    cited = {edition for text in pairs for edition in cited_editions(normalise(text))}
    return cited.pop() if len(cited) == 1 else None


def _doubt_edition(form: Form, tables: Iterable[TableReading], year: int | None, cited: str | None) -> None:
    """Says what leaves the edition open where no label tells it: that rows which
    an earlier edition has as one stand as one, or that the document which the
    report cites issued another edition than the one in force for its year."""
    in_force = form_in_force(year) if year is not None else None
    as_cited = form.code == cited
    if as_cited and in_force in (None, form):
        return
    known = set() if in_force is None else set(in_force.cells())
    for table in tables:
        merged = [key for key in form.cells(frozenset(table.merged)) if key[1] in table.merged]
        other = [key for key in table.cells if key not in known] if as_cited else []
        if merged:
            table.uncertain(
                "没有只属于某一版格式的项目，分列的几行合为一行；无法确定用的是哪一版格式，按报告年度现行的格式读取。",
                "No label tells the edition of the form, and rows that it keeps apart stand as one: which edition was "
                "used is unknown; that in force for the year was taken.",
                merged,
            )
        elif other:
            table.uncertain(
                "没有只属于某一版格式的项目；报告引用的格式文件不是报告年度现行的一版，按所引用的一版读取。",
                "No label tells the edition of the form, and the document that the report cites issued another one "
                "than that in force for the year; the one cited was taken.",
                other,
            )


def _describe(reading: Reading, masthead: Masthead) -> None:
    reading["agency"] = masthead.agency
    reading["agency_as_filed"] = masthead.agency_as_filed
    reading["report_year"] = masthead.report_year
    reading["scope"] = masthead.scope
    reading["title"] = masthead.title
    reading["published_on"] = masthead.published_on.isoformat() if masthead.published_on else None
    reading["index_number"] = masthead.index_number
    reading["level"], reading["sector"] = masthead.level, masthead.sector
    if (region := masthead.region) is not None:
        reading["region_code"], reading["province"] = region.code, region.province
        reading["prefecture"], reading["county"] = region.prefecture, region.county


class _Source(NamedTuple):
    """What of a document tells whose loss a lacking cell is. Where it is ``lossy`` (recognised in a picture, or cut
    off), it may be ours, and where rows of figures are ``spare`` (or it was cut off), they may be those of a table that
    seems to be lacking."""

    printed: set[str]  # the bare words of every cell and every line
    lossy: bool
    spare: bool


def _lacking(
    document: Document, rows: Sequence[SourceRow], printed: Set[str], tables: Iterable[TableReading]
) -> _Source:
    lines = (line for paragraph in document.paragraphs for line in paragraph.text.split("\n"))
    consumed = {index for table in tables for index in table.consumed}
    return _Source(
        {words(line.strip(" |")) for line in lines} | printed,
        document.truncated or any(field.place.recognised for row in rows for field in row.fields),
        document.truncated or any(row.printed > 1 and row.index not in consumed for row in rows),
    )


def _complete(
    form: Form, tables: Iterable[TableReading], source_of: Callable[[], _Source]
) -> tuple[list[Cell], list[Remark]]:
    """Every cell of the edition in order, what was not found as missing, with
    the remarks that follow from what is missing, merged or unreadable; ``source_of``
    is asked only where a table is not whole."""
    found: dict[CellKey, Cell] = {}
    remarks: list[Remark] = []
    merged: set[str] = set()
    source: _Source | None = None
    for table in tables:
        found.update(table.cells)
        remarks += table.remarks
        merged |= table.merged
        known = form.table(table.table)
        remarks += _merged_remarks(known, table)
        if not all(map(table.cells.__contains__, known.cells(frozenset(table.merged)))):
            source = source or source_of()
            remarks += _lacking_remarks(known, table, *source)
    keys = list(form.cells(frozenset(merged)))
    cells = [found.get(key) or Cell.missing(key) for key in keys]
    remarks += _unreadable(form, cells)
    return cells, remarks


def _merged_remarks(table: Table, reading: TableReading) -> list[Remark]:
    """Remarks on rows that one table merges."""
    remarks = []
    for code in sorted(reading.merged):
        row = table.row(code)
        parts = "、".join(f"“{table.row(part).label_zh}”" for part in row.replaces)
        remarks.append(
            Remark(
                "form_rows_merged",
                "info",
                "filing",
                code,
                f"“{row.number}{row.label_zh}”只填报了一行，现行格式要求分列为{parts}{len(row.replaces)}行。",
                f"“{row.label_en}” is reported on one row; the form in force keeps {len(row.replaces)} rows apart.",
                tuple((table.code, code, column.code) for column in table.columns),
            )
        )
    return remarks


def _lacking_remarks(table: Table, reading: TableReading, printed: set[str], lossy: bool, spare: bool) -> list[Remark]:
    """Remarks on what one table lacks. Where its heading was recognised and no figures are to spare, a table of which
    nothing is printed was left out by the filer."""
    if not reading.cells and _is_printed(table, printed):
        zh = f"“{table.heading_zh}”的项目在文件中，但其表格没有能读出的数字。"
        en = f"The items of “{table.title_en}” stand in the document, but no figures could be read."
        return [Remark("table_missing", "error", "extraction", table.code, zh, en)]
    if not reading.cells:
        zh, en = f"没有找到“{table.heading_zh}”的表格。", f"The table “{table.title_en}” was not found."
        lost = lossy and (spare or not any(_heads(line, table) for line in printed))
        return [Remark("table_missing", "error", "extraction" if lost else "filing", table.code, zh, en)]
    remarks = []
    for row in table.rows_in_use(frozenset(reading.merged)):
        keys = [(table.code, row.code, column.code) for column in table.columns_of(row)]
        missing = [key for key in keys if key not in reading.cells]
        # A row whose label is printed has figures that were not found.
        named = bool(missing) and _names_row(table, row, printed)
        ours = lossy or named or any(key in reading.lost for key in missing)
        origin: Origin = "extraction" if ours else "filing"
        if missing and len(missing) == len(keys):
            zh = f"“{table.title_zh}”缺少“{row.number}{row.label_zh}”一行的数字。"
            en = f"“{table.title_en}” lacks the figures of the row “{row.label_en}”."
            remarks.append(Remark("cell_missing", "warning", origin, row.code, zh, en, tuple(keys)))
            continue
        for key in missing:
            column = table.column(key[2])
            zh = f"“{row.label_zh}”一行缺少“{column.label_zh}”一格。"
            en = f"The row “{row.label_en}” lacks the cell “{column.label_en}”."
            remarks.append(Remark("cell_missing", "warning", origin, f"{row.code}.{column.code}", zh, en, (key,)))
    return remarks


def _heads(line: str, table: Table) -> bool:
    """Whether a line is the table's heading, also with words put in (被申请行政复议、提起行政诉讼情况)."""
    characters = iter(line)
    return len(line) <= _HEADING_LINE and all(character in characters for character in words(table.title_zh))


def _names_row(table: Table, row: Row, printed: set[str]) -> bool:
    """Whether the document prints the row's label, also with other words or figures beside it."""
    labels = set(variants(row)) - _column_labels(table)
    if printed & labels:
        return True
    whole = [label for label in labels if len(label) >= _OWN_LABEL]
    # 不同意公开答复数 of another row holds 同意公开答复数, and does not print it.
    others = {other for item in table.rows if item is not row for other in variants(item)}
    longer = [other for other in others if any(label in other for label in whole)]
    return any(label in _without(line, longer) for line in printed for label in whole if label in line)


def _without(line: str, labels: Iterable[str]) -> str:
    """A line of words without these labels in it."""
    for label in labels:
        line = line.replace(label, "\n")
    return line


@cache
def _column_labels(table: Table) -> frozenset[str]:
    """The labels of columns: they name rows as well (其他, 总计)."""
    return frozenset(label for column in table.columns for label in variants(column))


def _is_printed(table: Table, printed: set[str]) -> bool:
    """Whether the document prints most of the table's labels; rows' labels
    also where other words or figures stand on the same line."""
    if table.transposed:
        headings = [*table.columns, *table.groups]
        blocks = [variants(row)[0] for row in table.rows[1:]]
        on_one_line = any(len(line) <= _HEADING_LINE and all(block in line for block in blocks) for line in printed)
        return on_one_line or 2 * sum(1 for item in headings if printed & set(variants(item))) > len(headings)
    text = "\n".join(printed)
    found = sum(1 for row in table.rows if any(label in text for label in variants(row)))
    return 2 * found > len(table.rows)


def _unreadable(form: Form, cells: Iterable[Cell]) -> list[Remark]:
    remarks = []
    for cell in cells:
        if cell.status == "unreadable":
            table = form.table(cell.key[0])
            row, column = table.row(cell.key[1]), table.column(cell.key[2])
            zh = f"“{row.label_zh}”的“{column.label_zh}”一格不是数字：“{cell.raw}”。"
            en = f"The cell {row.label_en} / {column.label_en} holds no number: {cell.raw!r}."
            where = f"{row.code}.{column.code}"
            # A character that the font does not tell or that may be misread is our loss, not the filer's.
            misread = cell.place.recognised and not cell.place.legible
            origin: Origin = "extraction" if "\ufffd" in cell.raw or misread else "filing"
            remarks.append(Remark("cell_unreadable", "warning", origin, where, zh, en, (cell.key,)))
    return remarks


def _merge(remarks: Iterable[Remark]) -> list[Remark]:
    """One remark for a rule and place: further causes join its message."""
    merged: dict[tuple[str, str, str], Remark] = {}
    for remark in remarks:
        key = (remark.rule, remark.where, remark.origin)
        before = merged.get(key)
        if before is None:
            merged[key] = remark
            continue
        merged[key] = Remark(
            remark.rule,
            remark.severity,
            remark.origin,
            remark.where,
            before.message_zh + remark.message_zh,
            before.message_en + " " + remark.message_en,
            tuple(dict.fromkeys((*before.cells, *remark.cells))),
            before.expected,
            before.actual,
        )
    return list(merged.values())


def _cell_json(cell: Cell) -> Mapping[str, Any]:
    table, row, column = cell.key
    place = cell.place
    return {
        "table": table,
        "row": row,
        "column": column,
        "raw": cell.raw,
        "value": json_number(cell.value),
        "status": cell.status,
        "page": place.page,
        "bbox": list(place.bbox) if place.bbox else None,
        "locator": place.locator,
        "method": None if cell.status == "missing" else "ocr" if place.recognised else cell.method,
    }


def _issue_json(remark: Remark) -> Mapping[str, Any]:
    return {
        "rule": remark.rule,
        "severity": remark.severity,
        "origin": remark.origin,
        "where": remark.where,
        "expected": remark.expected,
        "actual": remark.actual,
        "cells": [list(key) for key in remark.cells],
        "message_zh": remark.message_zh,
        "message_en": remark.message_en,
    }
