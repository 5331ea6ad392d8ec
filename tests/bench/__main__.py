"""Prints, side by side in one run, what our reader and the general libraries need per medium."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from extract.paths import DATA, ROOT
from extract.readers import is_document_name
from flows.inbox import is_sidecar
from flows.text import table
from tests.bench.peers import OURS, PEERS, Reader
from tests.bench.stages import STAGES, WHOLE

RENDERED = 40
MOST = {"pdf": 6}
"""So many documents of a corpus are read where some library takes seconds for each: a run ends within minutes."""

REAL = ROOT.parent / "shared" / "real"
"""Real filings, where there are any beside the project."""

ENDINGS = {"txt": ("txt", "md")}


def documents(folder: Path, medium: str) -> list[Path]:
    found = [path for ending in ENDINGS.get(medium, (medium,)) for path in folder.rglob(f"*.{ending}")]
    paths = sorted(path for path in found if is_document_name(path.name) and not is_sidecar(path.name))
    return paths[:: -(-len(paths) // MOST.get(medium, len(paths) or 1)) or 1]


def run(module: str, paths: list[Path], *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input="\n".join(map(str, paths)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def compare(corpus: str, medium: str, paths: list[Path], readers: list[Reader]) -> list[list[str]]:
    """A line for each reader: documents a second, milliseconds each, memory."""
    lines: list[list[str]] = []
    ours = 0.0
    for reader in readers:
        figures = run("tests.bench.measure", paths, reader.name)
        seconds = figures["seconds"]
        ours = ours or seconds
        lines.append(
            [
                corpus, medium, str(len(paths)), reader.name, f"{1 / seconds:.1f}", f"{seconds * 1000:.1f}",
                f"{figures['peak_mib']:.0f}", str(figures["failed"]), f"{ours / seconds:.2f}",
            ]
        )  # fmt: skip
    return lines


def stages(found: dict[str, list[Path]]) -> list[list[str]]:
    """A line for each stage, a column for each medium: milliseconds each."""
    times = {medium: run("tests.bench.stages", paths) for medium, paths in found.items()}
    for stage in times.values():
        stage["rest"] = stage[WHOLE] - sum(stage.get(name, 0.0) for name in STAGES[""] if name != WHOLE)
    lines = []
    for group, names in STAGES.items():
        for name in (*names, *([] if group else ["rest"])):
            cells = [f"{times[medium][name]:.2f}" if name in times[medium] else "" for medium in found]
            lines.append([f"{group}: {name}" if group else name, *cells])
    return lines


def main() -> None:
    readers = [OURS, *(peer for peer in PEERS if peer.is_installed)]
    lines: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        render = ["--count", str(RENDERED), "--seed", "bench", "--media", "html,pdf,docx,text", "--out", folder]
        subprocess.run([sys.executable, "-m", "tests.corpus.render", *render], check=True, stdout=subprocess.DEVNULL)
        corpora = {"samples": DATA / "samples", "rendered": Path(folder), "real": REAL}
        found = {
            (corpus, medium): paths
            for corpus, place in corpora.items()
            for medium in OURS.media
            if (paths := documents(place, medium))
        }
        for (corpus, medium), paths in found.items():
            lines += compare(corpus, medium, paths, [reader for reader in readers if medium in reader.media])
        by_stage = stages({medium: found["rendered", medium] for medium in OURS.media})
    print(f"Python {platform.python_version()}; processor time, each document's fastest pass; one process per line")
    head = [
        "corpus",
        "medium",
        "documents",
        "reader",
        "documents/s",
        "ms each",
        "peak MiB",
        "failed",
        "ogi's time / its",
    ]
    print(table(head, lines, right=[False, False, True, False, True, True, True, True, True]))
    for peer in PEERS:
        if not peer.is_installed:
            print(f"{peer.name}: not installed, left out (pip install '.[bench]')")
    print("\nms of one rendered document, by stage (with clocks in it)")
    print(table(["stage", *OURS.media], by_stage, right=[False, *(True for _ in OURS.media)]))


if __name__ == "__main__":
    main()
