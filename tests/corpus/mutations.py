"""What goes wrong in filings, each as a small function from filing to filing.

A mutation changes what is printed and, with it, the truth: the cell's status
follows the statuses that a reading may give a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from random import Random

from extract.forms import CellKey
from tests.corpus.model import BLANK, MISSING, Filing, Number, TrueCell, reported

MERGED_OTHER = ("other.not_corrected_in_time", "other.fee_not_paid_in_time", "other.other")

TYPOS: dict[tuple[str, str], str] = {
    ("applications", "refused.prohibited_by_law"): "2.其他法律行政止公开",
    ("applications", "refused.security_and_stability"): "3.危及三安全一稳定",
    ("applications", "unavailable.must_be_created"): "2.没有现成信息须另行制做",
    ("applications", "not_processed.excessive"): "4.无正当理由大量反覆申请",
    ("applications", "carried_forward"): "四、结转下年度续继办理",
    ("proactive", "fees"): "行政事业型收费",
    ("proactive", "normative_documents"): "规范性文件",
    ("proactive", "regulations"): "规 章",
}


def blank_zeros(filing: Filing, tables: Iterable[str] = ("proactive", "applications", "review_litigation")) -> Filing:
    """Zeros are left empty."""
    wanted = set(tables)
    zeros = [key for key, cell in filing.cells.items() if key[0] in wanted and cell.number == 0]
    return filing.with_cells(dict.fromkeys(zeros, BLANK), "blank_zeros")


def blank(filing: Filing, keys: Iterable[CellKey]) -> Filing:
    """Some cells are left empty."""
    return filing.with_cells(dict.fromkeys(keys, BLANK), "blank_cells")


def dash(filing: Filing, keys: Iterable[CellKey], mark: str = "—") -> Filing:
    """Some cells hold a dash, a slash or 无: not applicable."""
    return filing.with_cells(dict.fromkeys(keys, TrueCell(mark, None, "not_applicable")), "dashes")


def thousands_comma(filing: Filing, separator: str = ",") -> Filing:
    """Figures from 1,000 are printed in groups of three."""
    changes = {
        key: reported(cell.number, f"{cell.number:,}".replace(",", separator))
        for key, cell in filing.cells.items()
        if cell.number is not None and abs(cell.number) >= 1000 and cell.raw == str(cell.number)
    }
    return filing.with_cells(changes, "thousands_comma")


def note(filing: Filing, key: CellKey, text: str) -> Filing:
    """A remark stands behind the number: 22（其中修订16件）."""
    cell = filing.cells[key]
    if cell.number is None:
        raise ValueError(f"no number to remark on in {key}")
    return filing.with_cells({key: reported(cell.number, f"{cell.raw}{text}")}, "cell_note")


def chinese_sign(filing: Filing) -> Filing:
    """Changes are printed as 增2 and 减4."""
    changes = {
        key: reported(cell.number, f"{'减' if cell.number < 0 else '增'}{abs(cell.number)}")
        for key, cell in filing.cells.items()
        if key[2] == "change" and cell.number
    }
    return filing.with_cells(changes, "chinese_sign")


def amount_in_yuan(filing: Filing) -> Filing:
    """采购总金额 is printed in 元; the value stays in 万元."""
    key = ("proactive", "procurement", "amount")
    number = filing.cells[key].number
    if number is None:
        raise ValueError("no amount to print in 元")
    return filing.with_cells({key: reported(number, f"{round(number * 10000)}元")}, "amount_in_yuan")


def figure(filing: Filing, key: CellKey, value: Number, defect: str = "wrong_figure") -> Filing:
    """Another figure stands in a cell."""
    return filing.with_cells({key: reported(value)}, defect)


def unreadable(filing: Filing, key: CellKey, text: str) -> Filing:
    """Something that is no number stands in a cell."""
    return filing.with_cells({key: TrueCell(text, None, "unreadable")}, "unreadable_cell")


def label_typo(filing: Filing, table: str, row: str) -> Filing:
    """The label of a row is misspelt as seen in filings."""
    labels = {**filing.labels, (table, row): TYPOS[table, row]}
    return replace(filing, labels=labels, defects=(*filing.defects, "label_typo"))


def label_split(filing: Filing, table: str, row: str) -> Filing:
    """A blank splits the label of a row, as line breaks of a word processor do."""
    row_object = filing.form.table(table).row(row)
    text = row_object.number + row_object.label_zh
    middle = len(text) // 2
    labels = {**filing.labels, (table, row): f"{text[:middle]} {text[middle:]}"}
    return replace(filing, labels=labels, defects=(*filing.defects, "label_split"))


def label_dropped(filing: Filing, table: str, row: str) -> Filing:
    """The label of a row is not printed."""
    labels = {**filing.labels, (table, row): ""}
    return replace(filing, labels=labels, defects=(*filing.defects, "label_dropped"))


def merge_other(filing: Filing) -> Filing:
    """（六）其他处理 stands on one row. A 2021-form filing whose three rows all
    hold numbers; their sums are printed."""
    table = filing.form.table("applications")
    sums: dict[CellKey, TrueCell] = {}
    for column in table.columns:
        numbers = [filing.cells["applications", row, column.code].number for row in MERGED_OTHER]
        sums["applications", "other", column.code] = reported(sum(number or 0 for number in numbers))
    merged = frozenset({"other"})
    cells = {**filing.cells, **sums}
    kept = {key: cells[key] for key in filing.form.cells(merged)}
    return replace(filing, cells=kept, merged=merged, defects=(*filing.defects, "other_on_one_row"))


def extra_column(filing: Filing) -> Filing:
    """表二 and 表三 have an empty column at the right."""
    return replace(filing, extra_column=True, defects=(*filing.defects, "extra_column"))


def without_table(filing: Filing, table: str, instead: str) -> Filing:
    """A table is not printed; a sentence stands in its place. Nothing then
    shows which of its rows the filer had merged."""
    if table == "applications" and filing.merged:
        cells = {key: filing.cells.get(key, MISSING) for key in filing.form.cells()}
        kept = tuple(defect for defect in filing.defects if defect != "other_on_one_row")
        filing = replace(filing, cells=cells, merged=frozenset(), defects=kept)
    lost = [key for key in filing.listed() if key[0] == table]
    absent = {**filing.absent_tables, table: instead}
    filing = filing.without(lost)
    return replace(filing, absent_tables=absent, defects=(*filing.defects, "table_absent"))


def prose_figure(filing: Filing, metric: str, by: int) -> Filing:
    """The prose states another figure than the table; ValueError where the
    prose does not state it, or states the same number for something else."""
    prose = filing.prose
    claim = next((claim for claim in prose.claims if claim.metric == metric), None)
    if claim is None:
        raise ValueError(f"the prose of {filing.title} does not state {metric}")
    same = [other for other in prose.claims if other.sentence == claim.sentence]
    if sum(other.value == claim.value for other in same) > 1:
        raise ValueError(f"the prose of {filing.title} states {claim.value} more than once")
    number = claim.value + by
    sentence = re.sub(rf"(?<!\d){claim.value}(?=件)", str(number), claim.sentence, count=1)
    claims = tuple(
        replace(other, sentence=sentence, value=number if other is claim else other.value) if other in same else other
        for other in prose.claims
    )
    sections = {
        number_zh: tuple(text.replace(claim.sentence, sentence) for text in texts)
        for number_zh, texts in prose.sections.items()
    }
    old, new = Decimal(claim.value), Decimal(number)
    statements = tuple(
        replace(
            other,
            sentence=sentence,
            value=new if other.value == old else other.value,
            parts=tuple(new if part == old else part for part in other.parts or ()) or None,
        )
        if other.sentence == claim.sentence
        else other
        for other in prose.statements
    )
    changed = replace(prose, claims=claims, sections=sections, statements=statements)
    return replace(filing, prose=changed, defects=(*filing.defects, "prose_figure_off"))


def totals_only(filing: Filing) -> Filing:
    """表三 is filled in its column 总计 only."""
    keys = [key for key in filing.listed() if key[0] == "applications" and key[2] != "total"]
    kept = [key for key in keys if filing.cells[key].status == "reported"]
    return filing.with_cells(dict.fromkeys(kept, BLANK), "totals_only")


def full_width(filing: Filing) -> Filing:
    """Figures are printed in full-width digits."""
    wide = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
    changes = {
        key: reported(cell.number, cell.raw.translate(wide))
        for key, cell in filing.cells.items()
        if cell.number is not None
    }
    return filing.with_cells(changes, "full_width_digits")


def with_unit(filing: Filing, keys: Iterable[CellKey], unit: str = "件") -> Filing:
    """Some cells print the unit behind the number: 12件."""
    changes = {
        key: reported(cell.number, f"{cell.raw}{unit}")
        for key in keys
        if (cell := filing.cells[key]).number is not None and cell.raw[-1].isdigit()
    }
    return filing.with_cells(changes, "unit_in_cell")


def amount_in_yuan_by_head(filing: Filing, row: str, head: str) -> Filing:
    """The head of an amount says 元 and the amount is printed in it; the value
    stays in 万元."""
    key = ("proactive", row, "amount")
    number = filing.cells[key].number
    if number is None:
        raise ValueError(f"no amount to print in 元 in {key}")
    changed = filing.with_cells({key: reported(number, str(round(number * 10000)))}, "amount_in_yuan_by_head")
    return replace(changed, column_labels={**filing.column_labels, ("proactive", "amount"): head})


def some(filing: Filing, random: Random, *, paper: bool = False) -> Filing:
    """None to three mutations by chance; ``paper`` leaves out what a narrow
    column could not print."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        change = random.choice(_BY_CHANCE)
        if not (paper and change in _WIDE):
            filing = change(filing, random)
    return filing


