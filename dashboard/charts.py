"""Charts: Vega-Lite through Altair, drawn to SVG by the server, so that pages need no script for them.

The two packages are heavy and are loaded when the first chart is drawn. One chart is drawn at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

from dashboard.reader import Build
from dashboard.texts import visible

FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
COLOURS = ["#14427a", "#c2571a", "#1f6b3a", "#7b3fa0", "#8a6d00", "#a11616", "#3c6e91", "#5d5d5d"]
"""Told apart on white, by those who see no colours by their lightness."""

LONGEST = 60
"""Characters of a label."""

Row = dict[str, Any]
_drawing = threading.Lock()
_keeping = threading.Lock()


def line_chart(rows: Sequence[Row], x: str, y: str, series: str | None, titles: dict[str, str]) -> str:
    """A line over ``x`` (years) for each value of ``series``, as SVG; a lacking figure leaves a gap."""
    return _drawn("line", rows, x, y, series, titles)


def bar_chart(rows: Sequence[Row], x: str, y: str, series: str | None, titles: dict[str, str]) -> str:
    """Bars over ``x``, stacked by ``series`` where there is one, as SVG."""
    return _drawn("bar", rows, x, y, series, titles)


def _drawn(
    mark: Literal["line", "bar"], rows: Sequence[Row], x: str, y: str, series: str | None, titles: dict[str, str]
) -> str:
    with _drawing:
        import altair as alt
        import vl_convert

        names = _labels([row[x] for row in rows])
        lines = _labels([row[series] for row in rows]) if series is not None else {}
        # Fields have names of ours: those of columns may be anything, and mean something to Vega.
        values = [
            {
                "x": names[str(row[x])],
                "y": None if row[y] is None else float(row[y]),
                **({"s": lines[str(row[series])]} if series is not None else {}),
            }
            for row in rows
        ]
        chart = alt.Chart(alt.InlineData(values=values))
        base = chart.mark_line(point=True, strokeWidth=2) if mark == "line" else chart.mark_bar()
        encoding: dict[str, Any] = {
            "x": alt.X("x:O", title=_title(titles, x), sort=list(names.values()), axis=alt.Axis(labelAngle=0)),
            "y": alt.Y("y:Q", title=_title(titles, y)),
        }
        if series is not None:
            encoding["color"] = alt.Color(
                "s:N", title=_title(titles, series), sort=list(lines.values()), scale=alt.Scale(range=COLOURS)
            )
        else:
            encoding["color"] = alt.value(COLOURS[0])
        made = (
            base.encode(**encoding)
            .properties(width=520, height=240, background="white")
            .configure(font=FONT)
            .configure_axis(labelFontSize=12, titleFontSize=12)
            .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=220)
        )
        svg: str = vl_convert.vegalite_to_svg(made.to_dict())
        return svg


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
