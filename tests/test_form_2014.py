"""The statistical table of 2014 to 2018, from the form file to the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from expectations.rules.labels import cell_label, row_label
from extract.claims.resolve import GROUPS_OF_ROWS
from extract.forms import CellKey, load_forms, metric_key
from extract.reading import read_bytes
from tests.factories import reading, record, register
from tests.test_frames import only
from tests.test_rules_support import found, issues, judged, one
from transform.frames import build_frames

FORM = load_forms()["2014"]
TABLE = FORM.table("statistics")
PAGE = """<html><body><h1>示例县教育局2016年政府信息公开工作年度报告</h1>
<p>{prose}</p><p>附：政府信息公开情况统计表</p><table>{rows}</table></body></html>"""


def page(*rows: str, prose: str = "", head: str = "统计指标|单位|统计数") -> dict[str, Any]:
    """The reading of a page whose table has the rows given, cells parted by |."""
    lines = "".join(f"<tr><td>{'</td><td>'.join(row.split('|'))}</td></tr>" for row in (head, *rows))
    return read_bytes(PAGE.format(prose=prose, rows=lines).encode(), "x.html")


def figures(document: dict[str, Any]) -> dict[str, Any]:
    """The rows that hold something: their value, or status where they have none."""
    return {
        cell["row"]: cell["value"] if cell["status"] == "reported" else cell["status"]
        for cell in document["cells"]
        if cell["status"] != "missing"
    }


def doubts(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The issues that the reading has with itself."""
    return [issue for issue in document["issues"] if issue["origin"] == "extraction"]


WHOLE = [
    f"{row.number}{row.label_zh}|{row.unit}|{number}" for number, row in enumerate(TABLE.rows, start=11)
]  # a figure of its own for every row
VALUES = {row.code: number for number, row in enumerate(TABLE.rows, start=11)}


def test_metrics_of_other_editions_that_the_form_names_exist() -> None:
    known = {key for form in load_forms().values() for key in form.cells()} | set(GROUPS_OF_ROWS)
    named = [metric for row in TABLE.rows for metric in (row.same_as, row.part_of) if metric]
    assert named and {metric_key(metric) for metric in named} <= known
    assert all(not (row.same_as and row.part_of) for row in TABLE.rows)
    assert FORM.equivalents["applications", "received_new", "total"] == ("statistics", "received", "count")


def test_every_row_states_its_unit_and_money_is_an_amount() -> None:
    for row in TABLE.rows:
        (column,) = TABLE.columns_of(row)
        assert row.unit and (column.kind == "amount") == (row.unit == "万元"), row.code


def test_the_plain_table_is_read() -> None:
    document = page(*WHOLE)
    assert document["form"] == "2014" and document["report_year"] == 2016
    assert figures(document) == VALUES and not document["issues"]


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("5|（一）收到申请数|件|12", 12),
        ("(一)收到申请数（件）||12", 12),
        ("1、收到申请数（单位：件）|12", 12),
        ("其中：收到申请数|件|12件", 12),
        ("|收到申请总数|件|—", "not_applicable"),
        ("收到申请数|件|", "blank"),
        ("收到申请数|件|约12", "unreadable"),
        ("收到申请数 件 12", 12),
    ],
)
def test_serial_numbers_units_and_numbering_are_neither_label_nor_figure(row: str, value: Any) -> None:
    at = [entry.code for entry in TABLE.rows].index("received")
    assert figures(page(*WHOLE[:at], row, *WHOLE[at + 1 :])) == VALUES | {"received": value}


