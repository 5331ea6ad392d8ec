"""How the time of our reader divides into its stages.

``python -m tests.bench.stages`` prints, as JSON, the milliseconds that one of
the documents named on standard input takes, stage by stage. The stages'
functions are wrapped in clocks, so the whole is a little slower than when it is
timed alone.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from time import process_time
from typing import Any

WHOLE = "whole"
PASSES = 3

STAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "": {
        WHOLE: ("extract.reading.read_bytes",),
        "read the medium": ("extract.readers.read",),
        "head: title, agency, year": ("extract.reading.read_masthead",),
        "rows of both readings": ("extract.reading.rows_of", "extract.reading.second_rows"),
        "edition of the form": ("extract.reading.choose_edition",),
        "match": ("extract.reading.match_table",),
        "second reading": ("extract.reading.compare",),
        "claims": ("extract.reading.read_claims",),
    },
    "pdf": {
        "characters": ("extract.readers.pdf_layer._chars",),
        "rules": ("extract.readers.pdf_layer.read_rules",),
        "tables by rules": ("extract.readers.page.find_tables", "extract.readers.page.to_grid"),
        "paragraphs": ("extract.readers.page._paragraphs",),
        "tables by position": ("extract.readers.pdf.read_positions",),
    },
}
"""Functions by stage, as the modules that call them know them: the stages of
every document, and those within the reader of a medium. A stage that another
of the same group calls is that one's."""


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: set[str] = set()

    def install(self, group: str) -> None:
        """Wraps the functions of one group of stages, for good."""
        for stage, functions in STAGES[group].items():
            for function in functions:
                module, _, name = function.rpartition(".")
                owner = importlib.import_module(module)
                setattr(owner, name, self._timed(stage, WHOLE if stage == WHOLE else group, getattr(owner, name)))

    def _timed(self, stage: str, group: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            if group in self._running:
                return function(*arguments, **named)
            self._running.add(group)
            began = process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + process_time() - began
                self._running.discard(group)

        return timed


def main() -> None:
    documents = [(Path(name).read_bytes(), name) for name in sys.stdin.read().splitlines()]
    reading = importlib.import_module("extract.reading")
    reading.read_bytes(*documents[0])  # imports are not counted
    clock = Clock()
    for group in STAGES:
        clock.install(group)
    passes = []
    for _ in range(PASSES):
        clock.seconds = {}
        for data, name in documents:
            reading.read_bytes(data, name)
        passes.append(clock.seconds)
    fastest = min(passes, key=lambda seconds: seconds[WHOLE])
    print(json.dumps({stage: seconds / len(documents) * 1000 for stage, seconds in fastest.items()}))


if __name__ == "__main__":
    main()
