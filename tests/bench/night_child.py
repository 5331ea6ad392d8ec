"""The night that ``tests.bench.night`` watches: ``python -m tests.bench.night_child SOURCES HOME [OPTIONS]``.

A module of its own, since worker processes import the module that was started: they must not load the benchmark.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    from tests.bench.night import run_timed

    sys.exit(run_timed(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