@pytest.mark.parametrize(
    ("row", "code", "value"),
    [
        ("（三）接受培训人员数|人次|60", "trainees", 60),
        ("（三）接受培训人员数|人次|60人次", "trainees", 60),
        ("（四）政府信息公开专项经费|万元|1.5", "budget", 1.5),
        ("（四）政府信息公开专项经费|元|15000", "budget", 1.5),
        ("（四）政府信息公开专项经费（元）||15000", "budget", 1.5),
        ("3.政策解读稿件发布数|篇|7篇", "response.interpretations", 7),
    ],
)
def test_units(row: str, code: str, value: Any) -> None:
    at = [entry.code for entry in TABLE.rows].index(code)
    assert figures(page(*WHOLE[:at], row, *WHOLE[at + 1 :])) == VALUES | {code: value}


def test_a_count_in_ten_thousands_is_in_doubt() -> None:
    document = page(WHOLE[0].replace("|条|", "|万条|"), *WHOLE[1:])
    assert [issue["cells"] for issue in doubts(document)] == [[["statistics", "disclosed", "count"]]]


def test_only_the_column_of_the_total_is_read_of_several() -> None:
    head = "统计指标|单位|区政府统计数|区直单位统计数|乡镇街道统计数|统计数"
    rows = [row.rpartition("|")[0] + f"|1|2|3|{row.rpartition('|')[2]}" for row in WHOLE]
    document = page(*rows, head=head)
    assert figures(document) == VALUES and not doubts(document)


def test_several_columns_without_a_total_are_flagged_not_guessed() -> None:
    head = "统计指标|单位|区政府统计数|区直单位统计数|乡镇街道统计数"
    document = page(*[row.rpartition("|")[0] + "|1|2|3" for row in WHOLE], head=head)
    assert document["form"] == "2014" and figures(document) == {}
    assert "extraction_uncertain" in {issue["rule"] for issue in doubts(document)}


def test_a_lacking_row_is_missing_and_its_neighbours_stand() -> None:
    document = page(*WHOLE[:20], *WHOLE[21:])
    expected = {code: value for code, value in VALUES.items() if code != TABLE.rows[20].code}
    assert figures(document) == expected
    assert [(issue["rule"], issue["origin"]) for issue in document["issues"]] == [("cell_missing", "filing")]


def test_a_stranger_in_the_place_of_a_lacking_row_is_flagged() -> None:
    document = page(*WHOLE[:19], "3.电子邮件方式|件|5", *WHOLE[20:])
    assert TABLE.rows[19].code == "received.online"
    assert "received.online" not in figures(document)
    assert any(["statistics", "received.online", "count"] in issue["cells"] for issue in doubts(document))


def test_a_label_that_two_rows_share_is_in_doubt_where_only_one_is_printed() -> None:
    codes = [row.code for row in TABLE.rows]
    gone = {codes.index("reviews.other"), codes.index("lawsuits"), codes.index("lawsuits.upheld"),
            codes.index("lawsuits.corrected")}  # fmt: skip
    document = page(*[row for number, row in enumerate(WHOLE) if number not in gone])
    assert any("lawsuits.other" in cell for issue in doubts(document) for cell in issue["cells"])


def test_sums_are_judged_under_rules_of_their_own() -> None:
    cells: dict[CellKey, Any] = {
        ("statistics", "received", "count"): 5,
        ("statistics", "received.fax", "count"): 2,
        ("statistics", "received.letter", "count"): "blank",
    }
    (issue,) = found([one(cells, form="2014", year=2016)], "statistics_received_sum")
    assert (issue["place"], issue["expected"], issue["actual"]) == ("count", "2", "5")
    assert "当面申请数" in issue["message_zh"] and "“（一）收到申请数”填的是5" in issue["message_zh"]
    assert "（一）2.传真申请数2" in issue["message_zh"]


def test_rules_of_other_forms_stay_silent() -> None:
    documents = [one({("statistics", "received", "count"): 0}, form="2014", year=year) for year in (2015, 2016)]
    # The register knows the agency under another name in those years.
    assert {issue["rule"] for issue in issues(judged(documents))} <= {"identity_conflict"}


