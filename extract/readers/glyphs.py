"""What the shapes of the ink in a cell tell better than a recogniser of characters does."""

from __future__ import annotations

import cv2
import numpy as np

from extract.readers.inked import COMPACT, MINUS, SPECK
from extract.readers.raster import Picture

_LEAN = 0.2  # of a slash's height; a figure stands upright
_STROKE = 0.3  # of a slash's height: it is thin all along, unlike a 7
_SQUARE = 0.85, 1.45  # width of an asterisk in its heights; that of the widest digits is 0.75
_ALIKE = 3  # pixels by which asterisks of one line differ
_ROUND = 1.2  # widths of a zero of the page: an O is a third wider
_CIRCLE = 0.8  # width of an O in its heights; zeros of wide fonts have 0.75
_HYPHEN = 9  # pixels; no digit is as small
_AS_HIGH = 0.1  # of a zero's height, by which an O may differ


def is_dash(tones: Picture) -> bool:
    """Whether all there is is one level stroke, which a recogniser of characters takes for a 1; a hyphen in small print
    may be hardly wider than high."""
    strokes = _strokes(tones) or _strokes(tones, MINUS)
    if len(strokes) != 1:
        return False
    _, _, wide, high, area = strokes[0]
    if high < wide <= _HYPHEN:
        return area >= COMPACT * wide * high
    return wide >= 2 * high and area >= 0.7 * wide * high


def is_slash(tones: Picture) -> bool:
    """Whether all there is is one stroke that leans over, which passes for a 1 too."""
    count, numbers, found, _ = cv2.connectedComponentsWithStats(255 - tones, connectivity=8)
    strokes = [number for number in range(1, count) if max(found[number][2], found[number][3]) >= SPECK]
    if len(strokes) != 1:
        return False
    ys, xs = np.nonzero(numbers == strokes[0])
    high = int(ys.max() - ys.min()) + 1
    above, below = (xs[part].mean() for part in (ys < ys.min() + high / 4, ys > ys.max() - high / 4))
    widest = int(np.bincount(ys).max())
    return bool(above - below > _LEAN * high and widest < _STROKE * high)


def asterisks(tones: Picture) -> int:
    """How many asterisks stand there where that is all there is, else 0: two
    or more spots as wide as high, as large as each other, in one line. (The
    recogniser takes them for 大; one alone may be a blot.)"""
    strokes = _strokes(tones)
    if len(strokes) < 2 or not all(_SQUARE[0] <= wide / high <= _SQUARE[1] for _, _, wide, high, _ in strokes):
        return 0
    alike = all(max(sides) - min(sides) <= _ALIKE for sides in list(zip(*strokes, strict=True))[1:4])
    return len(strokes) if alike else 0


def zeros(number: str, tones: Picture) -> list[tuple[int, int]]:
    """Width and height of each zero in the picture of a number; none where its
    digits do not stand apart."""
    strokes = _strokes(tones) if number.isdecimal() else []
    if len(strokes) != len(number):
        return []
    return [(wide, high) for digit, (_, _, wide, high, _) in zip(number, strokes, strict=True) if digit == "0"]


def with_letters(number: str, tones: Picture, zero: tuple[float, float]) -> str:
    """A number with O for what is too wide for a zero, which is ``zero`` wide
    and high. (A recogniser takes either for the other, and is sure of it.)"""
    found = [
        wide >= max(_ROUND * zero[0], _CIRCLE * high) and abs(high - zero[1]) <= _AS_HIGH * zero[1]
        for wide, high in zeros(number, tones)
    ]
    letters = iter(found)
    return "".join("O" if digit == "0" and next(letters, False) else digit for digit in number)


def _strokes(tones: Picture, least: int = SPECK) -> list[list[int]]:
    """Left, top, width, height and area of each spot that is no speck, from the left."""
    count, _, found, _ = cv2.connectedComponentsWithStats(255 - tones, connectivity=8)
    return sorted(box for box in found[1:count].tolist() if max(box[2], box[3]) >= least)
