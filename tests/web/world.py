"""The whole web: agencies dealt out to hosts, media and changes dealt out to filings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from tests.web.catalogue import PLANS, Plan
from tests.web.media import CYCLE
from tests.web.offices import offices
from tests.web.options import Options
from tests.web.reports import Report, State
from tests.web.site import Place, Site
from tests.web.store import Store

NETWORK = "127.77.0.0/16"
PICTURES_PER = 1500
"""One scan, and one filing in pictures of its pages, for so many filings (and at least one)."""


def host_of(number: int) -> str:
    """The loopback address of the ``number``th host."""
    return f"127.77.{number // 250}.{number % 250 + 1}"


def shares(plans: Sequence[Plan], agencies: int) -> list[int]:
    """How many agencies each host has: at least its least, the rest by their parts."""
    counts = [plan.least for plan in plans]
    parts = [number for number, plan in enumerate(plans) for _ in range(plan.share)]
    for at in range(agencies - sum(counts)):
        counts[parts[at % len(parts)]] += 1
    return counts


def build(options: Options, port: int, plans: Sequence[Plan] = PLANS) -> list[Site]:
    """Every ordinary host (of which ``only`` some may be wanted), its documents rendered."""
    store = Store(options.out / "cache", f"{options.seed}")
    places = _places(options, port, store, plans)
    reports = _changed(options, plans, _with_media(options, plans, [list(place.reports) for place in places]))
    sites = [
        plan.kind(replace(place, reports=mine))
        for plan, place, mine in zip(plans, places, reports, strict=True)
        if not options.only or plan.source in options.only
    ]
    store.close()
    return sites


def _places(options: Options, port: int, store: Store, plans: Sequence[Plan]) -> list[Place]:
    made = []
    for number, (plan, count) in enumerate(zip(plans, shares(plans, options.agencies), strict=True)):
        mine = offices(number, count)
        reports = []
        for office in mine:
            for year in options.years:
                name = f"{options.seed}:{plan.source}:{office.agency.id}:{year}"
                token = hashlib.md5(name.encode()).hexdigest()
                serial = 100000 + number * 10000 + office.number * 20 + year - options.first_year
                reports.append(Report(office, year, options.seed, serial, token))
        made.append(Place(plan.source, host_of(number), port, mine, reports, options, store, dict(plan.settings)))
    return made


def _with_media(options: Options, plans: Sequence[Plan], reports: list[list[Report]]) -> list[list[Report]]:
    """Every medium in turn over all hosts that have files, in an order of the seed's."""
    random = Random(f"media:{options.seed}")
    places = [(at, place) for at, mine in enumerate(reports) if plans[at].kind.attaches for place in range(len(mine))]
    random.shuffle(places)
    few = 1 + sum(map(len, reports)) // PICTURES_PER
    media = ["images"] * few + ["scan"] * few
    media += [CYCLE[(7 * number) % len(CYCLE)] for number in range(len(places) - len(media))]
    for (at, place), medium in zip(places, media, strict=True):
        reports[at][place] = replace(reports[at][place], medium=medium)
    return reports


def _changed(options: Options, plans: Sequence[Plan], reports: list[list[Report]]) -> list[list[Report]]:
    """What the third night brings, and the page that is gone then."""
    if options.night < 3:
        return reports
    random = Random(f"changes:{options.seed}")
    places = [(at, place) for at, mine in enumerate(reports) if plans[at].kind.changes for place in range(len(mine))]
    random.shuffle(places)
    wanted = min(options.changes, sum(map(len, reports)) // 3)
    moved = max(1, wanted // 12)
    for at, place in places[: wanted + 1]:
        report = reports[at][place]
        state: State
        if wanted == 0:
            state = "gone"
        elif moved and plans[at].kind.moves:
            state, moved = "moved", moved - 1
        elif report.medium not in ("html", "both"):
            state = "attachment"
        else:
            state = "correction" if wanted % 3 == 0 else "figures"
        wanted -= 1
        if state == "moved":
            token = hashlib.md5(f"moved:{report.token}".encode()).hexdigest()
            report = replace(report, serial=report.serial + 500000, token=token)
        reports[at][place] = replace(report, state=state)
    return reports
