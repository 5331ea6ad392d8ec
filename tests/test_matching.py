"""Damaged tables, one kind of damage at a time, through the text reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.forms import Table, load_forms
from extract.reading import read_bytes

FORM = load_forms()["2021"]
APPLICATIONS = FORM.table("applications")
FIGURES = {
    "received_new": [11, 0, 0, 0, 0, 1, 12],
    "granted": [6, 0, 0, 0, 0, 1, 7],
    "refused.internal_affairs": [2, 0, 0, 0, 0, 0, 2],
    "unavailable.not_held": [3, 0, 0, 0, 0, 0, 3],
    "concluded_total": [11, 0, 0, 0, 0, 1, 12],
}
ZEROS = [0] * 7
Lines = list[list[str]]


def applications_lines() -> Lines:
    """表三 as a tab-separated export with one label column."""
    lines = [["", *[column.label_zh for column in APPLICATIONS.columns]]]
    for row in APPLICATIONS.rows:
        lines.append([f"{row.number}{row.label_zh}", *map(str, FIGURES.get(row.code, ZEROS))])
    return lines


def proactive_lines(table: Table) -> Lines:
    """表二 with the figure 7 in every cell."""
    lines = []
    for block in table.blocks:
        columns = [table.column(code) for code in block.columns]
        heads = [f"{c.label_zh}（单位：{c.unit}）" if c.unit else c.label_zh for c in columns]
        lines += [[block.label_zh, ""], ["信息内容", *heads]]
        lines += [[row.label_zh, *["7"] * len(columns)] for row in table.rows if row.block == block.code]
    return lines


def reviews_lines(figures: list[str]) -> Lines:
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    return [
        ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9],
        [*results, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4],
        [*[""] * 5, *results, *results],
        figures,
    ]


def read(*tables: Lines, title: str = "示例县商务局2023年政府信息公开工作年度报告") -> dict[str, Any]:
    text = "\n\n".join("\n".join("\t".join(line) for line in lines) for lines in tables)
    return read_bytes(f"{title}\n\n{text}\n".encode(), "示例.txt")


def figures(reading: dict[str, Any], table: str, row: str) -> list[int | float | None]:
    return [cell["value"] for cell in reading["cells"] if (cell["table"], cell["row"]) == (table, row)]


def uncertain(reading: dict[str, Any]) -> list[str]:
    return [issue["where"] for issue in reading["issues"] if issue["rule"] == "extraction_uncertain"]


WHOLE = reviews_lines([str(n) for n in range(15)])


def test_a_clean_filing_is_read_without_remark() -> None:
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), WHOLE)
    assert reading["issues"] == []
    assert [(c["table"], c["row"], c["column"]) for c in reading["cells"]] == list(FORM.cells())
    for row in APPLICATIONS.rows:
        assert figures(reading, "applications", row.code) == FIGURES.get(row.code, ZEROS)
    assert figures(reading, "review_litigation", "litigation_direct") == [5, 6, 7, 8, 9]
    assert figures(reading, "proactive", "fees") == [7]


def _stray_column(lines: Lines) -> Lines:
    return [[*line, ""] for line in lines]


def _leading_column(lines: Lines) -> Lines:
    return [["", *line] for line in lines]


def _page_break(lines: Lines) -> Lines:
    """The label of （六）2. is cut; its rest stands on a line without figures."""
    cut = next(i for i, line in enumerate(lines) if line[0].startswith("2.申请人逾期"))
    head, rest = lines[cut][0][:18], lines[cut][0][18:]
    return [*lines[:cut], [head, *lines[cut][1:]], ["- 4 -"], [rest, *[""] * 7], *lines[cut + 1 :]]


def _figures_below_the_break(lines: Lines) -> Lines:
    cut = next(i for i, line in enumerate(lines) if line[0].startswith("2.申请人逾期"))
    head, rest = lines[cut][0][:18], lines[cut][0][18:]
    return [*lines[:cut], [head, *[""] * 7], [rest, *lines[cut][1:]], *lines[cut + 1 :]]


def _typo(lines: Lines) -> Lines:
    return [[line[0].replace("其他法律行政法规禁止公开", "其他法律行政止公开"), *line[1:]] for line in lines]


def _group_lines(lines: Lines) -> Lines:
    """Group headings on lines of their own, with blank cells."""
    result = []
    for line in lines:
        if line[0].startswith("1.属于国家秘密"):
            result.append(["（三）不予公开", *[""] * 7])
        if line[0].startswith("1.申请人无正当"):
            result.append(["（六）其他处理", *[""] * 7])
        result.append(line)
    return result


def _fused(lines: Lines) -> Lines:
    return [[line[0].replace("（一）予以公开", "三、本 （一）予以公开"), *line[1:]] for line in lines]


def _bare_numbers(lines: Lines) -> Lines:
    """1.–8. of （三） without any label."""
    start = next(i for i, line in enumerate(lines) if "属于国家秘密" in line[0])
    return [["", *line[1:]] if start <= i < start + 8 else line for i, line in enumerate(lines)]


@pytest.mark.parametrize(
    "damage",
    [
        _stray_column,
        _leading_column,
        _page_break,
        _figures_below_the_break,
        _typo,
        _group_lines,
        _fused,
        _bare_numbers,
    ],
)
def test_damage_that_leaves_one_reading_changes_nothing(damage: Callable[[Lines], Lines]) -> None:
    reading = read(proactive_lines(FORM.table("proactive")), damage(applications_lines()), WHOLE)
    for row in APPLICATIONS.rows:
        assert figures(reading, "applications", row.code) == FIGURES.get(row.code, ZEROS), row.code
    assert uncertain(reading) == []


def test_a_spurious_zero_is_found_by_the_sums() -> None:
    lines = applications_lines()
    total = next(line for line in lines if line[0].startswith("（七）"))
    total.insert(3, "0")
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "concluded_total") == FIGURES["concluded_total"]
    assert uncertain(reading) == ["applications"]


def test_a_spurious_figure_that_no_sum_decides_is_read_in_order_and_flagged() -> None:
    lines = applications_lines()
    row = next(line for line in lines if line[0].startswith("（一）"))
    row[1:] = ["6", "5", "0", "0", "0", "0", "1", "9"]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert uncertain(reading) == ["applications"]
    methods = {c["method"] for c in reading["cells"] if c["row"] == "granted"}
    assert methods == {"literal"}


def test_a_row_that_is_lacking_is_missing_not_zero() -> None:
    lines = [line for line in applications_lines() if "属于行政查询事项" not in line[0]]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "refused.administrative_inquiry") == [None] * 7
    assert [(i["rule"], i["where"], i["origin"]) for i in reading["issues"]] == [
        ("cell_missing", "refused.administrative_inquiry", "filing")
    ]
    assert figures(reading, "applications", "unavailable.not_held") == FIGURES["unavailable.not_held"]


def test_a_row_that_the_form_does_not_know_is_flagged() -> None:
    lines = applications_lines()
    lines.insert(8, ["9.关于某个新增加的奇怪项目", *["4"] * 7])
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert uncertain(reading) == ["applications"]
    assert figures(reading, "applications", "unavailable.not_held") == FIGURES["unavailable.not_held"]


def test_columns_in_another_order_are_read_by_their_headings() -> None:
    lines = [[line[0], line[7], line[6], *line[1:6]] for line in applications_lines()]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    for row in APPLICATIONS.rows:
        assert figures(reading, "applications", row.code) == FIGURES.get(row.code, ZEROS), row.code
    assert uncertain(reading) == []


def test_headings_in_another_order_that_the_sums_contradict_are_flagged() -> None:
    lines = applications_lines()
    lines[0][1], lines[0][7] = lines[0][7], lines[0][1]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]
    assert uncertain(reading) == ["applications"]


def test_a_heading_printed_twice_in_another_order_is_flagged() -> None:
    lines = [[line[0], line[7], *line[1:7]] for line in applications_lines()]
    lines[0][3] = lines[0][2]
    assert uncertain(read(proactive_lines(FORM.table("proactive")), lines, WHOLE)) == ["applications"]


def test_merged_other_processing_stands_for_its_three_rows() -> None:
    lines = [line for line in applications_lines() if not line[0].startswith(("1.申请人无正", "2.申请人逾期"))]
    lines = [["（六）其他处理", *line[1:]] if line[0] == "3.其他" else line for line in lines]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "other") == ZEROS
    assert not figures(reading, "applications", "other.other")
    assert [(i["rule"], i["where"], i["severity"]) for i in reading["issues"]] == [
        ("form_rows_merged", "other", "info")
    ]


def test_the_merged_row_is_known_though_its_figures_stand_in_one_cell() -> None:
    """Else the three rows that it stands for would be said to be lacking by the filer's doing."""
    lines = [line for line in applications_lines() if not line[0].startswith(("1.申请人无正", "2.申请人逾期"))]
    lines = [["（六）其他处理", " ".join(line[1:])] if line[0] == "3.其他" else line for line in lines]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "other") == ZEROS
    assert not [issue for issue in reading["issues"] if issue["rule"] == "cell_missing"]


