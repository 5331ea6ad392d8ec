"""Reading anew what an earlier version of the readers has read, beside the nights rather than in one of them.

What is stale is known from the version under which each reading is kept (``extracted/<version>``). The home's lock is
given back after every batch, so that a night that is due comes first.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from extract.reading import reader_version
from flows import stages
from flows.fingerprint import read_again
from flows.lock import ANYONE, BRIEFLY, hold
from flows.pool import Crew
from flows.progress import Advance
from flows.record import now
from flows.store import Store, latest
from warehouse.disk import write_atomically
from warehouse.home import Home

_PAUSE = 1.0  # seconds in which a night may take the lock
AGAIN = ("unreadable", "too_large")
"""Errors that may have been the machine's, not the document's: out of memory, killed, too slow."""


@dataclass(frozen=True)
class Stale:
    """How many documents there are, how many of them this version of the readers has read, and by version how many
    each earlier one has."""

    documents: int
    read: int
    earlier: dict[str, int]

    @property
    def unread(self) -> int:
        """Documents that this version has yet to read."""
        return self.documents - self.read


def stale(home: Home) -> Stale:
    """What a home holds, by the version of the readers that has read it."""
    store, reader = Store(home), reader_version()
    keys = {capture.key for capture in latest(store.captures())}
    versions = sorted(folder.name for folder in home.extracted.iterdir()) if home.extracted.is_dir() else []
    read = {version: len(keys & store.read_keys(version)) for version in versions}
    return Stale(len(keys), read.pop(reader, 0), {version: number for version, number in read.items() if number})


def backfill(home: Home, jobs: int, limit: int | None, advance: Advance) -> int:
    """Reads up to ``limit`` documents (all, where None) that this version of the readers has not read, batch by batch;
    returns how many. The caller does not hold the lock: each batch does, and waits for a run that is at work."""
    store, done = Store(home), 0
    with Crew(jobs) as crew:
        while limit is None or done < limit:
            with hold(home, BRIEFLY, waits_for=ANYONE):
                home.sweep()
                wanted = stages.unread(store, latest(store.captures()))
                batch = wanted[: stages.READ_BATCH if limit is None else min(stages.READ_BATCH, limit - done)]
                if batch:
                    stages.read_batch(store, batch, crew, advance)
            done += len(batch)
            if len(batch) == len(wanted):
                break
            time.sleep(_PAUSE)
    return done


def forget_failed(home: Home) -> int:
    """Drops the readings that failed in a way that may have been the machine's (``AGAIN``), so that these documents
    are read once more and the next build is made anew; returns how many there were."""
    with hold(home, BRIEFLY, waits_for=ANYONE):
        # First, so that a kill in between leaves no build that takes the old readings for the new.
        write_atomically(read_again(home), f"{now()}\n".encode())
        return Store(home).forget(reader_version(), AGAIN)
