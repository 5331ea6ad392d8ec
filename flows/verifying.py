"""Whether what is kept is still what was filed, and is still read as it was: a sample of the archive, read again.

A disk that decays, a file that somebody changed, or readers that do not give the same twice would otherwise be
noticed by nobody, since a document that has been read is not read a second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Any

from extract.reading import reader_version
from flows.documents import Task
from flows.pool import read_all
from flows.progress import Advance
from flows.record import now
from flows.store import Capture, Store, latest
from warehouse.disk import write_atomically
from warehouse.home import Home

_ABSENT = "∅"


@dataclass(frozen=True)
class Verified:
    """What came of reading a sample again.

    ``population`` are the documents that this version of the readers has read, ``stale`` those that it has not (the
    next run reads them), ``sampled`` how many were read again. ``damaged`` names the documents whose archived content
    is gone or is not what its hash says, ``differing`` those that are read otherwise than before, with the place of
    the first difference and what stands there.
    """

    verified_at: str
    reader: str
    seed: str
    population: int
    stale: int
    sampled: int
    damaged: list[dict[str, str]] = field(default_factory=list)
    differing: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all that was looked at is as it was."""
        return not self.damaged and not self.differing

    def save(self, home: Home) -> Path:
        """Writes the outcome to ``verified/<instant>.json`` and returns that path."""
        name = self.verified_at.replace("-", "").replace(":", "").partition("+")[0]
        path = home.verified / f"{name}Z.json"
        write_atomically(path, json.dumps(asdict(self), ensure_ascii=False, indent=1).encode() + b"\n")
        return path


def verify(home: Home, count: int, seed: str, jobs: int, advance: Advance) -> Verified:
    """Reads ``count`` documents again, chosen by ``seed`` from those that this version of the readers has read, and
    compares archive and readings. Changes nothing; may be called while a run is at work."""
    store, reader = Store(home), reader_version()
    distinct = {capture.key: capture for capture in latest(store.captures())}
    known = store.read_keys(reader)
    population = sorted(key for key in distinct if key in known)
    chosen = Random(seed).sample(population, min(count, len(population)))
    kept = store.readings(reader, set(chosen))
    outcome = Verified(now(), reader, seed, len(population), len(distinct) - len(population), len(chosen))
    captures = [distinct[key] for key in chosen]
    store.fetch(captures)
    whole = []
    for capture in captures:
        if problem := _damage(store, capture):
            outcome.damaged.append({"source": capture.source_name, "sha256": capture.sha256, "problem": problem})
            advance()
        else:
            whole.append(capture)
    for capture, reading in zip(whole, read_all([_task(store, c) for c in whole], jobs), strict=True):
        outcome.differing.extend(_difference(capture, kept[capture.key], json.loads(json.dumps(reading))))
        advance()
    return outcome


def sound_sample(home: Home, count: int) -> tuple[int, list[str]]:
    """Looks at the archived content of up to ``count`` documents, chosen by chance: how many, and what is wrong."""
    store = Store(home)
    captures = sorted(latest(store.captures()), key=lambda capture: capture.key)
    chosen = Random().sample(captures, min(count, len(captures)))
    store.fetch(chosen)
    return len(chosen), [problem for capture in chosen if (problem := _damage(store, capture))]


def _task(store: Store, capture: Capture) -> Task:
    path, offset = store.place(capture)
    return Task(path, capture.source_name, capture.meta, offset=offset)


def _damage(store: Store, capture: Capture) -> str | None:
    """What is wrong with an archived document, in both languages; None where it is what its hash says."""
    task = _task(store, capture)
    if not task.path.exists():
        return f"存档中没有这份文件 / it is not in the archive: {task.path}"
    found = task.sha256()
    if found is None:
        return f"存档无法读取 / the archive cannot be read: {task.path}"
    if found != capture.sha256:
        return f"存档内容已变（现为 {found[:16]}…）/ the archived content has changed (now {found[:16]}…): {task.path}"
    return None


def _difference(capture: Capture, before: dict[str, Any], after: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One entry where two readings differ: the first place, and what stood and stands there."""
    first = next(differences(before, after), None)
    if first is not None:
        place, was, now_is = first
        yield {"source": capture.source_name, "sha256": capture.sha256, "place": place, "was": was, "is": now_is}


def differences(before: Any, after: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The places at which two JSON values differ, such as ``cells[3].value``, with what stands there in each."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{place}.{key}" if place else key
            yield from differences(before.get(key, _ABSENT), after.get(key, _ABSENT), inner)
    elif _is_list(before) and _is_list(after):
        for number, (one, other) in enumerate(zip_longest(before, after, fillvalue=_ABSENT)):
            yield from differences(one, other, f"{place}[{number}]")
    elif before != after or type(before) is not type(after):
        yield place, before, after


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
