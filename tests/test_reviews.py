"""Decisions on disk: appended whole or not at all, by several writers at once, and after kills."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ogi
from transform.frames import review_frame
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.reviews import append, decisions, torn


def given(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "issue_id": f"{number:016x}", "decision": "confirmed", "decided_at": "2026-01-15T08:00:00+00:00", **more,
    }  # fmt: skip


def test_what_is_appended_is_read_again_in_order(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    full = given(
        2, decision="dismissed", reason="行分隔符\u2028与\n换行", role="复核员", agency_id="a", report_year=2024,
        scope="own", sha256="0" * 64, rule="review_sum", place="review", expected="1", actual="0",
    )  # fmt: skip
    for decision in (given(1), full, given(3)):
        path = append(home, decision)
    assert decisions(home) == [given(1), full, given(3)]
    assert path.read_bytes().count(b"\n") == 3 and torn(home) == []
    assert list(review_frame(decisions(home))["rule"])[1] == "review_sum"


@pytest.mark.parametrize(
    "change",
    [
        {"issue_id": "7"}, {"issue_id": None}, {"decision": "perhaps"}, {"decided_at": "yesterday"},
        {"decided_at": None},
        {"note": "x"}, {"reason": 3}, {"scope": "everywhere"}, {"report_year": "2024"}, {"review_no": 1},
        {"decision": "dismissed"}, {"decision": "dismissed", "reason": " "},
    ],
)  # fmt: skip
def test_what_breaks_the_contract_is_not_written(tmp_path: Path, change: dict[str, Any]) -> None:
    home = Home(tmp_path)
    with pytest.raises(OgiError):
        append(home, given(**change))
    assert decisions(home) == [] and not home.reviews.exists()


def test_a_torn_last_line_is_passed_over_and_stays_apart(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = append(home, given(1))
    whole = json.dumps(given(2, reason="理由"), ensure_ascii=False).encode()
    for cut in range(1, len(whole)):
        path.write_bytes(json.dumps(given(1)).encode() + b"\n" + whole[:cut])
        assert decisions(home) == [given(1)] and len(torn(home)) == 1, cut
    after = append(home, given(3))
    assert after != path and path.read_bytes().endswith(whole[:cut])
    assert decisions(home) == [given(1), given(3)] and str(path) in torn(home)[0]
    assert append(home, given(4)) == after


def test_a_last_line_that_only_lacks_its_end_counts(tmp_path: Path) -> None:
    home = Home(tmp_path)
    path = append(home, given(1))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert decisions(home) == [given(1)] and torn(home) == []
    assert append(home, given(2)) == path
    assert decisions(home) == [given(1), given(2)]


@pytest.mark.parametrize("line", ["{", "", "[]", '{"issue_id": "1"}', "\udcff"])
def test_a_broken_line_that_is_not_the_last_stops_the_run_and_is_named(tmp_path: Path, line: str) -> None:
    home = Home(tmp_path)
    path = append(home, given(1))
    path.write_bytes(path.read_bytes() + line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(OgiError, match=rf"{path.name}, 2"):
        decisions(home)


def test_files_of_others_are_read_too(tmp_path: Path) -> None:
    home = Home(tmp_path)
    append(home, given(2))
    (home.reviews / "2026.jsonl").write_text(json.dumps(given(1)) + "\n")
    assert decisions(home) == [given(1), given(2)]


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    append(home, given(1))
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:20]))
    with pytest.raises(OgiError, match="full"):
        append(home, given(2))
    monkeypatch.undo()
    assert decisions(home) == [given(1)] and torn(home) == []


def test_the_line_is_on_disk_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def noted(file: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{file}"))
        real(file)

    monkeypatch.setattr(os, "fsync", noted)
    path = append(Home(tmp_path), given(1))
    assert [Path(name) for name in synced] == [path, path.parent, tmp_path]


WRITER = """
import sys
from pathlib import Path
from warehouse.home import Home
from warehouse.reviews import append
home, first = Home(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
for number in range(first, first + int(sys.argv[3])):
    append(home, {"issue_id": f"{number:016x}", "decision": "waiting", "decided_at": "2026-01-15T08:00:00+00:00",
                  "reason": "长" * 3000})
    print(number, flush=True)
"""


def writer(home: Path, first: int, count: int, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(home), str(first), str(count)]
    with output.open("wb") as out:
        return subprocess.Popen(command, stdout=out)


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    running = [writer(home, 1000 * number, 50, tmp_path / f"{number}") for number in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert len({row["issue_id"] for row in decisions(Home(home))}) == 200
    assert len(list(Home(home).reviews.glob("*.jsonl"))) == 1


def test_what_a_killed_writer_was_told_is_there(tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(4)
    told: set[str] = set()
    for turn in range(4):
        output = tmp_path / f"{turn}"
        process = writer(home, 100_000 * turn, 100_000, output)
        while b"\n" not in output.read_bytes():
            time.sleep(0.01)
        time.sleep(chance.uniform(0.05, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines = output.read_text().split("\n")[1:-1]
        told |= {f"{int(number):016x}" for number in lines}
        assert told and told <= {row["issue_id"] for row in decisions(Home(home))}
    append(Home(home), given(7))


# --- the command, on a home with a published warehouse


@pytest.fixture(scope="module")
def home(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published home, into which decisions may be written."""
    folder = tmp_path_factory.mktemp("reviewed") / "home"
    subprocess.run(["cp", "-a", published, folder], check=True)
    return folder


def an_issue(ogi: Ogi, home: Path) -> dict[str, Any]:
    query = "SELECT * FROM v_issues WHERE rule = 'applications_balance' ORDER BY issue_id LIMIT 1"
    (row,) = json.loads(ogi("sql", query, "--home", home, "--format", "json").stdout)
    assert isinstance(row, dict)
    return row


def test_review_records_what_it_was_decided_on(ogi: Ogi, home: Path) -> None:
    issue = an_issue(ogi, home)
    done = ogi("review", issue["issue_id"], "dismissed", "--reason", "已电话核实", "--role", "复核员", "--home", home)
    assert done.returncode == 0, done.stderr
    assert issue["message_zh"] in done.stdout and issue["agency_name"] in done.stdout and "已电话核实" in done.stdout
    written = decisions(Home(home))[-1]
    assert {key: written[key] for key in ("issue_id", "decision", "reason", "role")} == {
        "issue_id": issue["issue_id"], "decision": "dismissed", "reason": "已电话核实", "role": "复核员",
    }  # fmt: skip
    names = ("agency_id", "report_year", "scope", "sha256", "rule", "place", "expected", "actual")
    assert {name: written[name] for name in names} == {name: issue[name] for name in names}


@pytest.mark.parametrize("unknown", ["0123456789abcdef", "x' OR 1=1 --"])
def test_review_of_an_unknown_issue_is_refused(ogi: Ogi, home: Path, unknown: str) -> None:
    before = decisions(Home(home))
    done = ogi("review", unknown, "confirmed", "--home", home)
    assert done.returncode == 1 and unknown in done.stderr and done.stdout == ""
    assert decisions(Home(home)) == before


def test_review_without_a_warehouse_says_what_to_do(ogi: Ogi, tmp_path: Path) -> None:
    done = ogi("review", "0123456789abcdef", "confirmed", "--home", tmp_path)
    assert done.returncode == 1 and "ogi run" in done.stderr
