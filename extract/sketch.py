"""Sketches of texts: what two long texts have in common, told from 512 bytes each.

A sketch holds the minima of 128 hash functions over all runs of five
characters (MinHash): the share of equal minima estimates the Jaccard
similarity of the two sets of runs, with a standard error of at most 0.045.
"""

from __future__ import annotations

import base64
import struct
from operator import itemgetter

RUN = 5
"""Characters per run: about three Chinese words."""

HASHES = 128
SHORTEST = 200
"""Characters below which a text is too short to tell a copy from a formula."""

_SEED = 20190415  # part of every sketch: sketches of another seed cannot be compared
_BLOCK = 128
_runs_of_block = itemgetter(*(slice(start, start + RUN) for start in range(_BLOCK)))
"""The runs that begin in so many characters, cut in one go: a document has thousands."""


def sketch(text: str) -> str:
    """The sketch of a text as base64 of 128 little-endian 32-bit numbers; "" for a text shorter than ``SHORTEST``."""
    if len(text) < SHORTEST:
        return ""
    from rensa import RMinHash

    text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
    minima = RMinHash(num_perm=HASHES, seed=_SEED)
    minima.update(_runs(text))
    return base64.b64encode(struct.pack(f"<{HASHES}I", *minima.digest())).decode("ascii")


def _runs(text: str) -> list[str]:
    """All runs of ``RUN`` characters of a text, in order."""
    count = len(text) - RUN + 1
    runs: list[str] = []
    for start in range(0, count - _BLOCK + 1, _BLOCK):
        runs += _runs_of_block(text[start : start + _BLOCK + RUN - 1])
    return runs + [text[start : start + RUN] for start in range(len(runs), count)]


def unpacked(packed: str) -> list[int]:
    """The numbers of a sketch; none of an empty one. ValueError for what is no sketch."""
    data = base64.b64decode(packed, validate=True)
    if len(data) not in (0, 4 * HASHES):
        raise ValueError(f"a sketch has {HASHES} numbers of 32 bits, not {len(data)} bytes")
    return list(struct.unpack(f"<{len(data) // 4}I", data))
