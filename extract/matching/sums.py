"""The form's identities, evaluated over one reading while it is still open.

The judging of finished filings (`expectations`) generates its SQL from the
same identities; here they choose between readings of a damaged row.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from extract.figures import Figure
from extract.forms import CellKey, Form, Identity
from extract.matching.result import Cell

Figures = Mapping[CellKey, Figure] | Mapping[CellKey, Cell]

_ZERO = Decimal(0)


def residual(form: Form, identity: Identity, where: str, figures: Figures) -> Decimal | None:
    """Σ expected − Σ actual for one row or column, or None where the identity
    is not to be judged: its printed total is blank, an addend that is itself a
    total is blank, or any of its cells is missing or unreadable. Blank and
    not-applicable addends count as nothing.

    A cell of a row that another form of the same row replaces (一行的“其他处理”
    against its three parts) is not in ``figures`` and takes no part.
    """
    expected, actual = sides(identity, where)
    total = _ZERO
    found = False
    for key in expected:
        if (figure := figures.get(key)) is not None:
            found = True
            if figure.value:  # most are zero
                total += figure.value
            elif figure.value is None and _stops(form, key, figure):
                return None
    if not found:
        return None
    for key in actual:
        if (figure := figures.get(key)) is None:
            return None
        if figure.value:
            total -= figure.value
        elif figure.value is None and _stops(form, key, figure):
            return None
    return total


def _stops(form: Form, key: CellKey, figure: Figure | Cell) -> bool:
    """Whether a sum that needs this cell, which has no value, is not to be judged."""
    return figure.status in ("missing", "unreadable") or is_total(form, key)


def breaks_in_rows(form: Form, table: str, figures: Figures) -> bool:
    """Whether a sum over the columns breaks in any row of the table."""
    return any(
        residual(form, identity, where, figures)
        for identity in form.identities
        if identity.table == table and identity.per == "row"
        for where in identity.over
    )


def closes(form: Form, table: str, cells: Figures) -> bool:
    """Whether the table has identities to judge and all of them hold."""
    judged = [
        value
        for identity in form.identities
        if identity.table == table
        for where in identity.over
        if (value := residual(form, identity, where, cells)) is not None
    ]
    return bool(judged) and not any(judged)


@cache
def sides(identity: Identity, where: str) -> tuple[tuple[CellKey, ...], tuple[CellKey, ...]]:
    """The cells of both sides of a sum (see ``Identity.cells``)."""
    return identity.cells(where)


@cache
def is_total(form: Form, key: CellKey) -> bool:
    """Whether the cell stands in a total row or a total column of the form."""
    table = form.table(key[0])
    return table.row(key[1]).is_total or table.column(key[2]).is_total
