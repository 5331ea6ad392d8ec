"""Which edition of the form a filing used, and its tables read as that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import cache

from extract.forms import Form, Table, form_in_force, load_forms
from extract.labels import variants, words
from extract.matching.arrangement import in_forms_arrangement
from extract.matching.labelled import match_labelled
from extract.matching.listing import match_listing
from extract.matching.listing_rows import lines_of
from extract.matching.result import TableReading
from extract.matching.reviews import match_reviews
from extract.matching.rows import SourceRow

_PRESENT = 5  # labels of a kind of form that show that its tables are there


def choose_edition(rows: Sequence[SourceRow], printed: Set[str], year: int | None, cited: str | None = None) -> Form:
    """The edition that the document uses; ``printed`` are the words of its rows (see ``words_of``).

    A listing (2014) and the forms since 2019 share no rows: where the document
    prints rows of both, those of the kind in force in ``year`` count, else the
    kind of which it prints most. Among editions of one kind the one whose own
    labels, the ones no other edition has, it prints most of; where it prints
    none, the one whose document the report cites (``cited``, the code), else
    the one in force in ``year``, else the newest.
    """
    forms = load_forms()
    in_force = form_in_force(year) if year is not None else None
    default = in_force or next(iter(forms.values()))
    if year is None or is_listing(default) or printed & _labels_of_kind(True):
        # A listing's labels may hold their unit: 收到申请数（件）.
        printed = printed | {line.words for line in lines_of(rows, _labels_of_kind(True).__contains__)}
    shown = {kind: len(printed & _labels_of_kind(kind)) for kind in (True, False)}
    kind = is_listing(default)
    if shown[kind] < _PRESENT and shown[not kind] > shown[kind]:
        kind = not kind

    def evidence(form: Form) -> tuple[int, bool, bool]:
        return len(printed & _own_labels(form.code)), form.code == cited, form is default

    return max((form for form in forms.values() if is_listing(form) is kind), key=evidence)


def is_told(printed: Set[str], form: Form) -> bool:
    """Whether a label that only this edition has is among the words that the document prints."""
    return not _own_labels(form.code).isdisjoint(printed)


def words_of(rows: Iterable[SourceRow]) -> set[str]:
    """The bare words of every field of the rows."""
    return set(map(words, set().union(*[row.texts for row in rows])))


def is_listing(form: Form) -> bool:
    """Whether an edition is one listing instead of tables with columns."""
    return all(table.listing for table in form.tables)


@cache
def _labels_of_kind(listing: bool) -> frozenset[str]:
    """The labels of all rows of the editions of one kind that no edition of the other has."""
    rows: dict[bool, set[str]] = {True: set(), False: set()}
    for form in load_forms().values():
        rows[is_listing(form)] |= {label for table in form.tables for row in table.rows for label in variants(row)}
    return frozenset(rows[listing] - rows[not listing])


@cache
def _own_labels(code: str) -> frozenset[str]:
    """The labels of an edition that no other edition shares, as bare words."""
    forms = load_forms()
    others = {label for form in forms.values() if form.code != code for label in _labels(form)}
    return frozenset(_labels(forms[code]) - others)


def _labels(form: Form) -> set[str]:
    items = [item for table in form.tables for item in (*table.rows, *table.merged_rows, *table.columns)]
    return {label for item in items for label in variants(item)}


def match_table(rows: Sequence[SourceRow], form: Form, table: Table, year: int | None) -> TableReading:
    """One table of the edition for ``year``, read out of the document's rows."""
    if table.listing:
        return match_listing(rows, form, table, year)
    if table.transposed and not _stands_in_rows(rows, table):
        return match_reviews(rows, form, table)
    return match_labelled(rows, form, table, year)


def _stands_in_rows(rows: Sequence[SourceRow], table: Table) -> bool:
    """Whether a table whose rows the form prints side by side stands with a
    row, or a column, of its own for each."""
    width = len(table.columns)
    arranged, _ = in_forms_arrangement(rows, table)
    named = {
        row.code
        for source in arranged
        if source.printed and width - 1 <= len(source.tail) < 2 * width
        for row in table.rows
        if source.item in variants(row)
    }
    return 2 * len(named) > len(table.rows)
