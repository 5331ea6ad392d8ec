"""表二 and 表三: tables whose rows are named by labels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from extract.figures import money_unit, parse_figure, squeeze
from extract.forms import CellKey, Column, Form, Row, Table
from extract.labels import similarity, words
from extract.matching.align import Match, out_of_order, rejoin_labels, without_remarks
from extract.matching.altered import altered_rows, extended
from extract.matching.arrangement import in_forms_arrangement
from extract.matching.assign import Assignment, Reading, assign
from extract.matching.columns import source_columns
from extract.matching.headings import Order
from extract.matching.instances import choose_instance
from extract.matching.ordered import check_orders, in_forms_order, orders_of, rearranged
from extract.matching.repair import choose
from extract.matching.result import Cell, Method, Remark, TableReading
from extract.matching.rows import SourceRow
from extract.matching.specimens import remark_on_rivals
from extract.matching.sums import breaks_in_rows

_WEAK = 0.75  # a label less like the form's than this is named in a remark
_TWIN = 0.88  # likeness of a label to that of a row already read: the same, or with more words
_NAMED = 0.8  # likeness of a heading to the column that it names
_PART = 0.5  # of a table's rows
_LEAST_SHARE = 0.1  # of a table's rows that labels must name: figures of other tables stand in rows too


def match_labelled(rows: Sequence[SourceRow], form: Form, table: Table, year: int | None) -> TableReading:
    """Reads one labelled table of the form out of a document's rows.

    Rows that the form has and the document lacks are left out of
    ``cells``; rows that could not be placed are remarked on.
    """
    rows, evidence = in_forms_arrangement(rows, table)
    instance, rivalry = choose_instance(rejoin_labels(without_remarks(rows, table), table), table, year)
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
    keys = [key for match in matches for key in table.cells_of(match.row)]
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
            [key for match in strays for key in table.cells_of(match.row)],
        )
    _remark_on_order(reading, instance.matches, table)
    _remark_on_strangers(reading, rows, matches, table)
    orders = orders_of(rows, matches, table)
    reading.unordered = not table.blocks and any(order is None for order in orders)
    reading.rearranged = dict.fromkeys(keys, evidence) if evidence else rearranged(matches, table, orders)
    found = _read_cells(form, table, rows, matches, orders)
    if reading.rearranged and breaks_in_rows(form, table.code, found.cells):
        literal = _read_cells(form, table, rows, matches, [None] * len(matches))
        if not breaks_in_rows(form, table.code, literal.cells):
            found = literal
            reading.rearranged = {}
            reading.uncertain(
                "表头各栏的顺序与统一格式不同，但各行的合计只有按统一格式的顺序才成立，按后者读取。",
                "The column headings stand in another order than the form's, but the sums of the rows hold only in "
                "the form's; figures were read in that.",
                keys,
            )
    reading.take(found)
    reading.remarks += [*altered_rows(rows, matches, table), *extended(rows, matches, table, reading)]
    check_orders(reading, rows, matches, table, orders)
    remark_on_rivals(form, reading, rivalry, keys)
    return reading


def _read_cells(
    form: Form, table: Table, rows: Sequence[SourceRow], matches: Sequence[Match], orders: Sequence[Order | None]
) -> TableReading:
    """The figures of the matched rows, each in its column of the form."""
    reading = TableReading(table.code)
    open_rows: list[tuple[Match, Assignment]] = []
    for match, placed, order in zip(matches, source_columns(rows, matches, table), orders, strict=True):
        width = len(table.columns_of(match.row))
        assignment = in_forms_order(assign(match.source, width, *(placed or (None, False))), order)
        if assignment.sure:
            method: Method = "table" if match.likeness else "order"
            _store(reading, form, table, match, assignment.readings[0], method, rows)
        else:
            open_rows.append((match, assignment))
    if open_rows:
        _store_open(reading, form, table, open_rows, rows)
    return reading


def of_another_year(table: Table) -> TableReading:
    """Only a table that calls itself an earlier year's: not this filing's figures."""
    reading = TableReading(table.code, other_year=True)
    reading.uncertain(
        "文件中只有一张写明是以前年度数据的表，没有读作本年度的数字。",
        "The only such table says that its figures are an earlier year's; they were not read as this year's.",
    )
    return reading


def _store(
    reading: TableReading,
    form: Form,
    table: Table,
    match: Match,
    fields: Reading,
    method: Method,
    rows: Sequence[SourceRow],
) -> None:
    row, cells = match.row, reading.cells
    for key, column, field in zip(table.cells_of(row), table.columns_of(row), fields, strict=True):
        if field is None:
            reading.lost.add(key)
            continue
        if column.kind != "amount":
            figure = parse_figure(field.text)
        else:
            heading = _heading_unit(rows, match.source, column)
            figure = parse_figure(field.text, column.kind, heading)
            if figure.status == "reported" and not (figure.unit or heading) and figure.value:
                _remark_on_unit(reading, key, row, column)
        cells[key] = Cell(key, field.text.strip(), figure.status, figure.value, field.place, method)
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
        keys = table.cells_of(match.row)
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
    if all(match.likeness for match in matches):
        return
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
            keys = [key for match in members for key in table.cells_of(match.row)]
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
    strangers = [row for row in rows if first <= row.index <= last and row.index not in reading.consumed]
    for row in strangers:
        if row.printed < width:
            continue
        reading.uncertain(
            f"表中有一行不是统一格式的项目：“{row.name}”，其数字未计入。",
            f"A row of the table is none of the form's and its figures were left out: {row.name!r}.",
        )
        # It may be one that seems to be lacking.
        reading.lost |= _cells_of_lacking_rows(table, matches)
    for row in strangers:
        if row.printed and row.item:
            _remark_on_twin(reading, row, matches, table)
    for match in matches:
        if 0 < match.likeness < _WEAK:
            keys = table.cells_of(match.row)
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
                table.cells_of(match.row),
            )
            return


def _cells_of_lacking_rows(table: Table, matches: Sequence[Match]) -> set[CellKey]:
    found = {match.row.code for match in matches}
    found |= {code for match in matches for code in match.row.replaces}
    lacking = [row for row in table.rows if row.code not in found]
    return {key for row in lacking for key in table.cells_of(row)}


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
            if _is_heading(field.text, column):
                return money_unit(field.text)
    return None


@lru_cache(maxsize=4096)
def _is_heading(text: str, column: Column) -> bool:
    """Whether a field names the column, but for a note in brackets."""
    return similarity(words(squeeze(text).split("(")[0]), column) >= _NAMED
