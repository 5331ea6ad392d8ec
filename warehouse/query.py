"""Read-only SQL on a published warehouse, for queries that nobody has vetted.

A query runs in a child process of its own, which opens the file read-only,
shuts every door to the machine and ends when its time is up. What it returns
comes back as Arrow. The rules of what is refused stand in ``query_worker``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pyarrow as pa

from warehouse.children import TooMuch, converse

MAX_SQL = 1_000_000
"""Characters of a query; a longer one is refused unread."""

MAX_ANSWER = 320 * 2**20
"""Bytes of an answer: what the child lets through (``query_worker.MAX_BYTES``), and Arrow's frame around it."""

_WORKER = Path(__file__).with_name("query_worker.py")


class QueryRefused(Exception):
    """The query asks for something that is not allowed; the message says what, in Chinese and English."""


class QueryFailed(Exception):
    """The query is allowed but did not succeed: an error in it, or out of time or memory."""


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query, at most ``limit``; ``truncated`` where there were more."""

    table: pa.Table
    truncated: bool


def run_query(
    path: Path, sql: str, *, limit: int = 10_000, timeout_s: float = 30, memory_mb: int = 1024, threads: int = 2
) -> QueryResult:
    """Runs one SELECT (also WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW TABLES, EXPLAIN) on the warehouse ``path``.

    ``memory_mb`` is what DuckDB may use, ``timeout_s`` the seconds until the
    query is killed. Raises QueryRefused or QueryFailed, FileNotFoundError
    where there is no warehouse.
    """
    if limit < 1 or timeout_s <= 0 or memory_mb < 16 or threads < 1:
        raise ValueError("limit, timeout_s, memory_mb (16 at least) and threads must be positive")
    if len(sql) > MAX_SQL:
        raise QueryRefused(
            f"查询超过 {MAX_SQL:,} 个字符 / The query is longer than {MAX_SQL:,} characters; load such lists elsewhere"
        )
    # A link is resolved here: the child reads the build that is published now.
    file = path.resolve(strict=True)
    request = {
        "path": str(file),
        "sql": sql,
        "limit": limit,
        "timeout_s": timeout_s,
        "memory_mb": memory_mb,
        "threads": threads,
    }
    # -I: neither the environment nor the working folder decides what the child imports. It gets no
    # environment of ours, which may hold what is no query's business. What it says on standard error
    # may name places of this machine, and is dropped.
    with subprocess.Popen(
        [sys.executable, "-I", str(_WORKER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        cwd=file.parent,
    ) as child:
        try:
            # The child is trusted to keep to its own limit, and not believed.
            answer = converse(child, json.dumps(request).encode(), monotonic() + timeout_s, MAX_ANSWER)
        except TooMuch as error:
            raise QueryFailed("结果过大 / The result is too large") from error
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            raise QueryFailed(
                f"查询超过 {timeout_s:g} 秒，已中止 / The query was stopped after {timeout_s:g} seconds"
            ) from error
        finally:
            child.kill()
    return _result(answer, child.returncode)


def _result(out: bytearray, returncode: int) -> QueryResult:
    end = out.find(b"\n")
    try:
        answer = json.loads(bytes(out[:end])) if end >= 0 and not returncode else {}
    except ValueError:
        answer = {}
    if "outcome" not in answer:
        raise QueryFailed(
            f"查询进程异常结束（{returncode}），可能内存不足 / The query's process ended abnormally ({returncode}), "
            "perhaps out of memory"
        )
    if answer["outcome"] == "refused":
        raise QueryRefused(answer["message"])
    if answer["outcome"] == "failed":
        raise QueryFailed(answer["message"])
    # Without a copy: the rows stay where they were received.
    with pa.ipc.open_stream(pa.py_buffer(out)[end + 1 :]) as stream:
        return QueryResult(stream.read_all(), answer["truncated"])
