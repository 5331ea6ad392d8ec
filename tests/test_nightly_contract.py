"""Tables that break their contract are not published; the published build stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows import judging, stages
from flows.errors import OgiError
from flows.home import Home
from flows.stages import Build
from flows.store import Store, latest

BUILD = Build("20990101T000000Z-000000000000", "20990101T000000Z", "2099-01-01T00:00:00+00:00")


def _judged(home: Home) -> stages.Frames:
    return stages.judge(home, stages.transform(home, BUILD), BUILD)[0]


def test_judging_on_top_of_the_published_build_gives_what_judging_all_does(published: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    (path,) = home.judged.glob("*.parquet")
    known = pq.read_table(path)
    pq.write_table(known.slice(2), path)  # two agencies of which nothing is known
    frames = stages.transform(home, BUILD)
    on_top, count = stages.judge(home, frames, BUILD)
    assert count == 2
    shutil.rmtree(home.judged)
    in_full, count = stages.judge(home, frames, BUILD)
    assert count is None
    for name in ("quality_issue", "issue_cell"):
        assert on_top[name].equals(in_full[name]), name


def test_other_rules_judge_everything_again(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    assert judging.last_judged(home) is not None
    monkeypatch.setattr(judging, "judging_version", lambda: "another")
    assert judging.last_judged(home) is None


def test_a_broken_contract_stops_the_night_before_the_warehouse(published: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    before = home.published.resolve()
    frames = _judged(home)
    stages.validate(home, frames, BUILD)
    filings = frames["dim_filing"]
    doubled = {**frames, "dim_filing": filings.iloc[[0, *range(len(filings))]].reset_index(drop=True)}
    with pytest.raises(OgiError, match="dim_filing"):
        stages.validate(home, doubled, BUILD)
    assert home.published.resolve() == before
    assert (home.docs / BUILD.build_id / "index.html").is_file()


def test_every_stage_of_a_run_gives_the_same_from_the_same_store(published: Path) -> None:
    home = Home(published)
    store = Store(home)
    assert stages.unread(store, latest(store.captures())) == []
    first, again = (_judged(home) for _ in range(2))
    for name, frame in first.items():
        assert frame.equals(again[name]), name


def test_flagged_filings_are_those_with_errors_in_them(published: Path) -> None:
    frames = _judged(Home(published))
    flagged = stages.flagged(frames)
    issues = frames["quality_issue"]
    errors = issues[(issues["severity"] == "error") & issues["resolved_at"].isna() & issues["filing_id"].notna()]
    assert sum(row["errors"] for row in flagged) == len(errors) > 0
    assert {row["filing"] for row in flagged} == set(errors["filing_id"])
