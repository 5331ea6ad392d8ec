"""Labels that are the form's but for a slip, and rows and columns that the form has not.

A label that a page, a line or a cell cut is cut by us, not altered by the
filer; so is one that was recognised in a picture. What is left of a label
(its head, its tail) therefore counts only where nothing can have cut it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from extract.figures import is_blank, parse_figure
from extract.forms import Column, Group, Row, Table, load_forms
from extract.labels import similarity, variants, words
from extract.matching.align import Match
from extract.matching.result import Remark, TableReading
from extract.matching.rows import SourceRow
from extract.model import Field

_SHORT = 6  # characters: of a label so short one may differ, of a longer one two
_LEAST = 4  # characters: a shorter label that differs is another word
_STRANGE = 0.6  # a label less like every label of every edition is none of the form's
_HEADS = 3  # labels of the form that make a line without figures one of headings
_MOST = 3  # slips that one filing has: more are a damaged font's
_LONGEST = 16  # characters of a heading of a column


def altered_rows(rows: Sequence[SourceRow], matches: Sequence[Match], table: Table) -> Iterator[Remark]:
    """A remark on every row whose label is the form's but for a slip."""
    by_index: dict[int, SourceRow] = {}
    for match in matches:
        source = match.source
        if not match.likeness or source.rejoined or not is_slip(source.item, match.row, whole=True):
            continue
        label = _last_label(source)
        if label is None:
            continue
        by_index = by_index or {row.index: row for row in rows}
        beside = [by_index.get(source.index - 1), by_index.get(source.index + 1)]
        whole = label.place.page is None and all(row is None or row.printed for row in beside)
        if is_slip(source.item, match.row, whole) and not label.place.recognised:
            yield _altered(match.row.code, match.row, " ".join(label.text.split()))


def altered_headings(rows: Iterable[SourceRow], tables: Iterable[Table]) -> Iterator[Remark]:
    """A remark on every heading of a column, and of the blocks of 表四, that is the form's but for a slip."""
    items = [item for table in tables for item in _headings(table)]
    seen: set[str] = set()
    for row in rows:
        if row.printed or len(row.labels) < _HEADS:
            continue
        labels = [(field, words(field.text)) for field in row.labels if len(field.text) <= _LONGEST]
        if sum(label in _known() for _, label in labels) < _HEADS:
            continue
        for field, label in labels:
            if len(label) < _LEAST or label in _known() or field.place.recognised:
                continue
            item = next((item for item in items if is_slip(label, item, whole=False)), None)
            if item is not None and item.code not in seen:
                seen.add(item.code)
                yield _altered(item.code, item, " ".join(field.text.split()))


def altered_titles(lines: Iterable[str], tables: Iterable[Table]) -> Iterator[Remark]:
    """A remark on every heading of a table that is the form's but for a slip.
    ``lines`` are the document's, without white space."""
    wanted = {table.code: table for table in tables if not table.listing}
    longest = max((len(table.heading_zh) for table in wanted.values()), default=0) + 4
    found: dict[str, str] = {}
    exact: set[str] = set()
    for line in lines:
        if len(line) > longest or "情况" not in line:
            continue
        label = words(line)
        for code, table in wanted.items():
            title = words(table.title_zh)
            if label == title:
                exact.add(code)
            elif line.startswith(f"{table.section}、") and _differs(label, title, whole=False):
                found.setdefault(code, line)
    for code, line in found.items():
        if code not in exact:
            table = wanted[code]
            yield _remark(code, table.heading_zh, line, f"heading of “{table.title_en}”")


def extended(rows: Sequence[SourceRow], matches: Sequence[Match], table: Table, reading: TableReading) -> list[Remark]:
    """One remark that names the rows and columns which hold figures and which the form has not."""
    if not matches:
        return []
    added = [*_strange_rows(rows, matches), *_strange_columns(rows, matches, table, reading)]
    if not added:
        return []
    names = "、".join(f"“{name}”" for name in dict.fromkeys(added))
    zh = f"“{table.title_zh}”增加了统一格式没有的项目{names}，其数字没有读入。"
    en = f"“{table.title_en}” has rows or columns that the form has not ({names}); their figures were not taken."
    return [Remark("form_extended", "info", "filing", table.code, zh, en)]


def without_misread_labels(remarks: Sequence[Remark], laid_out: bool) -> list[Remark]:
    """The remarks without those on labels where so many labels of a document
    laid out in pages are altered that its font must be what tells them wrong."""
    slips = sum(remark.rule == "label_altered" for remark in remarks)
    if not laid_out or slips <= _MOST:
        return list(remarks)
    return [remark for remark in remarks if remark.rule != "label_altered"]


