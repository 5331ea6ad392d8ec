"""Fuzzes one medium guided by coverage (atheris): inputs that reach new code of ``extract`` are kept and damaged again.

``python -m tests.fuzz.guided MEDIUM SECONDS SEED SEEDS FOLDER`` starts from the
documents in SEEDS, to which it adds what reaches new code. An input that
raises, hangs or kills the process is saved in FOLDER (``crash-…``, ``timeout-…``,
``oom-…``), and the process ends with another code than 0. How many inputs were
run stands in the closing statistics on standard error.

atheris comes with ``pip install '.[fuzz]'``.
"""

from __future__ import annotations

import random
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["extract"]):
    from tests.fuzz.check import check_medium
    from tests.fuzz.mutate import damaged

SECONDS_EACH = 240
"""A document that takes longer hangs."""

MEMORY = 4096  # MiB
_LARGEST = 2 * 2**20  # bytes of an input; the largest seed has a fifth
_BLIND = 0.4  # of the mutations are bytes changed by libFuzzer, which knows what the code compared them with


def mutator(medium: str, seeds: list[bytes]) -> Callable[[bytes, int, int], bytes]:
    """Damages documents of a medium, mostly in ways that suit it: bytes of a container reach little code."""

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if not data or chance.random() < _BLIND:
            return bytes(atheris.Mutate(data, largest))
        changed = damaged(data, chance.choice(seeds), medium, chance)
        return changed if 0 < len(changed) <= largest else bytes(atheris.Mutate(data, largest))

    return mutate


def main() -> None:
    medium, seconds, seed, place, folder = sys.argv[1:]
    documents = [path.read_bytes() for path in sorted(Path(place).iterdir())]

    def run(data: bytes) -> None:
        # Which part of the code is called depends on the input alone, so that a saved one does the same again.
        check_medium(data, medium, random.Random(zlib.crc32(data)))

    options = {
        "max_total_time": seconds,
        "seed": zlib.crc32(seed.encode()),
        "max_len": _LARGEST,
        "timeout": SECONDS_EACH,
        "rss_limit_mb": MEMORY,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    arguments = [sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), place]
    atheris.Setup(arguments, run, custom_mutator=mutator(medium, documents))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