def test_rows_in_words() -> None:
    assert row_label("2014", "statistics", "lawsuits.corrected", "zh") == "五、行政诉讼数量·（二）被依法纠错数"
    assert cell_label("2014", ("statistics", "budget", "amount"), "zh").startswith("《政府信息公开情况统计表》“（四）")


def test_every_cell_goes_into_one_fact_table() -> None:
    cells: dict[CellKey, Any] = {("statistics", "budget", "amount"): 1.5, ("statistics", "received", "count"): 12}
    frames = build_frames([record(reading(form="2014", year=2016, cells=cells))], register())
    totals = [row.code for row in TABLE.rows if row.is_total]
    assert len(frames["fact_reported_totals"]) == len(totals)
    assert len(frames["fact_statistics"]) == len(TABLE.rows) - len(totals)
    assert only(frames["fact_statistics"], item="budget")["value"] == Decimal("1.5")
    assert only(frames["dim_item"], item="budget")["unit"] == "万元"


def test_prose_is_tied_to_what_both_forms_count() -> None:
    prose = (
        "全年共收到政府信息公开申请12件，其中当面申请3件；同意公开5件，同意部分公开1件，不同意公开2件。"
        "答复申请11件。被申请行政复议1件。"
    )
    document = page(*WHOLE, prose=prose)
    assert {claim["metric"]: claim["value"] for claim in document["claims"]} == {
        "statistics.received.count": 12,
        "statistics.replied.partly_granted.count": 1,
        "statistics.reviews.count": 1,
    }
    assert {claim["value"] for claim in document["unresolved_claims"]} >= {3, 5, 2, 11}


@pytest.mark.parametrize(("year", "form"), [(2016, "2014"), (2018, "2014"), (2019, "2014"), (2012, "2014")])
def test_the_rows_printed_decide_the_edition(year: int, form: str) -> None:
    lines = "".join(f"<tr><td>{'</td><td>'.join(row.split('|'))}</td></tr>" for row in WHOLE)
    text = PAGE.format(prose="", rows=lines).replace("2016年", f"{year}年")
    assert read_bytes(text.encode(), "x.html")["form"] == form


def test_a_listing_beside_the_tables_of_the_form_in_force_is_not_the_filing() -> None:
    new = load_forms()["2019"].table("applications")
    line = "<td>0</td>" * len(new.columns)
    tables = "".join(f"<tr><td>{row.number}{row.label_zh}</td>{line}</tr>" for row in new.rows)
    lines = "".join(f"<tr><td>{'</td><td>'.join(row.split('|'))}</td></tr>" for row in WHOLE)
    text = PAGE.format(prose="", rows=tables + lines)
    for year, form in ((2019, "2019"), (2018, "2014")):
        assert read_bytes(text.replace("2016年", f"{year}年").encode(), "x.html")["form"] == form


def test_another_years_table_is_not_read() -> None:
    rows = "".join(f"<tr><td>{'</td><td>'.join(row.split('|'))}</td></tr>" for row in WHOLE)
    other = rows.replace("<td>1", "<td>9")
    text = PAGE.format(prose="", rows=rows)
    before = text.replace(
        "<p></p>", f"<p>2015年政府信息公开情况统计表（上年数据）</p><table>{other}</table><p>以下为2016年。</p>"
    )
    assert figures(read_bytes(before.encode(), "x.html")) == VALUES


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("统计指标|单位|统计数|备注", "{label}|{unit}|{figure}|"),
        ("指标名称|计量单位|代码|本年数|上年数", "{label}|{unit}|1{serial}|{figure}|5"),
        ("统计指标|单位|2015年|2016年", "{label}|{unit}|7|{figure}"),
        ("统计指标|单位|统计数", "{label}|{unit}|{figure} {unit}"),
        ("统计指标|统计数", "{label}|{figure}{unit}"),
        ("项目|合计", "{label}（{unit}）|{figure}"),
        ("|统计指标|单位|统计数", "其中：|{label}|{unit}|{figure}"),
    ],
)
def test_layouts_of_the_columns(head: str, row: str) -> None:
    parts = [line.split("|") for line in WHOLE]
    rows = [row.format(label=label, unit=unit, figure=figure, serial=serial)
            for serial, (label, unit, figure) in enumerate(parts)]  # fmt: skip
    document = page(*rows, head=head)
    assert figures(document) == VALUES and not doubts(document)


