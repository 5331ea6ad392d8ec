"""A filing whose every text is hostile is shown harmlessly: same elements and attributes as a harmless one."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser

from dashboard.app import create_app
from dashboard.downloads import csv_text
from dashboard.settings import Settings
from tests.factories import reading, record
from tests.nights import night, put, rows
from warehouse.home import Home

RUN = "29990101T000000000Z"
PLAIN = "文字"
HOSTILE = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"
    "{{7*7}}{% raw %}${7*7}'; DROP TABLE cell; --"
    "\u202eevil\u2066\x07\x1b[31m</textarea></title></style><a href=javascript:alert(1)>"
)
BROKEN = ("applications", "received_new", "total")


ADDRESSES = {
    2021: "data:text/html,<script>alert(1)</script>",
    2022: " JaVaScRiPt:alert(1)",
    2023: "vbscript:msgbox(1)",
    2024: "javascript:alert(1)",
}
"""By report year: of the hostile filings."""

PLAIN_TEXT, WEB_PAGE = 2022, 2024
"""The years whose originals are archived, as text and as a web page."""


def _filing(text: str, year: int, url: str, data: bytes) -> Any:
    document = reading(
        year=year, title=text, cells={BROKEN: 7}, index_number=text, agency_as_filed=f"示例县商务局{text}"
    )
    document["media_type"] = "text/plain" if year == PLAIN_TEXT else "text/html"
    for cell in document["cells"]:
        cell.update(page=None, bbox=None, locator="nowhere")
        if cell["row"] == "granted":
            cell.update(raw=text, value=None, status="unreadable")
    document["claims"] = [{"metric": ".".join(BROKEN), "value": 9, "sentence": text, "scope": "own"}]
    document["unresolved_claims"] = [{"value": 3, "sentence": text, "reason": text}]
    document["issues"] = [
        {"rule": "identity_conflict", "severity": "warning", "origin": "filing", "where": "agency", "expected": text,
         "actual": text, "cells": [], "message_zh": text, "message_en": text}
    ]  # fmt: skip
    sha256 = hashlib.sha256(data).hexdigest()
    made = record(document, url=url)
    return replace(made, sha256=sha256, reading={**made.reading, "sha256": sha256})


def _archived(home: Home, data: bytes) -> None:
    path = home.archive / (sha256 := hashlib.sha256(data).hexdigest())[:2] / sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _filled(home: Home, text: str, *, hostile: bool) -> None:
    """Publishes the filings, their originals and the record of a run."""
    filings = []
    for year, address in ADDRESSES.items():
        body = (
            f"{year}\n{text}\n"
            if year == PLAIN_TEXT
            else f'<p>{year}</p><a href="{address}" onclick=a()>DROP TABLE</a><p>{text}'
        )
        data = body.encode()
        filings.append(_filing(text, year, address if hostile else "file:x", data))
        if year in (PLAIN_TEXT, WEB_PAGE):
            _archived(home, data)
    put(home, filings)
    night(home, 1)
    told = {"state": text, "problems": [text], "remarks": [text], "stages": {text: 1.0}, "crawled": {text: [text]},
            "comparison": [text], "build": text, "docs": text}  # fmt: skip
    home.runs.mkdir(parents=True, exist_ok=True)
    (home.runs / f"{RUN}.json").write_text(json.dumps({"run_id": RUN, **told}), "utf-8")


def _filings(home: Home) -> dict[int, str]:
    return {row["report_year"]: row["filing_id"] for row in rows(home, "SELECT report_year, filing_id FROM dim_filing")}


def _paths(home: Home) -> list[str]:
    agency = rows(home, "SELECT DISTINCT agency_id FROM dim_filing")[0]["agency_id"]
    filings = _filings(home)
    assert set(filings) == set(ADDRESSES)
    return [
        "/", "/filings", "/rules", "/rules/identity_conflict", "/agencies", f"/agencies/{agency}", "/runs",
        "/flagged", "/en/flagged", f"/runs/{RUN}", f"/en/runs/{RUN}", "/ask?sql=SELECT+*+FROM+claim",
        *(f"{prefix}/filings/{filing}" for filing in filings.values() for prefix in ("", "/en")),
        *(f"/filings/{filings[year]}/{part}" for year in filings for part in ("source", "prose")),
    ]  # fmt: skip


def _api_paths(home: Home) -> list[str]:
    """Those of the paths that have the same as JSON."""
    return [path for path in _paths(home) if not path.startswith("/en/") and not path.endswith("/source")]


def _shape(html: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """The elements of a page with the names of their attributes."""
    tree = LexborHTMLParser(html)
    return Counter((str(node.tag), tuple(sorted(node.attributes))) for node in tree.css("*"))


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Of both filings, by page: what the answer's text is."""
    texts: dict[str, dict[str, Any]] = {}
    for kind, text in (("plain", PLAIN), ("hostile", HOSTILE)):
        home = Home(tmp_path_factory.mktemp(kind) / "home")
        _filled(home, text, hostile=kind == "hostile")
        with TestClient(create_app(Settings(home))) as client:
            texts[kind] = {path: client.get(path).text for path in _paths(home)}
            texts[kind]["api"] = {path: client.get(f"/api{path}") for path in _api_paths(home)}
            texts[kind]["web page"] = texts[kind].pop(f"/filings/{_filings(home)[WEB_PAGE]}/source")
            texts[kind]["csv"] = client.get("/filings.csv").text
            texts[kind]["ask"] = client.get("/ask.csv?sql=SELECT sentence FROM claim").text
    yield texts