def _numbers(filing: Filing, *tables: str) -> list[CellKey]:
    return [key for key, cell in filing.cells.items() if key[0] in tables and cell.number is not None]


def _blank_some(filing: Filing, random: Random) -> Filing:
    zeros = [key for key, cell in filing.cells.items() if cell.number == 0]
    return blank(filing, random.sample(zeros, min(len(zeros), random.randint(1, 12))))


def _blank_all(filing: Filing, _random: Random) -> Filing:
    return blank_zeros(filing)


def _dash_some(filing: Filing, random: Random) -> Filing:
    zeros = [key for key, cell in filing.cells.items() if cell.number == 0 and key[0] == "proactive"]
    return dash(filing, random.sample(zeros, min(len(zeros), 3)), random.choice("—-/无"))


def _comma(filing: Filing, _random: Random) -> Filing:
    return thousands_comma(filing)


def _wrong(filing: Filing, random: Random) -> Filing:
    keys = [key for key, cell in filing.cells.items() if key[0] != "proactive" and cell.number is not None]
    if not keys:
        return filing
    key = random.choice(keys)
    return figure(filing, key, int(filing.cells[key].number or 0) + random.randint(1, 3))


def _typo(filing: Filing, random: Random) -> Filing:
    codes = [key for key in TYPOS if key[1] in {row for table, row, _ in filing.cells if table == key[0]}]
    return label_typo(filing, *random.choice(codes))


