"""A page as a picture, made straight."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extract.model import BBox, ReadError

Picture = npt.NDArray[np.uint8]
"""Grey (height, width) or colour (height, width, 3: red, green, blue)."""

UNIT = 72 / 200
"""Points in a pixel of a page that was scaled to ``SHORT_SIDE``."""

SHORT_SIDE = 1654
"""Pixels of the shorter side of a page while it is read: A4 at 200 dpi."""

_LONGEST_SIDE = 40_000  # pixels at reading size: a report of 17 pages in one picture
_PIECE = 0.9, 2.35  # of its width: where a long picture is cut; between them ends a page, 1.41 times as high as wide
_NARROW = 400  # pixels of width at which the place is looked for
_MOST_ENLARGED = 2.0
_MAX_SKEW = 4.0  # degrees; paper that lies further askew was not meant to be scanned
RED = 50  # by which a red point is lighter in the red channel than in all
LIT = 0.51  # of the paper's light: a red point in red light; black ink under a seal is darker
_COARSE = 8  # pixels: between strokes of ink there is that much paper
_RED_SHARE = 0.0005  # of the page
_LEVEL = 0.03  # degrees: a smaller skew does no harm


@dataclass(frozen=True, slots=True)
class Page:
    """A page made straight: ``grey`` for reading, ``plain`` the same without
    red ink (seals), ``lit`` as it looks in red light, and the affine matrix that
    leads from its pixels back to the points of the page as it is displayed."""

    grey: Picture
    plain: Picture
    lit: Picture
    to_points: npt.NDArray[np.float64]

    @property
    def has_red(self) -> bool:
        """Whether there is red ink of some extent, as of a seal."""
        red = cv2.subtract(self.plain, self.grey) > RED
        return bool(red.mean() > _RED_SHARE)


def pieces(picture: Picture, box: BBox) -> Iterator[tuple[Picture, BBox]]:
    """A long picture (pages one below another, a page of a site) in pieces one
    or two pages high, cut where there is least ink; with their boxes.

    ReadError("too_large") for a picture of endless length.
    """
    height, width = picture.shape[:2]
    _scale(height, width)
    x0, top, x1, bottom = box
    scale = _NARROW / width
    shape = _NARROW, max(1, round(height * scale))
    small = cv2.resize(picture, shape, interpolation=cv2.INTER_AREA).reshape(shape[1], -1).astype(np.float32)
    ink = cv2.blur((255 - small).sum(axis=1, dtype=np.float64).reshape(-1, 1), (1, 9)).ravel()
    least, most = (round(share * _NARROW) for share in _PIECE)
    cuts = [0]
    while shape[1] - cuts[-1] > most:
        window = ink[cuts[-1] + least : min(cuts[-1] + most, shape[1] - least)]
        cuts.append(cuts[-1] + least + int(window.argmin()))
    rows = [*(round(cut / scale) for cut in cuts), height]
    for first, end in itertools.pairwise(rows):
        high = (bottom - top) / height
        yield picture[first:end], (x0, top + first * high, x1, top + end * high)


def turn(picture: Picture, quarters: int) -> Picture:
    """The picture turned clockwise by quarters of a full turn."""
    return np.ascontiguousarray(np.rot90(picture, -quarters))


def straighten(picture: Picture, box: BBox, quarters: int = 0) -> Page:
    """Scales a page to reading size, turns it clockwise by quarters, and rights it.

    ``picture`` shows just ``box``, in points of the page as displayed.
    ReadError("too_large") for a page of endless length.
    """
    height, width = picture.shape[:2]
    x0, top, x1, bottom = box
    to_points = np.array([[(x1 - x0) / width, 0, x0], [0, (bottom - top) / height, top], [0, 0, 1]], dtype=np.float64)
    scale = _scale(height, width)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = max(1, round(width * scale)), max(1, round(height * scale))
    scaled = np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)
    to_points = to_points @ np.diag([width / size[0], height / size[1], 1.0])
    to_points = to_points @ _unturn(size, quarters)
    scaled = turn(scaled, quarters)
    grey = np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2GRAY), dtype=np.uint8) if scaled.ndim == 3 else scaled
    lit, plain = (scaled[:, :, 0], _without_red(scaled)) if scaled.ndim == 3 else (grey, grey)
    skew = _skew(grey)
    if abs(skew) >= _LEVEL:
        matrix = cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), skew, 1.0)
        to_points = to_points @ np.vstack([cv2.invertAffineTransform(matrix), [0, 0, 1]])
        is_grey = plain is grey
        grey = _rotated(grey, matrix)
        lit, plain = (grey, grey) if is_grey else (_rotated(lit, matrix), _rotated(plain, matrix))
    return Page(grey, plain, np.ascontiguousarray(lit), to_points)


def _scale(height: int, width: int) -> float:
    """By which a picture is scaled to reading size; ReadError("too_large") for an endless one."""
    scale = min(SHORT_SIDE / min(height, width), _MOST_ENLARGED)
    if max(height, width) * scale > _LONGEST_SIDE:
        raise ReadError("too_large", f"图片过长 / the picture is too long: {width}×{height}")
    return scale


def _without_red(colour: Picture) -> Picture:
    """What is seen in red light, with ink that is clearly red taken for paper;
    black ink that a red seal covers stays."""
    red, others = colour[:, :, 0], colour[:, :, 1:].max(axis=2)
    light = paper(red)
    is_red = (red > LIT * light) & (cv2.subtract(red, others) > RED // 2)
    return np.where(is_red, light, red)


def paper(grey: Picture) -> Picture:
    """How light the paper is, place by place."""
    height, width = grey.shape
    size = max(1, width // _COARSE), max(1, height // _COARSE)
    lightest = cv2.dilate(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.ones((9, 9), np.uint8))
    return np.asarray(cv2.resize(lightest, (width, height)), dtype=np.uint8)


def _rotated(grey: Picture, matrix: Any) -> Picture:
    size = grey.shape[1], grey.shape[0]
    turned = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)


def _unturn(size: tuple[int, int], quarters: int) -> npt.NDArray[np.float64]:
    """From the pixels of a turned picture to those of the unturned one of ``size`` (width, height)."""
    width, height = size
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
    }
    return np.array(matrices[quarters % 4], dtype=np.float64)


def ink(grey: Picture) -> Picture:
    """What is darker than its surroundings: 255, else 0."""
    block, darker = 41, 16
    mask = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, darker)
    return np.asarray(mask, dtype=np.uint8)


def two_tones(grey: Picture) -> Picture:
    """Black and white, parted where the picture itself parts best."""
    _, tones = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(tones, dtype=np.uint8)


def _skew(grey: Picture) -> float:
    """Degrees by which to turn the page (counter-clockwise) so that its lines
    lie level: where the sums over its rows differ most."""
    scale = 800 / max(grey.shape)
    small = cv2.resize(ink(grey), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    centre = (small.shape[1] / 2, small.shape[0] / 2)

    def contrast(angle: float) -> float:
        matrix = cv2.getRotationMatrix2D(centre, angle, 1.0)
        rows = cv2.warpAffine(small, matrix, (small.shape[1], small.shape[0])).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    best = 0.0
    for reach, step in ((_MAX_SKEW, 0.5), (0.4, 0.1), (0.08, 0.02)):
        count = round(reach / step)
        best = max((best + step * i for i in range(-count, count + 1)), key=contrast)
    return best