@pytest.mark.parametrize("between", [" ", "      ", "　"])
def test_lines_without_markup_are_read(between: str) -> None:
    head = "示例县教育局2016年政府信息公开工作年度报告\n\n政府信息公开情况统计表\n（2016年度）\n"
    document = read_bytes((head + "\n".join(line.replace("|", between) for line in WHOLE)).encode(), "x.txt")
    assert figures(document) == VALUES


def test_columns_that_stand_beside_their_headings_are_read_in_order_and_doubted() -> None:
    head = "统计指标|单位|区政府统计数|区直单位统计数|乡镇街道统计数|统计数"
    rows = ["{}||{}|1|0|0|{}".format(*line.split("|")) for line in WHOLE]
    document = page(*rows, head=head)
    assert figures(document) == VALUES
    assert {tuple(key) for issue in doubts(document) for key in issue["cells"]} == set(FORM.cells())


BESIDE = [
    ("统计指标|单位|统计数|上年数", "{label}|{unit}|{figure}|7"),
    ("统计指标|单位|上年统计数|统计数", "{label}|{unit}|7|{figure}"),
    ("统计指标|单位|上一年|本年", "{label}|{unit}|7|{figure}"),
    ("统计指标|单位|统计数|历年累计", "{label}|{unit}|{figure}|7"),
    ("统计指标|单位|本年统计数|上年统计数|增减", "{label}|{unit}|{figure}|7|1"),
]


@pytest.mark.parametrize("between", ["\t", "\n", "      "])
@pytest.mark.parametrize(("head", "row"), BESIDE)
def test_a_column_of_other_years_beside_the_years_own(head: str, row: str, between: str) -> None:
    parts = [line.split("|") for line in WHOLE]
    lines = [head, *(row.format(label=label, unit=unit, figure=figure) for label, unit, figure in parts)]
    assert figures(page(*lines[1:], head=head)) == VALUES
    text = "示例县教育局2016年政府信息公开工作年度报告\n\n政府信息公开情况统计表\n（2016年度）\n\n"
    document = read_bytes((text + "\n".join(line.replace("|", between) for line in lines)).encode(), "x.txt")
    assert figures(document) == VALUES and not doubts(document)


def test_of_this_period_and_this_year_to_date_none_is_guessed() -> None:
    parts = [line.split("|") for line in WHOLE]
    rows = [f"{label}|{unit}|{figure}|99" for label, unit, figure in parts]
    document = page(*rows, head="统计指标|单位|本期实际|本年累计")
    assert figures(document) == {} and doubts(document)


def test_a_piece_of_a_label_is_no_figure() -> None:
    at = [entry.code for entry in TABLE.rows].index("complaints")
    torn = ("六、举报投诉数量|六、举报|件|", "|投诉数量||")
    document = page(*WHOLE[:at], *torn, *WHOLE[at + 1 :])
    assert figures(document) == VALUES | {"complaints": "blank"}


def test_words_in_a_figures_place_are_no_label() -> None:
    at = [entry.code for entry in TABLE.rows].index("complaints")
    document = page(*WHOLE[:at], "六、举报投诉数量|件|见附件", *WHOLE[at + 1 :])
    assert figures(document) == VALUES | {"complaints": "unreadable"}


def at(code: str) -> int:
    """The place of a row in the form."""
    return [row.code for row in TABLE.rows].index(code)


