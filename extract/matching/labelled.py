"""表二 and 表三: tables whose rows are named by labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from extract.figures import money_unit, parse_figure, squeeze
from extract.forms import CellKey, Column, Form, Row, Table
from extract.labels import similarity, variants, words
from extract.matching.align import Match, out_of_order, rejoin_labels, without_remarks
from extract.matching.altered import altered_rows, extended
from extract.matching.assign import Assignment, Reading, assign, usual_columns, value_columns
from extract.matching.headings import heading_columns
from extract.matching.instances import choose_instance
from extract.matching.repair import choose
from extract.matching.result import Cell, Method, Remark, TableReading
from extract.matching.rows import SourceRow

_WEAK = 0.75  # a label less like the form's than this is named in a remark
_TWIN = 0.88  # likeness of a label to that of a row already read: the same, or with more words
_PART = 0.5  # of a table's rows
_LEAST_SHARE = 0.1  # of a table's rows that labels must name: figures of other tables stand in rows too


def match_labelled(rows: Sequence[SourceRow], form: Form, table: Table, year: int | None) -> TableReading:
    """Reads one labelled table of the form out of a document's rows.

    Rows that the form has and the document lacks are left out of
    ``cells``; rows that could not be placed are remarked on.
    """
    instance, rivalled = choose_instance(rejoin_labels(without_remarks(rows, table), table), table, year)
    rows = instance.rows
    strays = out_of_order(rows, instance.matches, table)
    matches = [*instance.matches, *strays]
    reading = TableReading(table.code, score=sum(match.likeness for match in matches))
    reading.consumed = {match.source.index for match in matches}
    reading.merged = {match.row.code for match in matches if match.row.replaces}
    if reading.score < _LEAST_SHARE * len(table.rows):
        return TableReading(table.code)
    is_part = reading.score < _PART * len(table.rows)  # a comparison of years has a few of the rows
    if instance.year == "other" or (instance.year == "doubtful" and is_part):
        return of_another_year(table)
    keys = [(table.code, match.row.code, c.code) for match in matches for c in table.columns_of(match.row)]
    if instance.year == "doubtful":
        reading.uncertain(
            "表前的文字说的是其他年度，但没有别的这样的表，按本年度的表读取。",
            "The words before the table speak of another year, but there is no other such table; it was read as this "
            "year's.",
            keys,
        )
    if strays:
        reading.uncertain(
            f"“{'”、“'.join(match.row.label_zh for match in strays)}”的位置与统一格式的顺序不同，按项目名称读取。",
            f"Rows in another order than the form's were read by their labels: "
            f"{', '.join(match.row.label_en for match in strays)}.",
            [(table.code, m.row.code, c.code) for m in strays for c in table.columns_of(m.row)],
        )
    if rivalled:
        reading.uncertain(
            "文件中有不止一张这样的表，没有写明各是哪一年的，按第一张读取。",
            "The document holds more than one such table and does not say of which years; the first was read.",
            keys,
        )
    _remark_on_order(reading, instance.matches, table)
    _remark_on_strangers(reading, rows, matches, table)
    places = _source_columns(rows, matches, table)
    open_rows: list[tuple[Match, Assignment]] = []
    for match, placed in zip(matches, places, strict=True):
        assignment = assign(match.source, len(table.columns_of(match.row)), *(placed or (None, False)))
        if assignment.sure:
            method: Method = "table" if match.likeness else "order"
            _store(reading, form, table, match, assignment.readings[0], method, rows)
        else:
            open_rows.append((match, assignment))
    if open_rows:
        _store_open(reading, form, table, open_rows, rows)
    _check_headings(reading, rows, matches, table)
    reading.remarks += [*altered_rows(rows, matches, table), *extended(rows, matches, table, reading)]
    return reading


def of_another_year(table: Table) -> TableReading:
    """Only a table that calls itself an earlier year's: not this filing's figures."""
    reading = TableReading(table.code, other_year=True)
    reading.uncertain(
        "文件中只有一张写明是以前年度数据的表，没有读作本年度的数字。",
        "The only such table says that its figures are an earlier year's; they were not read as this year's.",
    )
    return reading


def _source_columns(
    rows: Sequence[SourceRow], matches: Sequence[Match], table: Table
) -> list[tuple[tuple[int, ...], bool] | None]:
    """For each match the source columns of its figures, and whether they can
    be trusted: where most rows of its grid have them, else under the headings,
    else (a piece that was cut off) as in the piece before."""
    voted = {} if table.blocks else value_columns([match.source for match in matches], len(table.columns))
    headed: dict[int, tuple[int, ...]] = {}
    usually = usual_columns([match.source for match in matches], len(table.columns))
    tails = _tails(matches)
    result: list[tuple[tuple[int, ...], bool] | None] = []
    for match in matches:
        grid = match.source.grid
        if table.blocks:
            own = heading_columns(rows, match.source, table.columns_of(match.row))
            result.append((own, True) if own else None)
            continue
        if grid not in voted and grid not in headed:
            own = heading_columns(rows, match.source, table.columns)
            before = headed.get(grid - 1) or (voted[grid - 1][0] if grid - 1 in voted else None)
            if own is None and before:
                own = _moved(before, tails.get(grid - 1), tails.get(grid))
            if own:
                headed[grid] = own
        usual = usually.get(grid)
        result.append(
            voted.get(grid) or ((headed[grid], True) if grid in headed else None) or ((usual, False) if usual else None)
        )
    return result


def _tails(matches: Sequence[Match]) -> dict[int, tuple[int, int]]:
    """For each grid, in which source columns its rows' figures begin and end, mostly."""
    found: dict[int, Counter[tuple[int, int]]] = {}
    for match in matches:
        if tail := match.source.tail:
            found.setdefault(match.source.grid, Counter())[tail[0].column, tail[-1].column] += 1
    return {grid: counter.most_common(1)[0][0] for grid, counter in found.items()}


