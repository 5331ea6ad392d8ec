"""Charts: Vega-Lite through Altair, drawn to SVG on the server, so that pages need no script for them.

A child process draws them, one at a time (``dashboard.drawing``); what is said here is what it is to draw.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

from dashboard.drawing import svg_of
from dashboard.reader import Build
from dashboard.texts import visible

FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
COLOURS = ["#14427a", "#c2571a", "#1f6b3a", "#7b3fa0", "#8a6d00", "#a11616", "#3c6e91", "#5d5d5d"]
"""Told apart on white, by those who see no colours by their lightness."""

LONGEST = 60
"""Characters of a label."""

Row = dict[str, Any]
_keeping = threading.Lock()


def line_chart(
    rows: Sequence[Row], x: str, y: str, series: str | None, titles: dict[str, str], parted: str | None = None
) -> str:
    """A line over ``x`` (years) for each value of ``series``, as SVG; a lacking figure leaves a gap. Each value of
    ``parted`` has a line of its own, in its series' colour. ChartFailed."""
    return _drawn("line", rows, x, y, series, titles, parted)


def bar_chart(rows: Sequence[Row], x: str, y: str, series: str | None, titles: dict[str, str]) -> str:
    """Bars over ``x``, stacked by ``series`` where there is one, as SVG. ChartFailed."""
    return _drawn("bar", rows, x, y, series, titles, None)


def _drawn(
    mark: Literal["line", "bar"],
    rows: Sequence[Row],
    x: str,
    y: str,
    series: str | None,
    titles: dict[str, str],
    parted: str | None,
) -> str:
    names = _labels([row[x] for row in rows])
    lines = _labels([row[series] for row in rows]) if series is not None else {}
    # Fields have names of ours: those of columns may be anything, and mean something to Vega.
    values = [
        {
            "x": names[str(row[x])],
            "y": None if row[y] is None else float(row[y]),
            **({"s": lines[str(row[series])]} if series is not None else {}),
            **({"d": row[parted]} if parted is not None else {}),
        }
        for row in rows
    ]
    return svg_of(
        {
            "mark": mark,
            "values": values,
            "names": list(names.values()),
            "lines": list(lines.values()),
            "parted": parted is not None,
            "titles": {"x": _title(titles, x), "y": _title(titles, y), "s": _title(titles, series or "")},
            "colours": COLOURS,
            "font": FONT,
        }
    )


def _labels(values: Sequence[Any]) -> dict[str, str]:
    """By text: the label that is drawn for it, short and without what cannot stand in XML (the renderer ends the
    process over such a character), and no two alike."""
    labels: dict[str, str] = {}
    for text in dict.fromkeys(map(str, values)):
        label = shown = _short(text)
        while shown in labels.values():
            shown = f"{label} ({len(labels) + 1})"
        labels[text] = shown
    return labels


def _title(titles: dict[str, str], name: str) -> str:
    return _short(titles.get(name, name))


def _short(text: str) -> str:
    """A text of at most ``LONGEST`` characters that can be drawn; longer ones take the renderer seconds."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return " ".join(visible(cut).split())


def kept(build: Build, name: tuple[Any, ...], draw: Callable[[], str]) -> str:
    """A chart of a build, drawn once: who asks for it while it is drawn waits for it."""
    with _keeping:
        charts: dict[tuple[Any, ...], str] = build.kept.setdefault("charts", {})
        if name not in charts:
            drawn = draw()
            if len(charts) > 200:
                charts.clear()
            charts[name] = drawn
        return charts[name]
