"""Finding documents in files and folders, and what their sidecars say."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from io import BufferedReader
from pathlib import Path
from typing import Any

import yaml

from extract.model import ReadError
from extract.readers import archive, is_document_name
from extract.reading import MAX_BYTES
from flows.text import legible
from warehouse.errors import OgiError

SIDECAR = ".meta.yaml"
"""``2023.pdf`` may have a sidecar ``2023.pdf.meta.yaml``."""

TRUTH = ".truth.json"
"""The bundled samples' true figures, which stand beside them."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Sidecar = dict[str, str]
"""``url``, ``retrieved_at`` (ISO, UTC), ``agency``, ``published_on`` (ISO date): those that are given."""


@dataclass(frozen=True)
class Found:
    """A document: where it is, its name relative to what was asked for, and
    if it is in an archive, its name there."""

    path: Path
    name: str
    member: str | None = None


def is_sidecar(name: str) -> bool:
    """Whether a file of this name accompanies a document and is none itself."""
    return name.endswith((SIDECAR, TRUTH))


def find(paths: Iterable[str], unknown: Callable[[Path], None]) -> Iterator[Found]:
    """The documents of ``paths`` in order; folders recursive, sorted by name.

    A file that is named is a document, unless it is a sidecar (``folder/*``
    names these too). In folders, ``unknown`` is called with each file of a
    kind that no reader knows; sidecars and hidden files are passed over.
    A document's name is the path as given, for folders continued with ``/``,
    for what is in an archive with ``!``: ``a.zip!b.pdf``. An archive that
    cannot be opened stands for itself.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for found in walk(path, unknown):
                yield replace(found, name=f"{legible(given).rstrip('/')}/{found.name}")
        elif not is_sidecar(path.name):
            yield from _opened(path, legible(given), unknown)


def walk(folder: Path, unknown: Callable[[Path], None]) -> Iterator[Found]:
    """The documents under ``folder``, named relative to it, sorted by name."""
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).parts):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts) or is_sidecar(path.name) or not path.is_file():
            continue
        if is_document_name(path.name) or archive.is_archive_name(path.name):
            yield from _opened(path, legible(name.as_posix()), unknown)
        else:
            unknown(path)


def _opened(path: Path, name: str, unknown: Callable[[Path], None]) -> Iterator[Found]:
    """The document, or those in it if it is an archive."""
    try:
        if not (archive.is_archive_name(path.name) and path.is_file() and archive.is_archive(path)):
            yield Found(path, name)
            return
        members = archive.names(path)
    except (ReadError, OSError):
        yield Found(path, name)  # reading it says what is wrong with it
        return
    for member in members:
        if is_document_name(member) or archive.is_archive_name(member):
            yield Found(path, f"{name}{archive.MARK}{legible(member)}", member)
        else:
            unknown(Path(f"{path}{archive.MARK}{member}"))


def content(path: Path, member: str | None = None) -> bytes:
    """The content of a document. OSError if it cannot be read; ReadError:
    "unsupported" for what is no file (a pipe, a device), "too_large" for one
    of more than ``MAX_BYTES``, and what keeps an archive from being opened."""
    if member is not None:
        return archive.member(path, member)
    with _open(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            limit = MAX_BYTES // 2**20
            raise ReadError("too_large", f"文件超过 {limit} MiB / the file is larger than {limit} MiB")
        return file.read()


def hash_content(path: Path, member: str | None = None) -> str:
    """SHA-256 of a document's content, hexadecimal, of whatever size it is; raises like ``content``."""
    if member is not None:
        return hashlib.sha256(archive.member(path, member)).hexdigest()
    with _open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _open(path: Path) -> Iterator[BufferedReader]:
    """A regular file, open for reading. Others are not waited for, as a pipe would be."""
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ReadError("unsupported", "不是普通文件，请先存成文件 / it is no regular file: save it as one first")
        yield file


def read_sidecar(document: Path) -> Sidecar | None:
    """What the sidecar of ``document`` says; None if it has none.

    OgiError if the sidecar is no mapping, has an unknown key or a value of
    the wrong type. An instant without a zone is UTC.
    """
    path = document.with_name(document.name + SIDECAR)
    if not path.is_file():
        return None
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=_LOADER)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise _invalid(path, f"无法读取：{error}", f"cannot be read: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise _invalid(path, "内容应为键值映射", "is no mapping of keys to values")
    return {key: _field(path, key, value) for key, value in data.items() if value is not None}


def _field(path: Path, key: Any, value: Any) -> str:
    try:
        if key in ("url", "agency") and isinstance(value, str):
            return value.strip()
        if key == "published_on":
            return _day(value).isoformat()
        if key == "retrieved_at":
            return _instant(value).isoformat()
    except ValueError as error:
        raise _invalid(path, f"{key}: {error}", f"{key}: {error}") from error
    if key in ("url", "agency"):
        raise _invalid(path, f"{key} 应为文字", f"{key} must be text")
    raise _invalid(path, f"未知的键 {key}", f"unknown key {key}")


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time())
    else:
        moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _invalid(path: Path, zh: str, en: str) -> OgiError:
    return OgiError(f"{legible(str(path))}: {zh}", f"{legible(str(path))}: {en}")