def test_blank_cells_stay_blank_in_their_columns() -> None:
    lines = [[line[0], *["" if text == "0" else text for text in line[1:]]] for line in applications_lines()]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "granted") == [6, None, None, None, None, 1, 7]
    assert {c["status"] for c in reading["cells"] if c["row"] == "refused.state_secret"} == {"blank"}


def test_a_missing_table_is_an_issue_and_its_cells_are_missing() -> None:
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines())
    assert [(i["rule"], i["where"], i["severity"]) for i in reading["issues"]] == [
        ("table_missing", "review_litigation", "error")
    ]
    assert figures(reading, "review_litigation", "review") == [None] * 5


SHIFTED = [*[""] * 5, "3", "0", "0", "0", "3", "0", "1", "0", "0", "1"]


def test_shifted_reviews_move_back_and_the_lost_are_missing() -> None:
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), reviews_lines(SHIFTED))
    assert figures(reading, "review_litigation", "review") == [3, 0, 0, 0, 3]
    assert figures(reading, "review_litigation", "litigation_direct") == [0, 1, 0, 0, 1]
    assert figures(reading, "review_litigation", "litigation_after_review") == [None] * 5
    assert uncertain(reading) == ["review_litigation"]


def test_twenty_cells_lose_their_leading_blanks() -> None:
    line = [*[""] * 5, *[str(n) for n in range(15)]]
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), reviews_lines(line))
    assert figures(reading, "review_litigation", "review") == [0, 1, 2, 3, 4]


