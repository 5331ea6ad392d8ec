"""The listing of the 2014 form: one figure to a row, named by its label alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extract.figures import parse_figure, squeeze
from extract.forms import CellKey, Form, Row, Table
from extract.labels import similarity
from extract.matching.align import Match, align, out_of_order, rejoin_labels
from extract.matching.labelled import of_another_year
from extract.matching.listing_columns import current_column, current_heading, figure_headings, has_several, heads_fit
from extract.matching.listing_instances import choose_printing
from extract.matching.listing_labels import exact_rows, is_begun, is_known, is_named, is_named_in_part, likeness_whole
from extract.matching.listing_rows import (
    Line,
    headings_in_sequence,
    is_scaled,
    join_labels,
    join_torn_blanks,
    leaf_headings,
    lines_of,
    number_in,
)
from extract.matching.result import Cell, Method, Remark, TableReading
from extract.matching.rows import SourceRow
from extract.model import Field, Place

_LIKE = 0.75  # a label less like the form's than this is another row's
_MARGIN = 0.1  # by which a label must be more like its row than like any other that could stand there


@dataclass(frozen=True, slots=True)
class _Source:
    """The rows to be matched, each a label and its figure, and by their index
    the lines from which they were made; ``undecided`` are lines of which no
    heading says which of several figures is the row's, ``doubtful`` single
    lines with more figures than the others."""

    rows: list[SourceRow]
    lines: Mapping[int, Line]
    undecided: frozenset[int]
    doubtful: frozenset[int]


def match_listing(rows: Sequence[SourceRow], form: Form, table: Table, year: int | None) -> TableReading:
    """Reads a listing of the form out of a document's rows.

    A row is read only by its own label. Rows that the document lacks are left
    out of ``cells``; where a row of figures that no label of the form fits may
    be the lacking one, the reading says so.
    """
    source = _prepare(rows, table, year)
    reading = TableReading(table.code)
    printing, rivalled, other_year = choose_printing(rejoin_labels(source.rows, table), table, year)
    printing = _without_extras(printing, table)
    placed, bare = _with_bare_places(printing, table)
    found = align(placed, table)
    strays = out_of_order(printing, found, table)
    ordered = [match for match in found if match.likeness >= _LIKE]
    matches = [match for match in (*ordered, *strays) if match.source.index not in bare]
    reading.score = sum(match.likeness for match in matches)
    reading.consumed = {match.source.index for match in matches}
    if not matches:
        return reading
    if other_year:
        return of_another_year(table)
    for match in matches:
        _store(reading, form, table, match, source, "literal" if rivalled else "table")
    # A label without any field beside it has a figure that was not found.
    labels = {row for line in printing if not line.tail for row in exact_rows(line.item, table)}
    reading.lost |= {_key(table, row) for row in labels} - reading.cells.keys()
    _remark_on_columns(reading, table, matches, source)
    _remark_on_rivals(reading, table, ordered)
    _remark_on_strangers(reading, table, printing, ordered, strays, source)
    if strays:
        reading.uncertain(
            f"“{'”、“'.join(match.row.label_zh for match in strays)}”的位置与统一格式的顺序不同，按项目名称读取。",
            f"Rows in another order than the form's were read by their labels: "
            f"{', '.join(match.row.label_en for match in strays)}.",
            [_key(table, match.row) for match in strays],
        )
    if rivalled:
        reading.uncertain(
            "文件中有不止一张这样的表，没有写明各是哪一年的，按第一张读取。",
            "The document holds more than one such table and does not say of which years; the first was read.",
            list(reading.cells),
        )
    return reading


def _key(table: Table, row: Row) -> CellKey:
    return table.code, row.code, table.columns_of(row)[0].code


def _without_extras(rows: Sequence[SourceRow], table: Table) -> list[SourceRow]:
    """The rows; those whose label is most like a row that another label fits to
    the letter lose it: they are none of the form's."""
    exact = {row.code for source in rows if source.tail for row in exact_rows(source.item, table)}
    result = []
    for source in rows:
        if source.tail and source.item and not exact_rows(source.item, table):
            best = max(table.rows, key=lambda row: similarity(source.item, row))
            if best.code in exact:
                source = replace(source, fields=source.tail, split=0)
        result.append(source)
    return result


