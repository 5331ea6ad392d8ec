"""Violations between reports: of years, versions, relatives."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.corpus.figures import Figures
from tests.corpus.judge import APPLICANTS
from tests.corpus.model import Filing
from tests.corpus.prose import write
from tests.corpus.violations_across import tells
from tests.corpus.violations_kinds import Kind, Place, Put, is_2021, is_area, is_since_2019, last_of, mend
from tests.corpus.violations_world import Document, World

FEES = ("proactive", "fees", "amount")
TABLES_3_4 = ("applications", "review_litigation")


def _follows(world: World, document: Document) -> bool:
    return document.form != "2014" and last_of(world, document) is not None


def _carry_over(world: World, document: Document, random: Random) -> list[Place]:
    """What was carried over is not what was carried forward; every sum of the year holds."""
    figures, applicant = document.figures, random.choice(APPLICANTS[:2])
    by = random.randint(1, 3)
    if figures["applications", "received_new", applicant] < by:
        return []
    figures["applications", "received_carried_over", applicant] += by
    figures["applications", "received_new", applicant] -= by
    mend(figures)
    return [applicant]


def _forgotten(world: World, document: Document, random: Random) -> list[Place]:
    """What was carried forward is left out altogether."""
    figures = document.figures
    found = [one for one in APPLICANTS if figures["applications", "received_carried_over", one]]
    if not found:
        return []
    for one in found:
        figures["applications", "received_new", one] += figures["applications", "received_carried_over", one]
        figures["applications", "received_carried_over", one] = 0
    mend(figures)
    return [found[0]]


def _stock(world: World, document: Document, random: Random) -> list[Place]:
    figures, row = document.figures, "normative_documents"
    by = random.choice((-2, -1, 1, 2, 9))
    last = last_of(world, document)
    if last is None or not last.figures["proactive", row, "in_force"] or figures["proactive", row, "in_force"] + by < 1:
        return []
    figures["proactive", row, "in_force"] += by
    return [row]


def _stocked(world: World, document: Document) -> bool:
    return document.form == "2021" and document.year > 2021 and last_of(world, document) is not None


def _pending(world: World, document: Document, random: Random) -> list[Place]:
    """More cases were pending last year than there are at all this year."""
    last = last_of(world, document)
    assert last is not None
    row = random.choice(("review", "litigation_direct", "litigation_after_review"))
    total = document.figures["review_litigation", row, "total"]
    document.uses = [last]
    last.figures["review_litigation", row, "pending"] = total + random.randint(1, 4)
    mend(last.figures)
    return [row]


def _repeated(world: World, document: Document, random: Random) -> list[Place]:
    last = last_of(world, document)
    assert last is not None
    document.figures.update({key: value for key, value in last.figures.items() if key[0] in TABLES_3_4})
    document.uses = [last]
    return ["applications"] if _fills(document.figures, 6, 5) else []


def _fills(figures: Figures, cells: int, values: int) -> bool:
    """Whether tables 3 and 4 alone hold more than the rules ask for; a cell lost on the way is no matter."""
    return tells(((key, value) for key, value in figures.items() if key[0] in TABLES_3_4), cells + 2, values)


def _copied(world: World, document: Document, random: Random) -> list[Place]:
    """All three tables are those of another agency's report of the year before."""
    lineage = world.lineage(document.agency.id)
    others = [
        other
        for other in world.documents
        if (other.year, other.form, other.scope) == (document.year - 1, document.form, "own")
        and not other.changes
        and world.lineage(other.agency.id) != lineage
        and document.scope == "own"
        and _fills(other.figures, 8, 6)
    ]
    if not others:
        return []
    document.uses = [random.choice(others)]
    document.figures = dict(document.uses[0].figures)
    return ["applications"]


def _with_prose_of(document: Document, other: Document) -> None:
    """The prose of another report with names and years changed and its figures kept."""

    def change(filing: Filing) -> Filing:
        profile = replace(other.profile, we=document.profile.we, whole=document.profile.whole)
        prose = write(document.agency, profile, document.year, other.form, document.scope, other.figures,
                      other.prose_seed, True)  # fmt: skip
        return replace(filing, prose=prose)

    document.changes.append(change)
    document.uses = [other]
    document.told.add(("narrative_copied", "narrative"))


def _own_prose(world: World, document: Document, random: Random) -> list[Place]:
    last = last_of(world, document)
    assert last is not None
    _with_prose_of(document, last)
    return ["narrative"]


