"""The store of a home on object storage: what machines share.

::

    store.json     whose home writes here, and what it holds
    archive/       every document, named by its SHA-256
    captures/      when and where each was seen (Parquet)
    crawl/warc/    all that was fetched
    extracted/     readings, by version of the readers (Parquet)
    reviews/       reviewers' decisions

One setting names it, ``OGI_STORE``: ``s3://bucket/prefix``, or another address that fsspec knows. The home remembers it
in its own ``store.json``, so that no run takes a home without its store for an empty one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from extract.crawl.warc import ArchiveError, payload_in
from warehouse.disk import replacing, write_atomically
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.table_files import ExportError

VARIABLE = "OGI_STORE"
MARK = "store.json"
LAYOUT = 1
AT_ONCE = 8
"""Requests to the storage at the same time: each waits for an answer most of its time."""

_PIECE = 1 << 20  # bytes


@dataclass(frozen=True)
class Kept:
    """A document that a store has: an object of its own, or part of a WARC file."""

    sha256: str
    warc_file: str | None = None
    warc_offset: int | None = None


@dataclass(frozen=True)
class Remote:
    """A store: its address, fsspec's file system, and the path there, without a slash at the end.

    Names are relative to that path, with ``/``. Every method raises OgiError where the storage fails.
    """

    address: str
    files: Any
    root: str

    def sizes(self, folder: str) -> dict[str, int]:
        """Bytes of each object in a folder and those below it, by its name in that folder."""
        base = f"{self.root}/{folder}"
        with self._told():
            self.files.invalidate_cache()
            found = self.files.find(base, detail=True) if self.files.exists(base) else {}
        cut = len(base.strip("/")) + 1
        return {name.strip("/")[cut:]: int(info["size"]) for name, info in found.items()}

    def read(self, name: str) -> bytes | None:
        """An object's content; None where there is none."""
        with self._told():
            try:
                return cast(bytes, self.files.cat_file(f"{self.root}/{name}"))
            except FileNotFoundError:
                return None

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """An object as a file in which one can seek, and of which as much is asked for at once as is worth a request;
        FileNotFoundError where there is none."""
        with self._told(FileNotFoundError), self.files.open(f"{self.root}/{name}", "rb") as file:
            yield io.BufferedReader(_Pieces(file), _PIECE)

    def write(self, name: str, content: bytes) -> None:
        """Makes an object, whole or not at all, in the place of one that may be there."""
        with self._told():
            self.files.pipe_file(f"{self.root}/{name}", content)

    def write_new(self, name: str, content: bytes) -> None:
        """The same; OgiError where there is one already, which another home has written."""
        with self._told():
            self.files.invalidate_cache()
            is_there = self.files.exists(f"{self.root}/{name}")
        if is_there:
            raise OgiError(
                f"存储 {self.address} 中已有 {name}：另有数据目录在写入同一存储。请停下其中一个；没有覆盖任何内容。",
                f"The store {self.address} has {name} already: another home writes to it. Stop one of them; nothing "
                "was overwritten.",
            )
        self.write(name, content)

    def upload(self, path: Path, name: str) -> None:
        """Copies a file there."""
        with self._told():
            self.files.put_file(str(path), f"{self.root}/{name}")

    def download(self, name: str, path: Path) -> None:
        """Copies an object to a file, whole or not at all."""
        with replacing(path) as temporary, self._told():
            self.files.get_file(f"{self.root}/{name}", str(temporary))

    def fetch(self, documents: Iterable[Kept], place: Callable[[str], Path]) -> list[str]:
        """Copies documents to where ``place`` says, given their hash; the hashes of those that came. One that is not
        there, or is not what its hash says, does not come."""

        def copy(document: Kept) -> str | None:
            content = self._content(document)
            if content is None or hashlib.sha256(content).hexdigest() != document.sha256:
                return None
            write_atomically(place(document.sha256), content)
            return document.sha256

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return [sha256 for sha256 in pool.map(copy, documents) if sha256 is not None]

    def _content(self, document: Kept) -> bytes | None:
        if document.warc_file is None or document.warc_offset is None:
            return self.read(f"archive/{document.sha256[:2]}/{document.sha256}")
        try:
            with self.open(f"crawl/warc/{document.warc_file}") as file:
                try:
                    return payload_in(file, document.warc_file, document.warc_offset)
                except ArchiveError as error:
                    if isinstance(error.__cause__, OSError):  # the storage's failure, not the record's
                        raise error.__cause__ from None
                    return None
        except FileNotFoundError:
            return None

    @contextlib.contextmanager
    def _told(self, but: type[OSError] | tuple[()] = ()) -> Iterator[None]:
        """Failures of the storage in words, without what it was given to get in."""
        try:
            yield
        except but:
            raise
        except OSError as error:
            why = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
            raise OgiError(
                f"对象存储 {self.address} 无法访问：{why}。请检查网络、地址（AWS_ENDPOINT_URL）和凭据；"
                "没有丢失任何内容，下次运行继续。",
                f"The object storage {self.address} cannot be used: {why}. See to the network, the address "
                "(AWS_ENDPOINT_URL) and the credentials; nothing was lost, the next run goes on.",
            ) from error