def _with_bare_places(rows: Sequence[SourceRow], table: Table) -> tuple[list[SourceRow], set[int]]:
    """The rows, with a blank beside each label that is one row's alone and has no
    field anywhere, and the indices of these: they keep the row's place, which
    tells whose the labels below it are (被依法纠错数 is 行政复议's and 行政诉讼's)."""
    named: set[Row] = set()
    for source in rows:
        if source.tail and source.item:
            # (a label misspelt may stand beside its chapter's heading, which has the same words)
            likest = max(table.rows, key=lambda row: similarity(source.item, row))
            named.update(exact_rows(source.item, table) or [likest] * (similarity(source.item, likest) >= _LIKE))
    placed, bare = [], set()
    for source in rows:
        meant = exact_rows(source.item, table)
        if not source.tail and len(meant) == 1 and meant[0] not in named:
            source = replace(source, fields=(*source.fields, Field("", len(source.fields), Place())))
            bare.add(source.index)
        placed.append(source)
    return placed, bare


def _prepare(rows: Sequence[SourceRow], table: Table, year: int | None) -> _Source:
    """The lines of the grids that print rows of the table, each with one figure;
    of other grids what names something, since it may be a caption."""
    grids: dict[int, list[Line]] = {}
    for line in join_torn_blanks(lines_of(rows, lambda label: is_known(label, table)), table):
        grids.setdefault(line.source.grid, []).append(line)
    prepared: list[SourceRow] = []
    kept: dict[int, Line] = {}
    undecided: set[int] = set()
    doubtful: set[int] = set()
    leaves: dict[int, str] = {}
    heads: list[str] = []
    width = 0
    for grid, own in grids.items():
        across = max(field.column + field.colspan for line in own for field in line.source.fields)
        headed = leaf_headings(own, table)
        # The headings of the piece before hold for a piece of the same columns.
        leaves, width = (headed, across) if headed else (leaves if across == width else {}, across)
        heads = figure_headings(headed) or headings_in_sequence(own, table) or heads
        place = current_heading(heads, table, year)
        if not any(_may_be_named(line, table) for line in own):
            for line in own:
                if line.label is not None and not (place is not None and line.words in heads):
                    prepared.append(SourceRow(len(prepared), grid, (line.label,), 1, line.source.caption))
            continue
        own = join_labels(own, table)
        named = [line for line in own if line.figures and exact_rows(line.words, table)]
        several = has_several(leaves, named) or heads_fit(heads, named)
        column = current_column(leaves, named, table, year) if several else None
        for line in own:
            if place is not None and line.words in heads:
                continue  # 上年数 over another column says nothing of the table
            index = len(prepared)
            figure, decided = _figure(line, column, several)
            misplaced = False
            if not decided and column is None and place is not None and len(line.figures) == len(heads):
                figure, decided = line.figures[place], True
                misplaced = bool(leaves)  # the headings stand over other columns than the figures
            if is_named(line.words, table) and not exact_rows(line.words, table):
                figure = None  # a heading over several rows has no figure of its own
            if not decided:
                undecided.add(index)
            elif misplaced or (not several and line.printed > 1):
                doubtful.add(index)
            kept[index] = line
            fields = tuple(field for field in (line.label, figure) if field is not None)
            prepared.append(SourceRow(index, grid, fields, int(line.label is not None), line.source.caption))
    return _Source(prepared, kept, frozenset(undecided), frozenset(doubtful))


def _may_be_named(line: Line, table: Table) -> bool:
    """Whether a line names a row or heading of the table, or begins to, beside a unit and a figure."""
    if is_named_in_part(line.words, table):
        return True
    return bool(line.printed and line.unit) and is_begun(line.words, table)


def _figure(line: Line, column: int | None, several: bool) -> tuple[Field | None, bool]:
    """The line's figure, and whether it is decided which of its fields that is."""
    if several:
        chosen = [f for f in line.figures if column is not None and f.column <= column < f.column + f.colspan]
        if len(chosen) == 1:
            return chosen[0], True
    printed = [field for field in line.figures if squeeze(field.text)]
    first = next(iter([*printed, *line.figures]), None)
    return first, not several or (first is not None and not printed and column is not None)


