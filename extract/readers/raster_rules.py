"""The ruled lines on a picture of a page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extract.readers.pdf_rules import edge
from extract.readers.raster import UNIT, Picture, ink, paper

NARROWEST = 72.0
"""Points: a table of two columns is wider."""

_RULES = {"h": 80, "v": 36}  # pixels: a straight stroke as long as this is a rule (29 and 13 points)
_SHORT = 32  # pixels: a narrow cell's own rule
_MET = 5  # pixels from the end of a rule to the middle of that where it ends
_REACH = 24  # pixels of red ink between the end of a rule and another
_MOST_RULES = 2000  # of a page; the densest of a report has 120
_MOST_STROKES = 3000  # of a page, one way; the densest of a report has 1000, noise 9000
_NEAR = 3.0  # points within which two rules meet
_GAP = 5  # pixels: a gap as short as this does not part a rule
_HIDDEN = 41  # pixels of a rule that a seal may hide; the lowest row is higher
_DARK = 0.27  # of the paper's light; the ink of a seal has 0.36
_DOTS = 9  # pixels: the rest of a seal that was taken away is dotted
_SEEN = 0.75  # of the length of the shortest rule
_THICKEST = 14  # pixels; what is thicker is shading
_THIN = 4  # pixels: an ordinary rule

Stroke = tuple[int, int, float]
"""Where a level stroke begins and ends, and its middle from the top; in pixels."""


def rules(picture: Picture, plain: Picture | None = None) -> list[list[dict[str, Any]]]:
    """The ruled lines of a grey picture as pdfplumber's edges, in points of
    ``UNIT``, those that meet together: the rules of a table. With ``plain``,
    only those that are seen in it too, but for where a seal crosses them."""
    shown = ink(picture)
    seen = shown if plain is None or plain is picture else np.maximum(ink(plain), _black(picture))
    upright = list(_strokes(shown.T, seen.T, _RULES["v"]))
    level = list(_strokes(shown, seen, _RULES["h"]))
    level += [stroke for stroke in _strokes(shown, seen, _SHORT) if _is_between(stroke, upright)]
    level, upright = _reaching(level, upright, shown), _reaching(upright, level, shown.T)
    edges = [edge("h", start * UNIT, end * UNIT, at * UNIT, at * UNIT) for start, end, at in level]
    edges += [edge("v", at * UNIT, at * UNIT, start * UNIT, end * UNIT) for start, end, at in upright]
    if len(edges) > _MOST_RULES:
        return []  # a drawing
    return [_trimmed(network) for network in _networks(edges) if _is_wide(network)]


def _is_between(level: Stroke, upright: Sequence[Stroke]) -> bool:
    """Whether a stroke too short for a rule runs from one upright rule to another."""
    start, end, at = level
    ends = [x for top, bottom, x in upright if top <= at <= bottom]
    return end - start < _RULES["h"] and all(any(abs(x - side) <= _MET for x in ends) for side in (start, end))


def _reaching(strokes: Iterable[Stroke], across: Sequence[Stroke], shown: Picture) -> list[Stroke]:
    """Strokes made to reach rules across them to which ink leads from their ends."""
    reached = []
    for start, end, at in strokes:
        row = shown[max(round(at) - 1, 0) : round(at) + 1].max(axis=0) > 0
        ends = [round(x) for first, last, x in across if first - _MET <= at <= last + _MET]
        before = [x for x in ends if start - _REACH <= x < start and row[x:start].all()]
        behind = [x for x in ends if end < x <= end + _REACH and row[end:x].all()]
        reached.append((min(before, default=start), max(behind, default=end), at))
    return reached


def _black(grey: Picture) -> Picture:
    """What is too dark to be the ink of a seal alone: 255, else 0."""
    return np.where(grey < _DARK * paper(grey), 255, 0).astype(np.uint8)


def _strokes(shown: Picture, seen: Picture, least: int) -> Iterator[Stroke]:
    """Level strokes of ink at least as long as ``least``; in places only
    ``shown``, though ``seen`` on both sides of those. None of more than any
    table has: looking at each of them would take time without end."""
    if not np.shares_memory(seen, shown):  # without what is left of a seal
        seen = np.asarray(cv2.morphologyEx(seen, cv2.MORPH_OPEN, np.ones((1, _DOTS), np.uint8)), dtype=np.uint8)
    around = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((1, _HIDDEN), np.uint8))
    mask = cv2.bitwise_or(seen, cv2.bitwise_and(around, shown))
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, _GAP), np.uint8))
    lines = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, least), np.uint8))
    count, numbers, boxes, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    if count > _MOST_STROKES:
        return
    for number, (x, y, width, height, _) in enumerate(boxes[1:count].tolist(), start=1):
        part = slice(y, y + height), slice(x, x + width)
        stroke = numbers[part] == number
        middle = _middle(stroke)
        if middle is not None and _longest(stroke & (seen[part] > 0)) >= _SEEN * least:
            yield x, x + width, y + middle


def _longest(seen: npt.NDArray[np.bool_]) -> int:
    """How far a level stroke is seen without a break."""
    columns = seen.any(axis=0).astype(np.uint8).reshape(1, -1)
    closed: list[float] = cv2.morphologyEx(columns, cv2.MORPH_CLOSE, np.ones((1, _GAP), np.uint8)).ravel().tolist()
    return max(round(sum(run)) for _, run in itertools.groupby(closed))


def _middle(stroke: npt.NDArray[np.bool_]) -> float | None:
    """How far below its top the middle of a level stroke lies; None for one that
    is thick, as shading is. What touches a rule in places (a character, the
    star of a seal) does not make it thick."""
    thickness = stroke.sum(axis=0)
    ordinary = thickness <= max(_THIN, 2 * float(np.median(thickness)))
    heights = np.arange(stroke.shape[0]) + 0.5
    middles = (heights @ stroke)[ordinary] / thickness[ordinary]
    low, middle, high = np.quantile(middles, (0.05, 0.5, 0.95)).tolist()
    if max(high - low, float(np.median(thickness))) > _THICKEST:
        return None
    return float(middle)


def _networks(edges: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rules that meet, directly or through others, together."""
    upright = [rule for rule in edges if rule["orientation"] == "v"]
    networks: list[list[dict[str, Any]]] = []
    for level in (rule for rule in edges if rule["orientation"] == "h"):
        met = [rule for rule in upright if _meet(level, rule)]
        numbers = {id(rule) for rule in met}
        joined = [network for network in networks if any(id(rule) in numbers for rule in network)]
        networks = [network for network in networks if not any(network is other for other in joined)]
        known = {id(rule) for network in joined for rule in network}
        networks.append([level, *itertools.chain(*joined), *(rule for rule in met if id(rule) not in known)])
    return networks