def test_no_shift_without_evidence() -> None:
    """Without the same empty cells above, blanks are the filer's."""
    lines = reviews_lines(SHIFTED)
    lines[2] = lines[2][5:]
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), lines)
    assert figures(reading, "review_litigation", "review") == [None] * 5
    assert figures(reading, "review_litigation", "litigation_direct") == [3, 0, 0, 0, 3]


def test_short_reviews_are_read_in_order_and_flagged() -> None:
    line = ["3", "0", "0", "0", "3", "0", "0"]
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), reviews_lines(line))
    assert figures(reading, "review_litigation", "review") == [3, 0, 0, 0, 3]
    assert figures(reading, "review_litigation", "litigation_direct") == [0, 0, None, None, None]
    assert uncertain(reading) == ["review_litigation"]


def test_edition_is_chosen_by_its_own_labels_not_by_the_year() -> None:
    old = load_forms()["2019"]
    reading = read(proactive_lines(old.table("proactive")), applications_lines(), WHOLE)
    assert (reading["form"], reading["report_year"]) == ("2019", 2023)
    assert figures(reading, "proactive", "procurement") == [7, 7]
    assert "unit_unstated" in {issue["rule"] for issue in reading["issues"]}


MERGED = [
    ["（六）其他处理", *line[1:]] if line[0] == "3.其他" else line
    for line in applications_lines()
    if not line[0].startswith(("1.申请人无正当理由逾期", "2.申请人逾期"))
]
"""表三 of 2019; of 2021 with rows run together."""
CITES = "本报告按照国务院办公厅政府信息与政务公开办公室关于印发报告格式的通知（国办公开办函〔{}〕{}号）的要求编制。"
OLD, NEW = CITES.format(2019, 60), CITES.format(2021, 30)


@pytest.mark.parametrize(
    ("year", "cites", "form", "doubted"),
    [
        ("2023年", "", "2021", True),  # nothing tells it
        ("2023年", NEW, "2021", False),
        ("2023年", OLD, "2019", True),  # the year speaks against it
        ("2023年", OLD + NEW, "2021", True),
        ("2020年", "", "2019", False),
        ("2020年", OLD, "2019", False),
        ("2020年", NEW, "2021", True),
        ("", OLD, "2019", False),
        ("", NEW, "2021", False),
        ("", "", "2021", True),
    ],
)
def test_where_no_label_tells_the_edition_the_document_cited_does(
    year: str, cites: str, form: str, doubted: bool
) -> None:
    reading = read(MERGED, WHOLE, title=f"示例县商务局{year}政府信息公开工作年度报告\n\n{cites}")
    assert (reading["form"], reading["report_year"]) == (form, int(year[:4]) if year else None)
    assert figures(reading, "applications", "other") == ZEROS
    assert ("applications" in uncertain(reading)) == doubted


