"""The dashboard as other programs see it: filters, paging, JSON, decisions, headers, builds that change."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from dashboard.app import create_app
from dashboard.settings import Settings
from extract.forms import load_forms
from tests.dashboards import TOKEN, serving
from warehouse.home import Home
from warehouse.query import run_query
from warehouse.reviews import decisions

Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    """A copy of the published home without what the dashboard does not read."""
    copy = tmp_path / "home"
    shutil.copytree(published, copy, symlinks=True, ignore=shutil.ignore_patterns("prefect", "docs", "logs"))
    return copy


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(Home(home), token=TOKEN)), follow_redirects=False) as client:
        yield client


@pytest.fixture
def ask(published: Path) -> Ask:
    def asked(query: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = run_query(published / "warehouse" / "warehouse.duckdb", query).table.to_pylist()
        return rows

    return asked


def _all_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch, query: str) -> list[str]:
    """The filings of a list, turned page by page to its end, three to a page."""
    monkeypatch.setattr("dashboard.filings.PAGE", 3)
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        answer = client.get(f"/api/filings?{query}" + (f"&after={after}" if after else "")).json()
        found += [row["filing_id"] for row in answer["filings"]]
        after = answer["next"]
    return found


@pytest.mark.parametrize("sort", ["errors", "warnings", "doubts", "year", "agency", "published", "received"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_of_the_list_join_without_gap(
    client: TestClient, ask: Ask, monkeypatch: pytest.MonkeyPatch, sort: str, direction: str
) -> None:
    found = _all_pages(client, monkeypatch, f"sort={sort}&direction={direction}")
    assert sorted(found) == sorted(row["filing_id"] for row in ask("SELECT filing_id FROM v_filings"))
    # Back again from the last page, with the same neighbours.
    answer = client.get(f"/api/filings?sort={sort}&direction={direction}&before={found[-1]}").json()
    assert [row["filing_id"] for row in answer["filings"]] == found[-4:-1]


_WITH = "filing_id IN (SELECT filing_id FROM v_issues WHERE state = 'open'"


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("year=2022", "report_year = 2022"),
        ("level=county", "level = 'county'"),
        ("sector=government&scope=own", "sector = 'government' AND scope = 'own'"),
        ("q=商务", "contains(agency_name, '商务')"),
        ("province=示例省&prefecture=示例市", "province = '示例省' AND prefecture = '示例市'"),
        ("rule=applications_balance", f"{_WITH} AND rule = 'applications_balance')"),
        ("severity=error", f"{_WITH} AND severity = 'error')"),
        ("origin=extraction", "extraction_issues > 0"),
        ("review=none", f"{_WITH})"),
        ("level=nonsense", "false"),
        ("review=nonsense", "false"),
        ("q='; DROP TABLE x --", "false"),
    ],
)  # fmt: skip
def test_filters_leave_what_they_say(client: TestClient, ask: Ask, query: str, condition: str) -> None:
    answer = client.get(f"/api/filings?{query}").json()
    expected = {row["filing_id"] for row in ask(f"SELECT filing_id FROM v_filings WHERE {condition}")}
    assert {row["filing_id"] for row in answer["filings"]} == expected
    assert answer["total"] == len(expected)
    rows = list(csv.reader(io.StringIO(client.get(f"/filings.csv?{query}").text.removeprefix("\ufeff"))))
    assert rows[0][0] == "filing_id" and {row[0] for row in rows[1:]} == expected


def test_every_filing_has_a_page_in_both_languages(client: TestClient, ask: Ask) -> None:
    filings = ask("SELECT filing_id, agency_id FROM dim_filing")
    assert any(not client.get(f"/api/filings/{row['filing_id']}").json()["issues"] for row in filings)
    for row in filings:
        for prefix in ("", "/en"):
            assert client.get(f"{prefix}/filings/{row['filing_id']}").status_code == 200
            assert client.get(f"{prefix}/agencies/{row['agency_id']}").status_code == 200


def test_json_of_a_filing_holds_every_cell_as_filed(client: TestClient, ask: Ask) -> None:
    filing = ask("SELECT filing_id FROM v_filings ORDER BY errors DESC, filing_id LIMIT 1")[0]["filing_id"]
    reading = client.get(f"/api/filings/{filing}/reading").json()
    cells = ask(f"SELECT form_table, row_code, column_code, raw, status FROM cell WHERE filing_id = '{filing}'")
    assert {(c["table"], c["row"], c["column"]): (c["raw"], c["status"]) for c in reading["cells"]} == {
        (c["form_table"], c["row_code"], c["column_code"]): (c["raw"], c["status"]) for c in cells
    }
    assert len(reading["issues"]) == len(ask(f"SELECT 1 FROM quality_issue WHERE filing_id = '{filing}'"))
    notice = client.get(f"/api/filings/{filing}/notice")
    assert notice.status_code == 200 and notice.content.startswith(b"PK")


def test_issues_stand_in_the_forms_order_and_many_are_told_in_brief(home: Path, ask: Ask) -> None:
    """A sum that breaks in every row: the first few, then how many more."""
    (one,) = ask("SELECT issue_id, filing_id FROM v_issues WHERE state = 'open' AND rule = 'review_sum' LIMIT 1")
    build = (home / "warehouse" / "warehouse.duckdb").resolve()
    rows = [row.code for row in load_forms()["2021"].table("applications").rows]
    with duckdb.connect(str(build)) as con:
        for row in rows:
            con.execute(
                "INSERT INTO quality_issue SELECT * REPLACE (? AS issue_id, 'applications_applicant_sum' AS rule, "
                "? AS place, NULL AS cause_group) FROM quality_issue WHERE issue_id = ?",
                [f"added-{row}", row, one["issue_id"]],
            )
            cell = [f"added-{row}", one["filing_id"], "applications", row, "total", one["issue_id"]]
            con.execute(
                "INSERT INTO issue_cell SELECT * REPLACE (? AS issue_id, ? AS filing_id, ? AS form_table, "
                "? AS row_code, ? AS column_code) FROM issue_cell WHERE issue_id = ? LIMIT 1",
                cell,
            )
    with TestClient(create_app(Settings(Home(home)))) as client:
        found = client.get(f"/api/filings/{one['filing_id']}").json()["issues"]
        assert [issue["place"] for issue in found if issue["issue_id"].startswith("added-")] == rows
        page = LexborHTMLParser(client.get(f"/filings/{one['filing_id']}").text)
    first, rest = page.css("ol.brief")
    assert len(first.css("li")) == 8 and len(rest.css("li")) == len(found) - 8
    summaries = [node.text() for node in page.css("summary")]
    assert any(str(len(found) - 8) in text for text in summaries if "另有问题" in text)


def test_every_answer_has_the_headers(client: TestClient, ask: Ask) -> None:
    filing = ask("SELECT filing_id FROM v_filings LIMIT 1")[0]["filing_id"]
    for path in (
        "/filings",
        "/nothing",
        f"/filings/{filing}",
        f"/filings/{filing}/source",
        "/static/style.css",
        "/api/nothing",
    ):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe-inline" not in headers["content-security-policy"].partition("style-src")[0]
        assert "script-src 'unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] in ("DENY", "SAMEORIGIN")


def test_a_dashboard_without_a_token_is_read_only(home: Path, ask: Ask) -> None:
    issue = ask("SELECT issue_id FROM v_issues LIMIT 1")[0]["issue_id"]
    with TestClient(create_app(Settings(Home(home)))) as client:
        answer = client.post(f"/api/issues/{issue}/decisions", json={"decision": "confirmed"})
        assert answer.status_code == 403
        assert client.get("/reviewing").status_code == 404
    assert decisions(Home(home)) == []


def _issue(ask: Ask) -> dict[str, Any]:
    return ask(
        "SELECT i.issue_id, i.filing_id FROM v_issues i WHERE state = 'open' AND severity = 'error' "
        "AND origin = 'filing' ORDER BY issue_id LIMIT 1"
    )[0]


def test_who_may_decide(client: TestClient, home: Path, ask: Ask) -> None:
    issue = _issue(ask)
    path, given = f"/api/issues/{issue['issue_id']}/decisions", {"decision": "confirmed"}
    assert client.post(path, json=given).status_code == 401
    assert client.post(path, json=given, headers={"Authorization": "Bearer wrong"}).status_code == 401
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    for elsewhere in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}):
        assert client.post(path, json=given, headers=bearer | elsewhere).status_code == 403
    assert client.post("/api/issues/0123456789abcdef/decisions", json=given, headers=bearer).status_code == 404
    for wrong in ({"decision": "dismissed"}, {"decision": "nonsense"}, {"decision": "dismissed", "reason": "  "}, {}):
        assert client.post(path, json=wrong, headers=bearer).status_code == 422
    assert decisions(Home(home)) == []
    assert client.post(path, json=given, headers=bearer).status_code == 201
    (written,) = decisions(Home(home))
    assert written["issue_id"] == issue["issue_id"] and written["sha256"] and written["rule"]


def test_decisions_show_at_once_in_page_list_and_counts(client: TestClient, ask: Ask) -> None:
    issue = _issue(ask)
    filing = issue["filing_id"]

    def errors() -> int:
        rows = client.get(f"/api/filings?q={filing}").json()["filings"]
        return int(rows[0]["errors"])

    before = errors()
    path = f"/api/issues/{issue['issue_id']}/decisions"
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    client.post(path, json={"decision": "dismissed", "reason": "已核对"}, headers=bearer)
    assert errors() == before - 1
    shown = client.get("/api/filings?review=dismissed").json()
    assert [row["filing_id"] for row in shown["filings"]] == [filing]
    page = client.get(f"/api/filings/{filing}").json()
    (decided,) = [i for i in page["issues"] if i["issue_id"] == issue["issue_id"]]
    assert decided["decision"] == "dismissed" and decided["reason"] == "已核对" and decided["is_new_decision"]
    client.post(path, json={"decision": "waiting"}, headers=bearer)
    assert errors() == before
    assert client.get("/api/filings?review=dismissed").json()["total"] == 0
    assert client.get("/api/filings?review=waiting").json()["total"] == 1


def test_a_decision_is_on_disk_when_the_answer_comes(home: Path, ask: Ask) -> None:
    issues = [row["issue_id"] for row in ask("SELECT issue_id FROM v_issues ORDER BY issue_id LIMIT 4")]
    for number, issue in enumerate(issues, start=1):
        with serving(home) as (address, server):
            answer = httpx.post(
                f"{address}/api/issues/{issue}/decisions",
                json={"decision": "confirmed", "reason": f"第{number}次"},
                headers={"Authorization": f"Bearer {TOKEN}"},
            )
            server.kill()
            assert answer.status_code == 201
        assert [line["reason"] for line in decisions(Home(home))] == [f"第{n}次" for n in range(1, number + 1)]


def test_another_build_is_shown_when_it_is_published(client: TestClient, home: Path) -> None:
    link = home / "warehouse" / "warehouse.duckdb"
    old = link.resolve()
    total = client.get("/api/filings").json()["total"]
    etag = client.get("/filings").headers["etag"]
    assert client.get("/filings", headers={"If-None-Match": etag}).status_code == 304
    new = old.with_name("warehouse-99990101T000000000Z.duckdb")
    shutil.copy(old, new)

    with duckdb.connect(str(new)) as con:
        con.execute(
            "DELETE FROM mart_filing WHERE filing_id = (SELECT min(filing_id) FROM mart_filing WHERE is_current)"
        )
    aside = link.with_name("aside")
    aside.symlink_to(new.name)
    aside.replace(link)
    assert client.get("/api/filings").json()["total"] == total - 1
    assert client.get("/filings", headers={"If-None-Match": etag}).status_code == 200


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(Home(tmp_path / "empty")))) as client:
        answer = client.get("/filings")
        assert answer.status_code == 503 and "ogi run" in answer.text
        assert client.get("/api/filings").json()["detail"]["zh"]


@pytest.mark.parametrize("strips", [True, False])
def test_links_keep_the_path_of_a_proxy(home: Path, strips: bool) -> None:
    app = create_app(Settings(Home(home), base_path="/quality/ogi"))
    with TestClient(app) as client:
        text = client.get(("" if strips else "/quality/ogi") + "/en/filings").text
    assert 'href="/quality/ogi/en/filings' in text and 'href="/quality/ogi/static/style.css' in text
    assert 'href="/filings' not in text and '<html lang="en">' in text
    assert 'href="/quality/ogi/filings"' in text  # 中文


@pytest.mark.parametrize("wrong", ["ogi", "/ogi/", "/a//b"])
def test_settings_that_cannot_be_are_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="base path"):
        Settings(Home(tmp_path), base_path=wrong)
    with pytest.raises(ValueError, match="token"):
        Settings(Home(tmp_path), token="short")


def test_the_command_says_what_is_wrong(home: Path, ogi: Any) -> None:
    done = ogi("dashboard", "--home", home, "--reviewing")
    assert done.returncode == 2 and "OGI_REVIEW_TOKEN" in done.stderr
    done = ogi("dashboard", "--home", home, "--reviewing", OGI_REVIEW_TOKEN="short")
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_openapi_describes_every_page(client: TestClient) -> None:
    paths = json.loads(client.get("/api/openapi.json").text)["paths"]
    assert "/api/filings/{filing_id}" in paths and "/api/issues/{issue_id}/decisions" in paths
