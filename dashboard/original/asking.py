"""Asking the child process, which alone opens documents, for something that is made from one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

from dashboard.original.cache import Cache
from dashboard.original.places import Original, OriginalMissing
from warehouse.children import TooMuch, converse
from warehouse.errors import OgiError

SECONDS = 10.0
"""That a document may take."""

CONVERSION_SECONDS = 30.0
"""That one may take that LibreOffice converts first; usually two."""

AT_ONCE = 2
"""Documents that are worked on at a time."""

PATIENCE = 30.0
"""Seconds that a request waits for its turn."""

MAX_ANSWER = 65 * 2**20
"""Bytes: the largest document itself, and a line before it."""

CACHED = 64 * 2**20
"""Bytes of pictures and pages that are kept."""

_CHILD = Path(__file__).with_name("child.py")
_turns = threading.BoundedSemaphore(AT_ONCE)


class OriginalUnreadable(OgiError):
    """A document that is there and cannot be shown; ``code`` says why: one of the readers' codes, "busy" where too
    many are worked on, "timeout"."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What the child answered: fields, and bytes beside them."""

    head: Mapping[str, Any]
    data: bytes


cache: Cache[Answer] = Cache(CACHED, lambda answer: len(answer.data) + len(json.dumps(answer.head)) + 500)


def ask(original: Original, task: str, asked: Mapping[str, Any], *, keep: bool = True) -> Answer:
    """What the child makes of a document, perhaps from the cache. OriginalMissing, OriginalUnreadable."""
    wanted = {"task": task, "media_type": original.media_type, **asked}
    key = f"{original.sha256} {sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()}"
    if keep and (known := cache.get(key)) is not None:
        return known
    found = _of_places(original, wanted)
    if keep:
        cache.put(key, found)
    return found


def _of_places(original: Original, wanted: Mapping[str, Any]) -> Answer:
    """The answer from the first of the places where the document still stands."""
    converts = wanted["task"] in ("view", "prose") and original.is_converted
    seconds = CONVERSION_SECONDS if converts else SECONDS
    reason = ""
    for place in original.places:
        request = {**wanted, "path": str(place.path), "offset": place.offset, "sha256": original.sha256}
        answer = _converse({**request, "seconds": seconds, "converts": converts}, seconds)
        if answer.head["outcome"] == "missing":
            reason = answer.head["message"]
            continue
        if answer.head["outcome"] == "unreadable":
            zh, _, en = answer.head["message"].partition(" / ")
            raise OriginalUnreadable(answer.head["code"], zh, en or zh)
        return answer
    raise OriginalMissing(original.sha256, reason)


def _converse(request: Mapping[str, Any], seconds: float) -> Answer:
    if not _turns.acquire(timeout=PATIENCE):
        raise OriginalUnreadable("busy", "服务器忙，请稍后再试", "The server is busy: try again later")
    try:
        return _run(request, seconds)
    finally:
        _turns.release()


def _run(request: Mapping[str, Any], seconds: float) -> Answer:
    # -I: neither the environment nor the working folder decides what the child imports; of the environment it gets
    # what finds LibreOffice. What it says on standard error may name places of this machine, and is dropped.
    with subprocess.Popen(
        [sys.executable, "-I", str(_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        cwd="/",
    ) as child:
        try:
            found = converse(child, json.dumps(request).encode(), monotonic() + seconds, MAX_ANSWER)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise OriginalUnreadable(
                "timeout",
                f"处理原文超过 {seconds:g} 秒，已中止",
                f"Working on the original took more than {seconds:g} s and was stopped",
            ) from error
        except TooMuch as error:
            raise OriginalUnreadable(
                "too_large", "原文过大，无法显示", "The original is too large to be shown"
            ) from error
        finally:
            child.kill()
    return _answer(found, child.returncode)


def _answer(found: bytearray, status: int) -> Answer:
    end = found.find(b"\n")
    try:
        head = json.loads(bytes(found[:end])) if end >= 0 and not status else {}
    except ValueError:
        head = {}
    if "outcome" not in head:
        # Killed by its limits, or by what the document did to a library.
        raise OriginalUnreadable(
            "too_large",
            f"处理原文的进程异常结束（{status}），可能因文件过大或损坏",
            f"The process that works on the original ended abnormally ({status}): it may be too large, or damaged",
        )
    return Answer(head, bytes(found[end + 1 :]))