def test_labels_tell_the_edition_whatever_document_is_cited() -> None:
    reading = read(applications_lines(), WHOLE, title=f"示例县商务局2023年政府信息公开工作年度报告\n\n{OLD}")
    assert reading["form"] == "2021" and not uncertain(reading)


def test_a_citation_may_go_on_over_a_lines_end() -> None:
    cut = OLD.replace("国办公开办函", "国办公开\n办函")
    assert read(MERGED, WHOLE, title=f"示例县商务局政府信息公开工作年度报告\n\n{cut}")["form"] == "2019"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_deleting_any_fields_never_invents_a_figure(data: st.DataObject) -> None:
    """Whatever cells are lost, every figure read stands somewhere in the source row."""
    lines = applications_lines()
    for line in lines[1:]:
        for _ in range(data.draw(st.integers(0, 1))):
            line.pop(data.draw(st.integers(1, len(line) - 1)))
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert len(reading["cells"]) == 200
    printed = {row.code: line[1:] for row, line in zip(APPLICATIONS.rows, lines[1:], strict=True)}
    for row in APPLICATIONS.rows:
        read_back = [c["raw"] for c in reading["cells"] if c["row"] == row.code and c["status"] != "missing"]
        assert read_back == printed[row.code]


def test_labels_decide_not_the_order_of_rows() -> None:
    lines = applications_lines()
    lines[1], lines[2] = lines[2], lines[1]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]
    assert figures(reading, "applications", "received_carried_over") == ZEROS
    assert uncertain(reading) == ["applications"]


def test_a_blank_first_cell_does_not_move_the_row() -> None:
    """Labels in one, two or three columns: the columns of the rows do not agree, so the sums decide."""
    lines = [["", *line, ""] for line in applications_lines()]
    for line in lines[6:14]:
        line.pop()
        line.insert(0, "")
    granted = next(line for line in lines if "（一）" in line[1])
    granted[2:] = ["", "6", "0", "0", "0", "1", "7", ""]
    reading = read(proactive_lines(FORM.table("proactive")), lines, WHOLE)
    assert figures(reading, "applications", "granted") == [None, 6, 0, 0, 0, 1, 7]


@pytest.mark.parametrize("columns", [(1, 2), (2, 3)])
def test_table_two_is_read_by_headings_in_another_order(columns: tuple[int, int]) -> None:
    lines = proactive_lines(FORM.table("proactive"))
    lines[2][1:], lines[3][1:] = ["1", "2", "3"], ["4", "5", "6"]
    a, b = columns
    for line in lines[1:4]:
        line[a], line[b] = line[b], line[a]
    reading = read(lines, applications_lines(), WHOLE)
    assert figures(reading, "proactive", "regulations") == [1, 2, 3]
    assert figures(reading, "proactive", "normative_documents") == [4, 5, 6]
    assert uncertain(reading) == []


@pytest.mark.parametrize(("row", "columns"), [(1, (0, 1)), (2, (5, 6)), (0, (0, 5))])
def test_headings_of_table_four_in_another_order_are_flagged(row: int, columns: tuple[int, int]) -> None:
    lines = reviews_lines([str(n) for n in range(15)])
    a, b = columns
    lines[row][a], lines[row][b] = lines[row][b], lines[row][a]
    assert uncertain(read(proactive_lines(FORM.table("proactive")), applications_lines(), lines)) == [
        "review_litigation"
    ]


def test_table_four_is_read_by_headings_in_another_order() -> None:
    lines = reviews_lines([str(n) for n in range(15)])
    lines[1][5], lines[1][10] = lines[1][10], lines[1][5]
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), lines)
    assert figures(reading, "review_litigation", "litigation_after_review") == [5, 6, 7, 8, 9]
    assert figures(reading, "review_litigation", "litigation_direct") == [10, 11, 12, 13, 14]
    assert uncertain(reading) == []


def test_a_thousand_labels_cut_in_two_are_no_burden() -> None:
    label = next(row.label_zh for row in APPLICATIONS.rows if len(row.label_zh) > 14)
    cut = [[label[:7], ""], [label[7:], "1", "2", "3"]]
    reading = read(cut * 1500)
    assert reading["error"]["code"] == "not_a_filing"
