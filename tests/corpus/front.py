"""What a filing says of itself: titles as filings word them, signature, dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from tests.corpus.model import Filing, Front

# As filings word it (the agency before or after the year, or only in the signature).
TITLES = (
    "{name}{year}年政府信息公开工作年度报告",
    "{year}年{name}政府信息公开工作年度报告",
    "{name}{year}年度政府信息公开工作年度报告",
    "{name}政府信息公开工作{year}年度报告",
    "{name}{year}年政府信息公开年度报告",
    "{name}{year}年政府信息公开工作报告",
    "{name}{year}年政府信息公开工作年报",
    "{name}关于{year}年度政府信息公开工作的年度报告",
    "{name}政府信息公开工作年度报告（{year}年度）",
    "{year}年度{name}政府信息公开工作年度报告",
    "{year}年政府信息公开工作年度报告",
    "关于{year}年度政府信息公开工作的年度报告",
    "{year}年度政府信息公开工作报告",
)
NUMERALS = str.maketrans("0123456789", "○一二三四五六七八九")


def by_chance(filing: Filing, random: Random, *, paper: bool) -> tuple[Filing, list[str]]:
    """The filing with a title and dates by chance, and what is unusual in them.
    ``paper`` is a medium without meta tags."""
    pattern = random.choice(TITLES)
    names = []
    if "{name}" not in pattern:
        names.append("title=without_agency")
    front = None
    if random.random() < 0.5 or names:
        front = Front(
            meta=random.random() < 0.6 and not paper,
            page=random.random() < 0.6,
            signature=random.random() < 0.7,
            agency=bool(names) or random.random() < 0.8,
            style=random.choice(("cn", "cn", "iso", "numerals")),
        )
        # Where another place gives the day of publication, it was signed before.
        if front.page and front.signature and random.random() < 0.3:
            front = replace(front, days_before=random.randint(1, 6))
            names.append("date=signed_before")
        if not front.dated:
            names.append("date=none")
        elif not (front.meta or front.page):
            names.append(f"date=signature_{front.style}")
    title = pattern.format(name=filing.agency.name, year=filing.year)
    return replace(filing, title=title, front=front), names


def head_lines(filing: Filing) -> list[str]:
    """The line under the title that says when the document was published."""
    if filing.front is None or not filing.front.page:
        return []
    return [f"发布日期：{filing.published_on.isoformat()}"]


def signature(filing: Filing, custom: Front) -> list[str]:
    """Agency and date at the end; ``custom`` where the filing leaves it open."""
    front = filing.front or custom
    lines = [filing.agency.name] if front.agency else []
    if front.signature:
        lines.append(written(filing.published_on - timedelta(days=front.days_before), front.style))
    return lines


def written(day: date, style: str) -> str:
    """A date as signatures write it."""
    if style == "iso":
        return day.isoformat()
    if style == "numerals":
        return f"{str(day.year).translate(NUMERALS)}年{_numeral(day.month)}月{_numeral(day.day)}日"
    return f"{day.year}年{day.month}月{day.day}日"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else "一二三"[tens - 1] + "十"
    return lead + ("一二三四五六七八九"[ones - 1] if ones else "")
