"""Which edition of the form a filing used, and its tables read as that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from extract.forms import Form, Table, form_in_force, load_forms
from extract.labels import variants, words
from extract.matching.labelled import match_labelled
from extract.matching.result import TableReading
from extract.matching.reviews import match_reviews
from extract.matching.rows import SourceRow


def choose_edition(rows: Sequence[SourceRow], year: int | None) -> Form:
    """The edition whose own labels, the ones no other edition has, the
    document prints most of; where it prints none, the one in force in
    ``year``, else the newest."""
    printed = {words(field.text) for row in rows for field in row.fields}
    forms = load_forms()
    in_force = form_in_force(year) if year is not None else None
    default = in_force or next(iter(forms.values()))

    def evidence(form: Form) -> tuple[int, bool]:
        return len(printed & _own_labels(form.code)), form is default

    return max(forms.values(), key=evidence)


@cache
def _own_labels(code: str) -> frozenset[str]:
    """The labels of an edition that no other edition shares, as bare words."""
    forms = load_forms()
    others = {label for form in forms.values() if form.code != code for label in _labels(form)}
    return frozenset(_labels(forms[code]) - others)


def _labels(form: Form) -> set[str]:
    items = [item for table in form.tables for item in (*table.rows, *table.columns)]
    return {label for item in items for label in variants(item)}


def match_table(rows: Sequence[SourceRow], form: Form, table: Table, year: int | None) -> TableReading:
    """One table of the edition for ``year``, read out of the document's rows."""
    if table.transposed:
        return match_reviews(rows, form, table)
    return match_labelled(rows, form, table, year)
