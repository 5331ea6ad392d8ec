"""What the sketches of many texts cost: ``python -m tests.bench.sketches [--count N] [--processes N]``.

The texts are made as they are sketched: sentences that all texts share,
characters of their own, and of every hundredth text a near copy of another.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from time import perf_counter, process_time

import numpy as np

from extract.sketch import sketch

CHARACTERS = 3_000
TEMPLATES = 50
CHUNK = 500


def text(number: int) -> str:
    """The text of that number: half a template, half its own; every hundredth copies the one before."""
    if number % 100 == 99:
        return text(number - 1)[: CHARACTERS - 100] + _characters(number, 100)
    return _template(number % TEMPLATES) + _characters(number, CHARACTERS // 2)


@cache
def _template(number: int) -> str:
    return _characters(-1 - number, CHARACTERS // 2)


def _characters(number: int, count: int) -> str:
    """So many of the commonest Chinese characters, the same for the same number."""
    codes = np.random.default_rng(number + TEMPLATES).integers(0x4E00, 0x4E00 + 2_500, count, dtype=np.uint32)
    return codes.tobytes().decode("utf-32-le")


def sketched(numbers: range) -> tuple[int, float]:
    """Sketches texts; returns how many characters the sketches have and the processor time that making them took."""
    texts = [text(number) for number in numbers]
    began = process_time()
    size = sum(len(sketch(one)) for one in texts)
    return size, process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    chunks = [range(first, min(first + CHUNK, given.count)) for first in range(0, given.count, CHUNK)]
    began = perf_counter()
    with ProcessPoolExecutor(given.processes) as pool:
        parts = list(pool.map(sketched, chunks))
    print(
        f"{given.count} sketches: {perf_counter() - began:.1f} s by {given.processes} processes, texts made too; "
        f"{sum(seconds for _, seconds in parts):.1f} s of processors for the sketches alone"
    )


if __name__ == "__main__":
    main()
