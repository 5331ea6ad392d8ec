"""A filing whose every text is hostile is shown harmlessly: same elements and attributes as a harmless one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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

PLAIN = "文字"
HOSTILE = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"
    "{{7*7}}{% raw %}${7*7}'; DROP TABLE cell; --"
    "\u202eevil\u2066\x07\x1b[31m</textarea></title></style><a href=javascript:alert(1)>"
)
BROKEN = ("applications", "received_new", "total")


def _filing(text: str, url: str) -> Any:
    document = reading(title=text, cells={BROKEN: 7}, index_number=text, agency_as_filed=f"示例县商务局{text}")
    for cell in document["cells"]:
        if cell["row"] == "granted":
            cell.update(raw=text, value=None, status="unreadable")
    document["claims"] = [{"metric": ".".join(BROKEN), "value": 9, "sentence": text, "scope": "own"}]
    document["unresolved_claims"] = [{"value": 3, "sentence": text, "reason": text}]
    document["issues"] = [
        {"rule": "identity_conflict", "severity": "warning", "origin": "filing", "where": "agency", "expected": text,
         "actual": text, "cells": [], "message_zh": text, "message_en": text}
    ]  # fmt: skip
    return record(document, url=url)


def _paths(home: Home) -> list[str]:
    (filing,) = rows(home, "SELECT filing_id, agency_id FROM dim_filing")
    return [
        "/", "/filings", f"/filings/{filing['filing_id']}", f"/en/filings/{filing['filing_id']}", "/rules",
        "/rules/identity_conflict", "/agencies", f"/agencies/{filing['agency_id']}", "/runs",
        "/ask?sql=SELECT+*+FROM+claim", f"/filings/{filing['filing_id']}/source",
    ]  # fmt: skip


def _shape(html: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """The elements of a page with the names of their attributes."""
    tree = LexborHTMLParser(html)
    return Counter((str(node.tag), tuple(sorted(node.attributes))) for node in tree.css("*"))


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Of both filings, by page: what the answer's text is."""
    texts: dict[str, dict[str, Any]] = {}
    for kind, text, url in (("plain", PLAIN, "file:x"), ("hostile", HOSTILE, "javascript:alert(1)")):
        home = Home(tmp_path_factory.mktemp(kind) / "home")
        put(home, [_filing(text, url)])
        night(home, 1)
        with TestClient(create_app(Settings(home))) as client:
            texts[kind] = {path: client.get(path).text for path in _paths(home)}
            texts[kind]["csv"] = client.get("/filings.csv").text
            texts[kind]["ask"] = client.get("/ask.csv?sql=SELECT sentence FROM claim").text
    yield texts


def test_hostile_texts_add_no_element_and_no_attribute(shapes: dict[str, dict[str, Any]]) -> None:
    plain, hostile = shapes["plain"], shapes["hostile"]
    seen = 0
    for path in plain:
        if path.startswith("/"):
            assert _shape(hostile[path]) == _shape(plain[path]), path
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
    assert "␇" in "".join(shapes["hostile"].values())
    assert "{{7*7}}" in "".join(shapes["hostile"].values()) and ">49<" not in "".join(shapes["hostile"].values())


def test_spreadsheets_take_no_text_for_a_formula() -> None:
    for text in ("\n=1", " =1", "\x00=1", "\x07@x", "＝1", "＋1", "\tx"):
        assert "'" in csv_text([[text]]), repr(text)
    assert csv_text([["=1+1", "+1", "-1", "@x", 5, -5, "普通", None]]).strip() == "'=1+1,'+1,'-1,'@x,5,-5,普通,"
