"""Contact persons, telephones and e-mails that filings carry stay out of every table; figures stay in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import docx
import duckdb
import pytest

from expectations.judge import judge_frames
from extract.paths import DATA
from extract.reading import read_bytes
from tests.factories import NOON, reading, record, register
from transform.frames import build_frames
from transform.privacy import EMAIL, NAME, TELEPHONE, is_contact, masked, masked_spans
from transform.typed import to_arrow
from warehouse.build import build

SAMPLES = DATA / "samples"
CONTACT = "联系人：欧阳小明，联系电话：0797-8765432，手机13812345678，邮箱 xiaoming.ouyang@example.gov.cn。"
SECRETS = ("欧阳小明", "8765432", "13812345678", "ouyang", "王保密")
PROSE = f"2024年，本机关共收到政府信息公开申请5件，{CONTACT}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("联系电话：0797-8765432。", f"联系电话：{TELEPHONE}。"),
        ("电话（0571）87654321转8001", f"电话{TELEPHONE}转8001"),
        ("请拨打010—87654321咨询", f"请拨打{TELEPHONE}咨询"),
        ("手机：138 1234 5678", f"手机：{TELEPHONE}"),
        ("联系电话8765432、8765433", f"联系电话{TELEPHONE}"),
        ("传真: 8765-4321", f"传真: {TELEPHONE}"),
        ("电话：０７９７－８７６５４３２", f"电话：{TELEPHONE}"),
        ("邮箱：a.b-c@xx.gov.cn，", f"邮箱：{EMAIL}，"),
        ("联系人：张三 电话", f"联系人：{NAME} 电话"),
        ("填报人：欧阳小明联系电话", f"填报人：{NAME}联系电话"),
        ("单位负责人：李四  审核人：王五", f"单位负责人：{NAME}  审核人：{NAME}"),
        ("联系人为李小四。", f"联系人为{NAME}。"),
        ("联系人张三，电话见网站", f"联系人{NAME}，电话见网站"),
        ("联系人 欧阳小明 电话", f"联系人 {NAME} 电话"),
        ("联系人（张三）", f"联系人（{NAME}）"),
    ],
)
def test_contacts_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected
    shown, last = "", 0
    for start, end, mark in masked_spans(text):
        shown, last = shown + text[last:start] + mark, end
    assert shown + text[last:] == expected


def test_spans_of_several_contacts_in_order() -> None:
    spans = masked_spans(CONTACT)
    assert [CONTACT[start:end] for start, end, _ in spans] == [
        "欧阳小明", "0797-8765432", "13812345678", "xiaoming.ouyang@example.gov.cn",
    ]  # fmt: skip
    assert [mark for _, _, mark in spans] == [NAME, TELEPHONE, TELEPHONE, EMAIL]


@pytest.mark.parametrize(
    "text",
    [
        "主动公开政府信息12345678条",
        "收费13812345678元",
        "其中电话咨询1234567次",
        "接听热线电话 8765432 件",
        "2024年新收申请12件，上年结转3件，办结15件",
        "2020-2024年共收到1234-5678",
        "按照国办公开办函〔2021〕30号",
        "2024年1月1日起至2024年12月31日止",
        "完善联系人制度，明确负责人和联络员",
        "公布联系人名单，联系人工作机制，填报人员",
        "主要负责人亲自抓",
        "11",
        "",
    ],
)
def test_figures_and_ordinary_words_stay(text: str) -> None:
    assert masked(text) == text


def test_a_number_is_a_contact_only_where_it_is_nowhere_else() -> None:
    assert is_contact(8765432, "电话：8765432，收到5件")
    assert not is_contact(5, "电话：8765432，收到5件")
    assert not is_contact(8765432, "公开8765432条，电话：8765432")
    assert not is_contact(7, "没有这个数")


def documents() -> Iterator[tuple[str, bytes]]:
    """Samples with a contact between their figures, and an author among their metadata."""
    page = (SAMPLES / "shili-qu" / "2024.html").read_text("utf-8")
    assert "</p>" in page and "<head>" in page
    page = page.replace("<head>", '<head><meta name="author" content="王保密">', 1)
    yield "2024.html", page.replace("</p>", f"{PROSE}</p>", 1).encode()
    document = docx.Document(str(SAMPLES / "shili-qu-bangongshi" / "2024.docx"))
    document.core_properties.author = document.core_properties.last_modified_by = "王保密"
    document.core_properties.comments = CONTACT
    next(p for p in document.paragraphs if len(p.text) > 30).add_run(PROSE)
    document.add_paragraph(CONTACT)
    file = io.BytesIO()
    document.save(file)
    yield "2024.docx", file.getvalue()


def test_no_table_holds_a_contact(tmp_path: Path) -> None:
    readings = [read_bytes(data, name) for name, data in documents()]
    assert all(document["error"] is None for document in readings)
    for document in readings:  # what a filing's reading could hold, wherever it is
        document["unresolved_claims"].append({"value": 8765432, "sentence": CONTACT, "reason": "x"})
        document["statements"] = [*document.get("statements", ()),
                                  {"kind": "no_fees", "sentence": CONTACT, "scope": "own"}]  # fmt: skip
        document["issues"].append({"rule": "extraction_uncertain", "severity": "warning", "origin": "extraction",
                                   "where": "x", "expected": CONTACT, "actual": None, "cells": [],
                                   "message_zh": CONTACT, "message_en": CONTACT})  # fmt: skip
        document["cells"][0]["raw"] = f"0 {CONTACT}"
        document["title"] = f"{document['title']} {CONTACT}"
    made = [record(document, retrieved_at=NOON + timedelta(days=n)) for n, document in enumerate(readings)]
    address = {"source": "s", "address": "a", "url": "u", "role": "report", "listing": "l", "title": CONTACT,
               "outcome": "ok", "first_seen_at": NOON, "checked_at": NOON}  # fmt: skip
    frames = build_frames(made, register(), crawl_addresses=[address], build_info={"build_id": "b", "built_at": NOON})
    judged = judge_frames(frames)
    frames = {**frames, "quality_issue": judged.quality_issue, "issue_cell": judged.issue_cell}
    build(frames, tmp_path / "w.duckdb")
    told = to_arrow(frames["claim"], "claim").to_pylist()
    received = [
        row for row in told if row["metric"] == "applications.received_new.total" and TELEPHONE in row["sentence"]
    ]
    assert [row["value"] for row in received] == [5] * len(received) != []  # the figure stays a claim
    assert all(EMAIL in row["sentence"] and NAME in row["sentence"] for row in received)
    assert 8765432 not in list(frames["unresolved_claim"]["value"])
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        for (table,) in tables:
            for secret in SECRETS:
                found = con.execute(f"SELECT count(*) FROM {table} t WHERE t::VARCHAR LIKE '%{secret}%'").fetchone()
                assert found == (0,), (table, secret)


def test_the_check_would_find_one(tmp_path: Path) -> None:
    """The same look finds a name that is not masked: an agency's own."""
    frames = build_frames([record(reading())], register(), build_info={"build_id": "b", "built_at": NOON})
    build(frames, tmp_path / "w.duckdb")
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as con:
        found = con.execute("SELECT count(*) FROM dim_agency t WHERE t::VARCHAR LIKE '%示例县商务局%'").fetchone()
        assert found == (1,)
