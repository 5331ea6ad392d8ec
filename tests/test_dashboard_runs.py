"""Run records on the dashboard: failed nights stay in sight, damaged records are named and hide no other."""

from __future__ import annotations

import copy
import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import charts
from dashboard.app import create_app
from dashboard.runs import run_of_build, standing
from dashboard.settings import Settings
from dashboard.texts import measured
from warehouse.home import Home

NEWER = "29990101T000000000Z"


@pytest.fixture(scope="module")
def home(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("nights") / "home"
    shutil.copytree(published, copied, symlinks=True, ignore=shutil.ignore_patterns("prefect", "logs"))
    return copied


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(Home(home))), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def genuine(home: Path) -> dict[str, Any]:
    (path,) = (home / "runs").glob("*.json")
    record: dict[str, Any] = json.loads(path.read_bytes())
    return record


def _put(home: Path, run_id: str, **told: Any) -> Path:
    path = home / "runs" / f"{run_id}.json"
    path.write_text(json.dumps({"run_id": run_id, **told}), "utf-8")
    return path


@pytest.fixture
def nights(home: Path) -> Iterator[Path]:
    """A home whose records of later runs are removed at the end."""
    yield home
    for path in (home / "runs").glob("29*.json"):
        path.unlink()


def _failed(home: Path, client: TestClient) -> list[str]:
    return [run["run_id"] for run in client.get("/api/").json()["nights"]["failed"]]


def test_a_failed_night_is_in_sight_until_its_sources_went_well(nights: Path, client: TestClient) -> None:
    _put(nights, "29990101T000000000Z", state="failed", sources=["a", "b"], problems=["broke off"])
    _put(nights, "29990102T000000000Z", state="completed", sources=["a"])
    assert _failed(nights, client) == ["29990101T000000000Z"]
    for path, words in (("/", "尚未补救的失败运行"), ("/en", "Failed runs that nothing has made good")):
        text = client.get(path).text
        assert words in text and "broke off" in text and "29990101T000000000Z" in text
    _put(nights, "29990103T000000000Z", state="completed", sources=["a", "b"])
    assert _failed(nights, client) == []
    assert client.get("/api/").json()["nights"]["last_good"]["run_id"] == "29990103T000000000Z"
    assert "尚未补救" not in client.get("/").text


def test_the_last_good_night_is_told_with_its_age(client: TestClient, genuine: dict[str, Any]) -> None:
    told = client.get("/api/").json()["nights"]
    assert told["last_good"]["run_id"] == genuine["run_id"] and told["days_ago"] in (0, 1)
    assert "The last run that went well" in client.get("/en").text


def test_the_publishing_run_is_found_after_years_of_nights(nights: Path, genuine: dict[str, Any]) -> None:
    for number in range(2000):
        _put(nights, f"2999{number:04}T000000000Z", state="completed", nothing_new=True, sources=["a"])
    _put(nights, "29980101T000000000Z", state="failed", sources=["b"], problems=["broke off"])
    ours = run_of_build(Home(nights), genuine["build"])
    assert ours is not None and ours.run_id == genuine["run_id"]
    assert [run.run_id for run in standing(Home(nights), ours).failed] == ["29980101T000000000Z"]
    started = time.perf_counter()
    standing(Home(nights), ours)
    assert time.perf_counter() - started < 2


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_record_breaks_a_page(data: st.DataObject, nights: Path, client: TestClient, genuine: Any) -> None:
    record = copy.deepcopy(genuine)
    for name in data.draw(st.lists(st.sampled_from(sorted(record)), min_size=1, max_size=3)):
        record[name] = data.draw(ANY)
    written = json.dumps(data.draw(st.just(record) | ANY)).encode()
    path = nights / "runs" / f"{NEWER}.json"
    path.unlink(missing_ok=True)
    path.write_bytes(written[: data.draw(st.just(len(written)) | st.integers(0, len(written)))])
    for page in ("/", "/en", "/runs", "/en/runs", f"/runs/{NEWER}", f"/en/runs/{NEWER}", "/api/", f"/api/runs/{NEWER}"):
        assert client.get(page).status_code == 200, (page, path.read_bytes())
    told = client.get("/api/runs").json()["runs"]
    assert [run["run_id"] for run in told] == [NEWER, genuine["run_id"]] and told[1]["state"] == "completed"


