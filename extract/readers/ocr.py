"""Recognition of printed text in pictures: RapidOCR's detector and recogniser.

The models are files of the installed package; nothing is ever downloaded,
because a session is opened on the file itself. Loaded on first use.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extract.model import ReadError
from extract.readers.raster import Picture

Box = tuple[int, int, int, int]
"""x0, top, x1, bottom in pixels."""

UNREAD = "\ufffd"
"""Stands where ink is that was not recognised."""

THREADS = 2
_DETECTOR, _RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_LEAST_SIDE = 40  # pixels: a smaller picture holds no line of text
_STRIP = 1300  # pixels of height that are looked through at once, which bounds the memory
_MULTIPLE = 32  # of which the detector's picture must have its sides
_SMALLEST = 2  # pixels
_FINDING = 0.65  # of the page's size: lines are found as well as on the whole, in half the memory
_FIGURES = frozenset("0123456789.,-—–+/%()（）" + " ")
_CHINESE = re.compile(r"[\u4e01-\u9fff]")  # without 一, which is a dash where a figure should stand
_FIGURE_LIKE = re.compile(r"[口日目工][口日目工.\s\d]{0,3}")  # boxes and strokes: 0, 8, 1
_ASTERISKS = re.compile(r"[大★*]{2,}")  # the models hardly know them
_POINT = re.compile(r"(?<=\d),(?=\d{1,2}$)")
_LIKELY = 0.01  # a figure that the recogniser gives less chance than this is none
_HEIGHT = 48  # pixels of a line as the recogniser sees it
_BATCH = 2600  # pixels of width that are recognised at once, which bounds the memory
_LEAST_WIDTH = 64  # of the recogniser's picture; narrower ones are filled up


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a picture of one line: its characters, where the middle
    of each lies (0 at the left, 1 at the right), and the characters' mean
    probability."""

    text: str
    middles: tuple[float, ...]
    certainty: float


class _Engine:
    """RapidOCR's models, opened directly: so nothing is downloaded, the number
    of threads is bounded, and threads that wait do not keep a core busy."""

    def __init__(self) -> None:
        detector, recogniser = model_files()
        try:
            onnxruntime = import_module("onnxruntime")
            boxes = import_module("rapidocr.ch_ppocr_det.utils").DBPostProcess
        except ImportError as error:
            raise _absent(error) from error
        cv2.setNumThreads(THREADS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")

        def session(model: Path) -> Any:
            return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

        self.detector, self.recogniser = session(detector), session(recogniser)
        self.to_boxes: Any = boxes(box_thresh=0.5, unclip_ratio=1.6, use_dilation=True)
        listed = self.recogniser.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters = ("", *listed, " ")  # 0 is none
        self.figures = [code for code, character in enumerate(self.characters) if character in _FIGURES]

    def detect(self, picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Corners (n, 4, 2) around lines of text, in pixels."""
        (chances,) = self.detector.run(None, {self.detector.get_inputs()[0].name: picture})
        boxes, _ = self.to_boxes(chances, picture.shape[2:])
        return np.asarray(boxes, dtype=np.float64).reshape(-1, 4, 2)

    def recognise(self, pictures: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Chances (n, columns, characters)."""
        (chances,) = self.recogniser.run(None, {self.recogniser.get_inputs()[0].name: pictures})
        return np.asarray(chances, dtype=np.float32)


def model_files() -> tuple[Path, Path]:
    """The detector's and the recogniser's model; ReadError("unsupported") where they are not installed."""
    try:
        spec = find_spec("rapidocr")
    except (ImportError, ValueError) as error:
        raise _absent(error) from error
    if spec is None or spec.origin is None:
        raise _absent("no rapidocr")
    folder = Path(spec.origin).parent / "models"
    files = folder / _DETECTOR, folder / _RECOGNISER
    for file in files:
        if not file.is_file():
            raise _absent(f"no {file.name}")
    return files


def _absent(reason: object) -> ReadError:
    return ReadError(
        "unsupported",
        "扫描件或图片需要文字识别组件，请安装 rapidocr 和 onnxruntime / scans and images need text "
        f"recognition: install rapidocr and onnxruntime ({reason})",
    )


@cache
def _engine() -> _Engine:
    return _Engine()


_NOTHING = Text("", (), 0.0)  # what stands on a picture without pixels


def find_lines(grey: Picture) -> list[Box]:
    """Upright boxes around the lines of text of a page, a little larger than the text."""
    height, width = grey.shape
    if min(height, width) < _LEAST_SIDE:
        return []
    return [
        (max(int(x0), 0), max(int(y0), 0), min(int(x1), width), min(int(y1), height))
        for top, bottom in _strips(grey)
        for x0, y0, x1, y1 in _found(grey[top:bottom], top)
        if x1 - x0 > _SMALLEST and y1 - y0 > _SMALLEST
    ]


def _found(strip: Picture, top: int) -> npt.NDArray[np.float64]:
    """The corners of the detector's boxes on a strip of the page that begins at ``top``."""
    small = cv2.resize(strip, None, fx=_FINDING, fy=_FINDING, interpolation=cv2.INTER_AREA)
    down, right = (-side % _MULTIPLE for side in small.shape)
    small = cv2.copyMakeBorder(small, 0, down, 0, right, cv2.BORDER_REPLICATE)
    corners = _engine().detect(_normal(np.asarray(small, dtype=np.uint8))) / _FINDING + (0, top)
    return np.hstack([np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1))])


