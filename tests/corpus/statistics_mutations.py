"""What goes wrong in statistical tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.corpus import mutations
from tests.corpus.model import Filing, reported
from tests.corpus.statistics import TABLE, without_rows

TYPOS = {
    "channel.gazette": "1.政府公报公开政府息数",
    "received.online": "3.网络申清数",
    "concluded": "（二）申请办节数",
    "reviews": "四、行证复议数量",
    "staff": "（三）从事政府信息公开人员数",
    "trainees": "（三）接收培训人员数",
    "responses": "（一）回应公众关注的热点或重大舆情数（不同方式回应同一热点或舆情计1次）",
}
CHAPTERS = (("disclosed", "documents_issued", "channel."), ("response",), ("complaints",), ("charges",),
            ("offices", "reading_points", "staff", "budget"), ("meetings", "trainings", "trainees"))  # fmt: skip
# Labels that two rows share: where one of them is lacking nobody could say which.
SHARED = ("reviews", "lawsuits")
DOUBTFUL = frozenset({"label_dropped"})


def some(filing: Filing, random: Random) -> Filing:
    """None to three mutations by chance."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        filing = random.choice(_BY_CHANCE)(filing, random)
    return filing


def _blank_some(filing: Filing, random: Random) -> Filing:
    zeros = [key for key, cell in filing.cells.items() if cell.number == 0]
    return mutations.blank(filing, random.sample(zeros, min(len(zeros), random.randint(1, 12))))


def _blank_all(filing: Filing, _random: Random) -> Filing:
    return mutations.blank_zeros(filing, (TABLE,))


def _dash_some(filing: Filing, random: Random) -> Filing:
    zeros = [key for key, cell in filing.cells.items() if cell.number == 0]
    return mutations.dash(filing, random.sample(zeros, min(len(zeros), 4)), random.choice("—-/无"))


def _comma(filing: Filing, _random: Random) -> Filing:
    return mutations.thousands_comma(filing)


def _wide(filing: Filing, _random: Random) -> Filing:
    return mutations.full_width(filing)


def _wrong(filing: Filing, random: Random) -> Filing:
    keys = [key for key, cell in filing.cells.items() if cell.number is not None and key[2] == "count"]
    key = random.choice(keys)
    return mutations.figure(filing, key, int(filing.cells[key].number or 0) + random.randint(1, 3))


def _unit(filing: Filing, random: Random) -> Filing:
    table = filing.form.table(TABLE)
    changes = {
        key: reported(cell.number, f"{cell.raw}{table.row(key[1]).unit}")
        for key, cell in filing.cells.items()
        if cell.number is not None and cell.raw == str(cell.number) and random.random() < 0.3
    }
    return filing.with_cells(changes, "unit_in_cell")


def _yuan(filing: Filing, _random: Random) -> Filing:
    key = (TABLE, "budget", "amount")
    number = filing.cells[key].number
    if not number or filing.cells[key].raw != str(number):
        return filing
    return filing.with_cells({key: reported(number, f"{round(number * 10000)}元")}, "amount_in_yuan")


def _unreadable(filing: Filing, random: Random) -> Filing:
    keys = [key for key, cell in filing.cells.items() if cell.number is not None]
    return mutations.unreadable(filing, random.choice(keys), random.choice(("见附件", "***", "约12", "1O")))


def _typo(filing: Filing, random: Random) -> Filing:
    return _labelled(filing, (row := random.choice(list(TYPOS))), TYPOS[row], "label_typo")


def _split(filing: Filing, random: Random) -> Filing:
    row = random.choice(filing.form.table(TABLE).rows)
    text = row.number + row.label_zh
    middle = len(text) // 2
    return _labelled(filing, row.code, f"{text[:middle]} {text[middle:]}", "label_split")


def _drop(filing: Filing, random: Random) -> Filing:
    if "rows_lacking" in filing.defects or "label_dropped" in filing.defects:
        return filing
    rows = [row.code for row in filing.form.table(TABLE).rows if row.number == "" or "." in row.code]
    rows = [row for row in rows if not row.startswith(SHARED)]
    return _labelled(filing, random.choice(rows), "", "label_dropped")


def _labelled(filing: Filing, row: str, text: str, defect: str) -> Filing:
    if (TABLE, row) in filing.labels or any(
        cell.status == "missing" for key, cell in filing.cells.items() if key[1] == row
    ):
        return filing
    return replace(filing, labels={**filing.labels, (TABLE, row): text}, defects=(*filing.defects, defect))


def _lacking(filing: Filing, random: Random) -> Filing:
    if filing.labels or "rows_lacking" in filing.defects:
        return filing
    codes = [row.code for row in filing.form.table(TABLE).rows]
    if random.random() < 0.5:
        chapter = random.choice(CHAPTERS)
        return without_rows(filing, [code for code in codes if code.startswith(chapter)])
    free = [code for code in codes if not code.startswith(SHARED)]
    return without_rows(filing, random.sample(free, random.randint(1, 3)))


_BY_CHANCE: tuple[Callable[[Filing, Random], Filing], ...] = (
    _blank_some, _blank_all, _dash_some, _comma, _wide, _wrong, _wrong, _unit, _yuan, _unreadable,
    _typo, _split, _drop, _lacking,
)  # fmt: skip
