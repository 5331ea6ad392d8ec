"""The web in a process of its own, for tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.web.options import Options

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Web:
    """A web that is being served."""

    options: Options
    port: int
    process: subprocess.Popen[str]

    @property
    def sources(self) -> Path:
        """The folder of source files."""
        return self.options.out / "sources"

    @property
    def truth(self) -> list[dict[str, Any]]:
        """One entry per filing."""
        return _lines(self.options.out / "truth.jsonl")

    @property
    def expect(self) -> dict[str, Any]:
        """Counts, and what each host is like."""
        read: dict[str, Any] = json.loads((self.options.out / "expect.json").read_text("utf-8"))
        return read

    def access(self) -> list[dict[str, Any]]:
        """The requests that were answered, so far and by earlier webs with the same ``out``."""
        return _lines(self.options.out / "access.jsonl")

    def forget(self) -> None:
        """Empties the access log."""
        (self.options.out / "access.jsonl").write_text("")


@contextmanager
def serve(options: Options) -> Iterator[Web]:
    """Serves the web; ended with the block. RuntimeError where it does not start."""
    arguments: dict[str, object] = {
        "port": options.port, "agencies": options.agencies, "years": f"{options.first_year}-{options.last_year}",
        "seed": options.seed, "night": options.night, "out": options.out, "delay": options.delay,
        "changes": options.changes, "crawl-delay": options.crawl_delay, "slow": options.slow,
        "only": ",".join(options.only),
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.web", *(f"--{name}={value}" for name, value in arguments.items())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        word, _, port = process.stdout.readline().partition(" ")
        if word != "ready":
            raise RuntimeError(f"the web did not start: {' '.join(command)}")
        yield Web(options, int(port), process)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
