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

import pyarrow as pa

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
    # environment of ours, which may hold what is no query's business.
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=json.dumps(request).encode(),
            capture_output=True,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            cwd=file.parent,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryFailed(
            f"查询超过 {timeout_s:g} 秒，已中止 / The query was stopped after {timeout_s:g} seconds"
        ) from error
    return _result(child.stdout, child.returncode, child.stderr)


def _result(out: bytes, returncode: int, err: bytes) -> QueryResult:
    head, _, body = out.partition(b"\n")
    if returncode or not head:
        last = err.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise QueryFailed(
            f"查询进程异常结束（{returncode}），可能内存不足 / The query's process ended abnormally ({returncode}), "
            f"perhaps out of memory{': ' + last if last else ''}"
        )
    answer = json.loads(head)
    if answer["outcome"] == "refused":
        raise QueryRefused(answer["message"])
    if answer["outcome"] == "failed":
        raise QueryFailed(answer["message"])
    with pa.ipc.open_stream(body) as stream:
        return QueryResult(stream.read_all(), answer["truncated"])