def _others_prose(world: World, document: Document, random: Random) -> list[Place]:
    others = [other for other in world.documents
              if other.year in (document.year - 1, document.year - 2) and other.form == document.form
              and other.scope == document.scope and not other.changes
              and world.lineage(other.agency.id) != world.lineage(document.agency.id)]  # fmt: skip
    if not others:
        return []
    _with_prose_of(document, random.choice(others))
    return ["narrative"]


def _in_yuan(world: World, document: Document, random: Random) -> list[Place]:
    row = "fees" if document.form == "2021" else "procurement"
    key = ("proactive", row, "amount")
    if document.figures[key] < 2:
        return []
    document.figures[key] = round(document.figures[key] * 10000)
    return [f"{row}.amount"]


def _always_in_yuan(world: World, document: Document, random: Random) -> list[Place]:
    """The agency fills in yuan under 万元 every year, so that only what its level can have tells."""
    lineage = world.lineage(document.agency.id)
    filed = [other for other in world.documents if world.lineage(other.agency.id) == lineage and other.form == "2021"]
    if any(not 2 <= other.figures[FEES] < 5_000 for other in filed):
        return []
    if document.scope != "own" or document.agency.level not in ("county", "township"):
        return []
    used = [other for user in world.documents for other in user.uses]
    if any(other.uses or any(other is one for one in used) for other in filed):
        return []  # what was copied from it would be a copy no longer
    document.uses = [other for other in filed if other is not document]
    for other in filed:
        other.figures[FEES] = round(other.figures[FEES] * 10000)
    return [("implausible_magnitude", other.agency.id, other.year, "fees.amount") for other in filed]


def _times(factor: int) -> Put:
    def put(world: World, document: Document, random: Random) -> list[Place]:
        row = random.choice(("licensing", "penalties"))
        if document.figures["proactive", row, "decisions"] < 40:
            return []
        last = last_of(world, document)
        if (
            last is None
            or last.figures["proactive", row, "decisions"] * 5
            >= document.figures["proactive", row, "decisions"] * factor
        ):
            return []
        document.figures["proactive", row, "decisions"] *= factor
        return [f"{row}.decisions"]

    return put


def _has_two_before(world: World, document: Document) -> bool:
    before = [world.of(document.agency.id, document.year - n, document.scope) for n in (1, 2)]
    return all(found and found[-1].form != "2014" for found in before)


def _area_too_small(world: World, document: Document, random: Random) -> list[Place]:
    """The government reports its own part only, as if it were the area's."""
    own = world.own[document.agency.id, document.year]
    row = random.choice(("received_new", "granted"))
    if _filed(world, document, row) <= own["applications", row, "total"]:
        return []
    document.figures.update({key: value for key, value in own.items() if key[0] in TABLES_3_4})
    return [f"{row}.total"]


def _filed(world: World, document: Document, row: str) -> float:
    """What the departments' own reports of the year sum to in a row of table 3."""
    return sum(
        other.figures["applications", row, "total"]
        for other in world.documents
        if other.year == document.year and other.scope == "own" and other.agency.parent == document.agency.id
    )


def _row_too_small(world: World, document: Document, random: Random) -> list[Place]:
    own = world.own[document.agency.id, document.year]
    figures, whole = dict(document.figures), _filed(world, document, "granted")
    for applicant in APPLICANTS[:2]:
        by = own["applications", "granted", applicant] + 4
        by = min(by, figures["applications", "granted", applicant])
        figures["applications", "granted", applicant] -= by
        figures["applications", "unavailable.not_held", applicant] += by
    mend(figures)
    if whole <= figures["applications", "granted", "total"]:
        return []
    document.figures = figures
    return ["granted.total"]


ACROSS: tuple[Kind, ...] = (
    Kind("rollup_mismatch", "own_part_only", _area_too_small, is_area),
    Kind("rollup_mismatch", "row", _row_too_small, is_area),
    Kind("tables_copied", "last_year", _copied, is_2021, 3),
    Kind("tables_repeated", "last_year", _repeated, _follows, 3),
    Kind("narrative_copied", "own", _own_prose, _follows, 3),
    Kind("narrative_copied", "others", _others_prose, is_since_2019, 3),
    Kind("pending_continuity", "vanished", _pending, _follows, 3),
    Kind("carry_over_continuity", "differs", _carry_over, _follows),
    Kind("carry_over_continuity", "forgotten", _forgotten, _follows),
    Kind("normative_document_stock", "off", _stock, _stocked),
    Kind("implausible_magnitude", "yuan", _in_yuan, _has_two_before),
    Kind("implausible_magnitude", "yuan_every_year", _always_in_yuan, is_2021),
    Kind("implausible_magnitude", "hundredfold", _times(100), _has_two_before),
    Kind("implausible_magnitude", "jump", _times(8), _has_two_before),
)
