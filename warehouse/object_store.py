"""Exports on S3-compatible object storage.

::

    <prefix>/builds/<build>-<12 digits>/…   an export each, never changed once it is named
    <prefix>/latest.json                    names one of them; written last

A reader asks for ``latest.json`` and reads the export that it names, so it
never finds half of one: the digits are of the export's descriptor, which holds
every file's hash, and other files never get the same address. The newest
``KEEP`` exports stay, for those who are reading.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from warehouse.data_package import NAME
from warehouse.table_files import ExportError

LATEST = "latest.json"
KEEP = 7
LAYOUT = 1

_ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[^?#]*?))?/*")
_EXPORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*-[0-9a-f]{12}")
_PIECE = 8 * 2**20


@dataclass(frozen=True)
class Store:
    """A bucket and a prefix in it; ``root`` is both, without a slash at the end."""

    files: Any
    root: str


@dataclass(frozen=True)
class S3Access:
    """What the environment says of a storage; ``host`` is None for AWS."""

    key: str
    secret: str
    token: str | None
    region: str
    scheme: str
    host: str | None


def s3_access(environment: Mapping[str, str] | None = None) -> S3Access:
    """How to reach the storage, from the environment alone.

    Credentials: ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``,
    ``AWS_SESSION_TOKEN``; server: ``AWS_ENDPOINT_URL_S3`` or
    ``AWS_ENDPOINT_URL``, by default AWS; region: ``AWS_REGION`` or
    ``AWS_DEFAULT_REGION``. ExportError where credentials are lacking.
    """
    given = os.environ if environment is None else environment
    if lacking := [name for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY") if not given.get(name)]:
        raise ExportError(f"环境变量未设置 / not set in the environment: {', '.join(lacking)}")
    endpoint = given.get("AWS_ENDPOINT_URL_S3") or given.get("AWS_ENDPOINT_URL") or ""
    scheme, _, host = endpoint.rpartition("://")
    return S3Access(
        key=given["AWS_ACCESS_KEY_ID"],
        secret=given["AWS_SECRET_ACCESS_KEY"],
        token=given.get("AWS_SESSION_TOKEN") or None,
        region=given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION") or "us-east-1",
        scheme=scheme or "https",
        host=host.rstrip("/") or None,
    )


def is_address(address: str) -> bool:
    """Whether the text is ``s3://bucket`` or ``s3://bucket/prefix``."""
    match = _ADDRESS.fullmatch(address)
    return match is not None and ".." not in (match["prefix"] or "").split("/")


def open_store(address: str, environment: Mapping[str, str] | None = None) -> Store:
    """The storage that an address ``s3://bucket/prefix`` names; ValueError for an address
    that is none, ExportError where credentials are lacking."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not is_address(address):
        raise ValueError(address)
    access = s3_access(environment)
    files = fs.S3FileSystem(
        access_key=access.key,
        secret_key=access.secret,
        session_token=access.token,
        region=access.region,
        endpoint_override=access.host,
        scheme=access.scheme,
        connect_timeout=10,
        request_timeout=60,
    )
    return Store(files, "/".join(part for part in (match["bucket"], match["prefix"]) if part))


def upload(folder: Path, store: Store, advance: Callable[[], None] = lambda: None) -> str:
    """Puts the export in ``folder`` there and makes it the latest; returns its path below the prefix.

    ``advance`` is called after each file. An export that is there already is
    not sent again. Raises ExportError where something else stands in the
    place or an object is not as it was sent, OSError where the storage fails;
    ``latest.json`` then is as it was.
    """
    _latest(store)
    descriptor = (folder / NAME).read_bytes()
    about = json.loads(descriptor)["ogi"]
    digits = hashlib.sha256(descriptor).hexdigest()[:12]
    name = f"{about['build_id']}-{digits}"
    if not _EXPORT.fullmatch(name):
        raise ExportError(f"build_id: {about['build_id']!r}")
    place = f"builds/{name}"
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size for p in folder.rglob("*") if p.is_file()}
    there = _sizes(store, place)
    # The descriptor goes last: an export with one is whole.
    for path in sorted(sizes, key=lambda path: (path == NAME, path)):
        if NAME not in there or there.get(path) != sizes[path]:
            _send(folder / path, store, f"{place}/{path}")
        advance()
    if (found := _sizes(store, place)) != sizes:
        different = sorted(path for path in sizes.keys() | found.keys() if sizes.get(path) != found.get(path))
        raise ExportError(f"不同于所发送的 / not as it was sent: {', '.join(different[:5])}")
    latest = {"layout": LAYOUT, "path": place, **about, "datapackage_sha256": hashlib.sha256(descriptor).hexdigest()}
    _put(store, LATEST, json.dumps(latest, ensure_ascii=False, indent=1).encode() + b"\n")
    _remove_old(store, name)
    return place


def latest_path(store: Store) -> str | None:
    """Path below the prefix of the export that a reader should read; None where there is none yet."""
    latest = _latest(store)
    return latest["path"] if latest else None


def _latest(store: Store) -> dict[str, Any] | None:
    try:
        with store.files.open_input_stream(f"{store.root}/{LATEST}") as stream:
            latest = json.loads(stream.read(2**20))
    except FileNotFoundError:
        return None
    except ValueError:
        latest = None
    if not isinstance(latest, dict) or latest.get("layout") != LAYOUT or "path" not in latest:
        raise ExportError(f"{LATEST} 不是本程序所写 / is not ours")
    return latest


def _sizes(store: Store, place: str) -> dict[str, int]:
    """Bytes of every object below ``place``, by its path there."""
    base = f"{store.root}/{place}"
    found = store.files.get_file_info(fs.FileSelector(base, recursive=True, allow_not_found=True))
    return {info.path.removeprefix(f"{base}/"): info.size for info in found if info.type == fs.FileType.File}


def _send(file: Path, store: Store, path: str) -> None:
    # An object comes to be when its last piece has arrived; a kill leaves none.
    with file.open("rb") as source, store.files.open_output_stream(f"{store.root}/{path}") as stream:
        shutil.copyfileobj(source, stream, _PIECE)


def _put(store: Store, path: str, content: bytes) -> None:
    with store.files.open_output_stream(f"{store.root}/{path}") as stream:
        stream.write(pa.py_buffer(content))


def _remove_old(store: Store, current: str) -> None:
    """Removes the exports before the newest ``KEEP``, never the current one nor what is not an export's."""
    base = f"{store.root}/builds"
    found = store.files.get_file_info(fs.FileSelector(base, allow_not_found=True))
    names = sorted((info.base_name for info in found if info.type == fs.FileType.Directory), reverse=True)
    exports = [name for name in names if _EXPORT.fullmatch(name)]
    for name in exports[KEEP:]:
        if name != current:
            store.files.delete_dir(f"{base}/{name}")