class _Pieces(io.RawIOBase):
    """What fsspec opened, as Python's own buffer takes it."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def remote_of(home: Home, environment: Mapping[str, str] | None = None) -> Remote | None:
    """The store of a home; None where it has none. OgiError where the setting is not what the home remembers."""
    address = (os.environ if environment is None else environment).get(VARIABLE, "").strip().rstrip("/")
    kept = kept_mark(home)
    if kept is None:
        return open_remote(address) if address else None
    if not address:
        raise OgiError(
            f"数据目录 {home.root} 的存储是 {kept['address']}：请设置环境变量 {VARIABLE}。",
            f"The store of the home {home.root} is {kept['address']}: set the environment variable {VARIABLE}.",
        )
    if address != kept["address"]:
        raise OgiError(
            f"数据目录 {home.root} 的存储是 {kept['address']}，而 {VARIABLE} 为 {address}。存储已整个搬到新地址的，"
            f"请改写 {home.root / MARK} 中的 address。",
            f"The store of the home {home.root} is {kept['address']}, but {VARIABLE} says {address}. If the whole "
            f"store was moved there, write so in {home.root / MARK} (address).",
        )
    return open_remote(address)


def open_remote(address: str) -> Remote:
    """The store at an address; OgiError for one that fsspec does not know, or where credentials are lacking."""
    from fsspec.core import url_to_fs
    from fsspec.implementations.arrow import ArrowFSWrapper

    from warehouse.object_store import is_address, open_store

    try:
        if address.startswith("s3://"):
            if not is_address(address):
                raise ValueError(address)
            store = open_store(address)
            return Remote(address, ArrowFSWrapper(store.files), store.root)
        if "://" not in address:  # fsspec would take it for a path
            raise ValueError(address)
        # Folders come to be with their files, as on object storage.
        files, root = url_to_fs(address, **({"auto_mkdir": True} if address.startswith("file:") else {}))
        return Remote(address, files, root.rstrip("/"))
    except ExportError as error:
        raise OgiError(f"{VARIABLE}={address}：{error}", f"{VARIABLE}={address}: {error}") from error
    except (ValueError, ImportError) as error:
        raise OgiError(
            f"{VARIABLE} 的值无效：{address}。应如 s3://bucket/prefix。",
            f"{VARIABLE} cannot be {address}. Give an address such as s3://bucket/prefix.",
            status=2,
        ) from error


def kept_mark(home: Home) -> dict[str, str] | None:
    """What a home remembers of its store (``address``, and ``home``, its own name there); None where it has none."""
    path = home.root / MARK
    try:
        mark = json.loads(path.read_bytes())
        return {"address": str(mark["address"]), "home": str(mark["home"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OgiError(f"无法读取 {path}：{error}", f"{path} cannot be read: {error}") from error


def keep_mark(home: Home, remote: Remote, name: str) -> None:
    """Makes a home remember its store, and its own name there."""
    content = json.dumps({"address": remote.address, "home": name}, ensure_ascii=False)
    write_atomically(home.root / MARK, content.encode() + b"\n")


def stated_owner(remote: Remote) -> dict[str, str] | None:
    """What a store says of itself: ``home`` that writes to it, ``host`` where that is, ``since`` when, and what it
    ``holds``; None for a new one. OgiError where something else stands there."""
    content = remote.read(MARK)
    if content is None:
        return None
    try:
        owner = json.loads(content)
        if owner["layout"] == LAYOUT:
            return {key: str(owner[key]) for key in ("home", "host", "since", "holds")}
    except (ValueError, KeyError, TypeError):
        pass
    raise OgiError(
        f"{remote.address} 中的 {MARK} 不是本版本所写。", f"{MARK} in {remote.address} is not of this version."
    )
