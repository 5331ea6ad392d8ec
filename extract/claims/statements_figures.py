"""Shares, and lists of the parts of a sum, as the prose states them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extract.claims.lexer import Token, tokenise
from extract.claims.model import Draft, Said, Statement
from extract.claims.state import GROUPS
from extract.claims.statements_words import load_words

_PERCENT = re.compile(
    r"(?<![\d.])(?P<digits>\d{1,3}(?:\.\d{1,4})?)%|百分之(?P<chinese>[零一二三四五六七八九十百]{1,4})(?![零一二三四五六七八九十百])"
)
_CLAUSE = re.compile(r"[;。]")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_BETWEEN = re.compile(
    r"[,，、:(]?(?:约|分别)?(?:[占为是]|占比|比例|比重|比率|率|分别|达|总|全部|所有|全年|本年|数|量|件|的|到)*[\u4e00-\u9fff]{0,18}$"
)
_FOLLOWED = re.compile(r"(?:的|政府|信息|公开|依申请|申请|件|答复|办结|均|全部|为|是|被|予以(?=公开|部分)){0,8}$")
_INFLOW = ("received_new", "received_carried_over")
_NEW = "applications.received_new.total"
_RATE_METRIC = "applications.concluded_total.total"


def percentages(said: Said, text: str, year: int | None) -> Iterator[Statement]:
    """The shares of applications that a normalised sentence states; not growth,
    not shares of anything else."""
    if "%" not in text and "百分之" not in text:
        return
    words = load_words()
    tokens: list[Token] | None = None
    bound = 0
    for match in _PERCENT.finditer(text):
        start = max([bound, *(stop.end() for stop in _CLAUSE.finditer(text, 0, match.start()))])
        bound = match.end()
        clause = text[start : match.start()]
        comma = max(clause.rfind("，"), clause.rfind(","), 0)
        if words.growth.search(clause, comma) or words.share_foreign.search(clause):
            continue
        if words.base_elsewhere.search(clause, comma):
            continue
        value = Decimal(match["digits"]) if match["digits"] else _chinese(match["chinese"])
        metric = _counted(said.drafts, text, start, match.start())
        if metric is None:
            tokens = tokens if tokens is not None else tokenise(text, year)
            metric = _named(tokens, text, start, match)
        if metric is None and value < 100 and words.rate.search(clause, comma) and _of_applications(said, clause):
            metric = _RATE_METRIC
        if metric is not None:
            yield Statement("percentage", said.text, said.scope, metric, _base(clause), value)


def _of_applications(said: Said, clause: str) -> bool:
    """Whether a rate (办结率96%) is one of applications, by the last noun before it."""
    nouns = list(load_words().subject.finditer(clause))
    return nouns[-1].lastgroup == "application" if nouns else said.topic == "applications"


def _counted(drafts: Sequence[Draft], text: str, start: int, end: int) -> str | None:
    """The metric of the figure right before a share: 予以公开45件，占33.6%."""
    before = [draft for draft in drafts if start <= draft.place < end]
    if not before:
        return None
    last = before[-1]
    gap = text[last.end : end]
    if "其中" in gap:
        return None  # 收到46件，其中自然人占84.8%: of what is named after it
    if last.reason or last.table != "applications" or not _BETWEEN.fullmatch(gap) or not ("占" in gap or "(" in gap):
        return None
    return last.metric


def _named(tokens: Sequence[Token], text: str, start: int, match: re.Match[str]) -> str | None:
    """The metric that the words beside a share name: 予以公开的占33.6%, 33.6%的申请予以公开."""
    if text[match.end() : match.end() + 1] == "的":
        stop = re.search(r"[,，;。、]|\d", text[match.end() :])
        end = match.end() + stop.start() if stop else len(text)
        return _metric([token for token in tokens if match.end() <= token.start < end])
    if "占" not in text[start : match.start()] and "率" not in text[match.start() - 3 : match.start()]:
        return None
    start = max(start, text.rfind("其中", start, match.start()))
    if any(token.kind == "number" and token.unit for token in tokens if start <= token.start < match.start()):
        return None  # a figure stands there that was not understood
    return _metric([token for token in tokens if start <= token.start < match.start()])


def _metric(words: Sequence[Token]) -> str | None:
    """The outcome or applicant that words name, if it is one and no reason narrows it."""
    outcomes = {word.code for word in words if word.kind == "outcome"}
    applicants = {word.code for word in words if word.kind == "applicant"}
    if any(word.kind in ("reason", "aside", "legal", "foreign", "channel") for word in words):
        return None
    if outcomes == {"granted", "partly_granted"}:
        outcomes = {"granted_or_partly"}
    if len(outcomes) == 1 and not applicants:
        return f"applications.{outcomes.pop()}.total"
    if len(applicants) == 1 and not outcomes and "several" not in applicants:
        return f"applications.received_new.{applicants.pop().removeprefix('weak.')}"
    return None


def _base(clause: str) -> str | None:
    """What a share is said to be of; None where several totals may be meant."""
    place = clause.rfind("占")
    if place < 0:
        return None
    found = [metric for metric, pattern in load_words().bases if pattern.search(clause, place)]
    return found[0] if len(found) == 1 else None


def _chinese(text: str) -> Decimal:
    """The number of 百分之三十五."""
    if text == "百" or text == "一百":
        return Decimal(100)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return Decimal(_DIGITS.get(text, 0))
    return Decimal(10 * (_DIGITS.get(tens, 0) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0))


# Lists of parts.


def breakdowns(said: Said, text: str) -> Iterator[Statement]:
    """The sums that a normalised sentence takes apart into a list of all their
    parts (收到申请10件，其中网络5件、信函5件)."""
    drafts = said.drafts
    parents = sorted({draft.parent for draft in drafts if draft.parent is not None and draft.place >= 0})
    for place in parents:
        parent = drafts[place]
        children = [index for index, draft in enumerate(drafts) if draft.parent == place and index > place]
        if parent.place < 0 or not children:
            continue
        for run in _runs(drafts, children, parent):
            if _is_whole(drafts, place, run, text):
                metric = parent.metric if parent.table and not parent.reason else None
                parts = tuple(drafts[index].value for index in run)
                yield Statement("breakdown", said.text, said.scope, metric, value=parent.value, parts=parts)


def _runs(drafts: Sequence[Draft], children: Sequence[int], parent: Draft) -> Iterator[list[int]]:
    """The children in runs of one kind; a number that was not understood spoils its run."""
    run: list[int] = []
    for index in children:
        kind = _class(drafts[index], parent)
        if run and kind != _class(drafts[run[0]], parent):
            if not kind and drafts[index].reason == "unclear":
                return
            yield run
            run = []
        run.append(index)
    if run:
        yield run


def _class(draft: Draft, parent: Draft) -> str:
    """What a list of such numbers takes apart; "" for what is part of none.
    Of all that was concluded, a reason is as good as its outcome (因不掌握无法提供3件)."""
    if draft.reason:
        return "channel" if draft.reason == "channel" else ""
    if draft.table == "review_litigation":
        return "result" if draft.column != "total" else ""
    if draft.table != "applications":
        return ""
    if draft.column != "total":
        return "applicant"
    if draft.item in _INFLOW:
        return "inflow"
    if "." in draft.item:
        return "outcome" if parent.item == "concluded_total" else "reason"
    return "outcome" if draft.item in GROUPS | {"granted", "partly_granted", "granted_or_partly"} else ""


_SUMS = {
    "channel": {"received_new", "handled"},
    "applicant": {"received_new"},
    "inflow": {"handled"},
    "outcome": {"concluded_total"},
    "reason": set(GROUPS),
}
"""The rows whose figures a list of each kind takes apart entirely."""


def _is_whole(drafts: Sequence[Draft], place: int, run: Sequence[int], text: str) -> bool:
    """Whether a list reads as all the parts of its sum."""
    parent, kind = drafts[place], _class(drafts[run[0]], drafts[place])
    if len(run) < 2 or not kind or parent.reason or parent.column != "total":
        return False
    if any(drafts[index].place < 0 for index in run) or len({drafts[index].metric for index in run}) < _least(
        run, kind
    ):
        return False
    if kind == "result":
        if parent.table != "review_litigation" or any(drafts[index].item != parent.item for index in run):
            return False
    elif parent.table != "applications" or parent.item not in _SUMS[kind]:
        return False
    if kind == "reason" and any(drafts[index].item.split(".")[0] != parent.item for index in run):
        return False
    if kind == "outcome" and _overlap([drafts[index].item for index in run]):
        return False
    if any(_opens(text, drafts, index, run) for index in run):
        return False
    listed = text[parent.end : drafts[run[-1]].end]
    rest = re.split(r"[;。)]", text[drafts[run[-1]].end :], maxsplit=1)[0]
    if "其中" not in listed and not listed.startswith("("):
        return False
    return not load_words().open_list.search(listed) and not re.match(r"[,，、]?(?:等|其余|余下|剩余|其他)", rest)


def _overlap(items: Sequence[str]) -> bool:
    """Whether a list names a group and a row of it, or two outcomes and both at once."""
    rows = {item.split(".")[0] for item in items if "." in item}
    both = "granted_or_partly" in items and ("granted" in items or "partly_granted" in items)
    return both or not rows.isdisjoint(items)


def _least(run: Sequence[int], kind: str) -> int:
    """How many metrics a run must state: a figure stated twice is no list of parts."""
    return 1 if kind == "channel" else len(run)


def _opens(text: str, drafts: Sequence[Draft], index: int, run: Sequence[int]) -> bool:
    """Whether a part is itself taken apart without brackets: where its own list
    ends, and this one goes on, is not told."""
    own = [draft for draft in drafts if draft.parent == index and draft.place >= 0]
    return bool(own) and "(" not in text[drafts[index].end : own[0].place] and index != run[-1]