def _store(reading: TableReading, form: Form, table: Table, match: Match, source: _Source, method: Method) -> None:
    key = _key(table, match.row)
    line = source.lines[match.source.index]
    if not match.source.tail or match.source.index in source.undecided:
        reading.lost.add(key)
        return
    field, column = match.source.tail[0], form.column(key)
    unit = line.unit if column.kind == "amount" and line.unit in ("元", "万元", "亿元") else None
    figure = parse_figure(number_in(field.text), column.kind, unit)
    reading.cells[key] = Cell.read(key, field, figure, method)
    if column.kind == "amount" and figure.value and not (figure.unit or unit):
        reading.remarks.append(
            Remark(
                "unit_unstated",
                "info",
                "filing",
                f"{key[1]}.{key[2]}",
                f"“{match.row.label_zh}”没有写明单位（元或万元），数值按原样保留。",
                f"{match.row.label_en} states no unit (yuan or 10,000 yuan); the value stands as printed.",
                (key,),
            )
        )
    scaled = column.kind == "count" and is_scaled(line.unit)
    # A part of a label, or a blank beside a label misspelt, may belong to the row before or after.
    torn = match.likeness < 1.0 and (figure.status == "blank" or likeness_whole(match.source.item, match.row) < _LIKE)
    if figure.spaced or scaled or torn or match.source.index in source.doubtful:
        reading.uncertain(
            f"“{match.row.label_zh}”一格（{field.text.strip()!r}，单位{line.unit or '未写明'}）的读法存疑。",
            f"The figure of {match.row.label_en} is in doubt ({field.text.strip()!r}, unit {line.unit or 'unstated'}).",
            [key],
        )


def _remark_on_columns(reading: TableReading, table: Table, matches: Sequence[Match], source: _Source) -> None:
    """Rows whose figure is not known to be one of several, or not found at all."""
    open_rows = [match.row for match in matches if match.source.index in source.undecided]
    if open_rows:
        reading.uncertain(
            f"有{len(open_rows)}行各有几个数字，表头没有写明哪一列是统计数，未予读取。",
            f"{len(open_rows)} rows have several figures and no heading says which column is the total; none was read.",
            [_key(table, row) for row in open_rows],
        )


def _remark_on_rivals(reading: TableReading, table: Table, matches: Sequence[Match]) -> None:
    """Labels that fit as well another row of the form that could stand there."""
    order = {row.code: number for number, row in enumerate(table.rows)}
    places = [order[match.row.code] for match in matches]
    order_found = {match.row.code for match in matches}
    for position, match in enumerate(matches):
        start = places[position - 1] + 1 if position else 0
        end = places[position + 1] if position + 1 < len(places) else len(order)
        needed = 1.0 if match.likeness == 1.0 else match.likeness - _MARGIN
        rivals = [
            row
            for row in table.rows[start:end]
            if row is not match.row and row.code not in order_found and similarity(match.source.item, row) >= needed
        ]
        if rivals:
            reading.lost |= {_key(table, row) for row in rivals} - reading.cells.keys()
            reading.uncertain(
                f"项目名称“{match.source.name}”也可能是“{'”或“'.join(row.label_zh for row in rivals)}”，"
                f"按“{match.row.label_zh}”读取。",
                f"The label {match.source.name!r} may as well be {' or '.join(row.label_en for row in rivals)}; "
                f"it was read as {match.row.label_en}.",
                [_key(table, row) for row in (match.row, *rivals)],
            )


def _remark_on_strangers(
    reading: TableReading,
    table: Table,
    rows: Sequence[SourceRow],
    ordered: Sequence[Match],
    strays: Sequence[Match],
    source: _Source,
) -> None:
    """Figures without a label of the form where a row of the form is lacking:
    they may be that row's."""
    found = {match.row.code for match in (*ordered, *strays)}
    order = [row.code for row in table.rows]
    for row in rows:
        used = row.index in reading.consumed and row.index not in source.doubtful
        line = source.lines.get(row.index)
        # (behind a heading of several rows, the figure of one without a label)
        stated = line is not None and any(parse_figure(field.text).status == "reported" for field in line.figures)
        if used or line is None or not (row.printed or line.label is None or stated):
            continue
        before = [order.index(match.row.code) for match in ordered if match.source.index < row.index]
        after = [order.index(match.row.code) for match in ordered if match.source.index > row.index]
        between = table.rows[max(before, default=-1) + 1 : min(after, default=len(order))]
        lacking = [_key(table, entry) for entry in between if entry.code not in found]
        if not lacking:
            continue
        reading.lost |= set(lacking)
        reading.uncertain(
            f"表中有一行不是统一格式的项目：“{row.name}”，其数字未计入，它可能是缺少的项目。",
            f"A row of the table is none of the form's and its figure was left out: {row.name!r}; "
            "it may be one that is lacking.",
            lacking,
        )
