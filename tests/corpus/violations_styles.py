"""Ways of filling in the form that contradict nothing: a clean filing may show any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.corpus import mutations
from tests.corpus.figures import Figures
from tests.corpus.model import Filing, TrueCell


def with_unit(cell: TrueCell) -> TrueCell:
    """An amount that says its unit."""
    return replace(cell, raw=f"{cell.raw}万元")


def styles(random: Random, form: str, own: Figures | None) -> tuple[Callable[[Filing], Filing], ...]:
    """Ways of filling in by chance that contradict nothing; ``own`` are a government's own figures, of which the
    report of its area may tell beside the area's."""
    found: list[Callable[[Filing], Filing]] = []
    if form == "2014":
        return ()
    if random.random() < 0.15:
        found.append(mutations.blank_zeros)
    elif random.random() < 0.08:
        found.append(_zeros_dashed)
    if random.random() < 0.1:
        found.append(mutations.thousands_comma)
    if own is not None and random.random() < 0.4:
        number = int(own["applications", "received_new", "total"])
        found.append(lambda filing: _about_itself(filing, number))
    return tuple(found)


def _zeros_dashed(filing: Filing) -> Filing:
    return mutations.dash(
        filing, [key for key, cell in filing.cells.items() if cell.number == 0 and cell.raw == "0"], "/"
    )


def _about_itself(filing: Filing, number: int) -> Filing:
    """The area's report tells how many of the applications the government itself received."""
    if filing.scope != "area":
        return filing
    paragraphs = (*filing.prose.sections["六"], f"本机关收到政府信息公开申请{number}件。")
    return replace(filing, prose=replace(filing.prose, sections={**filing.prose.sections, "六": paragraphs}))