def test_hostile_texts_add_no_element_and_no_attribute(shapes: dict[str, dict[str, Any]]) -> None:
    plain, hostile = shapes["plain"], shapes["hostile"]
    seen = 0
    for path in plain:
        # (Of the web page, what was hostile is gone, and a sentence is not found again.)
        if path.startswith("/") and not (path.endswith("/prose") and f"-{WEB_PAGE}-" in path):
            before, after = _shape(plain[path]), _shape(hostile[path])
            assert before == after, (path, before - after, after - before)
            seen += "&lt;script&gt;" in hostile[path]
    assert seen >= 4  # it was there to be shown


def test_hostile_texts_hide_nothing_and_lead_nowhere(shapes: dict[str, dict[str, Any]]) -> None:
    for path, text in shapes["hostile"].items():
        if not path.startswith("/"):
            continue
        assert not set("\u202e\u2066\x07\x1b") & set(text), path
        for link in LexborHTMLParser(text).css("[href], [src], [action]"):
            for name in ("href", "src", "action"):
                value = (link.attributes.get(name) or "").strip().lower()
                assert not value.startswith(("javascript:", "data:", "vbscript:")), path
    pages = [text for path, text in shapes["hostile"].items() if path.startswith("/")]
    assert "␇" in "".join(pages)
    assert "{{7*7}}" in "".join(pages) and ">49<" not in "".join(pages)


def test_an_original_is_shown_without_what_acts(shapes: dict[str, dict[str, Any]]) -> None:
    page = LexborHTMLParser(shapes["hostile"]["web page"])
    assert "2024" in page.text() and "DROP TABLE" in page.text()
    assert not page.css("script, iframe, object, embed, form, base, meta[http-equiv=refresh]")
    for node in page.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on"), name
            assert not (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text")), name
    (shown,) = (text for path, text in shapes["hostile"].items()
                if path.endswith("/source") and "2022" in text and "DROP TABLE" in text)  # fmt: skip
    assert "&lt;script&gt;" in shown


def test_json_is_json_and_says_what_was_filed(shapes: dict[str, dict[str, Any]]) -> None:
    answers = shapes["hostile"]["api"]
    for path, answer in answers.items():
        assert answer.headers["content-type"] == "application/json", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.json() is not None, path
    filed = [answer.json() for path, answer in answers.items() if path.count("/") == 2 and path.startswith("/filings/")]
    assert {filing["report_year"]: filing["url"].strip() for filing in filed} == {
        year: address.strip() for year, address in ADDRESSES.items()
    }
    assert all("<script>alert(1)</script>" in filing["title"] for filing in filed)


def test_spreadsheets_take_no_text_for_a_formula() -> None:
    for text in ("\n=1", " =1", "\x00=1", "\x07@x", "＝1", "＋1", "\tx"):
        assert "'" in csv_text([[text]]), repr(text)
    assert csv_text([["=1+1", "+1", "-1", "@x", 5, -5, "普通", None]]).strip() == "'=1+1,'+1,'-1,'@x,5,-5,普通,"
