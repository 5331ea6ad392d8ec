"""Whether fees for providing information were charged, as the prose states it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extract.claims.model import Said, Statement
from extract.claims.statements_words import load_words
from extract.claims.vocabulary import load_vocabulary

_AMOUNT = re.compile(r"(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,9})(?P<fraction>\.\d{1,6})?(?P<unit>[万亿]?元)")
_NOTICES = re.compile(
    r"(?:发出|出具|下达|送达)[^。;,，\d]{0,12}通知[书单]?[^。;,，\d]{0,8}(?P<count>\d{1,6})[件份次张封个]"
    r"|(?P<before>\d{1,6})[件份次张封个](?:政府)?(?:信息)?(?:处理费)?收费通知"
)
_ZERO = re.compile(
    r"(?:均|都|金额|总额|费用?|数|收取|收入)(?:均|都)?(?:为|是|:)?(?:零|0(?:[.]0+)?(?:[元件万]|$|[。,，;]))"
)
_COLLECTED = re.compile(r"收取|实收|收到|收入|收缴|征收|处理费|费用")
_LAST_YEARS = re.compile(r"去年|上年|同比|较|累计|历年|标准|起征|每页|每件|/[页件]|按量|按件|减免|免收|免除|预算|经费")
_NOTE = re.compile(r"[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]\)")


def fees(said: Said, text: str, year: int | None) -> Iterator[Statement]:
    """What a normalised sentence says of fees for information: at most one
    statement, ``fees_charged`` with the amount in 万元 where it is stated."""
    words = load_words()
    if words.fee_foreign.search(text) or _LAST_YEARS.search(text) or _of_other_year(text, year):
        return
    named = words.fee_subject.search(text) is not None
    if not named and said.topic != "applications" and not re.search(r"任何费|收取费用", text):
        return
    amounts = [_amount(match) for match in _AMOUNT.finditer(text) if _is_fee(text, match.start())]
    notices = [int(match["count"] or match["before"]) for match in _NOTICES.finditer(text)]
    if any(amounts) or any(notices):
        collected = amounts[-1] if amounts else None
        yield Statement("fees_charged", said.text, said.scope, value=collected)
    elif amounts or notices or words.no_fee.search(text) or _ZERO.search(text):
        yield Statement("no_fees", said.text, said.scope)


def _is_fee(text: str, place: int) -> bool:
    """Whether an amount is one of fees collected or due."""
    start = max(text.rfind(mark, 0, place) for mark in "。;") + 1
    return _COLLECTED.search(text, start, place) is not None or "金额" in text[start:place]


def _amount(match: re.Match[str]) -> Decimal:
    """The amount in 万元."""
    digits = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
    return digits * load_vocabulary().money_units[match["unit"]]


def _of_other_year(text: str, year: int | None) -> bool:
    years = {int(found) for found in re.findall(r"(?<![\d〔\[(])(20\d\d)年", text)}
    return year is not None and bool(years) and year not in years
