"""Contact persons, telephones and e-mails that filings carry stay out of every table; figures stay in."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import docx
import duckdb
import pytest

from expectations.judge import judge_frames
from extract.paths import DATA
from extract.reading import read_bytes
from tests.factories import NOON, reading, record, register
from transform.frames import build_frames
from transform.privacy import ACCOUNT, EMAIL, NAME, TELEPHONE, is_contact, masked, masked_address, masked_spans
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
        ("联 系 人：张三　电 话：8765432", f"联 系 人：{NAME}　电 话：{TELEPHONE}"),
        ("填 报 人: 李小四  传 真 8765-4321", f"填 报 人: {NAME}  传 真 {TELEPHONE}"),
        ("联系人：张三 8765432", f"联系人：{NAME} {TELEPHONE}"),
        ("联系人：张三（8765-4321）。", f"联系人：{NAME}（{TELEPHONE}）。"),
        ("填报人：张三同志，87654321", f"填报人：{NAME}同志，{TELEPHONE}"),
        ("联系人：张三、李小四，电话见网站", f"联系人：{NAME}、{NAME}，电话见网站"),
        ("签发人：张三　撰稿：李小四　审核：王五", f"签发人：{NAME}　撰稿：{NAME}　审核：{NAME}"),
        ("拟稿人：张三 核稿：李四 校对：王五", f"拟稿人：{NAME} 核稿：{NAME} 校对：{NAME}"),
        ("Tel: 87654321", f"Tel: {TELEPHONE}"),
        ("TEL：8765432  Fax.8765433", f"TEL：{TELEPHONE}  Fax.{TELEPHONE}"),
        ("QQ：123456789", f"QQ：{ACCOUNT}"),
        ("QQ号码12345，QQ群：87654321", f"QQ号码{ACCOUNT}，QQ群：{ACCOUNT}"),
        ("微信号：wx_zhangsan88。微信：zhang-san", f"微信号：{ACCOUNT}。微信：{ACCOUNT}"),
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
        "微博、微信：12345678，QQ：23456",
        "微信12345678条，QQ群：1234567个，QQ号12345个",
        "微信公众号：shili_fabu，微信推送12345678",
        "联系人：［姓名］ 1234567件",
        "填表人：［姓名］ 20240131",
        "联系人：［姓名］，收到12345678",
        "审核：未通过8件；签发：12345678份；撰稿：信息1234567条",
        "严格信息公开审核、签发和校对，审核：三审三校",
        "Hotel:8765432",
        "tel 8765432 件",
        "11",
        "",
    ],
)
def test_figures_and_ordinary_words_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.gov.cn/2023年报-zhangsan@qq.com.pdf", "https://a.gov.cn/2023年报-［邮箱 …］.pdf"),
        ("https://a.gov.cn/d.jsp?to=zhang.san%40example.gov.cn&id=7", "https://a.gov.cn/d.jsp?to=［邮箱 …］&id=7"),
        (
            "https://a.gov.cn/%E5%B9%B4%E6%8A%A513812345678.pdf#.pdf",
            "https://a.gov.cn/年报［电话 …］.pdf#.pdf",
        ),
        ("county/报送/年报（联系人张三13812345678）.docx", "county/报送/年报（联系人［姓名 …］［电话 …］）.docx"),
        ("county/年报_联系人：李四_电话87654321.doc", "county/年报_联系人：［姓名 …］_电话［电话 …］.doc"),
        ("county/zhangsan-13812345678.zip!年报.pdf", "county/zhangsan-［电话 …］.zip!年报.pdf"),
        ("file:0123456789abcdef/zhangsan_13812345678.doc", "file:0123456789abcdef/zhangsan_［电话 …］.doc"),
    ],
)
def test_contacts_in_names_of_files_are_masked(address: str, expected: str) -> None:
    made = masked_address(address)
    assert re.sub(r"(?<= )[0-9a-f]{4}(?=］)", "…", made) == expected
    assert made == masked_address(address) == masked_address(made)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.gov.cn/xxgk/art/2024/1/31/art_13812345678_138.html",
        "https://www.example.gov.cn/年度报告/13812345678.html",
        "https://www.example.gov.cn/P020240131312345678901.pdf?x=15912345678",
        "https://user@www.example.gov.cn/a.html",
        "https://user:secret@www.example.gov.cn/a.html",
        "https://a.gov.cn/%D0%C5%CF%A2%B9%AB%BF%AA.html",
        "https://a.gov.cn/logo@2x.png",
        "https://a.gov.cn/@people/2023%E5%B9%B4.html",
        "LIST https://a.gov.cn/list.html",
        'POST https://a.gov.cn/api {"page": 13812345678}',
        "county/report@2023.pdf",
        "county/2023年报20240131123.pdf",
        "county/t20240131_13812345678901.pdf",
        "county/年报1381234.5678.xlsx",
        "county/电话局2023年报.pdf",
        "county/2023年新收12345678件.pdf",
        f"file:{'13812345678'}abcde/a.pdf",
    ],
)
def test_addresses_stay_what_they_are(address: str) -> None:
    assert masked_address(address) == address


def test_addresses_that_differ_in_a_contact_only_stay_apart() -> None:
    two = {masked_address(f"county/年报1381234567{digit}.pdf") for digit in "12"}
    assert len(two) == 2


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
    file = "年报（联系人欧阳小明，13812345678，xiaoming.ouyang@example.gov.cn）.pdf"
    url = f"https://www.example.gov.cn/{quote(file)}"
    made = [
        record(document, retrieved_at=NOON + timedelta(days=n), source_name=f"s/{file}", url=url)
        for n, document in enumerate(readings)
    ]
    address = {"source": "s", "address": url, "url": url, "parent": url, "role": "report", "listing": url,
               "title": CONTACT, "detail": f"→ {url}", "outcome": "ok", "first_seen_at": NOON,
               "checked_at": NOON}  # fmt: skip
    crawled_list = {"source": "s", "listing": url, "pages": 1, "failed_pages": 0, "items": 1, "reports": 1,
                    "is_complete": True}  # fmt: skip
    run = {"run_id": "r", "started_at": NOON, "state": "failed", "message": f"{file}: 无法归档", "documents_seen": 1,
           "detail": "{}"}  # fmt: skip
    frames = build_frames(
        made, register(), crawl_addresses=[address], crawl_lists=[crawled_list], runs=[run],
        build_info={"build_id": "b", "built_at": NOON},
    )  # fmt: skip
    (masked_url,) = {*frames["capture"]["url"], *frames["dim_filing"]["url"], *frames["crawl_address"]["parent"]}
    assert masked_url.startswith("https://www.example.gov.cn/年报（")
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