def _is_wide(network: Sequence[dict[str, Any]]) -> bool:
    """Whether rules may be those of a table: strokes of characters may meet too, and rules meet none."""
    return (
        any(rule["orientation"] == "v" for rule in network)
        and max(rule["x1"] for rule in network) - min(rule["x0"] for rule in network) >= NARROWEST
    )


def _trimmed(network: list[dict[str, Any]]) -> list[dict[str, Any]]:
    level = [rule for rule in network if rule["orientation"] == "h"]
    upright = [rule for rule in network if rule["orientation"] == "v"]
    for rule in level:
        _trim(rule, "x0", "x1", [other["x0"] for other in upright if _meet(rule, other)])
    for other in upright:
        _trim(other, "top", "bottom", [rule["top"] for rule in level if _meet(rule, other)])
    return network


def _trim(rule: dict[str, Any], start: str, end: str, crossings: Sequence[float]) -> None:
    """Lets a rule end where it meets another: dirt makes its ends longer."""
    for side in (start, end):
        nearest = min(crossings, key=lambda crossing: abs(crossing - rule[side]), default=math.inf)
        if abs(nearest - rule[side]) <= _NEAR + 1.0:
            rule[side] = nearest
    rule.update(width=rule["x1"] - rule["x0"], height=rule["bottom"] - rule["top"])


def _meet(level: dict[str, Any], upright: dict[str, Any]) -> bool:
    """Whether a level and an upright rule meet."""
    return bool(
        level["x0"] - _NEAR <= upright["x0"] <= level["x1"] + _NEAR
        and upright["top"] - _NEAR <= level["top"] <= upright["bottom"] + _NEAR
    )
