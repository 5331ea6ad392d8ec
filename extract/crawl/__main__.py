"""The crawler's process: ``python -m extract.crawl``, started by the nightly run.

Reads its job as JSON from standard input and tells how it goes as lines of
JSON on standard output. A process of its own, since Scrapy's reactor runs
once in a process, and since it can then be ended without hurting the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import gc
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from extract.crawl import warc
from extract.crawl.ledger import LOCK, Ledger
from extract.crawl.round import Round, now
from extract.crawl.settings import BACKOFF, TIMEOUT, settings
from extract.crawl.site import site_from_mapping
from extract.crawl.spider import Sites

FLUSH_SECONDS = 1.0
"""How much of what was fetched a kill may cost."""

IDLE_FLUSH_SECONDS = 20.0
"""How much a kill may cost of a crawl that brings nothing (304, no answer): every flush is a record of the archive,
which would else grow from night to night by more than the sites do."""

_TELL_SECONDS = 0.5
_BEAT_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Job:
    """What a process is to do: ``sites`` are mappings like in source files, ``folder`` is the crawl's in the home."""

    sites: list[dict[str, Any]]
    folder: str
    worker: str
    campaigns: dict[str, int]  # by source
    contact: str | None = None
    timeout: float = TIMEOUT
    backoff: float = BACKOFF
    seconds: float = 0.0  # after which the crawl stops, to go on in the next run; 0: never


class Keeper:
    """Puts what came on disk every second, and tells how it goes."""

    def __init__(self, ledger: Ledger, writer: warc.Writer) -> None:
        self.ledger, self.writer = ledger, writer
        self.flushed = self.told = time.monotonic()
        self._kept = ("", 0)  # the writer's file, and how long it was at the last flush

    def __call__(self, crawl: Round) -> None:
        """To be called after every answer."""
        moment = time.monotonic()
        is_idle = self._kept == (self.writer.name, self.writer.length)
        if moment - self.flushed >= (IDLE_FLUSH_SECONDS if is_idle else FLUSH_SECONDS):
            try:
                self.flush(crawl)
            except (OSError, sqlite3.Error) as error:
                give_up(error)
        if moment - self.told >= _TELL_SECONDS:
            self.told = moment
            tell({"fetched": crawl.fetched})

    def flush(self, crawl: Round) -> None:
        """WARC first, then the ledger that speaks of it."""
        for count in crawl.list_counts():
            self.ledger.note_list(count)
        self.writer.sync()  # most of it before the ledger is locked for others
        self.ledger.flush(self.writer.note)
        self._kept = (self.writer.name, self.writer.length)
        self.flushed = time.monotonic()


def give_up(error: Exception) -> None:
    """Ends the process at once where it cannot keep what it fetches: what is on
    disk is whole, and the next run goes on from there."""
    print(f"cannot write, the crawl ends here: {error!r}", file=sys.stderr, flush=True)
    os._exit(os.EX_IOERR)


async def beat(work: Round) -> None:
    """Tells every few seconds that the process is alive, until it is over."""
    while True:
        tell({"fetched": work.fetched})
        await asyncio.sleep(_BEAT_SECONDS)


def tell(message: dict[str, Any]) -> None:
    """A line of JSON on standard output."""
    print(json.dumps(message, ensure_ascii=False), flush=True)


def crawl(job: Job) -> None:
    """Crawls; returns when everything was asked for, or the time is over."""
    folder = Path(job.folder)
    sites = [site_from_mapping(data) for data in job.sites]
    ledger = Ledger(folder / "ledger.sqlite")
    prefix = f"ogi-{warc.compact(now())}-{job.worker}"
    writer = warc.Writer(folder / "warc", prefix, warc.software(), on_failure=give_up)
    ledger.note_campaigns(job.campaigns)
    work = Round(sites, ledger, folder / "warc", job.campaigns)
    keep = Keeper(ledger, writer)
    chosen = settings(sites, job.contact, timeout=job.timeout, backoff=job.backoff)
    if job.seconds:
        chosen["CLOSESPIDER_TIMEOUT"] = job.seconds
    process = AsyncCrawlerProcess(chosen, install_root_handler=True)
    crawler = process.create_crawler(Sites)
    process.crawl(crawler, crawl=work, writer=writer, tell=keep, beat=beat)
    # What is loaded stays. Every answer leaves thousands of objects behind, which Python would else look through for
    # cycles a hundred times a second.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    process.start()
    keep.flush(work)
    writer.close()
    ledger.close()
    reason = crawler.stats.get_value("finish_reason")
    tell({"fetched": work.fetched, "done": reason == "finished", "reason": reason})


def _hold(folder: Path, parent: int) -> int:
    """The lock's descriptor, held until this process ends. A process whose run was killed before ends here."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if os.getppid() != parent:
        raise SystemExit(1)
    return descriptor


def _end_with_parent(parent: int) -> None:
    """A crawl whose run was killed does not go on behind its back: where the
    system can, it ends this process with its parent, else a thread does."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Reads the job and does it."""
    parent = os.getppid()
    job = Job(**json.load(sys.stdin))
    _end_with_parent(parent)
    _hold(Path(job.folder), parent)
    crawl(job)


if __name__ == "__main__":
    main()
