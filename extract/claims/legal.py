"""Figures of section four: reviews and lawsuits, their results and routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extract.claims.distribution import AND
from extract.claims.lexer import STOP, Token
from extract.claims.model import Draft
from extract.claims.state import State

_LINKED = re.compile(r"信息公开|依申请|公开申请|申请公开|公开答复|信息申请|公开工作")
_ACTIVE = frozenset({"handle", "handled", "receive", "receive_new", "conclude"})
_JOINED = re.compile(r"(?:案件|案|申请)?(?:[、和及与或]|以及|或者)?被?(?:提起|申请|引发|引起|的)?")
_AHEAD = 24  # characters after a number in which the link may stand: 3件政府信息公开行政复议


def read(state: State, token: Token, words: Sequence[Token]) -> list[Draft]:
    """The drafts of a number that belongs to ``words``: one for each row that
    it states."""
    rows = _rows(state.text, words) or state.legal
    if len(rows) > 1 and token.value:
        return [state.none(token, "several")]
    last = max((place for place, word in enumerate(words) if word.kind == "legal"), default=-1)
    if last >= 0:
        state.legal = rows
    if rows:
        state.topic = "legal"
    beyond = words[last + 1 :]
    results = [place for place, word in enumerate(beyond) if word.kind in ("result", "carry", "bare")]
    result = beyond[results[-1]] if results else None
    if any(word.kind == "foreign" for word in beyond[results[-1] + 1 if results else 0 :]):
        return [state.none(token, "not_in_form")]
    if not _linked(state, token, words):
        return [state.none(token, "unlinked")]
    column = _column(result) if result is not None else "total"
    if column == "closed":
        return [state.none(token, "dismissed")]
    if not rows or not column or (result is None and not _counts_cases(last, beyond)):
        return [state.none(token, "unclear")]
    if result is not None:
        state.list_of = "result"
    return [state.draft(token, "review_litigation", row, column) for row in rows]


def all_ended_alike(state: State) -> list[Draft]:
    """行政复议3件，均获维持: the clause says of the totals before it (of the rows
    that it names, if it does) that all had one result."""
    if not state.marked("all"):
        return []
    result = next((word for word in state.own if word.kind == "result"), None)
    if result is None or result.code == "closed":
        return []
    rows = named_rows(state.own)
    drafts = []
    for draft in reversed(state.drafts):
        if draft.table != "review_litigation" or draft.column != "total" or draft.reason:
            break
        if not rows or draft.item in rows:
            drafts.append(Draft(draft.value, draft.scope, draft.table, draft.item, result.code))
    return drafts[::-1]


def joins_applications(text: str, words: Sequence[Token]) -> bool:
    """政府信息公开申请、行政复议均为零: applications are counted in the same breath."""
    return any(
        word.kind == "request" and following.kind == "legal" and text[word.end : following.start] in AND
        for word, following in pairwise(words)
    )


def named_rows(words: Sequence[Token]) -> tuple[str, ...]:
    """Every row or group that the words name, once."""
    codes = (code for word in words if word.kind == "legal" for code in _codes(word))
    return tuple(dict.fromkeys(codes))


def _codes(word: Token) -> tuple[str, ...]:
    return ("review", "litigation") if word.code == "both" else (word.code,)


def _rows(text: str, words: Sequence[Token]) -> tuple[str, ...]:
    """The rows named last: several where a conjunction joins them."""
    joined: list[Token] = []
    for word in words:
        if word.kind == "legal":
            if joined and not _JOINED.fullmatch(text[joined[-1].end : word.start]):
                joined = []
            joined.append(word)
    return named_rows(joined)


def _column(result: Token) -> str:
    if result.kind == "carry":
        return "pending"
    if result.kind == "bare":
        return "other" if result.code == "other" else ""
    return result.code


def _counts_cases(last: int, beyond: Sequence[Token]) -> bool:
    """A number without a result is the total of the row just named, unless it
    counts what was concluded."""
    return last >= 0 and not any(word.kind == "verb" and word.code == "conclude" for word in beyond)


def _linked(state: State, token: Token, words: Sequence[Token]) -> bool:
    """Whether the sentence or its surroundings show that the reviews are about
    information disclosure, not those that the agency itself decides."""
    start = state.text.rfind(STOP, 0, token.start) + 1
    if _LINKED.search(state.text, start, token.start + _AHEAD):
        return True
    if any(word.kind == "verb" and word.code in _ACTIVE for word in words):
        return False
    topics = (state.context.section, state.context.topic)
    return "applications" in topics or "legal" in topics or _LINKED.search(state.text) is not None
