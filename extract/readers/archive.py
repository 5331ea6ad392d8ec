"""Archives of attachments: the documents in a ZIP file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from extract.model import ReadError
from extract.readers.signatures import ZIP, office_type
from extract.readers.zipped import open_zip, unpack

MAX_MEMBERS = 1000
MAX_BYTES = 256 * 1024 * 1024
"""Of all members together, unpacked."""

_MAX_RATIO = 200  # unpacked to packed; text in tables reaches about 30
_SMALL = 1024 * 1024  # bytes: a small member may be packed as tightly as it likes
_UTF8_NAME = 0x800  # of a member's flags
_ENCRYPTED = 0x1
_JUNK = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})


def is_archive(data: bytes) -> bool:
    """Whether ``data`` is a ZIP file of documents, not a document that is kept
    as one (DOCX, XLSX, ODT, OFD)."""
    if not data.startswith(b"PK"):
        return False
    try:
        return office_type(data) == ZIP
    except ReadError:
        return False


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in an archive, each with its name, sorted by name; those of an
    archive within it as ``inner.zip!name`` (one level, deeper ones come as
    they are). Folders, hidden files and what systems leave behind are passed
    over.

    Raises ReadError before anything is unpacked: "encrypted" if a member is;
    "too_large" beyond ``MAX_MEMBERS``, ``MAX_BYTES`` or the ratio of a zip
    bomb; "unreadable" if the archive is damaged; "empty" if it holds no file.
    """
    yield from _members(data, _Budget(), nested=False)


class _Budget:
    """What may still come out of an archive and of those within it."""

    def __init__(self) -> None:
        self.members = MAX_MEMBERS
        self.bytes = MAX_BYTES

    def spend(self, files: list[zipfile.ZipInfo]) -> None:
        self.members -= len(files)
        self.bytes -= sum(file.file_size for file in files)
        if self.members < 0:
            raise _too_large(f"超过 {MAX_MEMBERS} 个文件", f"more than {MAX_MEMBERS} files")
        if self.bytes < 0:
            limit = MAX_BYTES // 2**20
            raise _too_large(f"解压后超过 {limit} MiB", f"more than {limit} MiB when unpacked")
        for file in files:
            if file.file_size > max(_SMALL, _MAX_RATIO * file.compress_size):
                raise _too_large(f"压缩比异常：{file.filename}", f"packed beyond reason: {file.filename}")


def _members(data: bytes, budget: _Budget, *, nested: bool) -> Iterator[tuple[str, bytes]]:
    with open_zip(data) as archive:
        named = sorted((_name(file), file) for file in archive.infolist() if not file.is_dir())
        named = [(name, file) for name, file in named if not _is_junk(name)]
        files = [file for _, file in named]
        if any(file.flag_bits & _ENCRYPTED for file in files):
            raise ReadError("encrypted", "压缩包有密码 / the archive is protected by a password")
        if not files and not nested:
            raise ReadError("empty", "压缩包中没有文件 / there is no file in the archive")
        budget.spend(files)
        for name, file in named:
            content = unpack(archive, file, MAX_BYTES)
            if nested or not is_archive(content):
                yield name, content
                continue
            for inner, inner_content in _members(content, budget, nested=True):
                yield f"{name}!{inner}", inner_content


def _name(file: zipfile.ZipInfo) -> str:
    """The member's name with ``/`` between folders. Names that are not marked
    as UTF-8 are in the encoding of the system that packed them, in China GBK;
    zipfile took them for code page 437."""
    name = file.filename
    if not file.flag_bits & _UTF8_NAME:
        try:
            raw = name.encode("cp437")
            try:
                name = raw.decode("utf-8")
            except UnicodeDecodeError:
                name = raw.decode("gb18030")
        except UnicodeError:
            pass  # neither: the name as it stands will do
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "?"


def _is_junk(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.lower() in _JUNK or part.startswith((".", "~$")) for part in parts)


def _too_large(zh: str, en: str) -> ReadError:
    return ReadError("too_large", f"压缩包{zh} / the archive has {en}")