def _moved(
    columns: tuple[int, ...], before: tuple[int, int] | None, here: tuple[int, int] | None
) -> tuple[int, ...] | None:
    """The columns of the piece before as this piece counts them, whose figures
    begin and end elsewhere; None where it is another number of columns."""
    if before is None or here is None:
        return None
    if before[1] == here[1]:
        return columns
    shift = here[0] - before[0]
    return tuple(column + shift for column in columns) if shift == here[1] - before[1] else None


def _store(
    reading: TableReading,
    form: Form,
    table: Table,
    match: Match,
    fields: Reading,
    method: Method,
    rows: Sequence[SourceRow],
) -> None:
    for column, field in zip(table.columns_of(match.row), fields, strict=True):
        key = (table.code, match.row.code, column.code)
        if field is None:
            reading.lost.add(key)
            continue
        heading = _heading_unit(rows, match.source, column) if column.kind == "amount" else None
        figure = parse_figure(field.text, column.kind, heading)
        reading.cells[key] = Cell.read(key, field, figure, method)
        if column.kind == "amount" and figure.status == "reported" and not (figure.unit or heading) and figure.value:
            _remark_on_unit(reading, key, match.row, column)
        if figure.spaced:
            reading.spaced[key] = (
                f"“{match.row.label_zh}”的“{column.label_zh}”一格中数字之间有空白（{field.text.strip()!r}），按一个数读取。",
                f"The digits in {match.row.label_en} / {column.label_en} stand apart ({field.text.strip()!r}); "
                "they were read as one number.",
            )


def _store_open(
    reading: TableReading,
    form: Form,
    table: Table,
    open_rows: Sequence[tuple[Match, Assignment]],
    rows: Sequence[SourceRow],
) -> None:
    """Stores rows whose fields do not fit the columns, as the sums decide."""
    fixed = {key: parse_figure(cell.raw) for key, cell in reading.cells.items()}
    named = [(match.row, assignment) for match, assignment in open_rows]
    readings, proven = choose(form, table, fixed, named)
    for (match, _), fields in zip(open_rows, readings, strict=True):
        _store(reading, form, table, match, fields, "sums" if proven else "literal", rows)
        keys = [(table.code, match.row.code, column.code) for column in table.columns_of(match.row)]
        printed, width = match.source.printed, len(keys)
        if proven:
            zh, en = "各项勾稽关系只容许一种读法，已按其读取", "the sums leave one reading, which was taken"
        else:
            zh, en = "勾稽关系不能确定读法，按原样顺序读取", "the sums do not decide, so they were read in order"
        reading.uncertain(
            f"“{match.source.name or match.row.label_zh}”一行有{printed}个数，应为{width}个；{zh}。",
            f"The row {match.row.label_en} has {printed} figures where the form has {width}; {en}.",
            keys,
        )


def _remark_on_order(reading: TableReading, matches: Sequence[Match], table: Table) -> None:
    """Rows without labels are placed by order; where the count of rows between
    two labelled ones is not the form's, the place is in doubt."""
    codes = [row.code for row in table.rows_in_use(frozenset(reading.merged))]
    for unlabelled, run in groupby(enumerate(matches), key=lambda pair: pair[1].likeness == 0):
        if not unlabelled:
            continue
        members = [match for _, match in run]
        first, last = codes.index(members[0].row.code), codes.index(members[-1].row.code)
        before = next((m for m in reversed(matches) if m.likeness and codes.index(m.row.code) < first), None)
        after = next((m for m in matches if m.likeness and codes.index(m.row.code) > last), None)
        start = codes.index(before.row.code) + 1 if before else 0
        end = codes.index(after.row.code) if after else len(codes)
        if end - start != len(members):
            keys = [(table.code, m.row.code, c.code) for m in members for c in table.columns_of(m.row)]
            reading.uncertain(
                f"有{len(members)}行没有项目名称，按顺序读取，但此处表格应有{end - start}行。",
                f"{len(members)} rows have no label and were read in order, but the form has {end - start} rows there.",
                keys,
            )


