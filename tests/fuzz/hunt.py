"""Starts the fuzzing processes, one medium after the other, and tells what they found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from extract.paths import ROOT
from tests.fuzz.seeds import seeds

_SHARES = {"txt": 2, "html": 3, "docx": 3, "pdf": 6}
"""Of the time, by medium; most filings are in these."""

_EXECUTIONS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_TAIL = 6000  # characters of what a process said before it ended


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
    for medium, share, place, kept in _media(seconds, folder, rendered):
        counts = found.counts[medium] = Counter()
        end, run = monotonic() + share, 0
        while (left := end - monotonic()) > 0:
            counts.update(_child(medium, left, f"{seed} {run}", place, kept, found))
            run += 1
        found.problems += [
            f"{trace.with_suffix('.' + medium)}:\n{trace.read_text('utf-8')}"
            for trace in sorted(kept.glob("*.traceback"))
        ]
    return found


def hunt_guided(seconds: float, seed: str, folder: Path, rendered: int) -> Findings:
    """Like ``hunt``, guided by coverage (atheris must be installed); the first
    problem ends the medium's turn. Counts "executions" by medium."""
    found = Findings()
    for medium, share, place, kept in _media(seconds, folder, rendered):
        command = [sys.executable, "-m", "tests.fuzz.guided", medium, str(int(share) or 1), seed, str(place), str(kept)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace")
        executions = _EXECUTIONS.search(done.stderr)
        found.counts[medium] = Counter(executions=int(executions[1]) if executions else 0)
        if done.returncode != 0:
            saved = ", ".join(str(path) for path in sorted(kept.iterdir())) or "no input saved"
            tail = (done.stdout + done.stderr)[-_TAIL:]
            found.problems.append(f"{medium}, {saved}: ended with {done.returncode}:\n{tail}")
    return found


def _media(seconds: float, folder: Path, rendered: int) -> Iterator[tuple[str, float, Path, Path]]:
    """Each medium with its share of ``seconds``, a folder of its seeds, and one for what is found."""
    by_medium = seeds(folder / "rendered", rendered)
    shares = sum(_SHARES.get(medium, 1) for medium in by_medium)
    for medium, documents in by_medium.items():
        place, kept = folder / f"seeds-{medium}", folder / f"kept-{medium}"
        place.mkdir(parents=True)
        kept.mkdir()
        for number, data in enumerate(documents):
            (place / f"{number:04d}").write_bytes(data)
        yield medium, seconds * _SHARES.get(medium, 1) / shares, place, kept


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
