"""Pages of a PDF: what is drawn where, in which order, and how the file says
which characters stand there."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal
from unittest.mock import patch

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import ttfonts
from reportlab.pdfgen.canvas import Canvas

Orientation = Literal["portrait", "landscape", "rotate90", "rotate270", "sideways"]
Order = Literal["natural", "columns", "shuffled", "reversed", "figures_first"]
Unicode = Literal["right", "radicals", "labels_wrong", "labels_missing", "digits_unknown"]

# Compatibility characters that fonts of office suites give for the usual ones.
RADICALS = dict(zip("一二人力工大小口土士女子文方日月止比水立自至行非用生示见长页门",
                    "⼀⼆⼈⼒⼯⼤⼩⼝⼟⼠⼥⼦⽂⽅⽇⽉⽌⽐⽔⽴⾃⾄⾏⾮⽤⽣⽰⻅⻓⻚⻔", strict=True))  # fmt: skip
WRONG = dict(zip("维纠讼掌握缴秘审逾", "绯紏颂撑幄徼祕宙渝", strict=True))
LOST = "维纠诉掌缴密尚审"
UNKNOWN_DIGITS = "37"
_make_cmap = ttfonts.makeToUnicodeCMap


@dataclass
class _Text:
    """One string to be drawn; ``figure`` is whether it is a figure of a table."""

    draw: Callable[[Canvas], None]
    x: float
    y: float
    figure: bool


@dataclass
class Sheet:
    """Draws on A4 pages; coordinates in points from the bottom left of the
    page as it is meant to be looked at.

    ``orientation`` "rotate90" and "rotate270" draw sideways on a portrait page
    that viewers turn; "sideways" leaves it unturned. ``order`` is that of the
    text in the page's content. ``in_form`` puts each page into a form XObject.
    """

    title: str
    orientation: Orientation = "portrait"
    order: Order = "natural"
    unicode: Unicode = "right"
    in_form: bool = False
    _shapes: list[Callable[[Canvas], None]] = field(default_factory=list)
    _texts: list[_Text] = field(default_factory=list)
    _page: int = 0

    def __post_init__(self) -> None:
        """Opens the file."""
        short, long = A4
        self.width, self.height = (short, long) if self.orientation == "portrait" else (long, short)
        self.target = io.BytesIO()
        # reportlab turns the sides of a page that is shown turned itself.
        size = A4 if self.orientation in ("portrait", "sideways") else (long, short)
        self.canvas = Canvas(self.target, pagesize=size, invariant=1, pageCompression=1)
        self.canvas.setTitle(self.title)

    def string(
        self, text: str, x: float, y: float, font: str, size: float, gap: float = 0, figure: bool = False
    ) -> None:
        """A string from ``x``; with ``gap`` its characters are drawn one by one,
        that far apart."""

        def draw(canvas: Canvas) -> None:
            canvas.setFont(font, size)
            if not gap:
                canvas.drawString(x, y, text)
                return
            at = x
            for character in text:
                canvas.drawString(at, y, character)
                at += canvas.stringWidth(character, font, size) + gap

        self._add(draw, _Text(draw, x, y, figure))

    def line(self, width: float, *ends: float) -> None:
        """A rule from x, y to x, y."""

        def draw(canvas: Canvas) -> None:
            canvas.setLineWidth(width)
            canvas.line(*ends)

        self._add(draw)

    def frame(self, width: float, x: float, y: float, wide: float, high: float) -> None:
        """The outline of a rectangle."""

        def draw(canvas: Canvas) -> None:
            canvas.setLineWidth(width)
            canvas.rect(x, y, wide, high, stroke=1, fill=0)

        self._add(draw)

    def fill(self, colour: Sequence[float] | None, x: float, y: float, wide: float, high: float) -> None:
        """A filled rectangle, black without ``colour``."""

        def draw(canvas: Canvas) -> None:
            if colour is not None:
                canvas.setFillColorRGB(*colour)
            canvas.rect(x, y, wide, high, stroke=0, fill=1)
            if colour is not None:
                canvas.setFillColorRGB(0, 0, 0)

        self._add(draw)

    def _add(self, draw: Callable[[Canvas], None], text: _Text | None = None) -> None:
        if text is not None and self.order != "natural":
            self._texts.append(text)
        else:
            self._shapes.append(draw)

    def end_page(self) -> None:
        """Puts the page into the file."""
        self._page += 1
        texts = self._in_order()
        if self.in_form:
            self.canvas.beginForm(f"page{self._page}")
        if self.orientation in ("rotate90", "sideways"):
            self.canvas.transform(0, 1, -1, 0, A4[0], 0)
        elif self.orientation == "rotate270":
            self.canvas.transform(0, -1, 1, 0, 0, A4[1])
        for draw in [*self._shapes, *(text.draw for text in texts)]:
            draw(self.canvas)
        if self.in_form:
            self.canvas.endForm()
            self.canvas.doForm(f"page{self._page}")
        if self.orientation.startswith("rotate"):
            self.canvas.setPageRotation(int(self.orientation.removeprefix("rotate")))
        self.canvas.showPage()
        self._shapes.clear()
        self._texts.clear()

    def finish(self) -> bytes:
        """The file."""
        with patch.object(ttfonts, "makeToUnicodeCMap", self._cmap):
            self.canvas.save()
        return self.target.getvalue()

    def _in_order(self) -> list[_Text]:
        if self.order == "columns":
            return sorted(self._texts, key=lambda text: (round(text.x / 20), -text.y))
        if self.order == "reversed":
            return self._texts[::-1]
        if self.order == "figures_first":
            return sorted(self._texts, key=lambda text: not text.figure)
        if self.order == "shuffled":
            Random(f"order:{self._page}").shuffle(self._texts)
        return self._texts

    def _cmap(self, font: str, subset: Sequence[int]) -> str:
        """The font's map to Unicode, as ``unicode`` wants it."""
        changed = list(subset)
        for at, code in enumerate(subset):
            if self.unicode == "radicals":
                changed[at] = ord(RADICALS.get(chr(code), chr(code)))
            elif self.unicode == "labels_wrong":
                changed[at] = ord(WRONG.get(chr(code), chr(code)))
            elif (self.unicode == "labels_missing" and chr(code) in LOST) or (
                self.unicode == "digits_unknown" and chr(code) in UNKNOWN_DIGITS
            ):
                changed[at] = 0xFFFD
        text: str = _make_cmap(font, changed)
        return text
