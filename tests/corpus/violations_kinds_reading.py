"""What a reader must find in a document: labels, rows and columns that are not the form's, figures that are none."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from tests.corpus import mutations
from tests.corpus.model import Filing, reported
from tests.corpus.violations_kinds import Kind, Place, Put, is_2021
from tests.corpus.violations_world import PROCUREMENT, Document, World

SLIPS = {
    "unavailable.must_be_created": "2.没有现成信息须另行制作",
    "not_processed.excessive": "4.无正当理由大量反反复申请",
    "refused.administrative_inquiry": "8.属于行政询事项",
    "carried_forward": "四、结转下年度续继办理",
    "refused.prohibited_by_law": "2.其他法律行政止公开",
}
HEADS = {
    "legal_service_organisation": ("法律服务机构", "法律服各机构"),
    "corrected": ("<td>结果纠正</td>", "<td>结果纠止</td>"),
    "applications": ("收到和处理政府信息公开申请情况", "收到和处里政府信息公开申请情况"),
}
INSTEAD = {
    "review_litigation": "本年度未发生因政府信息公开引起的行政复议和行政诉讼。",
    "proactive": "本年度没有应当统计的主动公开事项。",
    "applications": "详见附件。",
}
FEES = ("proactive", "fees", "amount")
_FIGURES = re.compile(r"((?:<td[^>]*>(?:[\d,/—-]|&nbsp;)*</td>){7})</tr>")
JUNK = ("见附件", "***", "详见说明", "待核实")


def _merged(_: World, document: Document, random: Random) -> list[Place]:
    document.changes.append(mutations.merge_other)
    return _told(document, "form_rows_merged", "other")


def _told(document: Document, rule: str, place: str) -> list[Place]:
    document.told.add((rule, place))
    return [place]


def _slip(_: World, document: Document, random: Random) -> list[Place]:
    row = random.choice(sorted(SLIPS))
    document.changes.append(lambda made: replace(made, labels={**made.labels, ("applications", row): SLIPS[row]}))
    return _told(document, "label_altered", row)


def _slip_in_a_head(_: World, document: Document, random: Random) -> list[Place]:
    place = random.choice(sorted(HEADS))
    right, wrong = HEADS[place]
    document.edits.append(lambda page: page.replace(right, wrong, 1 if place == "corrected" else -1))
    return _told(document, "label_altered", place)


def _further_row(_: World, document: Document, random: Random) -> list[Place]:
    figures = "</td><td>".join(["协助其他机关办结的征询函", *"1000001"])

    def edit(page: str) -> str:
        at = page.index("<tr", page.index("四、结转下年度继续办理") - 60)
        return page[:at] + f"<tr><td colspan='3'>{figures}</td></tr>\n" + page[at:]

    document.edits.append(edit)
    return _told(document, "form_extended", "applications")


def _further_column(_: World, document: Document, random: Random) -> list[Place]:
    """A column more on every row of figures, those with blanks and dashes too: a row without it would be torn."""

    def edit(page: str) -> str:
        start = page.rindex("<table", 0, page.index("申请人情况"))
        end = page.index("</table>", start)
        table = page[start:end].replace("申请人情况</td>", "申请人情况</td><td rowspan='3'>征询函件数</td>", 1)
        return page[:start] + _FIGURES.sub(r"\1<td>2</td></tr>", table) + page[end:]

    document.edits.append(edit)
    return _told(document, "form_extended", "applications")


def _absent(_: World, document: Document, random: Random) -> list[Place]:
    table = random.choice(sorted(INSTEAD))
    document.changes.append(lambda made: mutations.without_table(made, table, INSTEAD[table]))
    return _told(document, "table_missing", table)


def _row_lacking(_: World, document: Document, random: Random) -> list[Place]:
    row, start = random.choice(
        (("carried_forward", "四、结转下年度继续办理"), ("received_carried_over", "二、上年结转政府信息公开申请数量"))
    )

    def change(filing: Filing) -> Filing:
        return filing.without([key for key in filing.cells if key[:2] == ("applications", row)])

    def edit(page: str) -> str:
        at = page.rindex("<tr>", 0, page.index(start))
        return page[:at] + page[page.index("</tr>", at) + 5 :]

    document.changes.append(change)
    document.edits.append(edit)
    return _told(document, "cell_missing", row)


def _unreadable(_: World, document: Document, random: Random) -> list[Place]:
    figures = [key for key, cell in document.filing().cells.items() if cell.status == "reported"]
    if not figures:
        return []
    key = random.choice(figures)
    text = random.choice(JUNK)
    document.changes.append(lambda made: mutations.unreadable(made, key, text))
    return _told(document, "cell_unreadable", f"{key[1]}.{key[2]}")


def _in_yuan(in_head: bool) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        amount = document.figures[FEES]
        if not amount:
            return []
        if in_head:
            document.changes.append(
                lambda made: mutations.amount_in_yuan_by_head(made, "fees", "本年收费金额（单位：元）")
            )
        else:
            raw = f"{round(amount * 10000)}元"
            document.changes.append(lambda made: made.with_cells({FEES: reported(amount, raw)}))
        return _told(document, "amount_unit", "fees.amount")

    return put


def _unit(_: World, document: Document, random: Random) -> list[Place]:
    amount = document.figures.get(PROCUREMENT)
    if document.form != "2019" or not amount:
        return []
    document.changes.append(lambda made: made.with_cells({PROCUREMENT: reported(amount)}))
    return _told(document, "unit_unstated", "procurement.amount")


def _other_year(_: World, document: Document, random: Random) -> list[Place]:
    """The period that the prose states is the year before's, as in last year's text."""
    year = document.year - 1
    if str(document.year) in (str(document.agency.valid_from)[:4], str(document.agency.valid_to)[:4]):
        return []

    def change(filing: Filing) -> Filing:
        prose = filing.prose
        law = prose.introduction.split("。")[0] + "。"
        kept = tuple(s for s in prose.statements if s.kind not in ("period", "form_cited"))
        sentence = f"所列数据的统计期限自{year}年1月1日起，至{year}年12月31日止。"
        return replace(filing, prose=replace(prose, introduction=law + sentence, statements=kept))

    document.changes.append(change)
    document.told |= {("period_mismatch", "first_day"), ("period_mismatch", "last_day")}
    return _told(document, "identity_conflict", "report_year")


def _other_source(_: World, document: Document, random: Random) -> list[Place]:
    """The page names another agency as its source."""
    name = document.agency.name
    if document.scope != "own" or document.agency.level != "county":
        return []
    other = f"{document.agency.county}信访局"
    places = ('name="ContentSource" content="{}"', "来源：{}", "<td>发布机构：</td><td>{}")

    def edit(page: str) -> str:
        for place in places:
            page = page.replace(place.format(name), place.format(other))
        return page

    document.edits.append(edit)
    return _told(document, "identity_conflict", "agency")


READING: tuple[Kind, ...] = (
    Kind("form_rows_merged", "other", _merged, is_2021),
    Kind("label_altered", "row", _slip, is_2021),
    Kind("label_altered", "head", _slip_in_a_head, is_2021),
    Kind("form_extended", "row", _further_row, is_2021),
    Kind("form_extended", "column", _further_column, is_2021),
    Kind("table_missing", "absent", _absent, is_2021),
    Kind("cell_missing", "row", _row_lacking, is_2021),
    Kind("cell_unreadable", "text", _unreadable),
    Kind("amount_unit", "cell", _in_yuan(False), is_2021),
    Kind("amount_unit", "head", _in_yuan(True), is_2021),
    Kind("unit_unstated", "procurement", _unit),
    Kind("identity_conflict", "year", _other_year),
    Kind("identity_conflict", "agency", _other_source, is_2021),
)
