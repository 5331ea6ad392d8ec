"""A night, and the nights that may follow it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any, cast

import pytest

from tests.conftest import SAMPLES, Ogi, RunHere


class Nights:
    """One inbox and one home, and what the last run said."""

    def __init__(self, ogi: Ogi, run_here: RunHere, folder: Path) -> None:
        self.ogi = ogi
        self.run_here = run_here
        self.inbox = folder / "inbox"
        self.home = folder / "home"
        self.status = -1
        self.output = ""

    def run(self) -> dict[str, Any]:
        self.status, self.output = self.run_here(self.inbox, self.home)
        record: dict[str, Any] = json.loads(max((self.home / "runs").iterdir()).read_bytes())
        return record

    def sql(self, query: str) -> list[dict[str, Any]]:
        done = self.ogi("sql", query, "--home", self.home, "--format", "json")
        assert done.returncode == 0, done.stderr
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows

    def digest(self) -> str:
        return self.ogi("warehouse", "digest", "--home", self.home).stdout.strip()

    def put(self, sample: str, name: str) -> None:
        for ending in ("", ".meta.yaml"):
            shutil.copy(SAMPLES / f"{sample}{ending}", self.inbox / f"{name}{ending}")

    def files(self, folder: str) -> dict[str, int]:
        paths = [path for path in (self.home / folder).rglob("*") if path.is_file()]
        return {path.name: path.stat().st_mtime_ns for path in paths}


@pytest.fixture
def nights(ogi: Ogi, run_here: RunHere, tmp_path: Path, contracts_hold: None) -> Nights:
    """An empty inbox and no home yet."""
    nights = Nights(ogi, run_here, tmp_path)
    nights.inbox.mkdir()
    return nights


@pytest.fixture(scope="module")
def first(ogi: Ogi, run_here: RunHere, tmp_path_factory: pytest.TempPathFactory) -> tuple[Nights, dict[str, Any]]:
    """A first night over two filings of two years, something else and a file of an unknown kind, and its record."""
    nights = Nights(ogi, run_here, tmp_path_factory.mktemp("first"))
    nights.inbox.mkdir()
    nights.put("shili-qu/2022.pdf", "qu-2022.pdf")
    nights.put("shili-qu/2023.html", "qu-2023.html")
    (nights.inbox / "news.html").write_text("<html><body><p>不是年度报告</p></body></html>", "utf-8")
    (nights.inbox / "sound.mp3").write_bytes(b"ID3")
    return nights, nights.run()


@pytest.fixture
def next_night(first: tuple[Nights, dict[str, Any]], nights: Nights) -> Nights:
    """The morning after the first night, in a copy of its inbox and home."""
    shutil.copytree(first[0].inbox, nights.inbox, dirs_exist_ok=True)
    shutil.copytree(first[0].home, nights.home, symlinks=True)
    return nights


FILINGS = "SELECT report_year, revision, is_current FROM dim_filing ORDER BY ALL"


def test_an_empty_inbox_publishes_nothing(nights: Nights) -> None:
    record = nights.run()
    assert (nights.status, record["state"]) == (1, "failed")
    refused = nights.ogi("sql", "SELECT 1", "--home", nights.home)
    assert refused.returncode == 1 and "ogi run" in refused.stderr


def test_the_first_night_publishes_what_the_inbox_holds(first: tuple[Nights, dict[str, Any]]) -> None:
    nights, record = first
    assert (nights.status, record["state"]) == (0, "completed"), nights.output
    assert (record["seen"], record["new"], record["read"], record["unknown"]) == (3, 3, 3, 1)
    assert (record["filings"], record["failed"]) == (2, 1)
    assert [row["report_year"] for row in nights.sql(FILINGS)] == [2022, 2023]
    assert nights.sql("SELECT error_code FROM document WHERE error_code IS NOT NULL") == [
        {"error_code": "not_a_filing"}
    ]
    assert (nights.home / record["docs"] / "index.html").is_file()
    for word in ("completed", "现行报告", "warehouse.duckdb", "index.html"):
        assert word in nights.output


def test_prefect_keeps_summary_and_flagged_filings(next_night: Nights) -> None:
    from prefect.artifacts import Artifact

    next_night.put("shili-xian-jiaoyu/2022.html", "contradictory.html")
    record = next_night.run()
    summary, flagged = (cast(Any, Artifact.get(key=key)) for key in ("run-summary", "flagged-filings"))
    assert record["run_id"] in summary.data
    errors = sum(row["issues"] for row in record["issues_by_rule"] if row["severity"] == "error")
    assert sum(row["errors"] for row in json.loads(flagged.data)) == errors > 0


def test_a_figure_of_the_warehouse_is_the_true_one(first: tuple[Nights, dict[str, Any]]) -> None:
    truth = json.loads((SAMPLES / "shili-qu" / "2023.html.truth.json").read_text("utf-8"))
    true = {
        (cell["table"], cell["row"], cell["column"]): cell["value"]
        for cell in truth["cells"]
        if cell["status"] == "reported"
    }
    rows = first[0].sql(
        "SELECT form_table, row_code, column_code, value FROM cell JOIN dim_filing USING (filing_id) "
        "WHERE report_year = 2023 AND status = 'reported'"
    )
    assert {(row["form_table"], row["row_code"], row["column_code"]): row["value"] for row in rows} == true


def test_a_night_without_news_changes_nothing(next_night: Nights) -> None:
    before = [next_night.files(folder) for folder in ("warehouse", "extracted", "captures", "docs")]
    record = next_night.run()
    assert next_night.status == 0
    assert record["nothing_new"] and record["stages"] == {}
    assert record["filings"] == 2
    assert [next_night.files(folder) for folder in ("warehouse", "extracted", "captures", "docs")] == before


def test_changed_content_is_a_revision_a_removed_file_stays_and_one_can_go_back(next_night: Nights) -> None:
    read_before = next_night.files("extracted")
    next_night.put("shili-qu/2021.pdf", "qu-2021.pdf")
    changed = (next_night.inbox / "qu-2023.html").read_text("utf-8").replace("</body>", "<p>补充说明</p></body>")
    (next_night.inbox / "qu-2023.html").write_text(changed, "utf-8")
    sidecar = next_night.inbox / "qu-2023.html.meta.yaml"
    sidecar.write_text(sidecar.read_text("utf-8").replace("retrieved_at: '2024", "retrieved_at: '2025"), "utf-8")
    (next_night.inbox / "qu-2022.pdf").unlink()
    record = next_night.run()
    assert next_night.status == 0, next_night.output
    assert (record["seen"], record["new"], record["changed"], record["read"]) == (3, 1, 1, 2)
    assert record["judged"] == 1  # one agency's three years
    assert {"table": "dim_filing", "before": 2, "now": 4} in record["rows"]
    assert record["copied"] in (0, (next_night.home / f"warehouse/warehouse-{record['base']}.duckdb").stat().st_size)
    assert re.search(r"^dim_filing +2 +4$", next_night.output, re.M) and "dim_item " not in next_night.output
    assert [tuple(row.values()) for row in next_night.sql(FILINGS)] == [
        (2021, 1, True), (2022, 1, True), (2023, 1, False), (2023, 2, True)
    ]  # fmt: skip
    assert read_before.items() <= next_night.files("extracted").items()
    runs = next_night.sql("SELECT state, documents_seen FROM run ORDER BY run_id")
    assert [run["state"] for run in runs] == ["completed", "running"]  # and the run that made the build
    assert runs[0]["documents_seen"] == 3

    newest = next_night.digest()
    done = next_night.ogi("warehouse", "rollback", "--home", next_night.home)
    assert done.returncode == 0, done.stderr
    assert [row["report_year"] for row in next_night.sql(FILINGS)] == [2022, 2023]
    listed = next_night.ogi("warehouse", "list", "--home", next_night.home).stdout.splitlines()[2:-1]
    assert ["published" in line for line in listed] == [False, True]
    assert [line.split()[2] for line in listed] == ["3", "2"]  # current filings
    assert ["a copy：" in line for line in listed] == [True, False]
    again = listed[0].split()[0]
    assert next_night.ogi("warehouse", "rollback", again, "--home", next_night.home).returncode == 0
    assert next_night.digest() == newest
    assert next_night.ogi("warehouse", "rollback", "no-such-build", "--home", next_night.home).returncode == 1


def test_changed_content_beside_an_old_sidecar_is_a_later_revision(next_night: Nights) -> None:
    page = next_night.inbox / "qu-2023.html"
    page.write_text(page.read_text("utf-8").replace("</body>", "<p>补充说明</p></body>"), "utf-8")
    record = next_night.run()
    assert next_night.status == 0, next_night.output
    assert record["changed"] == 1 and "qu-2023.html" in record["remarks"][0]
    assert [tuple(row.values()) for row in next_night.sql(FILINGS)] == [
        (2022, 1, True),
        (2023, 1, False),
        (2023, 2, True),
    ]
    (current,) = next_night.sql("SELECT sha256 FROM dim_filing WHERE report_year = 2023 AND is_current")
    assert current["sha256"] == hashlib.sha256(page.read_bytes()).hexdigest()


def test_a_bad_sidecar_fails_the_night_but_not_the_others(next_night: Nights) -> None:
    next_night.put("shili-shi/2022.pdf", "shi-2022.pdf")
    next_night.put("shili-shi/2023.html", "shi-2023.html")
    (next_night.inbox / "shi-2023.html.meta.yaml").write_text("colour: red\n")
    record = next_night.run()
    assert (next_night.status, record["state"]) == (1, "failed")
    assert "shi-2023.html.meta.yaml" in record["problems"][0] and "colour" in next_night.output
    assert (record["new"], record["filings"]) == (1, 3)


def test_samples_are_refused_in_a_home_of_real_sources(first: tuple[Nights, dict[str, Any]]) -> None:
    done = first[0].ogi("run", "--sources", SAMPLES, "--home", first[0].home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "fictitious" in done.stderr and "虚构" in done.stderr


def test_the_same_documents_give_the_same_digest_in_another_home(
    first: tuple[Nights, dict[str, Any]], nights: Nights
) -> None:
    shutil.copytree(first[0].inbox, nights.inbox, dirs_exist_ok=True)
    nights.run()
    assert nights.status == 0, nights.output
    assert nights.digest() == first[0].digest()


def test_a_decision_counts_from_the_next_run_and_a_torn_one_stops_nothing(next_night: Nights) -> None:
    query = "SELECT issue_id, decision, state FROM v_issues WHERE rule = 'review_sum'"
    (before,) = next_night.sql(query)
    assert (before["decision"], before["state"]) == (None, "open")
    done = next_night.ogi("review", before["issue_id"], "waiting", "--home", next_night.home)
    assert done.returncode == 0, done.stderr
    (written,) = (next_night.home / "reviews").glob("*.jsonl")
    with written.open("a", encoding="utf-8") as file:
        file.write('{"issue_id": "0123')
    record = next_night.run()
    assert next_night.status == 0 and not record["nothing_new"]
    assert next_night.sql(query) == [{**before, "decision": "waiting"}]
    assert str(written) in record["remarks"][0] and str(written) in next_night.output
    assert next_night.run()["nothing_new"]
