"""The statistical table of a filing as a grid of boxes, and the document around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from extract.forms import Row, Table
from tests.corpus.grid import Block, Box, Grid, Heading, Paragraph, Title
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing
from tests.corpus.statistics import HEADINGS, TABLE
from tests.corpus.variants import Variants

OFFICES = ("区政府统计数", "区直单位统计数", "乡镇街道统计数")
HEADS = {
    "plain": ("统计指标", "单位", "统计数"),
    "names": ("指标名称", "计量单位", "数量"),
    "items": ("项目", "单位", "合计"),
}
FOOTERS = ("单位负责人：", "审核人：", "填报人：", "联系电话：", "填报日期：")


@dataclass(frozen=True)
class StatisticsStyle:
    """Variants of the table itself.

    ``serial`` prints a column of serial numbers; ``units`` the unit in a column
    of its own, behind the label, or not at all; ``fill`` what stands beside a
    heading; ``offices`` splits the figure over three offices' columns, with
    the total's or without; ``chapters`` prints 一、主动公开情况 beside its rows
    instead of above them; ``among`` where 其中 stands; ``heads`` the wording of
    the headings; ``footer`` who signs the table: a row of it, a line below, or
    nobody. ``own_row`` adds a row that is none of the form's. ``beside`` prints
    a second column of figures: last year's, or those of all years to date.
    """

    serial: bool = False
    units: Literal["column", "label", "none"] = "column"
    fill: Literal["—", "", "/"] = "—"
    offices: Literal["none", "with_total", "without_total"] = "none"
    chapters: Literal["above", "beside"] = "above"
    among: Literal["first", "each", "none"] = "first"
    heads: Literal["plain", "names", "items"] = "plain"
    footer: Literal["line", "row", "none"] = "line"
    own_row: bool = False
    beside: Literal["none", "last_year", "last_year_first", "years", "to_date", "in_words"] = "none"


VARIANTS: Variants = {
    "serial": (True,),
    "units": ("label", "none"),
    "fill": ("", "/"),
    "offices": ("with_total", "without_total"),
    "chapters": ("beside",),
    "among": ("each", "none"),
    "heads": ("names", "items"),
    "footer": ("row", "none"),
    "own_row": (True,),
}
BESIDE = {
    "last_year": ("统计数", "上年数"),
    "last_year_first": ("上年统计数", "统计数"),
    "years": ("{last}年", "{year}年"),
    "to_date": ("统计数", "历年累计"),
    "in_words": ("本年", "上一年"),
}  # the headings of both columns, for each value of ``beside``
DOUBTFUL = frozenset({"offices=without_total"})


def settled(style: StatisticsStyle) -> StatisticsStyle:
    """The style without what would make the table too wide."""
    return style if style.offices == "none" else replace(style, serial=False, chapters="above")


def compose(filing: Filing, labels: LabelStyle, style: StatisticsStyle, previous: Filing | None = None) -> list[Block]:
    """The document as blocks, in order; with ``previous`` that filing's table
    stands before, under a caption that says so."""
    blocks: list[Block] = [Title(filing.title), Paragraph(filing.prose.introduction)]
    names = HEADINGS[labels.headings == "long"]
    for (number, texts), name in zip(filing.prose.sections.items(), names, strict=True):
        blocks.append(Heading(f"{number}、{name}"))
        blocks += [Paragraph(text) for text in texts]
    if previous is not None:
        blocks += [
            Paragraph(f"{previous.year}年度政府信息公开情况统计表（上年数据，供参考）"),
            _without_keys(table(previous, LabelStyle(), StatisticsStyle())),
        ]
    blocks += [Heading("政府信息公开情况统计表"), Paragraph(f"（{filing.year}年度）")]
    blocks.append(table(filing, labels, style))
    if style.footer == "line":
        blocks.append(Paragraph("　　".join(FOOTERS)))
    return blocks


def table(filing: Filing, labels: LabelStyle, style: StatisticsStyle) -> Grid:
    """The table: one line to a row or heading."""
    form_table = filing.form.table(TABLE)
    name, unit, figure = HEADS[style.heads]
    sums = () if style.offices == "without_total" else (figure,)
    offices = OFFICES if style.offices != "none" else ()
    values = [*offices, *sums]
    if style.beside != "none":
        values = [text.format(year=filing.year, last=filing.year - 1) for text in BESIDE[style.beside]]
    beside = style.chapters == "beside"
    head = [*(["序号"] if style.serial else []), name, *([unit] if style.units == "column" else []), *values]
    lines = [tuple(Box(text, "head", columns=2 if beside and text == name else 1) for text in head)]
    width = len(head) + beside
    for chapter, listed in _chapters(filing, form_table):
        entries = [entry for entry in listed if not beside or entry[0] != chapter]
        for at, (group, row) in enumerate(entries):
            lead = [Box(str(len(lines)), "empty")] if style.serial else []
            if beside and at == 0:
                lead.append(Box(chapter, "group", rows=len(entries), vertical=False))
            lines.append((*lead, *_line(filing, form_table, group, row, labels, style)))
        if style.own_row and chapter.startswith("六"):
            lines.append(_own(len(lines), style, len(values)))
    if style.footer == "row":
        lines.append((Box("　".join(FOOTERS[:3]), "label", columns=width),))
    return Grid(_code(style), width, tuple(lines))


def _code(style: StatisticsStyle) -> str:
    """Names the widths of the columns on paper (``pdf.PARTS``)."""
    if style.offices != "none" or style.beside != "none":
        return f"{TABLE}-offices"
    kind = "beside" if style.chapters == "beside" else "plain"
    return f"{TABLE}-{'serial-' if style.serial else ''}{kind}"


def _chapters(filing: Filing, form_table: Table) -> list[tuple[str, list[tuple[str, Row | None]]]]:
    """The form's nine chapters, each with its headings ("" and the row where it is none) in order."""
    chapters: list[tuple[str, list[tuple[str, Row | None]]]] = []
    opened: set[str] = set()
    own = {row.code for row in form_table.rows}
    for row in form_table.rows:
        path: list[str] = []
        code = row.group
        while code is not None:
            path.insert(0, code)
            code = form_table.group(code).parent
        top = path[0] if path else row.code
        if top not in opened:
            opened.add(top)
            title = row.number + row.label_zh if top in own else _group(form_table, top)
            chapters.append((title, []))
            if top not in own:
                chapters[-1][1].append((title, None))
        for code in path[1:]:
            # 收到申请数 is a row itself; so are the others that have a figure.
            named = form_table.group(code).label_zh
            if code not in opened and not any(entry.label_zh.startswith(named) for entry in form_table.rows):
                chapters[-1][1].append((_group(form_table, code), None))
            opened.add(code)
        if filing.cells[TABLE, row.code, form_table.columns_of(row)[0].code].status != "missing":
            chapters[-1][1].append(("", row))
    return [(title, entries) for title, entries in chapters if entries]


