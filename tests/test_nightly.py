"""A night and the nights after it, over one home; each test is the next night."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLES, Ogi

pytestmark = pytest.mark.xdist_group("nights")


class Nights:
    """One inbox and one home, and what the last run said."""

    def __init__(self, ogi: Ogi, run_here: Callable[[Path, Path], tuple[int, str]], folder: Path) -> None:
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


@pytest.fixture(scope="module")
def nights(
    ogi: Ogi, run_here: Callable[[Path, Path], tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> Nights:
    nights = Nights(ogi, run_here, tmp_path_factory.mktemp("nights"))
    nights.inbox.mkdir()
    return nights


FILINGS = "SELECT agency_id, report_year, revision, is_current FROM dim_filing ORDER BY ALL"


def test_an_empty_inbox_publishes_nothing(nights: Nights) -> None:
    record = nights.run()
    assert (nights.status, record["state"]) == (1, "failed")
    refused = nights.ogi("sql", "SELECT 1", "--home", nights.home)
    assert refused.returncode == 1 and "ogi run" in refused.stderr


def test_the_first_night_publishes_what_the_inbox_holds(nights: Nights) -> None:
    nights.put("shili-qu/2022.pdf", "qu-2022.pdf")
    nights.put("shili-qu/2023.html", "qu-2023.html")
    (nights.inbox / "news.html").write_text("<html><body><p>不是年度报告</p></body></html>", "utf-8")
    (nights.inbox / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    record = nights.run()
    assert nights.status == 0, nights.output
    assert (record["seen"], record["new"], record["read"], record["unknown"]) == (3, 3, 3, 1)
    assert (record["filings"], record["failed"]) == (2, 1)
    assert [row["report_year"] for row in nights.sql(FILINGS)] == [2022, 2023]
    assert nights.sql("SELECT error_code FROM document WHERE error_code IS NOT NULL") == [
        {"error_code": "not_a_filing"}
    ]
    assert (nights.home / record["docs"] / "index.html").is_file()
    for word in ("completed", "现行报告", "warehouse.duckdb", "index.html"):
        assert word in nights.output


def test_a_figure_of_the_warehouse_is_the_true_one(nights: Nights) -> None:
    truth = json.loads((SAMPLES / "shili-qu" / "2023.html.truth.json").read_text("utf-8"))
    true = {
        (cell["table"], cell["row"], cell["column"]): cell["value"]
        for cell in truth["cells"]
        if cell["status"] == "reported"
    }
    rows = nights.sql(
        "SELECT form_table, row_code, column_code, value FROM cell JOIN dim_filing USING (filing_id) "
        "WHERE report_year = 2023 AND status = 'reported'"
    )
    assert {(row["form_table"], row["row_code"], row["column_code"]): row["value"] for row in rows} == true


def test_a_night_without_news_changes_nothing(nights: Nights) -> None:
    before = nights.files("warehouse"), nights.files("extracted"), nights.files("captures")
    record = nights.run()
    assert nights.status == 0
    assert record["nothing_new"] and record["stages"] == {}
    assert (nights.files("warehouse"), nights.files("extracted"), nights.files("captures")) == before


def test_changed_content_is_a_revision_and_a_removed_file_stays(nights: Nights) -> None:
    read_before = nights.files("extracted")
    nights.put("shili-qu/2021.pdf", "qu-2021.pdf")
    changed = (nights.inbox / "qu-2023.html").read_text("utf-8").replace("</body>", "<p>补充说明</p></body>")
    (nights.inbox / "qu-2023.html").write_text(changed, "utf-8")
    sidecar = nights.inbox / "qu-2023.html.meta.yaml"
    sidecar.write_text(sidecar.read_text("utf-8").replace("retrieved_at: '2024", "retrieved_at: '2025"), "utf-8")
    (nights.inbox / "qu-2022.pdf").unlink()
    record = nights.run()
    assert nights.status == 0, nights.output
    assert (record["seen"], record["new"], record["changed"], record["read"]) == (3, 1, 1, 2)
    assert [(row["report_year"], row["revision"], row["is_current"]) for row in nights.sql(FILINGS)] == [
        (2021, 1, True), (2022, 1, True), (2023, 1, False), (2023, 2, True)
    ]  # fmt: skip
    assert read_before.items() <= nights.files("extracted").items()
    runs = nights.sql("SELECT state, documents_seen FROM run ORDER BY run_id")
    assert [row["state"] for row in runs] == ["failed", "completed", "completed"]


def test_an_earlier_build_can_be_published_again(nights: Nights) -> None:
    newest = nights.digest()
    done = nights.ogi("warehouse", "rollback", "--home", nights.home)
    assert done.returncode == 0, done.stderr
    assert [row["report_year"] for row in nights.sql(FILINGS)] == [2022, 2023]
    listed = nights.ogi("warehouse", "list", "--home", nights.home).stdout
    published, other = (line for line in listed.splitlines() if "-" in line)
    if "published" not in published:
        published, other = other, published
    assert nights.ogi("warehouse", "rollback", other.split()[0], "--home", nights.home).returncode == 0
    assert nights.digest() == newest
    assert nights.ogi("warehouse", "rollback", "no-such-build", "--home", nights.home).returncode == 1


def test_a_bad_sidecar_fails_the_night_but_not_the_others(nights: Nights) -> None:
    nights.put("shili-shi/2022.pdf", "shi-2022.pdf")
    nights.put("shili-shi/2023.html", "shi-2023.html")
    (nights.inbox / "shi-2023.html.meta.yaml").write_text("colour: red\n")
    record = nights.run()
    assert (nights.status, record["state"]) == (1, "failed")
    assert "shi-2023.html.meta.yaml" in record["problems"][0] and "colour" in nights.output
    assert (record["new"], record["filings"]) == (1, 4)


def test_samples_are_refused_in_a_home_of_real_sources(nights: Nights) -> None:
    done = nights.ogi("run", "--sources", SAMPLES, "--home", nights.home)
    assert (done.returncode, done.stdout) == (1, "")
    assert "fictitious" in done.stderr and "虚构" in done.stderr


def test_the_same_documents_give_the_same_digest_in_another_home(nights: Nights, tmp_path: Path) -> None:
    (nights.inbox / "shi-2023.html.meta.yaml").unlink()
    nights.run()
    home = tmp_path / "other"
    for folder in ("archive", "captures"):
        shutil.copytree(nights.home / folder, home / folder)
    status, output = nights.run_here(nights.inbox, home)
    assert status == 0, output
    assert nights.ogi("warehouse", "digest", "--home", home).stdout.strip() == nights.digest()
