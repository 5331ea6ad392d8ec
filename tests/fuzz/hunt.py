"""Starts the fuzzing processes, one medium after the other, and tells what they found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from extract.paths import ROOT
from tests.fuzz.seeds import seeds

_SHARES = {"txt": 2, "html": 3, "docx": 3, "pdf": 6}
"""Of the time, by medium; most filings are in these."""


@dataclass
class Findings:
    """Counts by medium; ``problems`` names every exception, crash and hang with its document."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(sum(counter.values()) for counter in self.counts.values())


def hunt(seconds: float, seed: str, folder: Path, rendered: int) -> Findings:
    """Fuzzes every medium for its share of ``seconds``; documents that brought
    something down are kept in ``folder``."""
    found = Findings()
    by_medium = seeds(folder / "rendered", rendered)
    shares = sum(_SHARES.get(medium, 1) for medium in by_medium)
    for medium, documents in by_medium.items():
        place = folder / f"seeds-{medium}"
        place.mkdir(parents=True)
        for number, data in enumerate(documents):
            (place / f"{number:04d}").write_bytes(data)
        counts = found.counts[medium] = Counter()
        kept = folder / f"kept-{medium}"
        kept.mkdir()
        end, run = monotonic() + seconds * _SHARES.get(medium, 1) / shares, 0
        while (left := end - monotonic()) > 0:
            counts.update(_child(medium, left, f"{seed} {run}", place, kept, found))
            run += 1
        found.problems += [
            f"{trace.with_suffix('.' + medium)}:\n{trace.read_text('utf-8')}"
            for trace in sorted(kept.glob("*.traceback"))
        ]
    return found


def _child(medium: str, seconds: float, seed: str, place: Path, kept: Path, found: Findings) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.fuzz.child", medium, str(seconds), seed, str(place), str(kept)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        counts: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return counts
    document = kept / f"died-{len(found.problems)}.{medium}"
    if (kept / "current").exists():
        (kept / "current").rename(document)
    found.problems.append(f"{document}: the process died with {done.returncode}:\n{done.stderr[-4000:]}")
    return {"died": 1}
