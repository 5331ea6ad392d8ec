"""Which labels are those of a listing."""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz import fuzz

from extract.forms import Row, Table
from extract.labels import similarity, variants, words

_PIECE = 8  # characters
_LIKE = 0.6  # words at least so like a label of the table may be one


@cache
def _rows_by_label(table: Table) -> dict[str, tuple[Row, ...]]:
    found: dict[str, tuple[Row, ...]] = {}
    for row in table.rows:
        for label in variants(row):
            found[label] = (*found.get(label, ()), row)
    return found


@cache
def _headings(table: Table) -> frozenset[str]:
    return frozenset(words(group.label_zh) for group in table.groups)


def exact_rows(label: str, table: Table) -> tuple[Row, ...]:
    """The rows of the table whose label these bare words are: 其他情形数 is two rows'."""
    return _rows_by_label(table).get(label, ())


def is_named(label: str, table: Table) -> bool:
    """Whether bare words are the label of a row or of a heading over rows."""
    return label in _rows_by_label(table) or label in _headings(table)


@lru_cache(maxsize=32768)
def is_named_in_part(label: str, table: Table) -> bool:
    """Whether bare words are a label of the table or a sizeable piece of one, as a page's end leaves it."""
    if is_named(label, table):
        return True
    return len(label) >= _PIECE and any(known.startswith(label) for known in _rows_by_label(table))


def is_begun(label: str, table: Table) -> bool:
    """Whether bare words, more than one character, begin a label of a row."""
    return len(label) > 1 and any(known.startswith(label) for known in _rows_by_label(table))


@lru_cache(maxsize=32768)
def is_known(label: str, table: Table) -> bool:
    """Whether bare words are, begin, or resemble a label of the table."""
    if is_named(label, table) or is_begun(label, table):
        return True
    return any(similarity(label, item) >= _LIKE for item in (*table.rows, *table.groups))


def likeness_whole(label: str, row: Row) -> float:
    """How like bare words are to the whole label of a row, 0 to 1; a part of it is no whole."""
    return max(fuzz.ratio(label, variant) for variant in variants(row)) / 100
