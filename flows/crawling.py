"""The crawl's processes: started, watched and ended by a run.

The sources are shared out so that a host belongs to one process. What they
fetch is on disk within a second; a run that is killed takes them with it, and
the next one goes on with the same campaign.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from extract.crawl.ledger import LOCK, Keep, Ledger, ListCount
from extract.crawl.outcomes import GOOD
from extract.crawl.round import now
from extract.crawl.shards import shards
from extract.crawl.warc import Writer, compact, mend, software
from extract.paths import ROOT
from flows.crawl_tables import expected
from flows.progress import Advance
from flows.record import RunRecord
from flows.sources import Source
from transform.contracts import load_enums
from warehouse.disk import write_atomically
from warehouse.errors import OgiError
from warehouse.home import Home

CONTACT = "OGI_CONTACT"
"""The environment variable with the address or mail that hosts may complain to."""

_ENDING = 30.0  # seconds
_SILENCE = 300.0  # seconds: a process that works tells so every five
_GRACE = 180.0  # seconds in which a process whose time is over has to end
_HOURS = "OGI_CRAWL_HOURS"
_TUNING = {"timeout": "OGI_CRAWL_TIMEOUT", "backoff": "OGI_CRAWL_BACKOFF"}  # seconds


@dataclass(frozen=True)
class Ended:
    """How the crawl of some sources ended; ``problem`` in both languages, None where there was none."""

    sources: tuple[str, ...]
    is_through: bool
    problem: str | None = None


@dataclass(frozen=True)
class Share:
    """What one process crawls, as ``extract.crawl.__main__.Job`` takes it."""

    job: Mapping[str, Any]


def prepare(home: Home, sources: Sequence[Source], processes: int) -> list[Share]:
    """Mends what a killed crawl left, opens a campaign for each source (or takes
    up its open one), and shares the sources out. OgiError where hosts would not
    know whom to complain to, or where a setting is no number."""
    sites = [source.site for source in sources if source.site is not None]
    contact = os.environ.get(CONTACT, "").strip() or None
    if contact is None and any(not site.private_networks for site in sites):
        raise OgiError(
            f"采集公开网站须说明联系方式：请设置环境变量 {CONTACT}（网址或邮箱），网站据此可以联系到您。",
            f"Crawling public sites needs a contact: set the environment variable {CONTACT} (an address or mail), "
            "by which a site can reach you.",
        )
    await_others(home)
    ledger = Ledger(home.ledger)
    try:
        mend(home.warc, ledger.warc_lengths())
        if ledger.holds_anything() and not ledger.number():  # it is of a time when the archive was not told
            _tell_archive(home, ledger.keep_everything)
        campaigns = {site.source: ledger.begin(site.source, now()) for site in sites}
    finally:
        ledger.close()
    described = {source.source: dict(source.described) for source in sources}
    return [
        Share(
            {
                "sites": [described[site.source] for site in share],
                "folder": str(home.crawl),
                "worker": f"{number:02d}",
                "campaigns": {site.source: campaigns[site.source] for site in share},
                "contact": contact,
                "seconds": _number(_HOURS) * 3600,
                **{key: _number(name) for key, name in _TUNING.items() if os.environ.get(name)},
            }
        )
        for number, share in enumerate(shards(sites, processes), start=1)
    ]


def _tell_archive(home: Home, tell: Callable[[Keep], None]) -> None:
    """Writes a WARC file of what the run itself has to tell of the ledger."""
    writer = Writer(home.warc, f"ogi-{compact(now())}-00", software())
    tell(writer.note)
    writer.close()


def await_others(home: Home) -> None:
    """Waits until the crawling processes of a run that was killed have ended, which
    they do within a second. OgiError if they do not."""
    home.crawl.mkdir(parents=True, exist_ok=True)
    deadline = monotonic() + _ENDING
    with (home.crawl / LOCK).open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if monotonic() > deadline:
                    raise OgiError(
                        f"上次运行的采集进程仍在工作（{home.crawl / LOCK}），请先结束它。",
                        f"A crawling process of an earlier run is still at work ({home.crawl / LOCK}): end it first.",
                    ) from None
                sleep(0.1)


def _number(name: str) -> float:
    """The number in an environment variable, 0 where it is not set."""
    try:
        return float(os.environ.get(name) or 0)
    except ValueError:
        raise OgiError(
            f"环境变量 {name} 应为数字：{os.environ[name]}",
            f"The environment variable {name} must be a number: {os.environ[name]}",
        ) from None


class Started:
    """A crawling process at work. It crawls whether or not anybody follows it."""

    def __init__(self, home: Home, share: Share) -> None:
        self.share = share
        self.sources = tuple(share.job["campaigns"])
        self.began = monotonic()
        home.logs.mkdir(parents=True, exist_ok=True)
        self.log = home.logs / f"crawl-{share.job['worker']}.log"
        with self.log.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "extract.crawl"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        seconds = float(share.job["seconds"])
        self.ran_late = False  # and was killed for it
        self._late = threading.Timer(seconds + _GRACE, self._kill_late) if seconds else None
        if self._late is not None:
            self._late.daemon = True
            self._late.start()

    def set_to_work(self) -> None:
        """Gives it its job, which it may take a second to take."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self.process.stdin as job:
            json.dump(self.share.job, job, ensure_ascii=False, default=str)

    def _kill_late(self) -> None:
        self.ran_late = self.process.poll() is None
        self.process.kill()

    def end(self) -> None:
        """Ends the process, if it has not ended: what is on disk is whole."""
        if self._late is not None:
            self._late.cancel()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def started(home: Home, shares: Sequence[Share]) -> Iterator[list[Started]]:
    """The processes of these shares, at work; what is left of them at the block's end is ended."""
    running: list[Started] = []
    try:
        for share in shares:
            running.append(Started(home, share))
        for each in running:
            each.set_to_work()
        yield running
    finally:
        for each in running:
            each.end()