@lru_cache(maxsize=8192)
def is_slip(printed: str, item: Row | Column | Group, whole: bool) -> bool:
    """Whether bare words are an item's label but for one or two characters, or
    one of its known misspellings. ``whole``: nothing can have cut the label."""
    if printed in _misspellings(item):
        return True
    labels = [label for label in variants(item) if label not in _misspellings(item)]
    if not printed or printed in _known() or "\ufffd" in printed:
        return False
    return any(_differs(printed, label, whole) for label in labels)


def _differs(printed: str, label: str, whole: bool) -> bool:
    """Whether words differ from a label by a slip of the pen."""
    if printed == label or len(label) < _LEAST:
        return False
    allowed = 1 if len(label) <= _SHORT else 2
    if printed in label or label in printed:
        return whole and abs(len(label) - len(printed)) == 1
    return OSA.distance(printed, label, score_cutoff=allowed) <= allowed


def _misspellings(item: Row | Column | Group) -> tuple[str, ...]:
    return tuple(words(label) for label in item.misspellings) if isinstance(item, Row) else ()


@cache
def _headings(table: Table) -> tuple[Row | Column | Group, ...]:
    return (*table.columns, *table.groups, *table.rows) if table.transposed else table.columns


@cache
def _known() -> frozenset[str]:
    """The labels, aliases and headings of all editions, without their known misspellings."""
    known: set[str] = set()
    for form in load_forms().values():
        for table in form.tables:
            items = (*table.rows, *table.merged_rows, *table.columns, *table.groups)
            known |= {label for item in items for label in variants(item)}
            known |= {words(column.heading_zh) for column in table.columns if column.heading_zh}
            known |= {words(block.label_zh) for block in table.blocks}
            known -= {label for row in table.rows for label in _misspellings(row)}
    return frozenset(known | {"信息内容", "申请人情况", "行政复议", "行政诉讼"})


def _last_label(row: SourceRow) -> Field | None:
    return next((label for label in reversed(row.labels) if not is_blank(label.text)), None)


def _strange_rows(rows: Sequence[SourceRow], matches: Sequence[Match]) -> Iterator[str]:
    """The labels of rows of figures among the table's that no edition of the form has."""
    used = {match.source.index for match in matches}
    grids = {match.source.grid for match in matches}
    first, last = min(used), max(used)
    for row in rows:
        if row.grid in grids and first < row.index < last and row.index not in used and _is_strange(row.item):
            label = _last_label(row)
            figures = [field for field in row.tail if parse_figure(field.text).status == "reported"]
            if figures and label is not None and not label.place.recognised:
                yield row.name


def _strange_columns(
    rows: Sequence[SourceRow], matches: Sequence[Match], table: Table, reading: TableReading
) -> Iterator[str]:
    """The headings of columns beside the form's that hold figures in most rows."""
    if table.blocks:
        return
    taken = {id(cell.place) for cell in reading.cells.values()}
    held: dict[tuple[int, int], int] = {}
    for match in matches:
        for field in match.source.tail:
            if id(field.place) not in taken and parse_figure(field.text).status == "reported":
                key = match.source.grid, field.column
                held[key] = held.get(key, 0) + 1
    for (grid, column), count in held.items():
        if 2 * count <= sum(match.source.grid == grid for match in matches):
            continue
        heads = [row for row in rows if row.grid == grid and not row.printed]
        for field in (field for row in heads for field in row.fields if field.column == column):
            if _is_strange(words(field.text)) and not field.place.recognised:
                yield " ".join(field.text.split())


@lru_cache(maxsize=8192)
def _is_strange(label: str) -> bool:
    """Whether bare words are like no label of any edition."""
    if len(label) < 2 or label in _known():
        return False
    tables = [table for form in load_forms().values() for table in form.tables]
    items = (item for table in tables for item in (*table.rows, *table.columns, *table.groups))
    corners = [words(table.corner_zh) for table in tables]
    return not any(label in corner for corner in corners) and all(similarity(label, item) < _STRANGE for item in items)


def _altered(place: str, item: Row | Column | Group, printed: str) -> Remark:
    number = item.number if isinstance(item, Row) and words(printed) != printed else ""
    return _remark(place, number + item.label_zh, printed, f"label of “{item.label_en}”")


def _remark(place: str, official: str, printed: str, what_en: str) -> Remark:
    return Remark(
        "label_altered",
        "info",
        "filing",
        place,
        f"项目名称写作“{printed}”，统一格式为“{official}”。请按统一格式改正。",
        f"The {what_en} reads {printed!r}; the form has {official!r}.",
        expected=official,
        actual=printed,
    )
