"""Overview, rules, agencies, runs, ask: what they say is what the warehouse and the records hold."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from dashboard import charts, rules
from dashboard.app import create_app
from dashboard.settings import Settings
from expectations.rules.catalogue import catalogue
from extract.paths import ROOT
from tests.dashboards import TOKEN
from tests.nights import rows
from warehouse.home import Home

ATTACKS = Path(__file__).with_name("query_attacks.yaml")


@pytest.fixture(scope="module")
def home(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("shown") / "home"
    shutil.copytree(published, copy, symlinks=True, ignore=shutil.ignore_patterns("prefect", "logs"))
    return copy


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(Home(home), token=TOKEN))) as client:
        yield client


def test_the_overview_counts_what_there_is(client: TestClient, home: Path) -> None:
    told = client.get("/api/").json()
    (count,) = rows(Home(home), "SELECT count(*) AS n, count(*) FILTER (errors > 0) AS bad FROM v_filings")
    assert told["filings"] == count["n"] == sum(row["filings"] for row in told["coverage"])
    assert sum(row["with_errors"] for row in told["levels"]) == count["bad"]
    (issues,) = rows(Home(home), "SELECT count(*) AS n FROM v_issues WHERE state = 'open'")
    assert told["issues"] == told["undecided"] == issues["n"]
    assert told["last_run"]["state"] == "completed" and told["last_run"]["is_published"]
    assert client.get("/en").status_code == 200


def test_a_night_that_failed_is_told_first(home: Path, client: TestClient) -> None:
    path = home / "runs" / "29990101T000000000Z.json"
    path.write_text(json.dumps({"run_id": path.stem, "started_at": "2999-01-01T00:00:00+00:00", "state": "failed",
                                "problems": ["采集中断 / the crawl broke off"]}), "utf-8")  # fmt: skip
    try:
        page = client.get("/").text
        assert "采集中断" in page and "失败" in page and "last-run bad" in page
        assert client.get("/api/runs").json()["runs"][0]["state"] == "failed"
        path.write_text("{", "utf-8")
        assert client.get("/runs").status_code == 200 and "记录无法读取" in client.get("/runs").text
    finally:
        path.unlink()


def test_rules_count_open_issues_and_decisions(client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = rows(Home(home), "SELECT rule, count(*) AS n FROM v_issues WHERE state = 'open' GROUP BY rule")
    told = {row["rule"]: row for row in client.get("/api/rules").json()["rules"]}
    assert {rule: row["counts"]["open"] for rule, row in told.items() if row["counts"]["open"]} == {
        row["rule"]: row["n"] for row in expected
    }
    monkeypatch.setattr(rules, "MIN_DECISIONS", 2)
    some = rows(Home(home), "SELECT rule, list(issue_id ORDER BY issue_id) AS ids FROM v_issues GROUP BY rule "
                            "HAVING count(*) > 1 ORDER BY rule LIMIT 1")[0]  # fmt: skip
    for issue, decision in zip(some["ids"], ("dismissed", "confirmed"), strict=False):
        client.post(
            f"/api/issues/{issue}/decisions",
            json={"decision": decision, "reason": "核对"},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
    page = client.get(f"/api/rules/{some['rule']}").json()
    assert page["false_alarm_rate"] == 0.5 and page["counts"]["dismissed"] == page["counts"]["confirmed"] == 1
    assert some["ids"][0] not in [example["issue_id"] for example in page["examples"]]
    assert client.get("/rules/nonsense").status_code == 404


def test_too_few_decisions_make_no_rate() -> None:
    assert rules.Counts(confirmed=10, dismissed=9).false_alarm_rate is None
    assert rules.Counts(confirmed=15, dismissed=5).false_alarm_rate == 0.25


def test_an_agency_shows_its_years_as_filed(client: TestClient, home: Path) -> None:
    (agency,) = rows(Home(home), "SELECT agency_id FROM v_filings GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    page = client.get(f"/api/agencies/{agency['agency_id']}").json()
    filings = rows(Home(home), "SELECT m.* FROM mart_filing m JOIN dim_agency a USING (lineage_id) WHERE is_current "
                               f"AND a.agency_id = '{agency['agency_id']}'")  # fmt: skip
    shown = {filing["filing_id"]: filing for scope in page["scopes"] for filing in scope["filings"]}
    assert set(shown) == {filing["filing_id"] for filing in filings} and filings
    for filing in filings:
        for name, value in shown[filing["filing_id"]]["figures"].items():
            assert value == (None if filing[name] is None else float(filing[name])), name
        assert all(filing["scope"] == scope["scope"] for scope in page["scopes"]
                   for one in scope["filings"] if one["filing_id"] == filing["filing_id"])  # fmt: skip
    assert client.get(f"/agencies/{agency['agency_id']}/trend.svg").text.startswith("<svg")


def test_amounts_are_printed_exactly(client: TestClient, home: Path) -> None:
    amounts = rows(
        Home(home), "SELECT agency_id, fees_amount FROM mart_filing WHERE is_current AND fees_amount % 1 <> 0"
    )
    for row in amounts[:3]:
        text = f"{row['fees_amount'].normalize():,f}"
        assert text in client.get(f"/agencies/{row['agency_id']}").text


def test_agencies_are_found_and_paged(client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.agencies.PAGE", 2)
    found, after = [], ""
    while after is not None:
        page = client.get(f"/api/agencies?after={after}").json()
        found += [agency["agency_id"] for agency in page["agencies"]]
        after = page["next"]
    assert found == [row["agency_id"] for row in rows(Home(home), "SELECT agency_id FROM dim_agency ORDER BY 1")]


def test_questions_are_answered_as_table_chart_and_csv(client: TestClient) -> None:
    sql = "SELECT report_year, count(*) AS filings FROM v_filings GROUP BY ALL ORDER BY ALL"
    answer = client.get("/api/ask", params={"sql": sql}).json()
    assert answer["columns"] == ["report_year", "filings"] and answer["rows"] and not answer["truncated"]
    page = client.get("/ask", params={"sql": sql}).text
    assert '<td class="n">' in page and "ask.svg" in page
    assert client.get("/ask.svg", params={"sql": sql}).text.startswith("<svg")
    lines = client.get("/ask.csv", params={"sql": sql}).text.split("\r\n")
    assert len(lines) == len(answer["rows"]) + 2
    assert len(client.get("/ask").text.split('class="questions"')[1].split("<li>")) == 21


def test_statements_that_reach_out_are_refused(client: TestClient) -> None:
    attacks: dict[str, list[Any]] = yaml.safe_load(ATTACKS.read_text("utf-8"))
    texts = [item for items in attacks.values() for item in items if isinstance(item, str) and "{file}" in item]
    assert len(texts) > 20
    for sql in texts[::5]:
        answer = client.get("/ask", params={"sql": sql.replace("{file}", "/etc/passwd")})
        assert answer.status_code == 400 and "root:" not in answer.text, sql
    assert client.get("/ask", params={"sql": "SELECT nonsense"}).status_code == 400


def test_data_docs_are_served_from_their_folder_alone(client: TestClient, home: Path) -> None:
    (build,) = [path.name for path in (home / "docs").iterdir()]
    answer = client.get(f"/data-docs/{build}/index.html")
    assert answer.status_code == 200 and answer.headers["content-security-policy"].startswith("sandbox")
    for path in ("../../home.json", "..%2f..%2fhome.json", "%2e%2e/%2e%2e/home.json", "/etc/passwd", "nothing.html"):
        assert client.get(f"/data-docs/{build}/{path}").status_code == 404, path
    assert client.get("/data-docs/../home.json").status_code == 404


def test_charts_leave_gaps_and_take_any_name() -> None:
    points: list[dict[str, Any]] = [
        {"x": 2020, "y": 1, "s": "甲"},
        {"x": 2021, "y": None, "s": "甲"},
        {"x": 2022, "y": 3, "s": "甲"},
    ]
    svg = charts.line_chart(points, "x", "y", "s", {"x": "年度", "y": "件", "s": ""})
    assert svg.startswith("<svg") and "年度" in svg and "甲" in svg
    assert charts.bar_chart([{"a.b[0]": "x", "c:d": 2}], "a.b[0]", "c:d", None, {}).startswith("<svg")


@pytest.mark.parametrize("text", ["\x00", "\x07", "\x1b[", "\uffff", "\ufffd", "\ud800", "字" * 30_000, "a\nb", ""])
def test_charts_draw_whatever_a_text_holds(text: str) -> None:
    points: list[dict[str, Any]] = [{text + "x": text, "y": 1, "s": text}, {text + "x": text + "2", "y": 2, "s": "b"}]
    assert charts.bar_chart(points, text + "x", "y", "s", {"y": text, "s": text}).startswith("<svg")


def test_labels_that_are_cut_stay_apart() -> None:
    svg = charts.bar_chart([{"x": "字" * 99 + end, "y": 1} for end in "甲乙"], "x", "y", None, {})
    assert "…" in svg and "(2)" in svg


def test_control_characters_in_an_answer_do_not_end_the_server(client: TestClient) -> None:
    sql = "SELECT 'a' || chr(7) AS \"x\ny\", 1 AS n UNION ALL SELECT 'b', 2"
    assert client.get("/ask.svg", params={"sql": sql}).text.startswith("<svg")


def test_a_failure_of_ours_has_headers_and_tells_no_secret(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise RuntimeError("secret in /some/place")

    app = create_app(Settings(Home(home), base_path="/ogi"))
    monkeypatch.setattr("dashboard.overview.runs_of", fails)
    with TestClient(app, raise_server_exceptions=False) as failing:
        for path, kind in (("/ogi/", "text/html"), ("/ogi/en", "text/html"), ("/ogi/api/", "application/json")):
            answer = failing.get(path)
            assert answer.status_code == 500 and answer.headers["content-type"].startswith(kind)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "secret" not in answer.text
        assert 'lang="en"' in failing.get("/ogi/en").text


@pytest.mark.parametrize("path", ["/en//evil.test/x", "/en/\\evil.test", "//evil.test"])
def test_the_other_language_is_of_this_host(client: TestClient, path: str) -> None:
    text = client.get("http://testserver" + path).text
    assert 'href="//' not in text and 'href="/\\' not in text and 'href="/en//' not in text


def test_what_is_lacking_is_a_dash_on_every_page(client: TestClient, home: Path) -> None:
    (filing,) = rows(Home(home), "SELECT filing_id, agency_id FROM dim_filing ORDER BY 1 LIMIT 1")
    (run,) = [path.stem for path in (home / "runs").glob("*.json")]
    paths = ["/", "/filings", f"/filings/{filing['filing_id']}", "/flagged", "/rules",
             "/rules/applications_balance", "/agencies", f"/agencies/{filing['agency_id']}", "/runs",
             f"/runs/{run}", "/ask", "/dictionary"]  # fmt: skip
    for path in paths:
        text = client.get(path).text
        assert ">None<" not in text and "Undefined" not in text and " None " not in text, path


def test_ranks_and_lists_of_agencies_know_decisions_and_ties(home: Path) -> None:
    with TestClient(create_app(Settings(Home(home), token=TOKEN))) as client:
        query = (
            "SELECT agency_id, issue_id FROM v_issues JOIN v_filings USING (filing_id, agency_id) "
            "WHERE state = 'open' AND severity = 'error' AND origin = 'filing' AND decision IS NULL "
            "ORDER BY issue_id LIMIT 1"
        )
        (one,) = rows(Home(home), query)

        def errors() -> tuple[int, int]:
            page = client.get(f"/api/agencies/{one['agency_id']}").json()
            listed = client.get(f"/api/agencies?q={one['agency_id']}").json()["agencies"][0]["errors"]
            own = [f for scope in page["scopes"] for f in scope["filings"] if f["agency_id"] == one["agency_id"]]
            return listed, sum(filing["errors"] for filing in own)

        before = errors()
        assert before[0] == before[1]
        client.post(
            f"/api/issues/{one['issue_id']}/decisions",
            json={"decision": "dismissed", "reason": "核对"},
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert errors() == (before[0] - 1, before[0] - 1)
        peers = client.get(f"/api/agencies/{one['agency_id']}").json()["peers"]
        assert peers is None or peers["filings"] > 1 or peers["rank_errors"] == peers["rank_share"] == 1


def test_csv_of_answers_keeps_every_digit_and_says_what_is_cut(client: TestClient) -> None:
    exact = "123456789012345678.1234"
    answer = client.get("/ask.csv", params={"sql": f"SELECT {exact}::DECIMAL(22, 4) AS a"})
    assert exact in answer.text and answer.headers["x-truncated"] == "false"
    assert client.get("/api/ask", params={"sql": f"SELECT {exact}::DECIMAL(22, 4) AS a"}).json()["rows"] == [[exact]]
    cut = client.get("/ask.csv", params={"sql": "SELECT * FROM range(10001)"})
    assert cut.headers["x-truncated"] == "true" and "first-10000" in cut.headers["content-disposition"]


def test_templates_print_no_chinese_punctuation_of_their_own() -> None:
    """What stands in a template outside of ``t(…)`` is printed in both languages."""
    token = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<(?:[^<>{}]|\{\{.*?\}\}|\{%.*?%\})*>", re.DOTALL)
    for path in (ROOT / "dashboard" / "templates").glob("*.html"):
        assert not re.findall(r"[，：（）；。、]", token.sub("", path.read_text("utf-8"))), path.name


def test_agencies_lead_on_and_back_to_the_first(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.agencies.PAGE", 2)
    first = client.get("/api/agencies").json()
    assert len(first["agencies"]) == 2 and first["after"] is None
    second = client.get("/agencies", params={"after": first["next"]}).text
    assert 'rel="first" href="/agencies"' in second
    assert 'rel="first"' not in client.get("/agencies").text


def test_a_rule_tells_from_which_year_on_it_holds(client: TestClient) -> None:
    since = {code: rule.first_year for code, rule in catalogue().items() if rule.first_year}
    assert since
    code, year = next(iter(since.items()))
    assert f"<dt>自报告年度</dt><dd>{year}</dd>" in client.get(f"/rules/{code}").text
