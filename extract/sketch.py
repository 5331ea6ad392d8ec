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
_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
                "u8")  # fmt: skip


def sketch(text: str) -> str:
    """The sketch of a text as base64 of 128 little-endian 32-bit numbers; "" for a text shorter than ``SHORTEST``."""
    if len(text) < SHORTEST:
        return ""
    from rensa import RMinHash

    runs = _hashes(text)
    minima = RMinHash.digest_matrix_from_flat_token_hashes(runs, np.array([0, len(runs)], "u8"), HASHES, _SEED)
    return base64.b64encode(np.array(minima.to_rows()[0], "<u4").tobytes()).decode("ascii")


def _hashes(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A 64-bit hash of every run of ``RUN`` characters (multiply, add and mix, as splitmix64 does)."""
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2").astype("u8")
    count = len(codes) - RUN + 1
    mixed = np.zeros(count, "u8")
    for place in range(RUN):
        mixed += codes[place : place + count] * _ODD[place]
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def unpacked(packed: str) -> list[int]:
    """The numbers of a sketch; none of an empty one. ValueError for what is no sketch."""
    numbers: list[int] = np.frombuffer(base64.b64decode(packed, validate=True), "<u4").tolist()
    if len(numbers) not in (0, HASHES):
        raise ValueError(f"a sketch has {HASHES} numbers, not {len(numbers)}")
    return numbers
