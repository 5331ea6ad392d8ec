"""Letting the identities choose between readings of damaged rows.

A row with too many or too few figures is repaired only where the identities
leave one possibility; otherwise the literal reading stands, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import islice

from extract.figures import Figure, parse_figure
from extract.forms import CellKey, Form, Identity, Row, Table
from extract.matching.assign import Assignment, Reading
from extract.matching.sums import residual, sides

_MAX_COMBINATIONS = 20_000
_LOST = Figure("missing")
_NOTHING = Figure("reported", Decimal(0))

Values = dict[CellKey, Figure]


def choose(
    form: Form, table: Table, fixed: Mapping[CellKey, Figure], open_rows: Sequence[tuple[Row, Assignment]]
) -> tuple[list[Reading], bool]:
    """One reading for each open row, and whether the identities proved it.

    ``fixed`` are the figures of the rows that position alone decides. Two
    readings with the same figures are the same (which of two zeros is
    spurious makes no difference). Without proof the most literal readings are
    returned.
    """
    literal = [assignment.readings[0] for _, assignment in open_rows]
    options: list[list[tuple[Reading, Values]]] = []
    combinations = 1
    for row, assignment in open_rows:
        options.append(_options(form, table, row, assignment))
        combinations *= len(options[-1])
        if not 0 < combinations <= _MAX_COMBINATIONS:
            return literal, False
    checks = _checks(form, table, [row.code for row, _ in open_rows])
    # A second one is as much as a thousand.
    consistent = list(islice(_consistent(form, checks, options, dict(fixed)), 2))
    if len(consistent) != 1:
        return literal, False
    return consistent[0], True


def _options(form: Form, table: Table, row: Row, assignment: Assignment) -> list[tuple[Reading, Values]]:
    """The row's readings that differ in figures and close the row's own sums;
    a single lost figure is supposed to be what its sum lacks."""
    options: dict[tuple[object, ...], tuple[Reading, Values]] = {}
    seen: set[tuple[str | None, ...]] = set()
    for reading in assignment.readings:
        texts = tuple([None if field is None else field.text for field in reading])
        if texts in seen:
            continue  # most differ only in which of several zeros is the lost one
        seen.add(texts)
        values = _values(table, row, reading)
        identity = tuple([(figure.status, figure.value) for figure in values.values()])
        if identity not in options:
            completed = _row_closes(form, table, row, values)
            if completed is not None:
                options[identity] = (reading, completed)
    return list(options.values())


def _values(table: Table, row: Row, reading: Reading) -> Values:
    values = {}
    for column, field in zip(table.columns_of(row), reading, strict=True):
        values[table.code, row.code, column.code] = _LOST if field is None else parse_figure(field.text, column.kind)
    return values


def _row_closes(form: Form, table: Table, row: Row, values: Values) -> Values | None:
    """The row's figures, a single lost one supposed; None if its sums break."""
    lost = [key for key, figure in values.items() if figure.status == "missing"]
    for identity in _sums_of(form, table, row):
        if len(lost) == 1:
            rest = residual(form, identity, row.code, {**values, lost[0]: _NOTHING})
            if rest is None:
                continue
            supposed = rest if lost[0] in sides(identity, row.code)[1] else -rest
            if supposed < 0:
                return None
            values = {**values, lost[0]: Figure("reported", supposed)}
        elif residual(form, identity, row.code, values) not in (None, 0):
            return None
    return values


@cache
def _sums_of(form: Form, table: Table, row: Row) -> tuple[Identity, ...]:
    """The sums over the columns that must hold in a row."""
    return tuple(
        identity
        for identity in form.identities
        if identity.table == table.code and identity.per == "row" and row.code in identity.over
    )


def _checks(form: Form, table: Table, rows: Sequence[str]) -> list[list[tuple[Identity, str]]]:
    """The table's sums over rows and their columns: first those that need none
    of the open ``rows``, then for each of these the sums that need it and only
    rows before it."""
    checks: list[list[tuple[Identity, str]]] = [[] for _ in range(len(rows) + 1)]
    for identity in form.identities:
        if identity.table == table.code and identity.per == "column":
            terms = {*identity.expected, *identity.actual}
            last = max((place for place, row in enumerate(rows, start=1) if row in terms), default=0)
            checks[last] += [(identity, where) for where in identity.over]
    return checks


def _consistent(
    form: Form,
    checks: Sequence[Sequence[tuple[Identity, str]]],
    options: Sequence[Sequence[tuple[Reading, Values]]],
    figures: Values,
) -> Iterator[list[Reading]]:
    """Every choice of one option for each row that closes all sums. A choice
    for the first rows that breaks a sum is not followed further. ``figures``
    is written to."""
    if any(residual(form, identity, where, figures) not in (None, 0) for identity, where in checks[0]):
        return
    if not options:
        yield []
        return
    for reading, values in options[0]:
        figures.update(values)
        for others in _consistent(form, checks[1:], options[1:], figures):
            yield [reading, *others]
