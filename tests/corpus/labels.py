"""How a filing writes the form's own words: numbers, brackets, quotes, blanks."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from extract.forms import Column, Group, Row, Table
from tests.corpus.model import Filing

LONG_TITLES = {
    "proactive": "行政机关主动公开政府信息情况",
    "applications": "行政机关收到和处理政府信息公开申请情况",
    "review_litigation": "因政府信息公开工作被申请行政复议、提起行政诉讼情况",
}


@dataclass(frozen=True)
class LabelStyle:
    """Variants of spelling seen in filings.

    ``item_number`` follows the digit of 1.–8.; ``half_brackets`` prints ()
    for （）; ``quotes`` are the pair around 三安全一稳定; ``spaced`` puts a
    blank into the short column labels (结果 维持); ``headings`` chooses the
    wording of the 2019 form's section titles (plain, long).
    """

    item_number: str = "."
    half_brackets: bool = False
    quotes: tuple[str, str] = ("“", "”")
    spaced: bool = False
    headings: str = "plain"

    @classmethod
    def by_chance(cls, random: Random) -> LabelStyle:
        """A style by chance; most filings spell as the form does."""
        return cls(
            item_number=random.choice((".", ".", ". ", "．", "、")),
            half_brackets=random.random() < 0.25,
            quotes=random.choice((("“", "”"), ("“", "”"), ("", ""), ('"', '"'))),
            spaced=random.random() < 0.25,
            headings=random.choice(("plain", "long")),
        )

    def words(self, text: str) -> str:
        """The text with this style's brackets and quotes."""
        text = text.replace("“", self.quotes[0]).replace("”", self.quotes[1])
        if self.half_brackets:
            text = text.replace("（", "(").replace("）", ")")
        return text

    def row(self, filing: Filing, table: Table, row: Row) -> str:
        """The label of a row with its number."""
        chosen = filing.labels.get((table.code, row.code))
        if chosen is not None:
            return chosen
        return self.words(self._number(row.number) + row.label_zh)

    def group(self, group: Group) -> str:
        """The label of a group of rows with its number."""
        return self.words(group.number + group.label_zh)

    def column(self, column: Column) -> str:
        """The label of a column; an amount whose unit the form prints shows it."""
        text = column.label_zh if column.unit is None else f"{column.label_zh}（单位：{column.unit}）"
        if self.spaced and len(text) == 4:
            text = f"{text[:2]} {text[2:]}"
        return self.words(text)

    def heading(self, table: Table, form_code: str) -> str:
        """The title of the section that holds a table."""
        title = LONG_TITLES[table.code] if form_code == "2019" and self.headings == "long" else table.title_zh
        return f"{table.section}、{title}"

    def section(self, number: str, form_code: str) -> str:
        """The title of a section without a table: 一, 五 or 六."""
        long = form_code == "2019" and self.headings == "long"
        titles = {
            "一": "总体情况",
            "五": "政府信息公开工作存在的主要问题及改进情况" if long else "存在的主要问题及改进情况",
            "六": "其他需要报告的事项",
        }
        return f"{number}、{titles[number]}"

    def _number(self, number: str) -> str:
        return number[:-1] + self.item_number if number.endswith(".") else number
