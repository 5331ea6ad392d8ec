"""What is no filing is refused with its kind; filings without tables are not."""

from __future__ import annotations

import pytest

from extract.reading import read_bytes
from tests.corpus.others import MAKERS, POOR, Other, Poor, others, poor

SEED = "not-filings"


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_no_filing_is_refused_by_its_kind(kind: str) -> None:
    for made in (other for other in others(12, SEED) if other.kind == kind):
        _refused(made)


def _refused(made: Other) -> None:
    error = read_bytes(made.data, made.name)["error"]
    assert error is not None, made.data.decode()
    assert error["code"] == made.code, (error, made.data.decode())
    assert made.word in error["message"], (error, made.data.decode())


@pytest.mark.parametrize("kind", POOR)
def test_a_filing_without_tables_is_read(kind: str) -> None:
    for made in (filing for filing in poor(12, SEED) if filing.kind == kind):
        _read(made)


def _read(made: Poor) -> None:
    reading = read_bytes(made.data, made.name)
    assert reading["error"] is None, (reading["error"], made.data.decode())
    assert (reading["agency"], reading["report_year"]) == (made.agency, made.year)


def test_a_page_with_the_report_as_a_file_names_the_file() -> None:
    page = '<h1>示例县商务局2023年政府信息公开工作年度报告</h1><a href="./P1.pdf">年度报告.pdf</a>'
    message = read_bytes(f"<html><body>{page}</body></html>".encode(), "x.html")["error"]["message"]
    assert "年度报告.pdf" in message and "下载" in message


@pytest.mark.parametrize(
    ("change", "sign"),
    [
        (("依申请公开", "365体育官网"), "365体育"),
        (("的", "de的"), "de"),
        (("公开情况", "开情况"), "主动开"),
        (("统计期限", "統計期限開報請處無與復訴訟維糾"), "開"),
        (("2023年1月1日起至2023年12月31日", "202311日至20231231日"), "202311日"),
    ],
)
def test_a_copy_that_is_spoilt_a_little_is_read_with_a_warning(change: tuple[str, str], sign: str) -> None:
    text = (
        "示例县商务局2023年政府信息公开工作年度报告\n统计期限自2023年1月1日起至2023年12月31日止。\n一、总体情况\n我局的工作的情况的报告的内容如下。\n"
        "二、主动公开情况\n全年主动公开信息12条。\n三、依申请公开情况\n全年收到申请3件，均已答复。\n四、复议、诉讼情况\n没有被申请行政复议的情况，"
        "没有被提起行政诉讼。\n五、存在的主要问题及改进情况\n公开的内容不够丰富，下一步将加强培训，充实力量，完善制度，提高质量，接受社会各界监督。\n"
    )
    reading = read_bytes(text.replace(*change).encode(), "x.txt")
    (issue,) = [issue for issue in reading["issues"] if issue["rule"] == "text_damaged"]
    assert sign in issue["message_zh"] and issue["origin"] == "extraction"
    assert not [i for i in read_bytes(text.encode(), "x.txt")["issues"] if i["rule"] == "text_damaged"]
