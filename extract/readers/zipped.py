"""Zip containers (DOCX, XLSX, OFD, archives), opened with bounds on what comes out of them."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from extract.model import ReadError
from extract.readers.limits import MAX_TAGS, check_count

MAX_XML = 20 * 1024 * 1024
"""Bytes of one XML part unpacked; a report has 2 MiB at most."""

MAX_DIRECTORY = 4 * 1024 * 1024
"""Bytes of a container's directory, which is read whole: some 40,000 members."""

_END = b"PK\x05\x06"  # begins the record that closes the directory
_END_REACH = 22 + 65535  # bytes from a file's end in which it stands
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, KeyError)
_ENCRYPTED = 0x1  # of a member's flags


def open_zip(source: bytes | Path) -> zipfile.ZipFile:
    """The container in a file or in the content of one. Raises ReadError:
    "unreadable" if it is damaged, "too_large" beyond ``MAX_DIRECTORY``."""
    try:
        file = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        try:
            _check_directory(file)
            return zipfile.ZipFile(file)
        except BaseException:
            file.close()
            raise
    except _DAMAGE as error:
        raise ReadError("unreadable", f"压缩结构损坏 / the zip structure is damaged: {error}") from error


def _check_directory(file: BinaryIO) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_REACH))
    tail = file.read()
    end = tail[tail.rfind(_END) :] if _END in tail else b""
    if int.from_bytes(end[12:16], "little") > MAX_DIRECTORY:
        raise ReadError("too_large", "压缩包的目录过大 / the zip has an endless directory")


def unpack(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, limit: int) -> bytes:
    """The content of one member of at most ``limit`` bytes.

    Raises ReadError: "too_large" beyond the limit (without unpacking it),
    "encrypted", "unreadable" if it is damaged or absent.
    """
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        if info.flag_bits & _ENCRYPTED:
            raise ReadError("encrypted", "压缩内容已加密 / the content of the zip is encrypted")
        if info.file_size > limit:
            size = f"{info.file_size / 2**20:.0f} MiB"
            raise ReadError("too_large", f"解压后过大 / too large when unpacked: {info.filename} ({size})")
        return archive.read(info)  # never more than the size that its header states
    except _DAMAGE as error:
        raise ReadError("unreadable", f"压缩内容损坏 / the content of the zip is damaged: {error}") from error


def parse_xml(archive: zipfile.ZipFile, member: str) -> etree._Element:
    """The root of an XML member; entities are not resolved, nothing is loaded
    from elsewhere. Raises ReadError like ``unpack``."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    xml = unpack(archive, member, MAX_XML)
    check_count(xml.count(b"<"), MAX_TAGS, "个标记", "tags")
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError("unreadable", f"XML 损坏 / damaged XML: {member}: {error}") from error
