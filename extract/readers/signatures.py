"""What a file is by its first bytes and its parts, whatever its name says."""

from __future__ import annotations

import io
from pathlib import Path

from extract.model import ReadError
from extract.readers.zipped import open_zip, unpack

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
OFD = "application/ofd"
MHTML = "multipart/related"
ZIP = "application/zip"

_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"BM": "image/bmp",
    b"GIF8": "image/gif",
}
IMAGES = frozenset({*_PICTURES.values(), "image/webp"})

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_ARCHIVES = {
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"\x1f\x8b": "GZIP",
    b"BZh": "BZIP2",
    b"\xfd7zXZ\x00": "XZ",
}
_OTHERS = {b"CAJ\x00": "CAJ", b"KDH ": "KDH", b"Founder CEB": "CEB", b"AT&TFORM": "DjVu", b"UOF": "UOF"}
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")
_FIB_ENCRYPTED = 0x0100  # of the flags at 0x0A of a Word document's header


def image_type(data: bytes) -> str | None:
    """The media type of an image, None for anything else."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"BM") and int.from_bytes(data[2:6], "little") not in (len(data), 0):
        return None  # words that begin with BM
    return next((kind for start, kind in _PICTURES.items() if data.startswith(start)), None)


def office_type(data: bytes) -> str | None:
    """The media type of a file of an office program or an archive, None for anything else.

    Raises ReadError: "encrypted" for a document with a password,
    "unsupported" for a kind that no reader knows, "unreadable" for a damaged
    container.
    """
    if data.startswith(ZIP_STARTS):
        return zip_type(data)
    if data.startswith(_OLE):
        return _ole_type(data)
    if data.lstrip()[:5].lower() == b"{\\rtf":
        return RTF
    head = data[:4096].lower()
    if head.lstrip().startswith(b"mime-version:") and b"multipart/related" in head:
        return MHTML
    _refuse(data)
    return None


def _refuse(data: bytes) -> None:
    """ReadError("unsupported") with a remedy, for kinds that are known to have no reader."""
    for start, kind in _ARCHIVES.items():
        if data.startswith(start):
            raise _unsupported(kind, "请解压后逐个读取，或打成 ZIP 包", "unpack it, or pack it as ZIP")
    if data[257:262] == b"ustar":
        raise _unsupported("TAR", "请解压后逐个读取，或打成 ZIP 包", "unpack it, or pack it as ZIP")
    for start, kind in _OTHERS.items():
        if data.startswith(start):
            raise _unsupported(kind, "请用原软件另存或打印为 PDF", "save or print it as PDF with its own program")
    if data[4:12] in _HEIF:
        raise _unsupported("HEIF", "请另存为 JPEG 或 PNG", "save it as JPEG or PNG")


def zip_type(source: bytes | Path) -> str:
    """The media type of a document kept as a ZIP container, or ``ZIP``; ReadError like ``office_type``."""
    with open_zip(source) as archive:
        names = set(archive.namelist())
        if "word/document.xml" in names:
            return DOCX
        if "xl/workbook.xml" in names:
            return XLSX
        if "OFD.xml" in names:
            return OFD
        if "mimetype" in names:
            kind = unpack(archive, "mimetype", 1024).decode("ascii", "replace").strip()
            if kind.startswith(ODT):
                return ODT
            raise _unsupported(kind, "请另存为 DOCX、XLSX 或 PDF", "save it as DOCX, XLSX or PDF")
        if "[Content_Types].xml" in names:
            raise _unsupported("OOXML", "请另存为 DOCX、XLSX 或 PDF", "save it as DOCX, XLSX or PDF")
    return ZIP


def _ole_type(data: bytes) -> str:
    """Which office document an OLE container holds (DOC and WPS, XLS and ET)."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise ReadError("encrypted", "文件有密码 / the file is protected by a password")
            if ole.exists("WordDocument"):
                header = ole.openstream("WordDocument").read(12)
                if int.from_bytes(header[10:12], "little") & _FIB_ENCRYPTED:
                    raise ReadError("encrypted", "文件有密码 / the file is protected by a password")
                return DOC
            if ole.exists("Workbook") or ole.exists("Book"):
                return XLS
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise ReadError("unreadable", f"文件结构损坏 / the file's structure is damaged: {error}") from error
    raise _unsupported("OLE", "请另存为 DOCX 或 PDF", "save it as DOCX or PDF")


def _unsupported(kind: str, zh: str, en: str) -> ReadError:
    return ReadError("unsupported", f"暂不能读取的格式 {kind}，{zh} / no reader for {kind}: {en}")
