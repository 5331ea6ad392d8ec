"""Times one reader over the documents named on standard input, in a process of its own.

``python -m tests.bench.measure READER`` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter, process_time

from tests.bench.peers import READERS, Read
from tests.memory import peak_mib

SECONDS = 1.0
"""Whole passes over the documents are repeated until so much time has gone."""


def main() -> None:
    read = READERS[sys.argv[1]].read
    documents = [(Path(name).read_bytes(), name) for name in sys.stdin.read().splitlines()]
    failed: set[str] = set()
    seconds_of(read, *documents[0], failed)  # imports are not counted
    best = dict.fromkeys((name for _, name in documents), float("inf"))
    began = perf_counter()
    while perf_counter() - began < SECONDS:
        for data, name in documents:
            best[name] = min(best[name], seconds_of(read, data, name, failed))
    print(json.dumps({"seconds": sum(best.values()) / len(best), "peak_mib": peak_mib(), "failed": len(failed)}))


def seconds_of(read: Read, data: bytes, name: str, failed: set[str]) -> float:
    """Seconds of processor time that one document takes."""
    began = process_time()
    try:
        read(data, name)
    except Exception:  # a reader that fails on a document goes on with the next
        failed.add(name)
    return process_time() - began


if __name__ == "__main__":
    main()
