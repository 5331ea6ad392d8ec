"""What is wrong with the nights of a home, told from the records of its runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.record import RunRecord
from warehouse.compare import limits
from warehouse.home import Home
from warehouse.publish import published

LATE = 26.0
"""Hours without a night that went well, after which a run is late: a day, and time for the night itself."""

SILENT = 3
"""Nights in a row in which no list of a source could be had, after which the source is silent."""

_HAD = {"ok", "unchanged"}
_SHOWN = 3


@dataclass(frozen=True)
class Trouble:
    """``key`` tells it from others: the same trouble has the same key every night."""

    key: str
    zh: str
    en: str

    @property
    def kind(self) -> str:
        """What kind of trouble it is: ``failed``, ``held_back``, ``late``, ``silent``, ``ceiling``."""
        return self.key.partition(":")[0]


def troubles(home: Home, records: Sequence[RunRecord], at: datetime, late: float = LATE) -> list[Trouble]:
    """All that is wrong at an instant; ``records`` are all of the home's, the oldest first, ``late`` is in hours."""
    ended = [record for record in records if record.state != "running"]
    found = [*_late(records, at, late)]
    if ended:
        found += [*_held_back(home, ended[-1]), *_failed(ended[-1]), *_ceilings(ended[-1])]
    return [*found, *_silent(ended)]


def _failed(record: RunRecord) -> Iterator[Trouble]:
    """The newest run did not do all that it should have."""
    if record.state == "failed":
        shown = record.problems[:_SHOWN]
        more = len(record.problems) - len(shown)
        zh = "；".join(problem.partition(" / ")[0] for problem in shown) + (f"；另有 {more} 项" if more else "")
        en = "; ".join(problem.rpartition(" / ")[2] for problem in shown) + (f"; {more} more" if more else "")
        yield Trouble("failed", f"运行未能完成：{zh}", f"The run did not do all that it should: {en}")


def _held_back(home: Home, record: RunRecord) -> Iterator[Trouble]:
    """A floor was broken: the newest run made a build that was not published."""
    file = published(home.root)
    if record.state == "failed" and record.build and (file is None or file.stem != f"warehouse-{record.build}"):
        yield Trouble(
            "held_back",
            f"新库 {record.build} 低于下限，没有发布；读者仍在用上一次的库。确认无误可用 ogi warehouse publish 发布。",
            f"The build {record.build} broke a floor and was not published; readers still have the one before. If it "
            "is right, publish it by: ogi warehouse publish",
        )


def _ceilings(record: RunRecord) -> Iterator[Trouble]:
    """More changed than usual: the rate of issues jumped, figures of unchanged documents are others, more documents
    cannot be read (the ceilings of ``data/floors.yaml``)."""
    for limit in limits():
        if limit.is_floor or not {limit.measure, limit.base} <= record.comparison.keys():
            continue
        told = limit.breach(record.comparison)
        if told is not None:
            zh, _, en = told.partition(" / ")
            yield Trouble(f"ceiling:{limit.measure}", zh, en)


def _late(records: Sequence[RunRecord], at: datetime, hours: float) -> Iterator[Trouble]:
    """No night went well for too long. A run that is never started cannot say so itself: ask by ``ogi notify``."""
    good = [record.finished_at for record in records if record.state == "completed" and record.finished_at]
    since = good[-1] if good else records[0].started_at if records else None
    if since is None or at - datetime.fromisoformat(since) <= timedelta(hours=hours):
        return
    last = good[-1] if good else None
    yield Trouble(
        "late",
        f"已超过 {hours:g} 小时没有成功的运行（上一次：{last or '从未'}）。请看计划是否还在。",
        f"No run went well for more than {hours:g} hours (the last one: {last or 'never'}). See whether it is "
        "scheduled.",
    )


def _silent(records: Sequence[RunRecord]) -> Iterator[Trouble]:
    """Sources of which no list could be had in the last ``SILENT`` nights that crawled them."""
    answers: dict[str, list[bool]] = {}
    for record in records:
        lists: dict[str, bool] = {}
        for row in record.crawled:
            if row.get("role") == "listing":
                source = str(row.get("source"))
                lists[source] = lists.get(source, False) or (row.get("outcome") in _HAD and bool(row.get("addresses")))
        for source, had in lists.items():
            answers.setdefault(source, []).append(had)
    for source, nights in sorted(answers.items()):
        if len(nights) >= SILENT and not any(nights[-SILENT:]):
            yield Trouble(
                f"silent:{source}",
                f"来源 {source} 连续 {SILENT} 夜取不到任何列表。见 docs/runbooks/site-changed.md。",
                f"No list of the source {source} could be had for {SILENT} nights. See docs/runbooks/site-changed.md.",
            )
