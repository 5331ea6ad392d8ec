"""Contacts in texts that come in pieces: which part of which piece is to be covered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from transform.privacy import masked_spans

APART = "\n\n"
"""Put between texts that stand apart. A single blank would make one long number of figures beside each other."""

Cut = tuple[int, int, str]
"""Beginning and end in one piece, and what stands there instead."""


def cuts(pieces: Sequence[str], after: Iterable[str]) -> dict[int, list[Cut]]:
    """What of each piece (by its number) is a contact's. ``after`` is what parts each piece from the next: ``APART``,
    or nothing where a text goes on. A number or a name that stands in several pieces is replaced in the first."""
    joined: list[str] = []
    starts = []
    place = 0
    for piece, gap in zip(pieces, after, strict=True):
        starts.append(place)
        joined += (piece, gap)
        place += len(piece) + len(gap)
    found: dict[int, list[Cut]] = {}
    for start, end, mark in masked_spans("".join(joined)):
        for number in range(bisect_right(starts, start) - 1, len(pieces)):
            if starts[number] >= end:
                break
            first = max(start - starts[number], 0)
            last = min(end - starts[number], len(pieces[number]))
            if first < last:
                found.setdefault(number, []).append((first, last, mark))
                mark = ""
    return found


def replaced(text: str, found: Sequence[Cut]) -> str:
    """The text with its cuts (in order, none over another) replaced."""
    ends = accumulate((end for _, end, _ in found), initial=0, func=max)
    kept = [text[before:start] + instead for before, (start, _, instead) in zip(ends, found, strict=False)]
    return "".join(kept) + text[found[-1][1] :] if found else text
