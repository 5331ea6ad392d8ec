"""Times one reader over the documents named on standard input, in a process of its own.

``python -m tests.bench.measure READER`` prints one JSON object. The readers
that are compared with are what one would write first with a general library.
"""

from __future__ import annotations

import importlib
import io
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

SECONDS = 3.0
"""Whole passes over the documents are repeated until so much time has gone."""

Read = Callable[[bytes, str], object]


def ours(data: bytes, name: str) -> object:
    from extract.reading import read_bytes

    reading = read_bytes(data, name)
    if reading["error"]:
        raise ValueError(reading["error"])
    return reading


def pdfplumber(data: bytes, name: str) -> object:
    library = importlib.import_module("pdfplumber")
    with library.open(io.BytesIO(data)) as document:
        return [page.extract_tables() for page in document.pages]


def read_html(data: bytes, name: str) -> object:
    library = importlib.import_module("pandas")
    return library.read_html(io.BytesIO(data))


READERS: dict[str, Read] = {
    "ogi": ours,
    "pdfplumber extract_tables": pdfplumber,
    "pandas read_html": read_html,
}


def peak_mib() -> float:
    """The most memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent had before it started this program
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def main() -> None:
    read = READERS[sys.argv[1]]
    documents = [(Path(name).read_bytes(), name) for name in sys.stdin.read().splitlines()]
    failed: set[str] = set()
    attempt(read, *documents[0], failed)  # imports are not counted
    began, passes = perf_counter(), 0
    while perf_counter() - began < SECONDS:
        for data, name in documents:
            attempt(read, data, name, failed)
        passes += 1
    seconds = (perf_counter() - began) / (passes * len(documents))
    print(json.dumps({"seconds": seconds, "peak_mib": peak_mib(), "failed": len(failed)}))


def attempt(read: Read, data: bytes, name: str, failed: set[str]) -> None:
    try:
        read(data, name)
    except Exception:  # a reader that fails on a document goes on with the next
        failed.add(name)


if __name__ == "__main__":
    main()
