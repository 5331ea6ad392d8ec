"""Nights by schedule: prefect.yaml with a server and a worker, and ``ogi serve``."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from extract.paths import ROOT
from flows.orchestrator import serving as lock_of
from tests.conftest import Ogi
from tests.kills import processes_of
from tests.scheduled import EVERY, answers, ask, ended, free_port, postgresql, prefect, process, serving, until
from warehouse.home import Home

# Prefect is imported once its settings are made.
pytestmark = pytest.mark.usefixtures("run_here")


def _deployments() -> dict[str, dict[str, Any]]:
    listed = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    return {each["name"]: each for each in listed}


def _announced(home: Path) -> dict[str, str]:
    path = home / "prefect" / "serving.json"
    until("ogi serve answers", path.is_file)
    address: dict[str, str] = json.loads(path.read_bytes())
    return address


def _is_served_by(home: Path, pid: int) -> bool:
    lock = lock_of(Home(home))
    held = lock.is_file() and f'"pid": {pid},' in lock.read_text("utf-8")
    return held and (lock.parent / "serving.json").is_file()


def test_every_deployment_names_a_flow_that_is_there() -> None:
    from prefect import Flow
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.flows import load_flow_from_entrypoint

    deployments = _deployments()
    assert list(deployments) == ["nightly", "verify", "backfill"]
    for each in deployments.values():
        assert isinstance(load_flow_from_entrypoint(each["entrypoint"]), Flow)
        assert each["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert each["work_pool"]["name"] == "ogi"
        for schedule in each.get("schedules", []):
            CronSchedule(**schedule)
    assert deployments["nightly"]["schedules"] == [{"cron": "0 2 * * *", "timezone": "Asia/Shanghai"}]
    assert "schedules" in deployments["verify"] and "schedules" not in deployments["backfill"]


def test_what_is_deployed_names_no_path_of_a_machine() -> None:
    text = (ROOT / "prefect.yaml").read_text("utf-8")
    assert not re.search(r"(?<![\w*])/\w+/", text) and not re.search(r"[A-Z]:\\", text)


@pytest.mark.parametrize(
    "parameters", [{"jobs": 0}, {"jobs": "2"}, {"whole": 1}, {"sources": 3}, {"home": ""}, {"from_archive": "yes"}]
)
def test_parameters_are_strict(parameters: dict[str, Any]) -> None:
    from prefect.exceptions import ParameterTypeError

    from flows.deployments import night

    with pytest.raises(ParameterTypeError, match=next(iter(parameters))):
        night.validate_parameters(parameters)


@pytest.fixture
def unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flows of deployments run in this process, whose logs stay as they are."""
    from flows import deployments

    monkeypatch.setattr(deployments, "_settle", lambda: None)


def test_a_night_with_problems_is_a_failed_run_that_says_which(unsettled: None, tmp_path: Path) -> None:
    from flows.deployments import night

    (tmp_path / "inbox").mkdir()
    state = night(str(tmp_path / "inbox"), str(tmp_path / "home"), 1, return_state=True)
    assert state.is_failed() and "no document in the sources" in str(state.message)
    refused = night(str(tmp_path / "elsewhere"), str(tmp_path / "home"), 1, return_state=True)
    assert refused.is_failed() and "elsewhere" in str(refused.message)


def test_artifacts_are_there_where_nothing_was_new(unsettled: None, published: Path, few_samples: Path) -> None:
    from prefect.artifacts import Artifact

    from flows.deployments import night

    state = night(str(few_samples), str(published), 1, return_state=True)
    assert state.is_completed() and "nothing new" in str(state.message), state.message
    flow_run = state.state_details.flow_run_id
    for key in ("run-summary", "flagged-filings"):
        artifact = cast(Any, Artifact.get(key=key))
        assert artifact.flow_run_id == flow_run and artifact.data not in ("", "[]")


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_a_scheduled_night_from_deployment_to_warehouse(
    database: str, few_samples: Path, ogi: Ogi, tmp_path: Path
) -> None:
    if database == "sqlite":
        _night_by_worker(few_samples, ogi, tmp_path)
        return
    with postgresql() as address:
        _night_by_worker(few_samples, ogi, tmp_path, PREFECT_SERVER_DATABASE_CONNECTION_URL=address)


def _logged(api: dict[str, str], run_id: str) -> str:
    return "\n".join(line["message"] for line in ask(api, "logs", logs={"flow_run_id": {"any_": [run_id]}}))


