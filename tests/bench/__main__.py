"""Prints, side by side in one run, what our reader and the general libraries need per medium."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from extract.paths import DATA
from extract.readers import is_document_name
from flows.inbox import is_sidecar
from flows.pool import default_jobs
from flows.text import table

RENDERED = 200
MEDIA = {"pdf": "pdfplumber extract_tables", "html": "pandas read_html", "docx": None, "txt": None}
"""Ending of the documents, and the general library's way of reading their tables."""


def documents(folder: Path, ending: str) -> list[Path]:
    found = [path for path in folder.rglob(f"*.{ending}") if not is_sidecar(path.name)]
    return sorted(path for path in found if is_document_name(path.name))


def measure(reader: str, paths: list[Path]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.measure", reader],
        input="\n".join(map(str, paths)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def rows(corpus: str, folder: Path) -> list[list[str]]:
    lines = []
    for ending, other in MEDIA.items():
        paths = documents(folder, ending)
        if not paths:
            continue
        ours = measure("ogi", paths)
        for reader, figures in (("ogi", ours), *([(other, measure(other, paths))] if other else [])):
            lines.append(
                [
                    corpus, ending, str(len(paths)), reader, f"{1 / figures['seconds']:.1f}",
                    f"{figures['seconds'] * 1000:.1f}", f"{figures['peak_mib']:.0f}", str(figures["failed"]),
                    f"{figures['seconds'] / ours['seconds']:.2f}",
                ]
            )  # fmt: skip
    return lines


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        render = ["--count", str(RENDERED), "--seed", "bench", "--media", "html,pdf,docx,text", "--out", folder]
        subprocess.run([sys.executable, "-m", "tests.corpus.render", *render], check=True, stdout=subprocess.DEVNULL)
        lines = [*rows("samples", DATA / "samples"), *rows("rendered", Path(folder))]
    head = ["corpus", "medium", "documents", "reader", "documents/s", "ms each", "peak MiB", "failed", "time, ogi = 1"]
    print(f"Python {platform.python_version()}, {default_jobs()} cores, one process per line")
    print(table(head, lines, right=[False, False, True, False, True, True, True, True, True]))


if __name__ == "__main__":
    main()