def _remark_on_strangers(
    reading: TableReading, rows: Sequence[SourceRow], matches: Sequence[Match], table: Table
) -> None:
    """Rows of figures among the table's rows that are none of the form's."""
    places = [match.source.index for match in matches]
    first, last = min(places), max(places)
    width = 2 if table.blocks else len(table.columns) - 1
    for row in rows:
        if not first <= row.index <= last or row.index in reading.consumed or row.printed < width:
            continue
        reading.uncertain(
            f"表中有一行不是统一格式的项目：“{row.name}”，其数字未计入。",
            f"A row of the table is none of the form's and its figures were left out: {row.name!r}.",
        )
        # It may be one that seems to be lacking.
        reading.lost |= _cells_of_lacking_rows(table, matches)
    for row in rows:
        if first <= row.index <= last and row.index not in reading.consumed and row.printed and row.item:
            _remark_on_twin(reading, row, matches, table)
    for match in matches:
        if 0 < match.likeness < _WEAK:
            keys = [(table.code, match.row.code, column.code) for column in table.columns_of(match.row)]
            reading.uncertain(
                f"项目名称“{match.source.name}”与统一格式的“{match.row.label_zh}”差别较大，按后者读取。",
                f"The label {match.source.name!r} is unlike the form's {match.row.label_en}, as which it was read.",
                keys,
            )


def _remark_on_twin(reading: TableReading, row: SourceRow, matches: Sequence[Match], table: Table) -> None:
    """A further row of figures under the label of a row that was read."""
    for match in matches:
        if match.likeness and similarity(row.item, match.row) >= _TWIN:
            reading.uncertain(
                f"“{match.row.label_zh}”不止一行，按第一行读取，另一行“{row.name}”未计入。",
                f"{match.row.label_en} stands on more than one row; the first was read, {row.name!r} was left out.",
                [(table.code, match.row.code, column.code) for column in table.columns_of(match.row)],
            )
            return


def _cells_of_lacking_rows(table: Table, matches: Sequence[Match]) -> set[CellKey]:
    found = {match.row.code for match in matches}
    found |= {code for match in matches for code in match.row.replaces}
    lacking = [row for row in table.rows if row.code not in found]
    return {(table.code, row.code, column.code) for row in lacking for column in table.columns_of(row)}


def _remark_on_unit(reading: TableReading, key: CellKey, row: Row, column: Column) -> None:
    reading.remarks.append(
        Remark(
            "unit_unstated",
            "info",
            "filing",
            f"{key[1]}.{key[2]}",
            f"“{row.label_zh}”的“{column.label_zh}”没有写明单位（元或万元），数值按原样保留。",
            f"{row.label_en} / {column.label_en} states no unit (yuan or 10,000 yuan); the value stands as printed.",
            (key,),
        )
    )


def _heading_unit(rows: Sequence[SourceRow], source: SourceRow, column: Column) -> str | None:
    """The unit of money in the nearest heading that names the column, above the
    row or before its own label where a table was flattened."""
    above = reversed([row.fields for row in rows if source.index - 4 <= row.index < source.index])
    for fields in (source.labels, *above):
        for field in fields:
            if squeeze(field.text) and similarity(words(_without_note(field.text)), column) >= 0.8:
                return money_unit(field.text)
    return None


def _without_note(text: str) -> str:
    return squeeze(text).split("(")[0]


def _check_headings(reading: TableReading, rows: Sequence[SourceRow], matches: Sequence[Match], table: Table) -> None:
    """On each line the column headings must stand in the form's order. (Lines
    are not compared: exporters shift them against each other.)"""
    places = [match.source.index for match in matches]
    first, last = min(places) - 6, max(places)
    for row in rows:
        if not first <= row.index < last:
            continue
        labels = [words(field.text) for field in (row.labels if row.printed else row.fields)]
        orders = [_column_order(label, table) for label in labels if label]
        leaves = [order for order in orders if order is not None]
        if leaves != sorted(leaves) or _total_first(labels, table):
            reading.uncertain(
                "表头各栏的顺序与统一格式不同，各栏数字按统一格式的顺序读取。",
                "The column headings stand in another order than the form's; figures were read in the form's order.",
                reading.cells,
            )


def _total_first(labels: Sequence[str], table: Table) -> bool:
    """Whether a line of headings names the total before the other columns."""
    places = [place for place, label in enumerate(labels) if _column_order(label, table) is not None]
    totals = [
        place
        for place, label in enumerate(labels)
        if any(label in variants(column) for column in table.columns if column.is_total)
    ]
    return len(places) > 1 and bool(totals) and totals[0] < places[0]


@lru_cache(maxsize=8192)
def _column_order(label: str, table: Table) -> int | None:
    """The place of the column so labelled; None for other labels and for totals,
    which some filings print a level higher."""
    for order, column in enumerate(table.columns):
        if not column.is_total and similarity(label, column) == 1.0:
            return order
    return None