@pytest.mark.parametrize(
    ("lead", "cut", "rest"),
    [
        (["59"], "2.兼", "职人员数"),
        (["八、机构建设和保障经费情况"], "2.兼", "职人员数"),
        (["59", "八、机构建设和保障经费情况"], "2.兼", "职人员数"),
        (["22"], "（一）收", "到申请数"),
    ],
)
def test_a_label_cut_after_its_first_character_is_made_whole(lead: list[str], cut: str, rest: str) -> None:
    code = "staff.part_time" if "兼" in cut else "received"
    rows = [f"{'|' * len(lead)}{row}" for row in WHOLE]
    rows[at(code)] = "|".join([*lead, cut, "件", str(VALUES[code])])
    rows.insert(at(code) + 1, f"{'|' * len(lead)}{rest}||")
    assert figures(page(*rows, head=f"{'|' * len(lead)}统计指标|单位|统计数")) == VALUES


def test_a_label_without_a_field_tells_whose_the_labels_below_it_are() -> None:
    lacking = ("reviews.corrected", "reviews.other", "lawsuits", "lawsuits.upheld")
    rows = [
        label if row.code in lacking else f"{label}|{VALUES[row.code]}"
        for row, label in ((row, row.number + row.label_zh) for row in TABLE.rows)
    ]
    lines = "</p><p>".join(field for row in rows for field in row.split("|"))
    document = read_bytes(PAGE.format(prose="", rows=f"</table><p>{lines}</p><table>").encode(), "x.html")
    assert figures(document) == {code: value for code, value in VALUES.items() if code not in lacking}


def test_a_row_is_lacking_though_the_label_of_another_holds_its_own() -> None:
    document = page(*WHOLE[: at("replied.granted")], *WHOLE[at("replied.granted") + 1 :])
    (issue,) = document["issues"]
    assert (issue["rule"], issue["origin"]) == ("cell_missing", "filing")


def test_a_chapters_heading_does_not_take_the_place_of_its_misspelt_row() -> None:
    rows = [f"|{row}" for row in WHOLE]
    rows[at("reviews")] = f"四、行政复议数量|四、行证复议数量|件|{VALUES['reviews']}"
    assert figures(page(*rows, head="|统计指标|单位|统计数")) == VALUES


def test_a_row_alone_on_its_page_whose_label_the_pages_end_cut_keeps_its_figure() -> None:
    code, ends = "refusal.no_government_information", "</td></tr></table><p>- 3 -</p><table><tr><td>"
    rows = list(WHOLE)
    rows[at(code) - 1] += ends + f"不是《条例》所|件|{VALUES[code]}{ends}指政府信息||"
    del rows[at(code)]
    assert figures(page(*rows)) == VALUES


def test_a_figure_behind_a_heading_may_be_that_of_a_row_without_its_label() -> None:
    rows = list(WHOLE)
    place = at("response.press_conferences")
    rows[place] = f"（二）通过不同渠道和方式回应解读的情况|—|—|{VALUES['response.press_conferences']}"
    document = page(*rows)
    assert figures(document) == {row: v for row, v in VALUES.items() if row != "response.press_conferences"}
    assert {cell[1] for issue in doubts(document) for cell in issue["cells"]} == {"response.press_conferences"}


def test_a_label_cut_after_its_first_character_in_a_page_without_a_table_is_made_whole() -> None:
    rows = list(WHOLE)
    rows[at("concluded.in_time")] = f"1.按|件|{VALUES['concluded.in_time']}|时办结数"
    lines = "<br>".join(field for row in rows for field in row.split("|"))
    document = read_bytes(PAGE.format(prose="", rows=f"</table><p>{lines}</p><table>").encode(), "x.html")
    assert figures(document) == VALUES


def test_a_pages_number_is_not_the_figure_of_the_chapter_below_it() -> None:
    rows = [f"|{row}" for row in WHOLE]
    rows[at("charges")] = f"七、依申请公开信息收取的费用{rows[at('charges')]}"
    rows.insert(at("charges"), "|||3")
    assert figures(page(*rows, head="|统计指标|单位|统计数")) == VALUES
