"""Fuzzes one medium for some seconds, in a process of its own, since PDFium's code may crash it.

``python -m tests.fuzz.child MEDIUM SECONDS SEED SEEDS FOLDER`` reads damaged
documents of SEEDS (a folder with a file for each). The document being read
lies in FOLDER/current, so that it is known when the process dies; one that
raised is kept under a name of its own, with its traceback. Prints what was
found as one JSON object.
"""

from __future__ import annotations

import faulthandler
import hashlib
import json
import random
import resource
import sys
import traceback
from collections import Counter
from pathlib import Path
from time import monotonic

from tests.fuzz.check import check_medium
from tests.fuzz.mutate import damaged

SECONDS_EACH = 240
"""A document that takes longer hangs: the process ends itself and says where."""

MEMORY = 4 * 2**30


def fuzz(medium: str, seconds: float, seed: str, seeds: list[bytes], folder: Path) -> dict[str, int]:
    """Counts of what came of the documents, "read", error codes, "raised"."""
    chance = random.Random(f"{medium} {seed}")
    counts: Counter[str] = Counter()
    end = monotonic() + seconds
    current = folder / "current"
    while monotonic() < end:
        data = damaged(chance.choice(seeds), chance.choice(seeds), medium, chance)
        current.write_bytes(data)
        faulthandler.dump_traceback_later(SECONDS_EACH, exit=True)
        try:
            counts[check_medium(data, medium, chance)] += 1
        except Exception:  # any that comes out is what is looked for
            counts["raised"] += 1
            _keep(data, medium, folder)
        faulthandler.cancel_dump_traceback_later()
    current.unlink(missing_ok=True)
    return dict(counts)


def _keep(data: bytes, medium: str, folder: Path) -> None:
    """Keeps one document for each place of the code that raised."""
    error, _, trace = sys.exc_info()
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-3:]]
    name = hashlib.sha256(f"{error} {places}".encode()).hexdigest()[:12]
    document = folder / f"{name}.{medium}"
    if not document.exists():
        document.write_bytes(data)
        (folder / f"{name}.traceback").write_text(traceback.format_exc(), "utf-8")


def main() -> None:
    medium, seconds, seed, seeds, folder = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    faulthandler.enable()
    documents = [path.read_bytes() for path in sorted(Path(seeds).iterdir())]
    print(json.dumps(fuzz(medium, float(seconds), seed, documents, Path(folder))))


if __name__ == "__main__":
    main()
