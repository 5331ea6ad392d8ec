"""A line of figures of which the cells were run together into strings of digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

_LONGEST = 4  # digits of one figure of 表四
_LEAST = 6  # digits in one cell: no figure of 表四


def is_fused(texts: Sequence[str], width: int) -> bool:
    """Whether fewer than ``width`` printed texts, all digits, have digits for
    as many figures, and are too long for figures: one of them, or all a little."""
    lengths = [len(text) for text in texts if text.isascii() and text.isdigit()]
    if not len(lengths) == len(texts) < width <= sum(lengths):
        return False
    return max(lengths) >= _LEAST or min(lengths) > _LONGEST


def may_be_fused(text: str) -> bool:
    """Whether digits are no figure of 表四 by their looks: too many, or zeros at their head."""
    return text.isdigit() and (len(text) >= _LEAST or (len(text) > 1 and text[0] == "0"))


def parted(texts: Sequence[str], width: int, block: int) -> list[tuple[int, str]] | None:
    """The texts parted into ``width`` figures, each with the number of the text
    that holds it, so that of every ``block`` figures the last is the sum of
    the others; None unless there is just one way."""
    ways = list(islice(_ways(texts, 0, 0, width, block), 2))
    return ways[0] if len(ways) == 1 else None


def _ways(texts: Sequence[str], number: int, start: int, width: int, block: int) -> Iterator[list[tuple[int, str]]]:
    if not width:
        if number == len(texts):
            yield []
        return
    for figures, (then, there) in _blocks(texts, number, start, block):
        *parts, total = (int(figure) for _, figure in figures)
        if sum(parts) == total:
            for rest in _ways(texts, then, there, width - block, block):
                yield [*figures, *rest]


def _blocks(
    texts: Sequence[str], number: int, start: int, count: int
) -> Iterator[tuple[list[tuple[int, str]], tuple[int, int]]]:
    """Every ``count`` figures from a place on, and the place after them; no figure begins with a zero but zero."""
    if not count:
        yield [], (number, start)
        return
    if number == len(texts):
        return
    text = texts[number]
    longest = 1 if text[start] == "0" else _LONGEST
    for end in range(start + 1, min(start + longest, len(text)) + 1):
        place = (number + 1, 0) if end == len(text) else (number, end)
        for rest, after in _blocks(texts, *place, count - 1):
            yield [(number, text[start:end]), *rest], after
