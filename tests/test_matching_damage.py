"""Damages of tables that were once read wrongly, one test each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract.forms import load_forms
from extract.labels import similarity
from extract.matching.assign import assign
from extract.matching.headings import heading_columns
from extract.matching.instances import choose_instance
from extract.matching.rows import rows_of
from extract.model import Field, Grid, Place
from extract.reading import read_bytes
from tests.test_matching import (
    APPLICATIONS,
    FIGURES,
    FORM,
    WHOLE,
    ZEROS,
    Lines,
    applications_lines,
    figures,
    proactive_lines,
    read,
    reviews_lines,
    uncertain,
)

COLUMNS = [column.label_zh for column in APPLICATIONS.columns]


def grid(lines: Lines) -> Grid:
    return Grid([[Field(text, column, Place()) for column, text in enumerate(line)] for line in lines])


def replaced(lines: Lines, start: str, *new: list[str]) -> Lines:
    """The lines with the one whose label begins so replaced by others."""
    at = next(i for i, line in enumerate(lines) if line[0].startswith(start))
    return [*lines[:at], *new, *lines[at + 1 :]]


def line_of(lines: Lines, start: str) -> list[str]:
    return next(line for line in lines if line[0].startswith(start))


def test_headings_tell_the_columns_where_only_totals_are_filled() -> None:
    lines = [[lines[0], *[""] * 6, lines[7], ""] for lines in applications_lines()[1:]]
    reading = read([["", *COLUMNS, ""], *lines])
    assert figures(reading, "applications", "received_new") == [None] * 6 + [12]
    assert uncertain(reading) == []


def test_headings_split_over_lines_and_pieces_name_their_columns() -> None:
    heads = [
        ["", "自然人", "法人或其他组织", "", "", "", "", "总计"],
        ["", "", "商业", "科研", "社会公益", "法律服务", "其他", ""],
        ["", "", "企业", "机构", "组织", "机构", "", ""],
    ]
    rows = rows_of([grid([*heads, ["一、本年新收政府信息公开申请数量", "", "", "", "", "", "", "3"]])])
    assert heading_columns(rows, rows[-1], APPLICATIONS.columns) == tuple(range(1, 8))
    # 自然人 and 总计 stand on a line that a page break took away.
    rows = rows_of([grid([*heads[1:], ["一、本年新收政府信息公开申请数量", "", "", "", "", "", "", "3"]])])
    assert heading_columns(rows, rows[-1], APPLICATIONS.columns) == tuple(range(1, 8))
    # Of columns whose headings are exchanged nothing is said.
    heads[1][2:4], heads[2][2:4] = heads[1][3:1:-1], heads[2][3:1:-1]
    rows = rows_of([grid([*heads, ["一、本年新收政府信息公开申请数量", "", "", "", "", "", "", "3"]])])
    assert heading_columns(rows, rows[-1], APPLICATIONS.columns) is None


def test_figures_of_another_table_are_no_table_of_the_form() -> None:
    calendar = [["日", "一", "二"], ["1", "2", "3"], ["29", "30", "31"]]
    reading = read(calendar, applications_lines(), WHOLE)
    assert {cell["status"] for cell in reading["cells"] if cell["table"] == "proactive"} == {"missing"}
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]


def test_a_word_in_the_first_cell_is_unreadable_not_a_label() -> None:
    lines = applications_lines()
    row = line_of(lines, "一、")
    reading = read(replaced(lines, "一、", [row[0], "详见说明", *row[2:]]))
    cells = [c for c in reading["cells"] if c["row"] == "received_new"]
    assert [cell["status"] for cell in cells] == ["unreadable", *["reported"] * 6]
    assert cells[0]["raw"] == "详见说明"
    assert [cell["value"] for cell in cells[1:]] == [0, 0, 0, 0, 1, 12]


def test_the_end_of_a_label_behind_a_blank_is_no_remark() -> None:
    lines = applications_lines()
    row = line_of(lines, "2.没有现成")
    torn = [["", "2.没有现成信息需要另行制", *row[1:]], ["", "作", *[""] * 7]]
    reading = read(replaced(lines, "2.没有现成", *torn))
    assert figures(reading, "applications", "unavailable.must_be_created") == ZEROS


def test_a_heading_beside_the_middle_line_of_a_label() -> None:
    lines = applications_lines()
    row = line_of(lines, "2.没有现成")
    torn = [["2.没有现成信息需要", *[""] * 7], ["（四）无法提供", *row[1:]], ["另行制作", *[""] * 7]]
    reading = read(replaced(lines, "2.没有现成", *torn))
    assert figures(reading, "applications", "unavailable.must_be_created") == ZEROS
    assert uncertain(reading) == []


def test_a_label_goes_on_below_repeated_headings() -> None:
    lines = applications_lines()
    row = line_of(lines, "二、")
    heads = [["", *COLUMNS]]
    cut = [["二、上年结转政府信", *row[1:]], *heads, ["息公开申请数量", *[""] * 7]]
    reading = read(replaced(lines, "二、", *cut))
    assert figures(reading, "applications", "received_carried_over") == ZEROS
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]


def test_half_a_heading_before_the_words_of_its_label() -> None:
    lines = applications_lines()
    row = line_of(lines, "（一）予以公开")
    second = line_of(lines, "（二）")
    cut = [["三、本", *row[1:]], ["（一 ）予以公开", "年度办理结果", second[0], *second[1:]]]
    reading = read(replaced(replaced(lines, "（二）"), "（一）予以公开", *cut))
    assert figures(reading, "applications", "granted") == FIGURES["granted"]
    assert figures(reading, "applications", "partly_granted") == ZEROS


@pytest.mark.parametrize(
    ("caption", "read_as"),
    [
        ("附：2022年度收到和处理政府信息公开申请情况（上年数据，供参考）", None),
        ("2022年度收到和处理政府信息公开申请情况", 12),
        ("三、收到和处理政府信息公开申请情况", 12),
    ],
)
def test_a_table_that_calls_itself_last_years_is_not_this_years(caption: str, read_as: int | None) -> None:
    reading = read(proactive_lines(FORM.table("proactive")), [[caption]], applications_lines())
    assert figures(reading, "applications", "received_new")[-1] == read_as
    assert ("applications" in uncertain(reading)) == caption.startswith(("附", "2022"))


def test_a_row_of_the_table_before_says_nothing_of_the_year_of_the_next() -> None:
    caption = "附：2022年度收到和处理政府信息公开申请情况（上年数据，供参考）"
    facts = [["索引号：", "1", "发布机构：", "示例县商务局"], ["名称：", "示例县商务局2023年政府信息公开工作年度报告"]]
    reading = read(facts, [[caption]], applications_lines(), proactive_lines(FORM.table("proactive")))
    assert figures(reading, "applications", "received_new")[-1] is None


def test_a_comparison_of_years_is_not_the_table() -> None:
    comparison = [["项目", "2022年", "2023年"], *[[line[0], "1", "2"] for line in applications_lines()[1:5]]]
    reading = read(proactive_lines(FORM.table("proactive")), [["近两年依申请公开情况对比"]], comparison)
    assert {cell["status"] for cell in reading["cells"] if cell["table"] == "applications"} == {"missing"}
    assert "applications" in uncertain(reading)


def test_blank_rows_of_this_year_are_no_headings_of_last_years_table() -> None:
    blank = [[line[0], *[""] * 7] for line in applications_lines()[1:]]
    mine = [["", *COLUMNS], *blank]
    assert {cell["status"] for cell in read(mine)["cells"] if cell["table"] == "applications"} == {"blank"}
    reading = read(mine, [["附：2022年度申请情况（上年数据，供参考）"]], applications_lines())
    assert {cell["status"] for cell in reading["cells"] if cell["table"] == "applications"} == {"blank"}


def test_a_lost_column_is_in_doubt_in_every_row() -> None:
    """The form's heading is whole, each row has six figures and blanks where labels ended."""
    lines = [[line[0], "", "", *line[1:7]] for line in applications_lines()[1:]]
    heads = ["", "", "", *COLUMNS]
    reading = read([heads, *lines])
    doubted = {
        tuple(cell) for issue in reading["issues"] if issue["rule"] == "extraction_uncertain" for cell in issue["cells"]
    }
    assert doubted >= {("applications", row.code, "total") for row in APPLICATIONS.rows}