def _normal(picture: Picture) -> npt.NDArray[np.float32]:
    """A grey picture as the models take it: (1, 3, height, width), -1 to 1."""
    grey = picture.astype(np.float32) / 127.5 - 1.0
    normal: npt.NDArray[np.float32] = np.stack([grey, grey, grey])[None]
    return normal


def _strips(grey: Picture) -> Iterator[tuple[int, int]]:
    """Top and bottom of the strips in which a long page is looked through,
    parted where the least ink is."""
    top, end = 0, grey.shape[0]
    while end - top > _STRIP:
        darkness = (255 - grey[top + _STRIP // 2 : top + _STRIP].astype(np.int64)).sum(axis=1)
        bottom = top + _STRIP // 2 + int(darkness.argmin())
        yield top, bottom
        top = bottom
    yield top, end


def read_lines(pictures: Sequence[Picture], *, figures: bool = False) -> list[Text]:
    """The text of pictures of one line each, in order.

    With ``figures``, a text without Chinese characters is one of figures: of
    the characters that look alike (0 O, 5 S, 1 l) those are taken that
    figures are made of, what looks like none of them is U+FFFD, and what
    looks like a comma before the last one or two digits is a point, for commas
    part three; 大大大 is what asterisks look like. On a picture without pixels stands nothing.
    """
    if not any(picture.size for picture in pictures):
        return [_NOTHING for _ in pictures]
    engine = _engine()
    pictures = [picture if picture.size else np.full((_HEIGHT, 4), 255, dtype=np.uint8) for picture in pictures]
    scaled = [_scaled(picture) for picture in pictures]
    order = sorted(range(len(scaled)), key=lambda i: scaled[i].shape[2])
    texts: dict[int, Text] = {}
    for numbers in _batches(order, [picture.shape[2] for picture in scaled]):
        width = max(_LEAST_WIDTH, scaled[numbers[-1]].shape[2])
        batch = np.zeros((len(numbers), 3, _HEIGHT, width), dtype=np.float32)
        for place, number in enumerate(numbers):
            picture = scaled[number]
            batch[place, :, :, : picture.shape[2]] = picture
        for number, chances in zip(numbers, engine.recognise(batch), strict=True):
            stretch = width / scaled[number].shape[2]
            best = chances.argmax(axis=1)
            texts[number] = _decode(chances, best, engine.characters, stretch)
            if figures and _ASTERISKS.fullmatch(texts[number].text):
                texts[number] = replace(texts[number], text="*" * len(texts[number].text))
            elif figures and not is_words(texts[number].text):
                seen = _decode(chances, _as_figures(chances, best, engine.figures), engine.characters, stretch)
                texts[number] = replace(seen, text=_POINT.sub(".", seen.text))
    return [texts[number] for number in range(len(pictures))]


def width_of(box: Box) -> int:
    """Pixels of width that the recogniser has to look through for a line."""
    wide, high = box[2] - box[0], box[3] - box[1]
    return max(_LEAST_WIDTH, wide * _HEIGHT // max(high, 1))


def is_words(text: str) -> bool:
    """Whether a text holds Chinese characters that are no misread figures."""
    return bool(_CHINESE.search(text)) and not _FIGURE_LIKE.fullmatch(text.strip())


def _as_figures(
    chances: npt.NDArray[np.float32], best: npt.NDArray[np.int64], codes: Sequence[int]
) -> npt.NDArray[np.int64]:
    """``best`` with every character that figures are not made of replaced by
    the likeliest that they are, -1 where none is likely."""
    result = best.copy()
    for column in np.flatnonzero(~np.isin(best, [0, *codes])):
        likeliest = codes[int(chances[column, codes].argmax())]
        result[column] = likeliest if chances[column, likeliest] >= _LIKELY else -1
    return result


def _scaled(picture: Picture) -> npt.NDArray[np.float32]:
    height, width = picture.shape
    size = max(4, round(width * _HEIGHT / height)), _HEIGHT
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    normal: npt.NDArray[np.float32] = _normal(np.asarray(scaled, dtype=np.uint8))[0]
    return normal


def _batches(order: Sequence[int], widths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers, ordered by rising width, in batches of a bounded size."""
    batch: list[int] = []
    for number in order:
        if batch and (len(batch) + 1) * max(widths[number], _LEAST_WIDTH) > _BATCH:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch


def _decode(
    chances: npt.NDArray[np.float32], best: npt.NDArray[np.int64], characters: Sequence[str], stretch: float
) -> Text:
    """The characters of the columns' codes: repeated ones are one, 0 is none, -1 an unread one."""
    found: list[tuple[str, float, float]] = []
    column = 0
    for code, run in itertools.groupby(best.tolist()):
        length = len(list(run))
        if code:
            middle = (column + length / 2) / len(best) * stretch
            chance = float(chances[column : column + length, code].max()) if code > 0 else 0.0
            found.append((characters[code] if code > 0 else UNREAD, middle, chance))
        column += length
    return Text(
        "".join(text for text, _, _ in found),
        tuple(min(middle, 1.0) for _, middle, _ in found),
        sum(chance for _, _, chance in found) / max(len(found), 1),
    )
