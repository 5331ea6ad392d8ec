"""Reports that are lacking, stand twice, were changed, or are about less than they should be."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from random import Random

from tests.corpus.figures import Figures
from tests.corpus.judge import APPLICANTS
from tests.corpus.violations_kinds import Kind, Place, is_2021, is_area, mend
from tests.corpus.violations_world import LAST, Document, World


def _year_missing(world: World, document: Document, random: Random) -> list[Place]:
    name, year = document.agency.id, document.year
    if not world.of(name, year - 1) or not world.of(name, year + 1) or document.agency.successor:
        return []
    world.documents[:] = [other for other in world.documents if other is not document]
    return [("filing_missing", name, year, str(year))]


def _stopped(world: World, document: Document, random: Random) -> list[Place]:
    name, year = document.agency.id, document.year
    agency = world.agencies[name]
    if year < LAST - 1 or agency.successor or not world.of(name, year - 1) or not world.of(name, year - 2):
        return []
    world.documents[:] = [other for other in world.documents if other.agency.id != name or other.year < year]
    return [("filing_stopped", name, year, str(year))]


def _version(document: Document, days: int, address: str | None) -> Document:
    again = copy.copy(document)
    again.figures, again.changes, again.edits = dict(document.figures), list(document.changes), list(document.edits)
    again.retrieved_at = document.retrieved_at + timedelta(days=days)
    again.url = address or document.url
    return again


def _granted_instead(figures: Figures) -> bool:
    """One application more was granted, one less was not held."""
    for applicant in APPLICANTS:
        if figures["applications", "unavailable.not_held", applicant]:
            figures["applications", "unavailable.not_held", applicant] -= 1
            figures["applications", "granted", applicant] += 1
            mend(figures)
            return True
    return False


def _changed(world: World, document: Document, random: Random) -> list[Place]:
    again = _version(document, random.randint(3, 40), None)
    if not _granted_instead(again.figures):
        return []
    world.documents.append(again)
    return ["granted.total"]


def _changed_throughout(world: World, document: Document, random: Random) -> list[Place]:
    again = _version(document, random.randint(3, 40), None)
    rows = sorted({row for table, row, _ in again.figures if table == "applications"} - {"concluded_total", "other"})
    for row in rows:
        again.figures["applications", row, "commercial_enterprise"] += 1
        if row not in ("received_new", "received_carried_over", "carried_forward"):
            again.figures["applications", "received_new", "commercial_enterprise"] += 1
    mend(again.figures)
    world.documents.append(again)
    return ["applications"]


def _conflict(world: World, document: Document, random: Random) -> list[Place]:
    again = _version(document, random.randint(3, 40), document.url.replace("www.", "old."))
    if random.random() < 0.5:
        if not _granted_instead(again.figures):
            return []
    else:
        again.figures["proactive", "licensing", "decisions"] += random.randint(1, 20)
    world.documents.append(again)
    return [""]


def _area_missing(world: World, document: Document, random: Random) -> list[Place]:
    """The government reports about itself only for one year."""
    years = [world.of(document.agency.id, year, "area") for year in (document.year - 1, document.year + 1)]
    if not any(years):
        return []
    document.scope, document.figures = "own", dict(world.own[document.agency.id, document.year])
    document.profile = replace(document.profile, whole=None, we="我办")
    document.name = f"{document.agency.name}办公室"
    return ["scope"]


VERSIONS: tuple[Kind, ...] = (
    Kind("filing_stopped", "stopped", _stopped, apart=99),
    Kind("area_report_missing", "own_only", _area_missing, is_area, 3),
    Kind("filing_missing", "dropped", _year_missing, apart=3),
    Kind("filing_changed", "few", _changed),
    Kind("filing_changed", "many", _changed_throughout),
    Kind("filings_conflict", "other_address", _conflict, is_2021),
)
