"""Sketches of texts: what two long texts have in common, told from 512 bytes each.

A sketch holds the minima of 128 hash functions over all runs of five
characters (MinHash): the share of equal minima estimates the Jaccard
similarity of the two sets of runs, with a standard error of at most 0.045.
"""

from __future__ import annotations

import base64

import numpy as np

RUN = 5
"""Characters per run: about three Chinese words."""

HASHES = 128
SHORTEST = 200
"""Characters below which a text is too short to tell a copy from a formula."""

_SEED = 20190415  # part of every sketch: sketches of another seed cannot be compared


def sketch(text: str) -> str:
    """The sketch of a text as base64 of 128 little-endian 32-bit numbers; "" for a text shorter than ``SHORTEST``."""
    if len(text) < SHORTEST:
        return ""
    from rensa import RMinHash

    minima = RMinHash(num_perm=HASHES, seed=_SEED)
    minima.update(sorted({text[start : start + RUN] for start in range(len(text) - RUN + 1)}))
    return base64.b64encode(np.array(minima.digest(), "<u4").tobytes()).decode("ascii")


def unpacked(packed: str) -> list[int]:
    """The numbers of a sketch; none of an empty one. ValueError for what is no sketch."""
    numbers: list[int] = np.frombuffer(base64.b64decode(packed, validate=True), "<u4").tolist()
    if len(numbers) not in (0, HASHES):
        raise ValueError(f"a sketch has {HASHES} numbers, not {len(numbers)}")
    return numbers
