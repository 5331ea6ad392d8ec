"""Archives of attachments: the documents in a ZIP file."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from extract.model import Document, ReadError
from extract.readers.signatures import ZIP, ZIP_STARTS, zip_type
from extract.readers.zipped import open_zip, unpack

MAX_MEMBERS = 1000
MAX_BYTES = 256 * 1024 * 1024
"""Of all members together, unpacked."""

MARK = "!"
"""Parts a member's name from its archive's: ``a.zip!b.pdf``."""

_MAX_RATIO = 200  # unpacked to packed; text in tables reaches about 30
_SMALL = 1024 * 1024  # bytes: a small member may be packed as tightly as it likes
_UTF8_NAME = 0x800  # of a member's flags
_ENCRYPTED = 0x1
_JUNK = frozenset({"__macosx", ".ds_store", "thumbs.db", "desktop.ini"})


def read(data: bytes) -> Document:
    """Raises ReadError: why an archive cannot be opened, or that its members
    are documents of their own."""
    names(data)
    raise ReadError("unsupported", "压缩包请逐个文件读取 / an archive is read file by file: unpack it first")


def is_archive_name(name: str) -> bool:
    """Whether a file of this name is an archive, whose members are documents of their own."""
    return PurePosixPath(name).suffix.lower() == ".zip"


def is_archive(source: bytes | Path) -> bool:
    """Whether a file is a ZIP file of documents, not a document that is kept
    as one (DOCX, XLSX, ODT, OFD)."""
    if isinstance(source, bytes):
        head = source[:4]
    else:
        with source.open("rb") as file:
            head = file.read(4)
    try:
        return head in ZIP_STARTS and zip_type(source) == ZIP
    except ReadError:
        return False


def names(source: bytes | Path) -> list[str]:
    """The names of the files in an archive, sorted; those of an archive
    within it as ``inner.zip!name`` (one level, deeper ones stand as they
    are). Folders, hidden files and what systems leave behind are passed over.

    Raises ReadError before anything is unpacked: "encrypted" if a member is;
    "too_large" beyond ``MAX_MEMBERS``, ``MAX_BYTES`` or the ratio of a zip
    bomb; "unreadable" if the archive is damaged; "empty" if it holds no file.
    """
    return [name for name, _ in _members(source, _Budget())]


def member(source: bytes | Path, name: str) -> bytes:
    """The content of the file that ``names`` names; ReadError like there, and
    "unreadable" if there is none."""
    for found, load in _members(source, _Budget(), name):
        if found == name:
            return load()
    raise ReadError("unreadable", f"压缩包中没有 {name} / the archive has no {name}")


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


def _members(
    source: bytes | Path, budget: _Budget, wanted: str | None = None, *, nested: bool = False
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Each member with what unpacks it; archives within are opened only where
    ``wanted`` may be in them."""
    with open_zip(source) as archive:
        files = [(name, file) for name, file in _named(archive) if not _is_junk(name)]
        if any(file.flag_bits & _ENCRYPTED for _, file in files):
            raise ReadError("encrypted", "压缩包有密码 / the archive is protected by a password")
        if not files and not nested:
            raise ReadError("empty", "压缩包中没有文件 / there is no file in the archive")
        budget.spend([file for _, file in files])
        for name, file in files:
            inner = name + MARK
            opened = not nested and is_archive_name(name) and (wanted is None or wanted.startswith(inner))
            if opened and is_archive(content := unpack(archive, file, MAX_BYTES)):
                for inner_name, load in _members(content, budget, nested=True):
                    yield inner + inner_name, load
            else:
                yield name, lambda file=file: unpack(archive, file, MAX_BYTES)  # type: ignore[misc]


def _named(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    """The files by their names, sorted; of several with one name the further ones are numbered."""
    found = [file for file in archive.infolist() if file.filename and not file.is_dir()]
    files = sorted(((_name(file), file) for file in found), key=lambda pair: pair[0])
    taken: set[str] = set()
    named = []
    for name, file in files:
        path = PurePosixPath(name)
        numbered = (str(path.with_stem(f"{path.stem} ({number})")) for number in itertools.count(2))
        name = next(other for other in itertools.chain([name], numbered) if other not in taken)
        taken.add(name)
        named.append((name, file))
    return named


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
