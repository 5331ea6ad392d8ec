"""A blank or all-zero printing of a table beside the one that was filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from extract.figures import squeeze
from extract.forms import CellKey, Form
from extract.matching.result import TableReading
from extract.matching.sums import closes

Rivalry = Literal["none", "zeros", "differ"]
"""What the other printings of a table leave in doubt: nothing, for they are
blank or the same; whether the one of zeros is not meant; or which is meant."""


def choose_filled(printings: Sequence[Sequence[str]]) -> tuple[int, Rivalry]:
    """Which of several printings, the likeliest first, is the one filled in,
    and what the others leave in doubt; each printing as the texts of its cells."""
    figures = [tuple(text for cell in cells if (text := squeeze(cell))) for cells in printings]
    filled = [at for at, texts in enumerate(figures) if any(set(text) & set("123456789") for text in texts)]
    printed = [at for at, texts in enumerate(figures) if texts]
    chosen = (filled or printed or [0])[0]
    others = {texts for texts in figures if texts and texts != figures[chosen]}
    if any(figures[at] in others for at in filled):
        return chosen, "differ"
    return chosen, "zeros" if others else "none"


def remark_on_rivals(form: Form, reading: TableReading, rivalry: Rivalry, keys: Sequence[CellKey]) -> None:
    """Says that the document holds another printing of the table, unless that
    is blank, the same, or all zero while the sums of the one that was read hold."""
    if rivalry == "differ":
        reading.uncertain(
            "文件中有不止一张这样的表，没有写明各是哪一年的，按第一张读取。",
            "The document holds more than one such table and does not say of which years; the first was read.",
            keys,
        )
    elif rivalry == "zeros" and not closes(form, reading.table, reading.cells):
        reading.uncertain(
            "文件中有不止一张这样的表，其中一张全部是零，按另一张读取。",
            "The document holds more than one such table, one of them all zero; the other was read.",
            keys,
        )
