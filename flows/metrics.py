"""Figures of the last run for Prometheus: a text file that node_exporter's textfile collector reads."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flows.record import RunRecord
from flows.watching import Trouble
from warehouse.disk import write_atomically
from warehouse.home import Home

PLACE = "OGI_METRICS"
"""The environment variable that names another place for the file; its name must end in ``.prom``."""

KINDS = ("failed", "held_back", "late", "silent", "ceiling")


def place(home: Home) -> Path:
    """Where the file stands: what ``OGI_METRICS`` names, else ``metrics.prom`` in the home."""
    named = os.environ.get(PLACE)
    return Path(named) if named else home.metrics


def write(home: Home, records: Sequence[RunRecord], found: Sequence[Trouble]) -> None:
    """Writes the figures of the newest of ``records`` and of what is wrong. OSError where it cannot be written."""
    write_atomically(place(home), render(records, found))


def render(records: Sequence[RunRecord], found: Sequence[Trouble]) -> bytes:
    """The file's content, in Prometheus' text format."""
    registry = CollectorRegistry()

    def gauge(name: str, what: str, values: Mapping[Any, float | None], *labels: str) -> None:
        metric = Gauge(f"ogi_{name}", what, labels, registry=registry)
        for given, value in values.items():
            if value is not None:
                (metric.labels(*given) if labels else metric).set(value)

    good = [record for record in records if record.state == "completed"]
    ends = {(): _instant(good[-1].finished_at)} if good else {}
    gauge("last_success_timestamp_seconds", "When the last run that went well ended.", ends)
    counted = {(kind,): float(sum(each.kind == kind for each in found)) for kind in KINDS}
    gauge("troubles", "What is wrong, by kind.", counted, "kind")
    if records:
        last = records[-1]
        gauge("last_run_success", "Whether the last run went well.", {(): float(last.state == "completed")})
        gauge("last_run_start_timestamp_seconds", "When the last run began.", {(): _instant(last.started_at)})
        gauge("last_run_end_timestamp_seconds", "When the last run ended.", {(): _instant(last.finished_at)})
        stages = {(name,): seconds for name, seconds in last.stages.items()}
        gauge("stage_seconds", "Seconds of the last run by stage.", stages, "stage")
        names = ("seen", "new", "changed", "read", "unknown", "documents", "failed")
        gauge("documents", "Documents of the last run.", {(name,): getattr(last, name) for name in names}, "what")
        gauge("filings", "Current filings.", {(): last.filings})
        issues: dict[tuple[str, str], float] = {}
        for row in last.issues_by_rule:
            key = (str(row["severity"]), str(row["origin"]))
            issues[key] = issues.get(key, 0) + row["issues"]
        gauge("open_issues", "Open issues.", issues, "severity", "origin")
        for which in ("expected", "found"):
            by_source = {(str(row["source"]),): float(row[which]) for row in last.expected}
            gauge(f"filings_{which}", f"Filings that sources should have: {which}.", by_source, "source")
        gauge("build_bytes", "Size of the build.", {(): last.bytes})
        gauge("build_written_bytes", "Bytes written while it was made.", {(): last.bytes_written})
    return generate_latest(registry)


def _instant(told: str | None) -> float | None:
    return None if told is None else datetime.fromisoformat(told).timestamp()
