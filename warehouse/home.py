"""The folder that holds everything a run keeps.

::

    home.json      what the home is for: the samples or real sources
    store.json     its store on object storage, if it has one
    lock           held by the process that is running
    archive/       every document ever seen, named by its SHA-256 (but what stands in a WARC file)
    crawl/         the crawler's ledger, and all that it fetched (WARC)
    captures/      when and where each document was seen (Parquet, append-only)
    extracted/     readings, one folder per version of the readers (Parquet)
    warehouse/     warehouse-<build>.duckdb and the link warehouse.duckdb
    inputs/        what each build's documents were made from (Parquet)
    docs/          Data Docs of each validated build
    reviews/       reviewers' decisions (append-only)
    runs/          one summary per run (JSON)
    logs/          one log per run (a JSON object per line)
    notified.json  what people were told of, and is not over
    metrics.prom   figures of the last run, for Prometheus
    verified/      what came of reading samples of the archive again (JSON)
    prefect/       Prefect's own database
    work/          the checkpoint of a run that is under way
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from extract.paths import ROOT
from warehouse.disk import sweep, write_atomically
from warehouse.errors import OgiError

Kind = Literal["samples", "sources"]
LAYOUT = 1
"""Number of the layout above; a home of another layout is refused."""


@dataclass(frozen=True)
class Home:
    """The places of one home; nothing is created before ``claim``."""

    root: Path

    @property
    def mark(self) -> Path:
        """The file that says what the home holds."""
        return self.root / "home.json"

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.root / "lock"

    @property
    def archive(self) -> Path:
        """Documents by SHA-256."""
        return self.root / "archive"

    @property
    def crawl(self) -> Path:
        """The crawler's folder: ``ledger.sqlite`` and ``warc/``."""
        return self.root / "crawl"

    @property
    def ledger(self) -> Path:
        """The crawler's ledger."""
        return self.crawl / "ledger.sqlite"

    @property
    def expected(self) -> Path:
        """The filings that the crawled sources should have (JSON)."""
        return self.crawl / "expected.json"

    @property
    def warc(self) -> Path:
        """WARC files."""
        return self.crawl / "warc"

    @property
    def captures(self) -> Path:
        """Parquet files of captures."""
        return self.root / "captures"

    @property
    def extracted(self) -> Path:
        """Parquet files of readings, by version of the readers."""
        return self.root / "extracted"

    @property
    def warehouse(self) -> Path:
        """Builds and the link to the published one."""
        return self.root / "warehouse"

    @property
    def published(self) -> Path:
        """The link to the published build; may not exist."""
        return self.warehouse / "warehouse.duckdb"

    @property
    def docs(self) -> Path:
        """Data Docs by build."""
        return self.root / "docs"

    @property
    def inputs(self) -> Path:
        """Parquet files of documents' fingerprints, by build."""
        return self.root / "inputs"

    @property
    def reviews(self) -> Path:
        """Append-only decisions."""
        return self.root / "reviews"

    @property
    def runs(self) -> Path:
        """Summaries of runs."""
        return self.root / "runs"

    @property
    def logs(self) -> Path:
        """Logs of runs."""
        return self.root / "logs"

    @property
    def verified(self) -> Path:
        """Outcomes of reading samples again."""
        return self.root / "verified"

    @property
    def notified(self) -> Path:
        """What people were told of, and is not over."""
        return self.root / "notified.json"

    @property
    def metrics(self) -> Path:
        """Figures of the last run, for Prometheus."""
        return self.root / "metrics.prom"

    @property
    def prefect(self) -> Path:
        """PREFECT_HOME."""
        return self.root / "prefect"

    @property
    def work(self) -> Path:
        """Checkpoints of the run under way."""
        return self.root / "work"

    def kind(self) -> Kind | None:
        """What the home holds; None for a new one.

        OgiError if the mark cannot be read or belongs to another layout.
        """
        try:
            mark = json.loads(self.mark.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise OgiError(f"无法读取 {self.mark}：{error}", f"{self.mark} cannot be read: {error}") from error
        kind = mark.get("holds") if isinstance(mark, dict) else None
        if kind not in ("samples", "sources") or mark.get("layout") != LAYOUT:
            raise OgiError(
                f"{self.mark} 不是本版本的数据目录标记。请改用其他目录（--home）。",
                f"{self.mark} does not mark a home of this version. Use another folder (--home).",
            )
        return "samples" if kind == "samples" else "sources"

    def claim(self, kind: Kind) -> None:
        """Creates the home and marks what it holds.

        OgiError if it already holds the other: samples are fictitious and
        never stand in one warehouse with real filings.
        """
        held = self.kind()
        if held is None:
            self.root.mkdir(parents=True, exist_ok=True)
            write_atomically(self.mark, json.dumps({"holds": kind, "layout": LAYOUT}).encode() + b"\n")
        elif held != kind:
            zh = {"samples": "虚构样例", "sources": "真实来源"}
            en = {"samples": "the fictitious samples", "sources": "real sources"}
            raise OgiError(
                f"数据目录 {self.root} 存放的是{zh[held]}，不能再装入{zh[kind]}。请用 --home 另选目录。",
                f"The home {self.root} holds {en[held]}; {en[kind]} cannot go into it. Choose another with --home.",
            )

    def sweep(self) -> int:
        """Removes what killed runs left unfinished; the caller holds the lock."""
        kept_by_us = (self.archive, self.captures, self.extracted, self.inputs, self.runs, self.work, self.verified)
        return sum(sweep(folder) for folder in kept_by_us) + sweep(self.root, recursive=False)


def chosen(option: Path | None) -> Path | None:
    """The home that the user named: ``--home``, else ``OGI_HOME``, else None."""
    if option is not None:
        return option.absolute()
    named = os.environ.get("OGI_HOME")
    return Path(named).absolute() if named else None


def for_run(option: Path | None, kind: Kind) -> Home:
    """The home in which a run of that kind works."""
    return Home(chosen(option) or (ROOT / "var" / "samples" if kind == "samples" else ROOT / "var"))


def for_reading(option: Path | None) -> tuple[Home, bool]:
    """The home whose warehouse is read, and whether it is the samples' by default.

    Where the user names none: ``var/`` if something is published there, else
    the samples' home in it.
    """
    named = chosen(option)
    if named is not None:
        return Home(named), False
    real, samples = Home(ROOT / "var"), Home(ROOT / "var" / "samples")
    if not real.published.exists() and samples.published.exists():
        return samples, True
    return real, False