def test_a_label_that_spills_over_figures_is_no_figure() -> None:
    fields = [Field("四、结转下年度继续办理", 0, Place(), colspan=4)]
    fields += [Field("0", column, Place()) for column in range(4, 10)]
    (row,) = rows_of([Grid([fields])])
    assignment = assign(row, 7, (3, 4, 5, 6, 7, 8, 9), agreed=True)
    assert not assignment.sure


def test_a_unit_in_the_headings_of_a_flattened_table() -> None:
    text = ["示例县商务局2023年政府信息公开工作年度报告", "二、主动公开政府信息情况"]
    for line in proactive_lines(FORM.table("proactive")):
        text += [f"{cell.replace('万元', '元')} |" for cell in line if cell]
    html = "<html><body>" + "".join(f"<p>{line}</p>" for line in text) + "</body></html>"
    from extract.reading import read_bytes

    reading = read_bytes(html.encode(), "a.html")
    (fees,) = [cell for cell in reading["cells"] if cell["row"] == "fees"]
    assert Decimal(str(fees["value"])) == Decimal("0.0007")
    assert figures(reading, "proactive", "licensing") == [7]


def test_unknown_characters_of_a_label_are_no_other_label() -> None:
    row = load_forms()["2021"].table("applications").row("refused.state_secret")
    assert similarity("属于国家秘\ufffd", row) > 0.95
    assert similarity("\ufffd\ufffd\ufffd家秘密", row) < 0.95


