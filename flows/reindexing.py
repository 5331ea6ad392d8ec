"""The crawler's ledger made again from the WARC files of a home, where it is lost or older than they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

from extract.crawl.ledger import Ledger
from extract.crawl.reindex import Rebuilt, files
from extract.crawl.reindex import reindex as rebuild
from extract.crawl.warc import OPEN
from flows.crawling import await_others
from flows.progress import stage
from flows.record import RunRecord
from warehouse.home import Home

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def ensure_ledger(home: Home, record: RunRecord) -> None:
    """Makes the ledger again where it does not know what the archive holds, and says so in the run's record: a crawl
    would else begin from nothing. The caller holds the home's lock."""
    why = _wrong(home)
    if why is not None:
        record.remarks += told(reindex(home), why)
        record.save(home)  # whoever goes on with the record reads it from there


def _wrong(home: Home) -> tuple[str, str] | None:
    """What is wrong with the ledger, in both languages; None where nothing is."""
    names = {path.name for path in files(home.warc)}
    if not names:
        return None
    if not home.ledger.exists():
        return "台账不在", "the ledger was not there"
    try:
        with closing(Ledger(home.ledger)) as ledger:
            unknown = {name for name in names if not name.endswith(OPEN)} - ledger.warc_lengths().keys()
            # One that never told the archive anything knows of more than can be had from there.
            if unknown and (ledger.number() or not ledger.holds_anything()):
                return "台账比存档旧", "the ledger was older than the archive"
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in _DAMAGED:
            raise
        return "台账已损坏", "the ledger was damaged"
    return None


def reindex(home: Home) -> Rebuilt:
    """Makes the ledger of a home from its WARC files; the caller holds the home's lock. OgiError if a crawl is under
    way, OSError where something cannot be read or written."""
    await_others(home)
    with stage("重建台账", "reindex", len(files(home.warc))) as advance:
        return rebuild(home.warc, home.ledger, advance)


def told(rebuilt: Rebuilt, why: tuple[str, str] | None = None) -> Iterable[str]:
    """What came of it, in words: a sentence, and one for everything that could not be had again."""
    zh, en = ("", "") if why is None else (f"{why[0]}，", f"{why[1]}: ")
    yield (
        f"{zh}已由 {rebuilt.files} 个 WARC 文件重建采集台账：采集记录 {rebuilt.notes} 段，报告 {rebuilt.versions} 份"
        f" / {en}the crawler's ledger was made again from {rebuilt.files} WARC files: {rebuilt.notes} notes, "
        f"{rebuilt.versions} contents of reports"
    )
    yield from rebuilt.remarks
