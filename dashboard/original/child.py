"""The child process of ``dashboard.original``: does one thing with one document and ends.

Request: one JSON object on standard input. Answer: one line of JSON, then bytes. It reads the document itself, from
the file (or the place in a WARC file) that the request names, and makes sure of its hash. Documents are hostile:
the process may use a bounded amount of memory and processor time and write no file (but for what LibreOffice
converts, which works in a folder that goes with it); the parent kills it by the clock.
"""

from __future__ import annotations

import hashlib
import json
import math
import resource
import signal
import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # In isolated mode, nothing but this file says where the project stands.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from extract.model import ReadError
from extract.readers.signatures import OFD

MEMORY = 1 << 30
"""Bytes of address space."""

MAX_BYTES = 64 * 2**20
"""Of a document; the readers read none that is larger."""

Answer = tuple[dict[str, Any], bytes]


class Missing(Exception):
    """The document does not stand where it should."""


def main() -> None:
    """Reads the request, answers it."""
    request = json.load(sys.stdin.buffer)
    limit_process(request["seconds"], converts=request["converts"])
    payload = b""
    try:
        data = document(request["path"], request["offset"], request["sha256"])
        head, payload = answer(data, request)
        head["outcome"] = "done"
    except Missing as error:
        head = {"outcome": "missing", "message": str(error)}
    except ReadError as error:
        head = {"outcome": "unreadable", "code": error.code, "message": error.message}
    except MemoryError:
        head = {"outcome": "unreadable", "code": "too_large", "message": "内存不足 / out of memory"}
    except RecursionError:
        head = {"outcome": "unreadable", "code": "too_large", "message": "文件嵌套过深 / it is nested too deeply"}
    except Exception as error:
        # What a library says of a document may quote it.
        head = {
            "outcome": "unreadable",
            "code": "unreadable",
            "message": f"无法显示 / cannot be shown ({type(error).__name__})",
        }
    sys.stdout.buffer.write(json.dumps(head, ensure_ascii=True).encode() + b"\n" + payload)
    sys.stdout.buffer.flush()


def limit_process(seconds: float, *, converts: bool) -> None:
    """Bounds what the process may use. Where LibreOffice works for it, which needs more and has bounds of its own,
    the bounds are this process's own alone."""
    signal.setitimer(signal.ITIMER_REAL, math.ceil(seconds) + 2)  # where the parent was killed itself
    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CPU: math.ceil(seconds), resource.RLIMIT_CORE: 0}
    if not converts:
        limits |= {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NOFILE: 64}
    for kind, value in limits.items():
        hard = resource.getrlimit(kind)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bounded, hard if converts else bounded))


def document(path: str, offset: int | None, sha256: str) -> bytes:
    """The document's bytes. Missing where they are not those of the hash; ReadError("too_large")."""
    if offset is None:
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise Missing(f"无法打开 / it cannot be opened: {error.strerror}") from error
    else:
        from extract.crawl.warc import ArchiveError, TooLargeError, payload

        try:
            data = payload(Path(path), offset)
        except TooLargeError as error:
            raise ReadError("too_large", "文件过大 / the document is too large") from error
        except ArchiveError as error:
            raise Missing("网页存档损坏 / the archive of the crawl is damaged") from error
    if len(data) > MAX_BYTES:
        raise ReadError("too_large", f"文件超过 {MAX_BYTES >> 20} MiB / it is larger than {MAX_BYTES >> 20} MiB")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Missing("存档中的内容已改变 / what is archived there has changed")
    return data


def answer(data: bytes, request: dict[str, Any]) -> Answer:
    """What is asked for, by the request's ``task``."""
    kind, media_type = request["task"], request["media_type"]
    if kind == "bytes":
        return {}, data
    if kind == "page":
        return page(data, media_type, request)
    if kind in ("sizes", "picture"):
        return pictures(data, media_type, request)
    if kind in ("view", "prose"):
        return texts(data, media_type, request)
    raise ValueError(kind)


def texts(data: bytes, media_type: str, request: dict[str, Any]) -> Answer:
    """The document as its reader sees it, or its prose."""
    from dashboard.original.documents import read

    document, partly = read(data, media_type)
    if request["task"] == "view":
        from dashboard.original.marks import from_plain
        from dashboard.original.view import view

        return {**view(document, from_plain(request["marks"])), "partly": partly}, b""
    from dashboard.original.prose import prose

    return {**prose(document, request["claims"]), "partly": partly}, b""


def page(data: bytes, media_type: str, request: dict[str, Any]) -> Answer:
    """An archived page with its marks."""
    from dashboard.original.marks import from_plain
    from dashboard.original.page import marked_page

    if media_type != "text/html":
        from extract.readers.mhtml import page_of

        data = page_of(data)
    made = marked_page(data, from_plain(request["marks"]), request["back"])
    return {"marked": made.marked, "unmarked": made.unmarked}, made.html.encode()


def pictures(data: bytes, media_type: str, request: dict[str, Any]) -> Answer:
    """The sizes of all pages, or the picture of one."""
    from dashboard.original import pages

    if media_type == "application/pdf":
        sizes, picture = pages.pdf_sizes, pages.pdf_picture
    elif media_type.startswith("image/"):
        sizes, picture = pages.image_sizes, pages.image_picture
    elif media_type == "text/html":
        from dashboard.original import embedded

        sizes, picture = embedded.sizes, embedded.picture
    elif media_type == OFD:
        from dashboard.original import ofd

        sizes, picture = ofd.sizes, ofd.picture
    else:
        raise ReadError("unsupported", "此类文件没有页面图像 / documents of this kind have no pictures of pages")
    if request["task"] == "sizes":
        return {"sizes": sizes(data)}, b""
    boxes = [(box[0], box[1], box[2], box[3]) for box in request["boxes"]]
    try:
        shown = picture(data, request["number"], boxes)
    except pages.Hidden:
        return {"hidden": True}, b""
    head = {"width": shown.width, "height": shown.height, "box": shown.box, "media_type": shown.media_type}
    return head, shown.data


if __name__ == "__main__":
    main()
