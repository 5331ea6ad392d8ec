"""What a night over many documents costs, from the folder to the published warehouse.

``python -m tests.bench.night [--documents 20000] [--folder DIR] [-- OPTIONS OF ogi run]`` makes the documents (where
the folder does not hold them yet), runs one night over them in a process of its own, looks at that process and all
below it twice a second, and prints per stage the time, the share of all cores that was used, and the most memory; then
what the orchestration took, and the content digest.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from extract.paths import ROOT
from flows import stages, transforming
from tests.chaos import descendants
from tests.corpus import render, truth
from tests.corpus.shapes import Shape
from tests.web.offices import offices
from tests.web.reports import Report

YEARS = (2021, 2022, 2023, 2024, 2025)
OF_A_COUNTY = 40
MEDIA = ("html", "html", "html", "pdf", "html", "docx", "html", "pdf", "html", "text")
"""What ten documents are: six pages, two PDFs, a DOCX and a text."""

_TICKS = os.sysconf("SC_CLK_TCK")
_PLAIN = ("archive", "read_batch", "load", "judge", "validate", "compare", "keep", "publish")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, help="where documents and homes stay; default: a temporary folder")
    parser.add_argument("options", nargs="*", help="more options of ogi run, after --")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sources = folder / f"documents-{asked.documents}"
        make(sources, asked.documents)
        home = folder / f"home-{time.strftime('%H%M%S')}"
        print(report(measure(sources, home, asked.options), asked.documents))


def make(folder: Path, documents: int) -> None:
    """Writes the documents with their sidecars, unless they are there."""
    done = folder.with_suffix(".made")
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for number, (report_, medium) in enumerate(islice(zip(_reports(), cycle(MEDIA), strict=False), documents)):
        random = Random(f"night:{number}")
        filing = report_.filing()
        layout = render.MEDIA[medium].random_layout(random)
        made = render.document(filing, medium, layout, Shape(seed=f"night:{number}"))
        name = f"{number:06d}-{filing.agency.id}-{filing.year}.{made.rendered.extension}"
        retrieved = report_.modified()
        sidecar = truth.dump_sidecar(filing, f"https://www.example.gov.cn/night/{name}", retrieved)
        place = folder / f"{number // 1000:03d}"
        place.mkdir(exist_ok=True)
        (place / name).write_bytes(made.rendered.data)
        (place / f"{name}.meta.yaml").write_text(sidecar, "utf-8")
    done.touch()


def _reports() -> Iterator[Report]:
    """Reports without end: every county's agencies, of all years."""
    for place in count():
        for office in offices(place, OF_A_COUNTY):
            for year in YEARS:
                yield Report(office, year, "night", 0, "")


@dataclass
class Watched:
    """What was seen of a night: what it printed, the moments at which stages ended, and at every look the moment,
    the processor seconds so far and the memory (MiB)."""

    record: dict[str, Any]
    plain: dict[str, float]
    ended: list[tuple[str, float]]
    looks: list[tuple[float, float, float]]
    digest: str


def measure(sources: Path, home: Path, options: list[str]) -> Watched:
    """Runs a night and watches it; RuntimeError where it failed."""
    log = home.with_suffix(".stderr")
    command = [sys.executable, "-m", "tests.bench.night_child", str(sources), str(home), *options]
    told = home.with_suffix(".stdout")
    with log.open("w") as errors, log.open() as following, told.open("w") as answers:
        run = subprocess.Popen(command, stdout=answers, stderr=errors, cwd=ROOT)
        ended, looks = [("start", time.monotonic())], []
        while run.poll() is None:
            now = time.monotonic()
            ended += [(line.split(":")[0].split()[-1], now) for line in following if "(" in line and " s)" in line]
            looks.append((now, *_used(run.pid)))
            time.sleep(0.5)
    output = told.read_text()
    if run.returncode:
        raise RuntimeError(output[-3000:] + log.read_text()[-3000:])
    plain = json.loads(output.splitlines()[-1])
    record = json.loads(max((home / "runs").glob("*.json")).read_text())
    digest = subprocess.run(
        [sys.executable, "-m", "flows.cli", "warehouse", "digest", "--home", str(home)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return Watched(record, plain, ended, looks, digest.stdout.strip())


def _used(pid: int) -> tuple[float, float]:
    """Processor seconds of a process and all below it, those that have ended included, and their memory (MiB)."""
    ticks = kib = 0
    for each in (pid, *descendants(pid)):
        with contextlib.suppress(OSError, ValueError):
            ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11:15]))
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            kib += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return ticks / _TICKS, kib / 1024


def timed(module: Any, name: str, spent: dict[str, float]) -> None:
    """Has a function of a module count the seconds that it takes."""
    function: Callable[..., Any] = getattr(module, name)

    def counting(*arguments: Any, **named: Any) -> Any:
        began = time.monotonic()
        try:
            return function(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.monotonic() - began

    setattr(module, name, counting)


def run_timed(sources: Path, home: Path, options: list[str]) -> int:
    """``ogi run`` in this process, its plain functions timed; prints the seconds of each as JSON at the end."""
    from flows import cli

    spent: dict[str, float] = {}
    for name in _PLAIN:
        timed(stages, name, spent)
    timed(transforming, "transform", spent)  # before the flows are imported, which is after their server has started
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        arguments = ["run", "--sources", str(sources), "--home", str(home), *options]
        status = int(cli.app(arguments, standalone_mode=False) or 0)
    print(printed.getvalue() if status else json.dumps(spent))
    return status


def report(seen: Watched, documents: int) -> str:
    """The figures in words."""
    cores = len(os.sched_getaffinity(0))
    lines = [f"{documents} documents, {cores} cores", "stage         seconds  of all cores  most memory, MiB"]
    for (_, start), (name, end) in zip(seen.ended, seen.ended[1:], strict=False):
        within = [look for look in seen.looks if start <= look[0] <= end]
        if len(within) < 2:
            continue
        use = (within[-1][1] - within[0][1]) / (within[-1][0] - within[0][0]) / cores
        lines.append(f"{name:<12}{end - start:9.1f}{use:14.1%}{max(look[2] for look in within):18.0f}")
    whole = seen.looks[-1][0] - seen.looks[0][0]
    staged, plain = sum(seen.record["stages"].values()), sum(seen.plain.values())
    reading = seen.record["stages"]["extract"]
    return "\n".join(
        [
            *lines,
            f"whole: {whole:.1f} s, {documents / whole:.1f} documents/s; "
            f"reading {documents / reading:.1f} documents/s; most memory {max(look[2] for look in seen.looks):.0f} MiB",
            f"stages {staged:.1f} s, of which their plain functions {plain:.1f} s: "
            f"orchestration of tasks {(staged - plain) / whole:.1%} of the night",
            f"digest {seen.digest}",
        ]
    )


if __name__ == "__main__":
    main()
