"""What is cut off, refused or left out says so, in the language of the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from dashboard import agencies, ask
from dashboard.agencies import YearFiling
from dashboard.app import LARGEST_BODY, create_app
from dashboard.original.shown import View, ViewBlock, ViewLine
from dashboard.settings import Settings
from tests.dashboards import TOKEN
from tests.nights import rows
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.reviews import append, decisions

BEARER = {"Authorization": f"Bearer {TOKEN}"}
LONG = "SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4 ORDER BY a -- " + "长" * 6000


@pytest.fixture(scope="module")
def home(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("limits") / "home"
    shutil.copytree(published, copy, symlinks=True, ignore=shutil.ignore_patterns("prefect", "docs", "logs"))
    return copy


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(Home(home), token=TOKEN)), follow_redirects=False) as client:
        yield client


def test_a_query_too_long_for_an_address_is_posted(client: TestClient) -> None:
    page = client.post("/ask", data={"sql": LONG})
    assert page.status_code == 200 and '<td class="n">3</td>' in page.text
    assert "ask.svg" not in page.text and 'href="/ask.csv' not in page.text and "放不进网址" in page.text
    assert client.post("/en/ask", data={"sql": LONG}).text.count("too long for an address") == 1
    assert client.post("/ask.csv", data={"sql": LONG}).text.split("\r\n")[1:3] == ["1,2", "3,4"]
    assert client.post("/api/ask", json={"sql": LONG}).json()["rows"] == [[1, 2], [3, 4]]
    short = client.post("/ask", data={"sql": "SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4"}).text
    assert "ask.svg" in short and 'href="/ask.csv' in short


def test_what_is_posted_has_the_limits_of_what_is_got(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    too_long = "SELECT 1 -- " + "x" * ask.LONGEST
    for path, body in (("/ask", {"data": {"sql": too_long}}), ("/ask.csv", {"data": {"sql": too_long}}),
                       ("/api/ask", {"json": {"sql": too_long}})):  # fmt: skip
        assert client.post(path, **body).status_code == 422, path
    for sql in ("SELECT * FROM read_text('/etc/passwd')", "DROP TABLE cell", "CREATE TABLE x (a INT)"):
        assert client.post("/ask", data={"sql": sql}).status_code == 400
        assert client.post("/api/ask", json={"sql": sql}).status_code == 400
    monkeypatch.setattr(ask, "MOST", 3)
    cut = client.post("/api/ask", json={"sql": "SELECT * FROM range(5)"}).json()
    assert len(cut["rows"]) == 3 and cut["truncated"]
    assert client.post("/ask.csv", data={"sql": "SELECT * FROM range(5)"}).headers["x-truncated"] == "true"


def test_the_longest_query_fits_and_no_larger_body_is_read(client: TestClient) -> None:
    longest = ("SELECT 1 -- " + "𠀀" * ask.LONGEST)[: ask.LONGEST]
    assert len(urlencode({"sql": longest})) < LARGEST_BODY
    assert client.post("/ask", data={"sql": longest}).status_code == 200
    assert client.post("/api/ask", json={"sql": longest}).status_code == 200
    for path, word in (("/ask", "过大"), ("/en/ask", "too large"), ("/api/ask", "过大")):
        answer = client.post(path, content=b"x" * (LARGEST_BODY + 1),
                             headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
        assert answer.status_code == 413 and word in answer.text, path


def test_the_page_tells_its_limits(client: TestClient) -> None:
    zh, en = client.get("/ask").text, client.get("/en/ask").text
    for number in ("20,000", "384", "500", "10,000", "400"):
        assert number in zh and number in en, number
    assert "内存" in zh and "MB of memory" in en


def test_a_chart_of_too_many_columns_names_those_left_out(client: TestClient) -> None:
    columns = ", ".join(f"range + {number} AS c{number}" for number in range(1, 11))
    sql = f"SELECT 2000 + range AS y, {columns} FROM range(3)"
    page = client.get("/ask", params={"sql": sql}).text
    assert "图只画前 8 列数字，未画： c9、c10" in page
    svg = client.get("/ask.svg", params={"sql": sql}).text
    assert ">c8<" in svg and ">c9<" not in svg
    fewer = client.get("/ask", params={"sql": f"SELECT 2000 + range AS y, {columns.rpartition(', ')[0]} FROM range(3)"})
    assert "未画： c9</p>" in fewer.text
    assert "未画" not in client.get("/ask", params={"sql": "SELECT 2000 + range AS y, 1 AS n FROM range(3)"}).text


def test_relatives_are_paged_and_counted(client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (parent,) = rows(Home(home), "SELECT parent_agency_id AS id, count(*) AS n FROM dim_agency WHERE parent_agency_id "
                                 "IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1")  # fmt: skip
    whole = client.get(f"/api/agencies/{parent['id']}").json()
    total = whole["relatives_total"]
    assert total == len(whole["relatives"]) >= parent["n"] > 1
    assert "此处列出" not in client.get(f"/agencies/{parent['id']}").text
    monkeypatch.setattr(agencies, "RELATIVES", 1)
    found = [client.get(f"/api/agencies/{parent['id']}?skip={skip}").json()["relatives"] for skip in range(total)]
    assert [one for (one,) in found] == whole["relatives"]
    # (A parameter that is not there before: the first page without one is kept.)
    page = client.get(f"/agencies/{parent['id']}?skip=1").text
    assert f"共 {total} 个" in page and "2–2" in page and f'href="/agencies/{parent["id"]}"' in page
    assert (f'href="/agencies/{parent["id"]}?skip=2"' in page) == (total > 2)


def _filed(year: int, agency: str, number: int = 0) -> YearFiling:
    return YearFiling(
        filing_id=f"{agency}-{year}-{number}", agency_id=agency, agency_name=agency, report_year=year, scope="own",
        form="2021", published_on=None, figures={}, errors=0, warnings=0, doubts=0,
    )  # fmt: skip


def test_no_filing_of_a_year_is_lost_in_the_trend() -> None:
    filings = [_filed(2020, "a"), _filed(2020, "b"), _filed(2020, "b", 1), _filed(2021, "b"), _filed(2022, "c")]
    parts = agencies._parts(filings, "b")
    assert sorted(f.filing_id for part in parts for f in part.values()) == sorted(f.filing_id for f in filings)
    assert [{year: f.agency_id for year, f in part.items()} for part in parts] == [
        {2020: "b", 2021: "b", 2022: "c"}, {2020: "b"}, {2020: "a"},
    ]  # fmt: skip
    assert len(agencies._parts([_filed(2020, "a"), _filed(2021, "b")], "c")) == 1


def test_counts_by_month_say_what_they_count(client: TestClient) -> None:
    assert "包括已更正的和已驳回的" in client.get("/rules/applications_balance").text
    assert "put right or dismissed are among them" in client.get("/en/rules/applications_balance").text


@pytest.mark.parametrize("wrong", ["a\x00b", "\x1b[31m", "a\x7f", "\x85b", "a\x0bb"])
@pytest.mark.parametrize("name", ["reason", "role"])
def test_control_characters_are_no_reason(client: TestClient, home: Path, wrong: str, name: str) -> None:
    (issue,) = rows(Home(home), "SELECT issue_id FROM v_issues WHERE filing_id IS NOT NULL ORDER BY 1 LIMIT 1")
    path, given = f"/issues/{issue['issue_id']}/decisions", {"decision": "confirmed", name: f"x{wrong}x"}
    answer = client.post(f"/api{path}", json=given, headers=BEARER)
    assert answer.status_code == 422 and "控制字符" in answer.json()["detail"]["zh"]
    for prefix, word in (("", "控制字符"), ("/en", "control characters")):
        page = client.post(prefix + path, data={**given, "filing": "x"}, headers=BEARER)
        assert page.status_code == 422 and word in page.text
    with pytest.raises(OgiError, match="控制字符"):
        append(Home(home), {"issue_id": issue["issue_id"], "decided_at": "2026-01-01T00:00:00+00:00", **given})
    assert decisions(Home(home)) == []


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("/issues/0123456789abcdef/decisions", {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}),
    ("/issues/0123456789abcdef/decisions", {"data": {"filing": "x"}, "headers": {}}),
    ("/ask", {"content": b"--x", "headers": {"content-type": "multipart/form-data; boundary=y"}}),
]


@pytest.mark.parametrize(("path", "body"), BROKEN)
def test_bodies_that_cannot_be_read_are_refused_in_the_page_s_language(
    client: TestClient, path: str, body: dict[str, Any]
) -> None:
    zh = client.post(path, **{**body, "headers": BEARER | body["headers"]})
    en = client.post(f"/en{path}", **{**body, "headers": BEARER | body["headers"]})
    assert zh.status_code == en.status_code and zh.status_code in (400, 422)
    assert "请求的内容" in zh.text and "The body of the request" in en.text
    assert not any(word in zh.text for word in ("error parsing", "boundary", "Field required", "parsed"))


def test_json_that_is_none_is_refused_in_both_languages(client: TestClient) -> None:
    for path in ("/api/ask", "/api/issues/0123456789abcdef/decisions"):
        for body, word in ((b"{", "不是有效的 JSON"), (b"{}", "缺少"), (b"[]", "JSON 对象"), (b"\xff", "无法解析")):
            answer = client.post(path, content=body, headers=BEARER | {"content-type": "application/json"})
            detail = answer.json()["detail"]
            told = detail if isinstance(detail, dict) else detail[0]
            assert answer.status_code in (400, 422) and word in told["zh"] and told["en"], (path, body, told)


def test_lines_of_a_document_carry_their_marks(client: TestClient) -> None:
    line = ViewLine("新收 <7> 件", (("cell-a", "error", "line"), ("cell-b", "error", "line")))
    view = View((ViewBlock("paragraph", (ViewLine("前", ()), line)),), {}, {}, False)
    state: Any = client.app.state  # type: ignore[attr-defined]
    html = state.templates.get_template("view.html").render(
        view=view, back="/f", lang="zh", settings=state.settings, stamp=state.stamp
    )
    assert '<span id="cell-a" class="flagged error"><span id="cell-b"></span><a href="/f#cell-a"' in html
    assert "新收 &lt;7&gt; 件" in html and "前" in html
