"""Charts are drawn by a child process that is kept, and whose end costs one chart."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from dashboard import charts, drawing
from dashboard.app import create_app
from dashboard.drawing import ChartFailed
from dashboard.settings import Settings
from warehouse.home import Home

POINTS: list[dict[str, Any]] = [{"x": 2020, "y": 1}, {"x": 2021, "y": 2}]


def _draw() -> str:
    return charts.line_chart(POINTS, "x", "y", None, {})


@pytest.fixture(autouse=True)
def _no_child_stays() -> Iterator[None]:
    drawing.close()
    yield
    drawing.close()


def _child_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Another program in the child's place."""
    path = tmp_path / "child.py"
    path.write_text(body, "utf-8")
    monkeypatch.setattr(drawing, "_CHILD", path)


def test_the_child_is_kept_between_charts() -> None:
    assert _draw().startswith("<svg")
    (first,) = drawing._kept
    _draw()
    assert drawing._kept == [first] and first.drawn == 2
    drawing.close()
    assert first.process.returncode is not None and not drawing._kept


def test_a_child_that_was_killed_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _draw()
    os.kill(drawing._kept[0].process.pid, signal.SIGKILL)
    drawing._kept[0].process.wait()
    assert _draw().startswith("<svg")
    monkeypatch.setattr(drawing, "MANY", 1)
    before = drawing._kept[0]
    assert _draw().startswith("<svg") and drawing._kept != [before]


@pytest.mark.parametrize(
    "body",
    [
        "import os; os.abort()",
        "import sys; sys.stdin.readline(); print('no json', flush=True); input()",
        'import sys; sys.stdin.readline(); print(\'{"error": "MemoryError"}\', flush=True); input()',
        "import sys; sys.stdin.readline(); print('x' * 9_000_000, flush=True); input()",
        "import time; time.sleep(60)",
    ],
)
def test_whatever_a_child_does_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(drawing, "SECONDS", 2.0)
    with monkeypatch.context() as patched:
        _child_of(tmp_path, patched, body)
        began = time.monotonic()
        with pytest.raises(ChartFailed) as failed:
            _draw()
        assert failed.value.zh and failed.value.en and time.monotonic() - began < 5
    monkeypatch.setattr(drawing, "SECONDS", 20.0)
    drawing.close()
    assert _draw().startswith("<svg")


def test_the_child_may_use_so_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = Path(drawing.__file__).with_name("chart_child.py").read_text("utf-8")
    greedy = "    held = bytearray(2 << 30)\n    import altair as alt\n"
    assert child.count("    import altair as alt\n") == 1
    _child_of(tmp_path, monkeypatch, child.replace("    import altair as alt\n", greedy))
    with pytest.raises(ChartFailed, match="MemoryError"):
        _draw()


def test_a_page_says_in_its_language_that_there_is_no_chart(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _child_of(tmp_path, monkeypatch, "import os; os.abort()")
    sql = "SELECT 'a' AS x, 1 AS y UNION ALL SELECT 'b', 2"
    with TestClient(create_app(Settings(Home(published)))) as client:
        for prefix, word in (("", "数字见表"), ("/en", "figures stand in the table")):
            for path in ("/charts/errors.svg", f"/ask.svg?sql={sql}"):
                answer = client.get(prefix + path)
                assert answer.status_code == 503 and answer.headers["content-type"].startswith("image/svg+xml")
                assert word in answer.text and answer.headers["cache-control"] == "no-store"
            assert "<table>" in client.get(f"{prefix}/ask?sql={sql}").text
        monkeypatch.undo()
        assert client.get("/charts/errors.svg").status_code == 200  # what failed was not kept
