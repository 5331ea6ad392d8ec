"""What a night and the full history cost, computed from measured rates: ``python -m tests.bench.sizing`` prints
``docs/sizing.md``.

The rates stand in ``rates.yaml`` beside this file, each with the command that measured it. What is assumed (how many
documents of which kind there are) stands there, too, apart from what was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RATES = Path(__file__).with_name("rates.yaml")
TEMPLATE = Path(__file__).with_name("sizing.template.md")
DAY = 86_400
_MEDIA_ZH = {"html": "网页", "pdf": "有文字的 PDF", "docx": "DOCX 等", "text": "文本", "scan": "扫描件"}


@dataclass(frozen=True)
class Cost:
    """What some documents cost: processor seconds of each stage, requests, and bytes."""

    documents: int
    reading: float
    building: float
    crawling: float
    requests: int
    archive: float
    readings: float
    warehouse: float

    @property
    def processor(self) -> float:
        """Processor seconds in all."""
        return self.reading + self.building + self.crawling

    @property
    def storage(self) -> float:
        """Bytes in all, with one build."""
        return self.archive + self.readings + self.warehouse


def load() -> dict[str, Any]:
    """The rates and assumptions."""
    rates: dict[str, Any] = yaml.safe_load(RATES.read_text("utf-8"))
    return rates


def seconds_a_document(rates: dict[str, Any]) -> float:
    """Processor seconds that reading a document takes on average, by the assumed mix."""
    return float(sum(kind["share"] * kind["seconds"] for kind in rates["media"].values()))


def bytes_a_document(rates: dict[str, Any]) -> float:
    """Bytes of the archive that a document takes on average, by the assumed mix."""
    return float(sum(kind["share"] * kind["kilobytes"] * 1000 for kind in rates["media"].values()))


def cost(rates: dict[str, Any], documents: int, known: int) -> Cost:
    """What it costs to fetch, read and load ``documents`` new documents, while ``known`` others are asked whether they
    changed."""
    measured = rates["measured"]
    requests = round(documents * rates["assumed"]["requests_a_new_document"]) + known
    return Cost(
        documents,
        documents * seconds_a_document(rates),
        documents * (measured["archive_seconds"] + measured["load_seconds"] + measured["judge_seconds"])
        + (measured["night_seconds"] if documents else 0),
        requests * measured["request_seconds"],
        requests,
        documents * bytes_a_document(rates),
        documents * measured["reading_bytes"],
        documents * measured["warehouse_bytes"],
    )


def days(seconds: float, cores: int) -> float:
    """Days that so many processor seconds take on ``cores`` cores that are used as well as measured."""
    return seconds / cores / float(load()["measured"]["use_of_cores"]) / DAY


def page() -> str:
    """The page, as Markdown."""
    rates = load()
    assumed, measured = rates["assumed"], rates["measured"]
    quiet = cost(rates, 0, assumed["history"])
    busy = cost(rates, assumed["busy_night"], assumed["history"])
    year = cost(rates, assumed["filings_a_year"], 0)
    history = cost(rates, assumed["history"], 0)
    rows = [
        ("一夜，没有新报告 a night without news", quiet),
        (f"最忙的一夜，{assumed['busy_night']:,} 份 the busiest night", busy),
        (f"一年，{assumed['filings_a_year']:,} 份 a year", year),
        (f"全部历史，{assumed['history']:,} 份 the full history", history),
    ]
    kept = assumed["builds_kept"]
    disk = history.storage + kept * history.warehouse
    return TEMPLATE.read_text("utf-8").format(
        costs="\n".join(_cost_row(name, each) for name, each in rows),
        media="\n".join(
            f"| {_MEDIA_ZH[name]} {name} | {kind['share']:.0%} | {kind['seconds']:.3f} | {kind['kilobytes']} | "
            f"{kind['source']} |"
            for name, kind in rates["media"].items()
        ),
        sources="\n".join(
            f"| {name} | {_number(value)} | {rates['sources'][name]} |" for name, value in measured.items()
        ),
        average=f"{seconds_a_document(rates):.2f}",
        use=f"{measured['use_of_cores']:.0%}",
        cores="\n".join(
            f"| {cores} | {_span(days(history.reading, cores))} | {_span(days(busy.processor, cores))} | "
            f"{_span(days(quiet.processor, cores))} |"
            for cores in (2, 8, 32, 128)
        ),
        scans=f"{_of_scans(rates) / seconds_a_document(rates):.0%}",
        text_only=_span(days(assumed["history"] * (seconds_a_document(rates) - _of_scans(rates)), 2)),
        disk=_bytes(disk),
        kept=kept,
        one=_bytes(history.warehouse),
        memory=f"{measured['memory_judging'] / 1024:.1f}",
        two_weeks=_needed(history.reading, 14),
        one_week=_needed(history.reading, 7),
        host=f"{assumed['history'] / assumed['hosts']:.0f}",
        hours=f"{assumed['history'] / assumed['hosts'] * assumed['seconds_between_requests'] / 3600:.1f}",
        between=assumed["seconds_between_requests"],
        hosts=f"{assumed['hosts']:,}",
    )


def _of_scans(rates: dict[str, Any]) -> float:
    scan = rates["media"]["scan"]
    return float(scan["share"] * scan["seconds"])


def _needed(seconds: float, within: int) -> int:
    """The cores that do so many processor seconds within some days."""
    return next(cores for cores in range(1, 10_000) if days(seconds, cores) <= within)


def _cost_row(name: str, each: Cost) -> str:
    return (
        f"| {name} | {_span(each.reading / DAY)} | {_span(each.building / DAY)} | {_span(each.crawling / DAY)} | "
        f"{each.requests:,} | {_bytes(each.archive)} | {_bytes(each.readings)} | {_bytes(each.warehouse)} |"
    )


def _span(amount: float) -> str:
    """A time given in days, in the unit that suits it."""
    if amount >= 2:
        return f"{amount:.0f} 天 d"
    if amount * 24 >= 2:
        return f"{amount * 24:.0f} 小时 h"
    return f"{amount * 1440:.0f} 分 min"


def _bytes(amount: float) -> str:
    """Bytes, in the unit that suits them."""
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} TB"


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


if __name__ == "__main__":
    print(page(), end="")
