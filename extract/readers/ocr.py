"""Recognition of printed text in pictures: RapidOCR's detector and recogniser.

The models are files of the installed package; nothing is ever downloaded,
because a session is opened on the file itself. Loaded on first use.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from extract.model import ReadError
from extract.readers.raster import Picture

Box = tuple[int, int, int, int]
"""x0, top, x1, bottom in pixels."""

THREADS = 2
_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}
_HEIGHT = 48  # pixels of a line as the recogniser sees it
_BATCH = 8
_LEAST_WIDTH = 160  # of the recogniser's picture; narrower ones are filled up


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a picture of one line: its characters, where the middle
    of each lies (0 at the left, 1 at the right), and the least certain
    character's probability."""

    text: str
    middles: tuple[float, ...]
    certainty: float


@cache
def _engine() -> tuple[Any, Any]:
    """The detector and the recogniser. ReadError("unsupported") if RapidOCR is not installed."""
    try:
        import rapidocr
        from rapidocr import RapidOCR
    except ImportError as error:
        raise ReadError(
            "unsupported",
            "扫描件或图片需要文字识别组件，请安装 rapidocr 和 onnxruntime / scans and images need text recognition: "
            f"install rapidocr and onnxruntime ({error})",
        ) from error
    cv2.setNumThreads(THREADS)
    models = Path(rapidocr.__file__).parent / "models"
    parameters: dict[str, Any] = {f"{part}.model_path": str(models / name) for part, name in _MODELS.items()}
    parameters["Global.log_level"] = "critical"
    parameters["EngineConfig.onnxruntime.intra_op_num_threads"] = THREADS
    engine = RapidOCR(params=parameters)
    return engine._load_det_model(), engine._load_rec_model()


def find_lines(grey: Picture) -> list[Box]:
    """Upright boxes around the lines of text of a page, a little larger than the text."""
    detector, _ = _engine()
    found = detector(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)).boxes
    height, width = grey.shape[:2]
    boxes = []
    for quad in [] if found is None else found:
        (x0, top), (x1, bottom) = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
        box = (max(int(x0), 0), max(int(top), 0), min(int(x1), width), min(int(bottom), height))
        if box[2] - box[0] > 2 and box[3] - box[1] > 2:
            boxes.append(box)
    return boxes


def read_lines(pictures: Sequence[Picture]) -> list[Text]:
    """The text of pictures of one line each, in order."""
    _, recogniser = _engine()
    characters = recogniser.postprocess_op.character
    scaled = [_scaled(picture) for picture in pictures]
    order = sorted(range(len(scaled)), key=lambda i: scaled[i].shape[1])
    texts: dict[int, Text] = {}
    for start in range(0, len(order), _BATCH):
        numbers = order[start : start + _BATCH]
        width = max(_LEAST_WIDTH, *(scaled[i].shape[1] for i in numbers))
        batch = np.zeros((len(numbers), 3, _HEIGHT, width), dtype=np.float32)
        for place, number in enumerate(numbers):
            picture = scaled[number]
            batch[place, :, :, : picture.shape[1]] = picture[None]
        for number, chances in zip(numbers, recogniser.session(batch), strict=True):
            texts[number] = _decode(chances, characters, width / scaled[number].shape[1])
    return [texts[number] for number in range(len(pictures))]


def _scaled(picture: Picture) -> npt.NDArray[np.float32]:
    height, width = picture.shape
    size = max(4, round(width * _HEIGHT / height)), _HEIGHT
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(scaled, dtype=np.float32) / 127.5 - 1.0


def _decode(chances: npt.NDArray[np.float32], characters: Sequence[str], stretch: float) -> Text:
    """The most likely character of each column; repeated ones are one, and
    character 0 is none."""
    best = chances.argmax(axis=1)
    found: list[tuple[str, float, float]] = []
    column = 0
    for code, run in itertools.groupby(best.tolist()):
        length = len(list(run))
        if code:
            middle = (column + length / 2) / len(best) * stretch
            found.append((characters[code], middle, float(chances[column : column + length, code].max())))
        column += length
    return Text(
        "".join(text for text, _, _ in found),
        tuple(min(middle, 1.0) for _, middle, _ in found),
        min((chance for _, _, chance in found), default=0.0),
    )