@pytest.mark.parametrize(
    "changed",
    [{"started_at": 5}, {"started_at": "soon"}, {"build": 7}, {"seen": "many"}, {"stages": None},
     {"stages": {"a": "b"}},
     {"problems": "none"}, {"issues_by_rule": [{}]}, {"state": None}, {"bytes": 10**400}, {"more": float("inf")}],
)  # fmt: skip
def test_a_damaged_record_is_named_with_its_remedy(
    nights: Path, client: TestClient, genuine: dict[str, Any], changed: dict[str, Any]
) -> None:
    path = nights / "runs" / f"{NEWER}.json"
    path.write_text(json.dumps({**genuine, "run_id": NEWER, **changed}), "utf-8")
    for page, words in ((f"/runs/{NEWER}", "请从备份恢复"), (f"/en/runs/{NEWER}", "restore the file from a backup")):
        text = client.get(page).text
        assert words in text and f"runs/{NEWER}.json" in text
    assert NEWER in _failed(nights, client)


def test_a_rule_that_is_no_more_is_shown_by_its_code(nights: Path, client: TestClient) -> None:
    row = {"rule": "of_old", "severity": "warning", "origin": "extraction", "issues": 3}
    _put(nights, NEWER, state="completed", issues_by_rule=[row], base="b-0", bytes_written=2**21, sources=["a"])
    text = client.get(f"/en/runs/{NEWER}").text
    assert "of_old" in text and "b-0" in text and "2.0 MiB" in text
    assert '<span class="tag doubt">doubt</span>' in text and ">warning<" not in text


def test_what_is_no_file_is_a_damaged_record(nights: Path, client: TestClient) -> None:
    folder = nights / "runs" / f"{NEWER}.json"
    folder.mkdir()
    try:
        assert "restore the file" in client.get(f"/en/runs/{NEWER}").text
        assert len(client.get("/api/runs").json()["runs"]) == 2
    finally:
        folder.rmdir()


def test_two_who_ask_at_once_have_one_chart_drawn() -> None:
    build: Any = SimpleNamespace(kept={})
    drawn: list[str] = []

    def draw() -> str:
        time.sleep(0.05)
        drawn.append("x")
        return "<svg/>"

    threads = [threading.Thread(target=charts.kept, args=(build, ("a",), draw)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == ["x"]


@pytest.mark.parametrize(("name", "value", "zh", "en"), [
    ("filings_kept", 0.99998, ("其中仍有的", "99.998%"), ("Of these, still there", "99.998%")),
    ("filings_kept", 1.0, ("其中仍有的", "100.00%"), ("Of these, still there", "100.00%")),
    ("values_changed", 4e-7, ("占此前已填报的格", "0.00004%"), ("As a share of the reported cells before", "0.00004%")),
    ("failed_growth", 0.5, ("其增减", "+50.00%"), ("Their change", "+50.00%")),
    ("issues_new", 12345, ("新出现的问题", "12,345"), ("Issues first seen", "12,345")),
    ("worst_year_kept", None, ("其中仍有的", "–"), ("Of these, still there", "–")),
    ("of_another_version", 0.5, ("of_another_version", "0.5"), ("of_another_version", "0.5")),
])  # fmt: skip
def test_measures_are_told_in_words(name: str, value: float | None, zh: tuple[str, str], en: tuple[str, str]) -> None:
    assert measured(name, value, "zh") == zh
    assert measured(name, value, "en") == en