def _group(form_table: Table, code: str) -> str:
    group = form_table.group(code)
    return group.number + group.label_zh


def _line(
    filing: Filing, form_table: Table, group: str, row: Row | None, labels: LabelStyle, style: StatisticsStyle
) -> list[Box]:
    count = {"none": 1, "with_total": 4, "without_total": 3}[style.offices] + (style.beside != "none")
    if row is None:
        fill = [Box(style.fill, "empty") for _ in range(count + (style.units == "column"))]
        return [Box(labels.words(group), "label"), *fill]
    text = labels.row(filing, form_table, row)
    if text and style.units == "label":
        text += labels.words(f"（{row.unit}）")
    if text and not row.number and style.among != "none" and (style.among == "each" or _first(form_table, row)):
        text = f"其中：{text}"
    unit = [Box(row.unit or "", "empty")] if style.units == "column" else []
    return [Box(text, "label"), *unit, *_figures(filing, form_table, row, style)]


def _first(form_table: Table, row: Row) -> bool:
    """Whether a row without a number is the first of its kind below a numbered one."""
    return bool(form_table.rows[form_table.rows.index(row) - 1].number)


def _figures(filing: Filing, form_table: Table, row: Row, style: StatisticsStyle) -> list[Box]:
    key = (TABLE, row.code, form_table.columns_of(row)[0].code)
    cell = filing.cells[key]
    figure = Box(cell.raw, "figure", key=key)
    if style.beside != "none":
        other = Box(str(int(cell.number or 0) + len(row.code)), "figure")
        return [other, figure] if style.beside in ("last_year_first", "years") else [figure, other]
    if style.offices == "none":
        return [figure]
    random = Random(f"offices:{row.code}:{cell.raw}")
    number = cell.number or 0
    first = random.randint(0, int(number)) if number else 0
    parts = [first, int(number) - first, 0]
    shown = [Box(str(part) if cell.number is not None else "", "figure") for part in parts]
    if style.offices == "with_total":
        return [*shown, figure]
    return [*shown[:2], Box(shown[2].text, "figure", key=key)]


def _own(number: int, style: StatisticsStyle, count: int) -> tuple[Box, ...]:
    lead = [Box(str(number), "empty")] if style.serial else []
    if style.chapters == "beside":
        lead.append(Box("", "empty"))
    unit = [Box("件", "empty")] if style.units == "column" else []
    return (*lead, Box("其中：通过本地热线举报投诉数", "label"), *unit, *(Box("3", "figure") for _ in range(count)))


def _without_keys(grid: Grid) -> Grid:
    rows = tuple(tuple(Box(b.text, b.kind, b.rows, b.columns) for b in line) for line in grid.rows)
    return Grid(grid.code, grid.width, rows)
