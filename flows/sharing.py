"""A home and its store on object storage: what either lacks of the other is copied before a run begins.

What a run keeps goes to the store first and then to the home, so that the store lacks nothing that the home has; what
a kill leaves between the two is made up for here. Documents are fetched when they are read.
"""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from extract.crawl.reindex import files as warc_files
from extract.crawl.warc import OPEN
from extract.reading import reader_version
from flows.progress import stage
from flows.record import now
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.remote import AT_ONCE, LAYOUT, MARK, VARIABLE, Remote, keep_mark, kept_mark, remote_of, stated_owner


def share(home: Home, *, take: bool = False) -> list[str]:
    """Brings a claimed home and its store in line, if it has one; remarks for the run's record.

    The caller holds the home's lock. With ``take`` the home becomes the one that writes to the store, in the place of
    another. OgiError where the store is another home's, where both have filled archives that never met, or where the
    storage fails: nothing was changed then but what was copied.
    """
    remote = remote_of(home)
    if remote is None:
        return []
    remarks = _own(home, remote, take=take)
    copies = list(_lacking(home, remote))
    if copies:
        with stage("同步存储", "store", len(copies)) as advance, ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda copy: copy.make(remote), copies):
                advance()
    return remarks


def share_fetched(home: Home) -> None:
    """Copies to the store what a crawl has fetched, before it is read; as ``share``."""
    remote = remote_of(home)
    if remote is not None:
        for copy in _lacking_of(home.warc, "crawl/warc", remote, _closed(home)):
            copy.make(remote)


@dataclass(frozen=True)
class _Copy:
    """A file that the store lacks (``is_up``), or the home."""

    path: Path
    name: str
    is_up: bool

    def make(self, remote: Remote) -> None:
        """Copies it."""
        if self.is_up:
            remote.upload(self.path, self.name)
        else:
            remote.download(self.name, self.path)


def _own(home: Home, remote: Remote, *, take: bool) -> list[str]:
    """Makes sure that this home is the one that writes to the store."""
    mark, owner = kept_mark(home), stated_owner(remote)
    kind = home.kind() or "sources"
    if owner is not None and owner["holds"] != kind:
        raise OgiError(
            f"存储 {remote.address} 存放的是 {owner['holds']}，本数据目录是 {kind}，不能混用。请另设 {VARIABLE}。",
            f"The store {remote.address} holds {owner['holds']}, this home {kind}: name another in {VARIABLE}.",
        )
    if owner is not None and mark is not None and owner["home"] == mark["home"]:
        return []
    if owner is None and mark is not None:
        raise OgiError(
            f"存储 {remote.address} 是空的，而数据目录 {home.root} 曾写入它。请检查地址；确要重新写入的，删去 "
            f"{home.root / MARK} 后再运行。",
            f"The store {remote.address} is empty, though the home {home.root} has written to it. See to the address; "
            f"to fill it anew, remove {home.root / MARK} and run again.",
        )
    if owner is not None and not take:
        raise OgiError(
            f"存储 {remote.address} 由 {owner['host']} 上的数据目录写入（自 {owner['since']}）。那里不再运行的，以 "
            "ogi run --take-store 接管。",
            f"The store {remote.address} is written to by a home on {owner['host']} (since {owner['since']}). If that "
            "one runs no more, take it over: ogi run --take-store.",
        )
    if owner is not None and mark is None and home.captures.is_dir():
        raise OgiError(
            f"数据目录 {home.root} 和存储 {remote.address} 各有存档，不能合并。请用新的数据目录（--home）。",
            f"The home {home.root} and the store {remote.address} have an archive each, which cannot be joined. Use a "
            "new home (--home).",
        )
    name = secrets.token_hex(8)
    said = {"layout": LAYOUT, "home": name, "host": socket.gethostname(), "since": now(), "holds": kind}
    if owner is None:
        _fill(home, remote)
    remote.write(MARK, json.dumps(said, ensure_ascii=False).encode() + b"\n")
    keep_mark(home, remote, name)
    if owner is None:
        return []
    return [
        f"存储已由本数据目录接管，此前是 {owner['host']} / the store is this home's now; it was written to from "
        f"{owner['host']}"
    ]


def _fill(home: Home, remote: Remote) -> None:
    """Copies the documents of a home that had no store before; the rest follows as what a store lacks."""
    there = remote.sizes("archive")
    paths = sorted(path for path in home.archive.glob("??/*") if f"{path.parent.name}/{path.name}" not in there)
    if paths:
        with stage("上传存档", "upload", len(paths)) as advance, ThreadPoolExecutor(AT_ONCE) as pool:
            for _ in pool.map(lambda path: remote.upload(path, f"archive/{path.parent.name}/{path.name}"), paths):
                advance()


def _closed(home: Home) -> dict[str, int]:
    """Bytes of the WARC files that nothing is appended to any more, by name."""
    return {path.name: path.stat().st_size for path in warc_files(home.warc) if not path.name.endswith(OPEN)}


def _sizes(folder: Path, pattern: str = "[0-9]*.parquet") -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.glob(pattern) if path.is_file()}


def _lacking(home: Home, remote: Remote) -> Iterator[_Copy]:
    """What either side lacks, or has otherwise."""
    yield from _lacking_of(home.captures, "captures", remote, _sizes(home.captures), are_same=True)
    readings = home.extracted / reader_version()
    yield from _lacking_of(readings, f"extracted/{readings.name}", remote, _sizes(readings), remote_counts=True)
    yield from _lacking_of(home.warc, "crawl/warc", remote, _closed(home))
    yield from _lacking_of(home.reviews, "reviews", remote, _sizes(home.reviews, "[!.]*"))


def _lacking_of(
    folder: Path,
    name: str,
    remote: Remote,
    here: dict[str, int],
    *,
    are_same: bool = False,
    remote_counts: bool = False,
) -> Iterator[_Copy]:
    """The same of one folder. Where both have a file, the longer one is the newer, since nothing is taken from one; of
    readings, some of which may be dropped, the store's, which is written first. OgiError where they must be the same
    (``are_same``) and are not."""
    there = remote.sizes(name)
    for file in sorted(here.keys() | there.keys()):
        ours, theirs = here.get(file, -1), there.get(file, -1)
        if are_same and ours != theirs and min(ours, theirs) >= 0:
            raise OgiError(
                f"{folder / file} 与存储 {remote.address} 中的不同：另有数据目录写入过同一存储。"
                "请用新的数据目录（--home）由存储恢复。",
                f"{folder / file} is not what the store {remote.address} has: another home has written to it. Make a "
                "new home (--home) from the store.",
            )
        if ours != theirs:
            is_up = theirs < 0 or (ours > theirs and not remote_counts)
            yield _Copy(folder / file, f"{name}/{file}", is_up)
