"""What a build is made from, as one fingerprint: equal inputs need no second build."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from extract.paths import DATA, ROOT
from extract.reading import reader_version
from flows.crawl_tables import state_digest
from flows.store import Capture
from warehouse.home import Home

_CODE = ("extract", "transform", "expectations", "warehouse", "flows")
_LIBRARIES = ("duckdb", "pandas", "pyarrow", "great-expectations")
_NOT_INPUTS = {"samples", "sources"}  # documents and where they come from: the captures say what counts
_OF_DOCUMENTS = {"corrections"}  # what concerns single documents (``flows.delta``)


def fingerprint(home: Home, captures: Iterable[Capture]) -> str:
    """12 hexadecimal digits over captures, what the crawler knows, decisions, code, data files and library versions."""
    digest = hashlib.sha256(program_version().encode())
    for capture in captures:
        seen = [capture.source_name, capture.sha256, capture.retrieved_at.isoformat(), capture.sidecar]
        digest.update(f"{json.dumps(seen)}\n".encode())
    digest.update(state_digest(home).encode())
    digest.update(when_read_again(home))
    if home.expected.exists():
        digest.update(home.expected.read_bytes())
    for path in sorted(home.reviews.glob("*.jsonl")):
        digest.update(path.read_bytes() + b"\0")
    for path in _files_of(DATA / "corrections"):
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def read_again(home: Home) -> Path:
    """The file that says when failed documents were last read again by this version of the readers."""
    return home.extracted / reader_version() / "again"


def when_read_again(home: Home) -> bytes:
    """What that file holds; nothing where they never were."""
    path = read_again(home)
    return path.read_bytes() if path.exists() else b""


def program_version() -> str:
    """16 hexadecimal digits over all that decides what any document becomes: code, queries, data files, libraries."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    return digest.hexdigest()[:16]


def tree_fingerprint(folder: Path) -> str:
    """16 hexadecimal digits over the files of a folder, by name and content."""
    digest = hashlib.sha256()
    for path in _files_of(folder):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _files() -> Iterator[Path]:
    """Code, queries and data files that decide what a build makes of documents."""
    for package in _CODE:
        yield from _files_of(ROOT / package)
    for path in _files_of(DATA):
        if path.relative_to(DATA).parts[0] not in _NOT_INPUTS | _OF_DOCUMENTS:
            yield path
