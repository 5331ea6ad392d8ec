"""Contents of answers: made when first asked for, or kept on disk from one night to the next."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Protocol

LEVEL = 4


class Content(Protocol):
    """A body, its gzipped form, and the sha256 of the body."""

    @property
    def data(self) -> bytes: ...

    @property
    def zipped(self) -> bytes: ...

    @property
    def sha256(self) -> str: ...


class Made:
    """A content that is made when it is first asked for, and kept in memory."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make

    @cached_property
    def data(self) -> bytes:
        return self._make()

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.data, LEVEL, mtime=0)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Kept:
    """A content on disk."""

    def __init__(self, path: Path, sha256: str) -> None:
        self._path = path
        self.sha256 = sha256

    @property
    def data(self) -> bytes:
        return self._path.read_bytes()

    @property
    def zipped(self) -> bytes:
        beside = self._path.with_suffix(".gz")
        return beside.read_bytes() if beside.exists() else gzip.compress(self.data, LEVEL, mtime=0)


class Store:
    """Rendered documents under ``folder``, by key and by the code that rendered them."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder / f"{_of_code()}-{name}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._index = self._folder / "index.jsonl"
        self._known: dict[str, list[str]] = {}
        if self._index.exists():
            for line in self._index.read_text("utf-8").splitlines():
                entry = json.loads(line)
                self._known[entry["key"]] = entry["sha256"]
        self._log = self._index.open("a", encoding="utf-8", buffering=1)

    def get(self, key: str, make: Callable[[], Iterable[bytes]]) -> list[Kept]:
        """The documents of ``key``, made by ``make`` unless they are there."""
        if key not in self._known:
            digests = []
            for data in make():
                digest = hashlib.sha256(data).hexdigest()
                path = self._path(digest)
                path.write_bytes(data)
                if b"<html" in data[:200]:
                    path.with_suffix(".gz").write_bytes(gzip.compress(data, LEVEL, mtime=0))
                digests.append(digest)
            self._known[key] = digests
            self._log.write(json.dumps({"key": key, "sha256": digests}) + "\n")
        return [Kept(self._path(digest), digest) for digest in self._known[key]]

    def _path(self, digest: str) -> Path:
        return self._folder / digest

    def close(self) -> None:
        """Ends the index."""
        self._log.close()


def _of_code() -> str:
    """Sixteen digits that change whenever the code does that renders documents."""
    tests = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted([*(tests / "web").glob("*.py"), *(tests / "corpus").glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
