"""What kinds of violations share: which documents bear them, how figures are changed so that sums still hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from extract.forms import CellKey
from tests.corpus.figures import OUTCOME_WEIGHTS, Figures
from tests.corpus.judge import APPLICANTS, RESULTS
from tests.corpus.model import Filing, reported
from tests.corpus.violations_across import Issue
from tests.corpus.violations_world import Document, World

Place = str | Issue
"""A place in the document's filing, or an issue that belongs elsewhere."""

Put = Callable[[World, Document, Random], list[Place]]
Fits = Callable[[World, Document], bool]


def is_since_2019(_: World, document: Document) -> bool:
    """Whether the document has tables 2 to 4."""
    return document.form != "2014"


def is_2021(_: World, document: Document) -> bool:
    """Whether it is on the form of 2021."""
    return document.form == "2021"


def is_2014(_: World, document: Document) -> bool:
    """Whether it is a statistical table."""
    return document.form == "2014"


def is_area(world: World, document: Document) -> bool:
    """Whether it is the report of a government about its whole area."""
    return (
        is_since_2019(world, document) and document.scope == "area" and (document.agency.id, document.year) in world.own
    )


@dataclass(frozen=True)
class Kind:
    """A kind of violation of a rule. ``put`` changes a document (or others beside it) and says what must be found,
    nothing where the document does not bear it. ``apart`` is how many years an agency is left alone around it."""

    rule: str
    name: str
    put: Put
    fits: Fits = is_since_2019
    apart: int = 2


def shown(document: Document, key: CellKey, value: float, raw: str | None = None) -> None:
    """Another figure stands in the table; the prose keeps the right one."""
    document.changes.append(lambda filing: filing.with_cells({key: reported(value, raw)}))


def mend(figures: Figures) -> None:
    """Makes the sums of tables 3 and 4 hold again after parts were changed."""
    outcomes = list(OUTCOME_WEIGHTS)
    for applicant in APPLICANTS:
        figures["applications", "other", applicant] = sum(
            figures["applications", row, applicant] for row in outcomes if row.startswith("other.")
        )
        figures["applications", "concluded_total", applicant] = sum(
            figures["applications", row, applicant] for row in outcomes
        )
    rows = [row for table, row, column in figures if table == "applications" and column == "total"]
    for row in rows:
        figures["applications", row, "total"] = sum(figures["applications", row, one] for one in APPLICANTS)
    for row in ("review", "litigation_direct", "litigation_after_review"):
        figures["review_litigation", row, "total"] = sum(figures["review_litigation", row, one] for one in RESULTS)


def number(filing: Filing, key: CellKey) -> int:
    """The whole number in a cell, 0 for none."""
    return int(filing.cells[key].number or 0)


def last_of(world: World, document: Document) -> Document | None:
    """The agency's report of the year before (its only predecessor's where it has none), on the same edition."""
    found = world.of(document.agency.id, document.year - 1, document.scope)
    if not found and document.agency.valid_from == f"{document.year}-01-01":
        before = world.predecessor(document.agency.id)
        found = world.of(before, document.year - 1, document.scope) if before else []
    found = [other for other in found if other.form == document.form]
    return found[-1] if found else None