def test_a_total_that_stands_first_is_read_as_the_total() -> None:
    heads = ["", COLUMNS[-1], *COLUMNS[:-1]]
    lines = [[line[0], line[7], *line[1:7]] for line in applications_lines()[1:]]
    assert figures(read([heads, *lines]), "applications", "received_new") == FIGURES["received_new"]
    results = ["总计", "结果维持", "结果纠正", "其他结果", "尚未审结"]
    reviews = [
        ["行政复议", *[""] * 4, "行政诉讼", *[""] * 9],
        [*results, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4],
        [*[""] * 5, *results, *results],
        ["6", "1", "2", "3", "0"] * 3,
    ]
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), reviews)
    assert figures(reading, "review_litigation", "review") == [1, 2, 3, 0, 6]
    assert uncertain(reading) == []


def test_a_label_that_stands_twice_is_in_doubt() -> None:
    lines = proactive_lines(FORM.table("proactive"))
    at = next(i for i, line in enumerate(lines) if line[0] == "行政处罚")
    twice = [*lines[:at], ["行政处罚（简易程序）", "6"], ["行政处罚（普通程序）", "7"], *lines[at + 1 :]]
    assert "proactive" in uncertain(read(twice, applications_lines()))


def test_sums_that_break_in_most_rows_put_the_whole_table_in_doubt() -> None:
    """Every row is moved by a column, its total lost."""
    moved = [[line[0], "", *line[1:7]] for line in applications_lines()[1:]]
    moved = [[line[0], "", *("3" if cell == "0" else cell for cell in line[2:])] for line in moved]
    reading = read([["", *COLUMNS], *moved])
    assert "applications" in uncertain(reading)


def test_a_second_table_four_is_in_doubt_and_the_first_is_read() -> None:
    mine, theirs = [str(n) for n in range(15)], ["9"] * 15
    from tests.test_matching import reviews_lines

    reading = read(applications_lines(), reviews_lines(mine), reviews_lines(theirs))
    assert figures(reading, "review_litigation", "litigation_direct") == [5, 6, 7, 8, 9]
    assert "review_litigation" in uncertain(reading)


def test_prose_before_a_table_is_no_caption() -> None:
    prose = [["与上年相比，今年的公开工作有进步。"]]
    reading = read(prose, proactive_lines(FORM.table("proactive")), applications_lines(), WHOLE)
    assert uncertain(reading) == []


@pytest.mark.parametrize(
    ("unit", "value"), [("千元", "0.7"), ("百元", "0.07"), ("元", "0.0007"), ("万元/元", "7"), ("亿元", "70000")]
)
def test_units_of_money(unit: str, value: str) -> None:
    lines = [[cell.replace("万元", unit) for cell in line] for line in proactive_lines(FORM.table("proactive"))]
    reading = read(lines, applications_lines())
    (fees,) = [cell for cell in reading["cells"] if cell["row"] == "fees"]
    assert Decimal(str(fees["value"])) == Decimal(value)
    assert ("unit_unstated" in [issue["rule"] for issue in reading["issues"]]) == ("/" in unit)


def test_a_row_that_only_its_heading_names_keeps_its_figures_from_the_blank_row_below() -> None:
    lines = [[line[0], *("" if cell == "0" else cell for cell in line[1:])] for line in applications_lines()[1:]]
    row = line_of(lines, "1.本机关不掌握")
    reading = read([["", *COLUMNS], *replaced(lines, "1.本机关不掌握", ["（四）无法提供", *row[1:]])])
    assert figures(reading, "applications", "unavailable.not_held") == [3, *[None] * 5, 3]
    assert figures(reading, "applications", "unavailable.must_be_created") == [None] * 7


def test_digits_apart_are_in_doubt_unless_a_sum_confirms_them() -> None:
    lines = applications_lines()
    row = line_of(lines, "一、")
    apart = replaced(lines, "一、", [row[0], "1 1", *row[2:]])
    assert uncertain(read(proactive_lines(FORM.table("proactive")), apart, WHOLE)) == []
    wrong = replaced(lines, "一、", [row[0], "1 4", *row[2:]])
    assert uncertain(read(proactive_lines(FORM.table("proactive")), wrong, WHOLE)) == ["applications"]


