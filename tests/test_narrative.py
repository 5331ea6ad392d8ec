"""The prose as one text, what of it is compared, and its sketch."""

from __future__ import annotations

import re
from time import process_time

import pytest

from extract.claims.prose import sentences
from extract.masthead import Masthead
from extract.model import Document, Field, Grid, Paragraph, Place
from extract.narrative import MAX_CHARACTERS, narrative, normalised
from extract.sketch import HASHES, SHORTEST, sketch, unpacked
from tests.corpus.agencies import AGENCIES
from tests.corpus.build import filing
from tests.corpus.model import Filing


def masthead(agency: str | None = "示例县商务局") -> Masthead:
    return Masthead("标题", agency, agency, 2024, "own", None, None)


def prose(*lines: str, agency: str | None = "示例县商务局") -> dict[str, object] | None:
    return narrative(sentences(Document("text/plain", [Paragraph(line) for line in lines])), masthead(agency))


def text_of(*lines: str) -> str:
    found = prose(*lines)
    return str(found["text"]) if found else ""


def lines_of(filing: Filing) -> list[str]:
    return [filing.prose.introduction, *(text for texts in filing.prose.sections.values() for text in texts)]


def sketch_of(lines: list[str], agency: str) -> str:
    found = prose(*lines, agency=agency)
    assert found is not None
    return str(found["sketch"])


def alike(one: str, other: str) -> float:
    return sum(a == b for a, b in zip(unpacked(one), unpacked(other), strict=True)) / HASHES


def test_only_prose_is_taken() -> None:
    grid = Grid([[Field("一、本年新收政府信息公开申请数量", 0, Place()), Field("12", 1, Place())]])
    document = Document(
        "text/html",
        [
            Paragraph("首页 > 政务公开 > 年报"),
            Paragraph("一、总体情况"),
            Paragraph("收到申请12件，均已答复。"),
            grid,
            Paragraph("规章 0 0 0\n- 3 -\n无障碍浏览"),
            Paragraph("下一步，改进工作。"),
            Paragraph("主办单位：某局，版权所有，备案号123"),
        ],
    )
    found = narrative(sentences(document), masthead())
    assert found is not None
    assert found["text"] == "收到申请12件，均已答复。\n下一步，改进工作。"


def test_no_prose_is_none() -> None:
    assert prose("一、总体情况", "规章 0 0 0") is None
    assert prose() is None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("如有疑问，请致电0517-87222589。", "如有疑问，请致电＊＊＊。"),
        ("请联系，电话：（021）12345678，邮箱：xxgk_1@zf.example.cn。", "请联系，电话：＊＊＊，邮箱：＊＊＊。"),
        ("请联系，手机13812345678。", "请联系，手机＊＊＊。"),
        ("作出许可12345678件，收费1234567.5万元。", "作出许可12345678件，收费1234567.5万元。"),
        ("2024年1月1日至2024年12月31日，共12件。", "2024年1月1日至2024年12月31日，共12件。"),
    ],
)
def test_what_reaches_persons_is_masked(text: str, masked: str) -> None:
    assert text_of(text) == masked


def test_figures_dates_and_names_are_not_compared() -> None:
    one = normalised("2023年，示例县商务局收到申请12件，我县共公开信息1,200条（占33.5%）。", ["示例县商务局"])
    other = normalised("2024 年，另县水利局收到申请 7 件，全市共公开信息9条（占 4%）。", ["另县水利局"])
    assert one == other == "收到申请件共公开信息条占"


def test_the_forms_wording_is_not_compared() -> None:
    corner = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    assert normalised("三、收到和处理政府信息公开申请情况" + corner + "共7件。") == "三共件"


def test_copied_prose_is_found_alike() -> None:
    """Other figures, another year and another name leave the sketch nearly as it was."""
    agency, other = AGENCIES["shili-xian-shangwu"], AGENCIES["shili-xian-jiaoyu"]
    lines = lines_of(filing(agency, 2023, "a"))
    copy = [re.sub(r"[1-9](?=\d?[件条篇个次项人份])", "8", line.replace("2023", "2024")) for line in lines]
    copy = [line.replace(agency.name, other.name) for line in copy]
    one = sketch_of(lines, agency.name)
    assert alike(one, sketch_of(copy, other.name)) == 1
    assert alike(one, sketch_of([*copy[:-1], "全年举办开放日三次，听取意见。"], other.name)) > 0.8
    assert alike(one, sketch_of(lines_of(filing(agency, 2024, "b")), agency.name)) < 0.6
    assert alike(one, sketch_of(lines_of(filing(other, 2023, "a")), other.name)) < 0.6


def test_sketches_estimate_the_share_of_common_runs() -> None:
    text = "".join(chr(0x4E00 + (place * 7919) % 3000) for place in range(2000))
    changed = text[:1000] + "".join(chr(0x7000 + (place * 7919) % 3000) for place in range(1000))
    assert alike(sketch(text), sketch(text)) == 1
    assert abs(alike(sketch(text), sketch(changed)) - 1 / 3) < 0.14  # three standard errors
    assert sketch(text[: SHORTEST - 1]) == ""
    assert unpacked("") == []
    with pytest.raises(ValueError, match="a sketch has"):
        unpacked("AAAAAAAAAAA=")


def test_a_megabyte_of_prose_is_cut() -> None:
    begun = process_time()
    found = prose("今年我局公开信息，" * 120_000)
    assert found is not None
    assert len(str(found["text"])) <= MAX_CHARACTERS
    assert process_time() - begun < 10


def test_any_characters_are_sketched() -> None:
    assert len(unpacked(sketch("\ud800\U00020000𠀀\x00" * 80))) == HASHES