def _night_by_worker(sources: Path, ogi: Ogi, folder: Path, **environment: str) -> None:
    """A server, a deployment from prefect.yaml that is due every few seconds, a worker, and what comes of them."""
    port, home = free_port(), folder / "home"
    api = {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_HOME": str(folder / "prefect"), **environment}
    log = folder / "log"
    start = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with process([*start, "--no-ui"], log, **api):
        until("the server answers", lambda: answers(api))
        prefect("work-pool", "create", "ogi", "--type", "process", **api)
        prefect("deploy", "--all", **api)
        assert {each["name"] for each in ask(api, "deployments")} == set(_deployments())
        parameters = {"sources": str(sources), "home": str(home), "jobs": 1}
        due = ["--interval", "10", "--params", json.dumps(parameters)]
        prefect("deploy", "--name", "nightly", *due, **api)
        with process([sys.executable, "-m", "prefect", "worker", "start", "--pool", "ogi"], log, **api):
            (run, *_) = until("a scheduled night has ended", lambda: ended(api))
            assert run["state"]["type"] == "COMPLETED", run["state"]
            # What is logged last is sent as its process ends.
            until("the summary is logged", lambda: "现行报告" in _logged(api, run["id"]))
        artifacts = ask(api, "artifacts", artifacts={"flow_run_id": {"any_": [run["id"]]}})
        assert {artifact["key"] for artifact in artifacts} == {"run-summary", "flagged-filings"}
        inner = ask(api, "flow_runs", flows={"name": {"any_": ["nightly"]}})
        assert inner and all(each["parent_task_run_id"] for each in inner)
    count = ogi("sql", "SELECT count(*) AS n FROM dim_filing", "--home", home, "--format", "json")
    assert json.loads(count.stdout)[0]["n"] > 0, count.stderr


def test_what_was_verified_and_what_is_left_to_read_is_shown(unsettled: None, published: Path, tmp_path: Path) -> None:
    from prefect.artifacts import Artifact

    from flows.deployments import backfill, verify

    home = tmp_path / "home"
    for name in ("archive", "captures", "extracted"):
        shutil.copytree(published / name, home / name)
    (home / "home.json").write_bytes((published / "home.json").read_bytes())
    state = verify(str(home), 3, "seed", 1, return_state=True)
    shown = cast(Any, Artifact.get(key="verified"))
    assert state.is_completed() and shown.flow_run_id == state.state_details.flow_run_id
    assert "复读 verify seed" in shown.data
    (document, *_) = sorted((home / "archive").glob("??/*"))
    document.write_bytes(b"changed")
    state = verify(str(home), 100, "seed", 1, return_state=True)
    assert state.is_failed() and "restoring" in cast(Any, Artifact.get(key="verified")).data
    state = backfill(str(home), 1, None, return_state=True)
    assert state.is_completed() and "0 documents yet to be read" in str(state.message)
    assert "待读" in cast(Any, Artifact.get(key="readings")).data


@pytest.mark.slow
def test_served_nights_survive_stop_and_kill(few_samples: Path, ogi: Ogi, tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "serve.log"
    with serving(home, few_samples) as stopped:
        until("the schedule is told", lambda: "Ctrl-C" in log.read_text("utf-8"))
        assert f"nightly: {EVERY}" in log.read_text("utf-8") and "Asia/Shanghai" in log.read_text("utf-8")
        refused = ogi("serve", "--home", home, "--sources", few_samples)
        assert refused.returncode == 1 and "ogi serve, pid" in refused.stderr
        until("a night is at work", lambda: list((home / "captures").rglob("*.parquet")))
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(timeout=60) == 0
        until("nothing of it is left", lambda: not processes_of(home), patience=20)
        assert _states(home) == ["running"] and not Home(home).published.exists()
    with serving(home, few_samples) as killed:
        until("the next night is at work", lambda: list((home / "extracted").rglob("*.parquet")))
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        until("nothing of it is left", lambda: not processes_of(home), patience=20)
    with serving(home, few_samples) as last:
        api = until("ogi serve answers", lambda: _is_served_by(home, last.pid) and _announced(home))
        until("a night is through", lambda: [run for run in ended(api) if run["state"]["type"] == "COMPLETED"])
        assert "CRASHED" in {run["state"]["type"] for run in ended(api)}  # the one that was killed
        last.send_signal(signal.SIGTERM)
        assert last.wait(timeout=60) == 0
    # A reader whose night was killed may say that its pipe is broken.
    assert "serving.py" not in log.read_text("utf-8")
    until("nothing of it is left", lambda: not processes_of(home), patience=20)
    assert _states(home)[:3] == ["failed", "failed", "completed"]
    assert Home(home).published.exists()


def test_a_run_by_hand_beside_ogi_serve_uses_its_server(few_samples: Path, ogi: Ogi, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home, few_samples, cron="0 0 1 1 *") as served:
        api = until("ogi serve answers", lambda: _is_served_by(home, served.pid) and _announced(home))
        assert (home / "prefect" / "serving.json").stat().st_mode & 0o077 == 0  # it has a password in it
        done = ogi("run", "--home", home, "--sources", few_samples)
        assert done.returncode == 0, done.stderr
        (run,) = ask(api, "flow_runs", flows={"name": {"any_": ["nightly"]}})
        assert run["state"]["type"] == "COMPLETED"
        served.send_signal(signal.SIGINT)  # Ctrl-C
        assert served.wait(timeout=60) == 0
    assert not (home / "prefect" / "serving.json").exists()


def _states(home: Path) -> list[str]:
    return [json.loads(path.read_bytes())["state"] for path in sorted((home / "runs").iterdir())]


@pytest.mark.parametrize("option", [("--cron", "every night"), ("--timezone", "Mars/Olympus")])
def test_a_schedule_that_is_none_is_refused(
    option: tuple[str, str], few_samples: Path, ogi: Ogi, tmp_path: Path
) -> None:
    done = ogi("serve", *option, "--home", tmp_path / "home", "--sources", few_samples)
    assert done.returncode == 1 and option[1] in done.stderr and "Traceback" not in done.stderr