@pytest.mark.parametrize(
    "line",
    [["120034000400000"], ["120034000400000", *[""] * 14], ["12003", "40004", "00000"], ["1200340004", *["0"] * 5]],
)
def test_figures_of_table_four_run_together_are_parted_by_the_sums(line: list[str]) -> None:
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), [*reviews_lines([])[:3], line])
    assert figures(reading, "review_litigation", "review") == [1, 2, 0, 0, 3]
    assert figures(reading, "review_litigation", "litigation_direct") == [4, 0, 0, 0, 4]
    assert figures(reading, "review_litigation", "litigation_after_review") == [0] * 5
    assert uncertain(reading) == ["review_litigation"]


@pytest.mark.parametrize("line", ["000001000112000", "1111411114111140", "1100121001210012"])
def test_figures_run_together_that_the_sums_do_not_part_are_not_read(line: str) -> None:
    reading = read(proactive_lines(FORM.table("proactive")), applications_lines(), [*reviews_lines([])[:3], [line]])
    assert not any(figures(reading, "review_litigation", "review"))
    of_table_four = [issue for issue in reading["issues"] if issue["where"] == "review_litigation"]
    assert {issue["rule"] for issue in of_table_four} == {"extraction_uncertain", "table_missing"}
    assert {issue["origin"] for issue in of_table_four} == {"extraction"}


def test_a_string_of_zeros_is_not_read_as_zero_in_silence() -> None:
    lines = [*reviews_lines([])[:3], ["0000000000", *[""] * 14]]
    assert "review_litigation" in uncertain(read(proactive_lines(FORM.table("proactive")), applications_lines(), lines))


def test_a_part_of_the_table_keeps_its_own_first_row() -> None:
    """Pieces of blank rows that look like headings once cut a part before its first row."""
    pieces = ["申请人情况", "申请人情况", "年新政府信息公开申请数量", "二、上年结转政府信", "息公开申请数量"]
    rows = rows_of([grid([[piece, *[""] * 7] for piece in pieces])])
    instance, _ = choose_instance(rows, APPLICATIONS, 2023)
    assert not any(instance.figures)


def test_a_merged_row_before_a_total_without_its_label() -> None:
    lines = applications_lines()
    merged = ["（六）其他处理", "1", "0", "0", "0", "0", "0", "1"]
    lines = replaced(lines, "1.申请人无正当", merged)
    lines = replaced(replaced(lines, "2.申请人逾期"), "3.其他")
    total = line_of(lines, "（七）总计")
    reading = read(replaced(lines, "（七）总计", ["", *total[1:]]))
    assert figures(reading, "applications", "other") == [1, 0, 0, 0, 0, 0, 1]
    assert figures(reading, "applications", "concluded_total") == FIGURES["concluded_total"]


def test_rows_of_a_piece_that_begin_in_different_columns_have_lost_no_figure() -> None:
    def table(lines: Lines, spans: list[int]) -> str:
        rows = [
            f"<tr><td colspan={span}>{line[0]}</td>{''.join(f'<td>{text}</td>' for text in line[1:])}</tr>"
            for line, span in zip(lines, spans, strict=True)
        ]
        return f"<table>{''.join(rows)}</table>"

    lines = [[line[0], *[""] * 6, line[7]] for line in applications_lines()[1:]]
    below = [1 if at < 6 else 2 for at in range(len(lines) - 6)]
    tables = table([["", *COLUMNS], *lines[:6]], [3] * 7) + table(lines[6:], below)
    page = f"<h1>示例县商务局2023年政府信息公开工作年度报告</h1>{tables}"
    reading = read_bytes(page.encode(), "示例.html")
    for row in APPLICATIONS.rows:
        assert figures(reading, "applications", row.code) == [None] * 6 + FIGURES.get(row.code, ZEROS)[6:], row.code


def test_figures_of_a_row_that_lost_its_label_in_flat_text() -> None:
    lines = applications_lines()
    flat = [field for line in lines for field in line]
    lost = line_of(lines, "1.本机关不掌握")[0]
    text = "\n".join(field for field in flat if field != lost)
    reading = read_bytes(f"示例县商务局2023年政府信息公开工作年度报告\n\n{text}\n".encode(), "示例.txt")
    assert figures(reading, "applications", "unavailable.not_held") == FIGURES["unavailable.not_held"]
    assert figures(reading, "applications", "refused.administrative_inquiry") == ZEROS