def _split(filing: Filing, random: Random) -> Filing:
    rows = [row.code for row in filing.form.table("applications").rows_in_use(filing.merged)]
    return label_split(filing, "applications", random.choice(rows))


def _drop(filing: Filing, random: Random) -> Filing:
    rows = [row.code for row in filing.form.table("applications").rows_in_use(filing.merged) if row.group]
    return label_dropped(filing, "applications", random.choice(rows))


def _merge(filing: Filing, _random: Random) -> Filing:
    possible = not filing.merged and filing.form_code == "2021" and "applications" not in filing.absent_tables
    return merge_other(filing) if possible else filing


def _widen(filing: Filing, _random: Random) -> Filing:
    return extra_column(filing)


def _totals_only(filing: Filing, _random: Random) -> Filing:
    return totals_only(filing)


def _blank_totals(filing: Filing, random: Random) -> Filing:
    keys = [key for key in _numbers(filing, "applications") if key[2] == "total" or key[1] == "concluded_total"]
    return blank(filing, random.sample(keys, min(len(keys), random.randint(1, 8))))


def _absent(filing: Filing, random: Random) -> Filing:
    if filing.absent_tables:
        return filing
    table, instead = random.choice(
        (
            ("review_litigation", "本年度未发生因政府信息公开引起的行政复议和行政诉讼。"),
            ("review_litigation", "0"),
            ("review_litigation", "无。"),
            ("proactive", "本年度没有应当统计的主动公开事项。"),
            ("applications", "本年度未收到政府信息公开申请。"),
        )
    )
    return without_table(filing, table, instead)


def _remark(filing: Filing, random: Random) -> Filing:
    keys = [key for key in _numbers(filing, "proactive") if key[1] == "normative_documents"]
    text = random.choice(("（其中修订2件）", "（含自然失效3件）", "(其中修订1件)"))
    return note(filing, random.choice(keys), text) if keys else filing


def _sign(filing: Filing, _random: Random) -> Filing:
    return chinese_sign(filing)


def _yuan(filing: Filing, random: Random) -> Filing:
    row = "fees" if filing.form_code == "2021" else "procurement"
    cell = filing.cells["proactive", row, "amount"]
    if not cell.number or cell.raw != str(cell.number):
        return filing
    if random.random() < 0.5:
        head = "本年收费金额（单位：元）" if row == "fees" else "采购总金额（元）"
        return amount_in_yuan_by_head(filing, row, head)
    raw = random.choice((f"{round(cell.number * 10000)}元", f"{cell.number}万元"))
    return filing.with_cells({("proactive", row, "amount"): reported(cell.number, raw)}, "amount_with_unit")


def _unit(filing: Filing, random: Random) -> Filing:
    keys = [key for key in _numbers(filing, "proactive") if key[2] not in ("amount", "change")]
    return with_unit(filing, random.sample(keys, min(len(keys), 4)))


def _unreadable(filing: Filing, random: Random) -> Filing:
    keys = [key for key in filing.listed() if filing.cells[key].status == "reported"]
    if not keys:
        return filing
    return unreadable(filing, random.choice(keys), random.choice(("见附件", "***", "约12", "1O", "3-5", "详见说明")))


def _full_width(filing: Filing, _random: Random) -> Filing:
    return full_width(filing)


_BY_CHANCE = (
    _blank_some,
    _blank_all,
    _dash_some,
    _comma,
    _wrong,
    _wrong,
    _typo,
    _split,
    _drop,
    _merge,
    _widen,
    _totals_only,
    _blank_totals,
    _absent,
    _remark,
    _sign,
    _yuan,
    _unit,
    _unreadable,
    _full_width,
)
_WIDE = (_full_width,)
# A reading may say that it is in doubt where one of these was done.
DOUBTFUL = frozenset({"label_dropped"})
