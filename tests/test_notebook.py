"""The study runs from its first cell to its last on a warehouse, and its charts show what the warehouse holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from extract.forms import CellKey
from extract.paths import ROOT
from tests.factories import NOON, reading, record, register
from transform.frames import build_frames
from warehouse.build import build

STUDY = ROOT / "notebooks" / "refusals.py"


def test_the_study_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("marimo", reason="the extra 'notebook' is not installed")
    cells: dict[CellKey, int] = {
        ("applications", "concluded_total", "total"): 10,
        ("applications", "refused.state_secret", "total"): 2,
        ("applications", "refused.state_secret", "natural_person"): 2,
        ("applications", "granted", "natural_person"): 6,
    }
    records = [
        record(reading(year=2024, cells=cells)),
        record(reading("示例县人民政府", 2023, scope="area", cells=cells)),
        record(reading("示例县人民政府", 2024, scope="area", cells={**cells, ("applications", "granted", "total"): 0})),
    ]
    build(build_frames(records, register(), build_info={"build_id": "b", "built_at": NOON}), tmp_path / "w.duckdb")
    monkeypatch.setenv("OGI_WAREHOUSE", str(tmp_path / "w.duckdb"))
    spec = importlib.util.spec_from_file_location("study", STUDY)
    assert spec is not None and spec.loader is not None
    study = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(study)
    _, defined = study.app.run()
    assert defined["rates"][["report_year", "level", "used", "refusal_rate"]].to_numpy().tolist() == [
        [2023, "county", 1, 0.2],
        [2024, "county", 1, 0.2],
    ]
    assert defined["grounds"]["applications"].tolist() == [2]
    assert defined["applicants"]["share"].tolist() == [0.25]
    assert (defined["doubtful"], defined["everything"]) == (0, 3)
    for name in ("rate_chart", "ground_chart", "applicant_chart"):
        assert defined[name].to_dict()["datasets"], name