def follow(crawl: Started, advance: Advance) -> Ended:
    """Follows a process to its end: whether it got through, and what went wrong.

    A process that says nothing for ``_SILENCE`` seconds hangs, one that does not
    end ``_GRACE`` seconds after its time was over does not mean to: both are
    killed, which harms nothing that is on disk.
    """
    done = _listen(crawl.process, advance)
    crawl.end()
    if crawl.process.returncode == 0:
        return Ended(crawl.sources, done)
    if crawl.ran_late and not done:
        return Ended(crawl.sources, False)
    told = "、".join(crawl.sources[:5])
    return Ended(
        crawl.sources, False, f"采集进程出错（{told}…），见 {crawl.log} / a crawling process failed; see {crawl.log}"
    )


def _listen(process: subprocess.Popen[str], advance: Advance) -> bool:
    """Follows what a process tells; whether it said at its end that it got through."""
    fetched, done = 0, False
    silence = _alarm(process)
    assert process.stdout is not None
    for line in process.stdout:
        silence.cancel()
        silence = _alarm(process)
        told = json.loads(line)
        for _ in range(told["fetched"] - fetched):
            advance()
        fetched = told["fetched"]
        done = told.get("done", False)
    silence.cancel()
    process.wait()
    return done


def _alarm(process: subprocess.Popen[str]) -> threading.Timer:
    alarm = threading.Timer(_SILENCE, process.kill)
    alarm.daemon = True
    alarm.start()
    return alarm


def note_expected(home: Home, sources: Sequence[Source]) -> None:
    """Keeps beside the ledger which filings the sources of this run should have."""
    rows = expected(sources)
    if rows or home.expected.exists():
        write_atomically(home.expected, json.dumps(rows, ensure_ascii=False, indent=0).encode())


def finish(home: Home, record: RunRecord, sources: Sequence[Source], ended: Sequence[Ended]) -> None:
    """Ends the campaigns that are through, and notes in the run's record how all of them went."""
    ledger = Ledger(home.ledger)
    try:
        # Not begun anew: a crawl may have taken longer than a campaign stays open.
        last = {source.source: ledger.campaign(source.source) for source in sources if source.site is not None}
        campaigns = {source: campaign for source, campaign in last.items() if campaign is not None}
        counts = ledger.counts(campaigns.values())
        lists = [count for count in ledger.lists() if count.campaign in campaigns.values()]
        through = [source for share in ended if share.is_through for source in share.sources]
        for source in through:
            ledger.finish(campaigns[source], now())
        if through:
            ledger.note_campaigns(through)
            _tell_archive(home, ledger.flush)
    finally:
        ledger.close()
    record.crawled = [
        {"source": source, "role": role, "outcome": outcome, "addresses": number}
        for source, role, outcome, number in counts
    ]
    record.problems += [share.problem for share in ended if share.problem]
    if any(not share.is_through and not share.problem for share in ended):
        record.remarks.append(
            "采集时间已到，余下的下次继续 / the crawl's time was over; the next run goes on with the rest"
        )
    _note_sources(record, sources, counts)
    record.remarks += [_incomplete(count) for count in lists if not count.is_complete]


def _note_sources(record: RunRecord, sources: Sequence[Source], counts: Sequence[tuple[str, str, str, int]]) -> None:
    """A source of which nothing could be had has failed; what else failed is remarked on."""
    labels = {value.code: value for value in load_enums()["crawl_outcome"]}
    for source in sources:
        if source.site is None:
            continue
        good = sum(number for name, _, outcome, number in counts if name == source.source and outcome in GOOD)
        bad = Counter[str]()
        for name, _, outcome, number in counts:
            if name == source.source and outcome not in GOOD:
                bad[outcome] += number
        told_zh = "、".join(f"{labels[outcome].label_zh} {number}" for outcome, number in sorted(bad.items()))
        told_en = ", ".join(f"{labels[outcome].label_en}: {number}" for outcome, number in sorted(bad.items()))
        if not good:
            record.problems.append(
                f"来源 {source.source} 什么也没有取得（{told_zh}） / nothing came from the source {source.source} "
                f"({told_en})"
            )
        elif bad:
            record.remarks.append(f"来源 {source.source}：{told_zh} / source {source.source}: {told_en}")


def _incomplete(count: ListCount) -> str:
    """What a list promised and what was reached of it, in words."""
    zh, en = [], []
    if count.failed_pages or not count.pages:
        zh.append(f"{count.failed_pages} 页未能读取")
        en.append(f"{count.failed_pages} pages could not be read")
    if count.promised is not None and count.items < count.promised:
        zh.append(f"自称 {count.promised} 条，只见 {count.items} 条")
        en.append(f"it says {count.promised} entries, {count.items} were seen")
    if count.promised_pages is not None and count.pages < count.promised_pages:
        zh.append(f"自称 {count.promised_pages} 页，只取得 {count.pages} 页")
        en.append(f"it says {count.promised_pages} pages, {count.pages} came")
    return f"列表不完整 {count.listing}：{'，'.join(zh)} / incomplete list {count.listing}: {', '.join(en)}"
