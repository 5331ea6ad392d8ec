"""The child process that draws charts: requests and answers are lines of JSON, until its input ends.

What is drawn holds texts of filings and of anybody's queries: the renderer may use a bounded amount of memory and
write no file, and a chart that takes too long ends the process. The parent kills it by the clock, too.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from typing import Any

MEMORY = 768 << 20
"""Bytes of data. (The address space is not bounded: the renderer's JavaScript engine reserves much and uses little.)"""


def main() -> None:
    """Draws one chart after the other."""
    for kind, value in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(kind)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bounded, bounded))
    for line in sys.stdin.buffer:
        request = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"] + 2)  # where the parent was killed itself
        try:
            answer = {"svg": drawn(request)}
        except Exception as error:
            # What a library says may quote what it was to draw.
            answer = {"error": type(error).__name__}
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


def drawn(request: dict[str, Any]) -> str:
    """A chart as SVG: ``values`` with x, y and, where there are ``lines``, s; d parts lines of one colour."""
    import altair as alt
    import vl_convert

    titles, names, lines, colours = (request[name] for name in ("titles", "names", "lines", "colours"))
    chart = alt.Chart(alt.InlineData(values=request["values"]))
    base = chart.mark_line(point=True, strokeWidth=2) if request["mark"] == "line" else chart.mark_bar()
    encoding: dict[str, Any] = {
        "x": alt.X("x:O", title=titles["x"], sort=names, axis=alt.Axis(labelAngle=0)),
        "y": alt.Y("y:Q", title=titles["y"]),
        "color": alt.value(colours[0]),
    }
    if lines:
        encoding["color"] = alt.Color("s:N", title=titles["s"], sort=lines, scale=alt.Scale(range=colours))
    if request["parted"]:
        encoding["detail"] = alt.Detail("d:N")
    made = (
        base.encode(**encoding)
        .properties(width=520, height=240, background="white")
        .configure(font=request["font"])
        .configure_axis(labelFontSize=12, titleFontSize=12)
        .configure_legend(labelFontSize=12, titleFontSize=12, labelLimit=220)
    )
    svg: str = vl_convert.vegalite_to_svg(made.to_dict())
    return svg


if __name__ == "__main__":
    main()
