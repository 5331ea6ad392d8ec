"""Tables that break their contract are not published; the published build stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from flows import delta, stages
from flows.store import Store, latest
from flows.transforming import Build, Made, transform
from warehouse.build import BuildError, Change, complete, open_draft
from warehouse.digest import digest
from warehouse.errors import OgiError
from warehouse.home import Home

BUILD = Build("20990101T000000Z-000000000000", "20990101T000000Z", "2099-01-01T00:00:00+00:00")


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Home:
    copied = tmp_path / "home"
    shutil.copytree(published, copied, symlinks=True)
    return Home(copied)


def _draft(home: Home) -> tuple[Made, Path]:
    """A build made anew, judged and not yet in its place."""
    made = transform(home, BUILD, whole=True)
    draft, _ = stages.load(home, made, BUILD)
    stages.judge(draft, made)
    return made, draft


def test_a_build_of_another_program_is_not_started_from(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert delta.base_of(home) is not None
    monkeypatch.setattr(delta, "program_version", lambda: "another")
    assert delta.base_of(home) is None
    assert transform(home, BUILD).change is None


def test_a_build_of_which_the_inputs_are_lost_is_not_started_from(home: Home) -> None:
    shutil.rmtree(home.inputs)
    assert delta.base_of(home) is None


def test_a_broken_contract_stops_the_night_before_the_warehouse(home: Home) -> None:
    before = home.published.resolve()
    made, draft = _draft(home)
    stages.validate(home, draft, made, BUILD)
    with open_draft(draft) as con:
        con.execute("INSERT INTO dim_filing FROM dim_filing LIMIT 1")
        with pytest.raises(BuildError, match="dim_filing: key"):
            complete(con, Change(frozenset(made.frames["dim_filing"]["filing_id"]), frozenset(), frozenset()))
    with pytest.raises(OgiError, match="dim_filing"):
        stages.validate(home, draft, made, BUILD)
    assert home.published.resolve() == before
    assert (home.docs / BUILD.build_id / "index.html").is_file()


def test_every_stage_of_a_run_gives_the_same_from_the_same_store(home: Home) -> None:
    store = Store(home)
    assert stages.unread(store, latest(store.captures())) == []
    made, draft = _draft(home)
    assert digest(draft) == digest(home.published)
    assert all(frame.equals(transform(home, BUILD, whole=True).frames[name]) for name, frame in
               made.frames.items())  # fmt: skip


def test_flagged_filings_are_those_with_errors_in_them(home: Home) -> None:
    flagged = stages.flagged(home.published)
    with duckdb.connect(str(home.published.resolve()), read_only=True) as con:
        errors = con.execute(
            "SELECT filing_id FROM quality_issue JOIN dim_filing USING (filing_id) "
            "WHERE severity = 'error' AND resolved_at IS NULL AND is_current"
        ).fetchall()
    assert sum(row["errors"] for row in flagged) == len(errors) > 0
    assert {row["filing"] for row in flagged} == {filing for (filing,) in errors}
