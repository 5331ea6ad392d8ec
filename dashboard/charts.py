"""Charts: Vega-Lite through Altair, drawn to SVG by the server, so that pages need no script for them.

The two packages are heavy and are loaded when the first chart is drawn. One chart is drawn at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

from dashboard.reader import Build

FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
COLOURS = ["#14427a", "#c2571a", "#1f6b3a", "#7b3fa0", "#8a6d00", "#a11616", "#3c6e91", "#5d5d5d"]
"""Told apart on white, by those who see no colours by their lightness."""

Row = dict[str, Any]
_drawing = threading.Lock()


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

        order = list(dict.fromkeys(str(row[x]) for row in rows))
        values = [{**row, x: str(row[x]), y: None if row[y] is None else float(row[y])} for row in rows]
        chart = alt.Chart(alt.InlineData(values=values))
        base = chart.mark_line(point=True, strokeWidth=2) if mark == "line" else chart.mark_bar()
        encoding: dict[str, Any] = {
            "x": alt.X(f"{_field(x)}:O", title=titles.get(x, x), sort=order, axis=alt.Axis(labelAngle=0)),
            "y": alt.Y(f"{_field(y)}:Q", title=titles.get(y, y)),
        }
        if series is not None:
            names = list(dict.fromkeys(str(row[series]) for row in rows))
            encoding["color"] = alt.Color(
                f"{_field(series)}:N", title=titles.get(series), sort=names, scale=alt.Scale(range=COLOURS)
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


def _field(name: str) -> str:
    """A column as Vega-Lite names a field: dots and brackets would mean something."""
    return name.replace("\\", "\\\\").replace(".", "\\.").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def kept(build: Build, name: tuple[Any, ...], draw: Callable[[], str]) -> str:
    """A chart of a build, drawn once."""
    charts: dict[tuple[Any, ...], str] = build.kept.setdefault("charts", {})
    if name not in charts:
        if len(charts) > 200:
            charts.clear()
        charts[name] = draw()
    return charts[name]
