"""Figures that a clause states to be zero by denying them: 未收到政府信息公开申请."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.claims.legal import named_rows
from extract.claims.lexer import COMMA, LIST, Token
from extract.claims.state import State
from extract.claims.vocabulary import load_vocabulary

Zero = tuple[str, str, str]
"""Table, row or group, and column of a figure that is zero."""

_REACH = 6  # unknown characters between the denial and what it denies
_REST = 1  # unknown characters after it, in the clause
# After these an application is not what is denied, but what caused it.
_CAUSES = re.compile(r"(?:的?答复|等?引|导致|被|而|产生|申请|提起|提请|不服|收取|收|逾|超|办理(?!事项|件)|工作)")
_AND = re.compile(r"[、和及与或]|以及|或者")
_AFTER_REQUEST = frozenset({"legal", "mark", "request", "verb", "skip", LIST})
_LITTLE = frozenset({"mark", "skip", "verb", LIST})
_END = re.compile(r"[,，;:()]|$")
_NONE_AT_END = re.compile(r"(?:未|没有|无)(?:发生|出现|产生|有)?$|^(?:无|没有|零)$")


def denied(state: State) -> list[Zero]:
    """What the clause at hand, which has a word of denial, states to be zero."""
    words, text = state.own, state.text
    place = next(index for index, word in enumerate(words) if word.kind == "denial")
    denial, after = words[place], words[place + 1 :]
    if any(word.kind in ("block", "near", "time") for word in words) or _speaks_of_something_else(after):
        return []
    if all(word.kind in ("mark", LIST) for word in after):
        return _ending(text, denial, [*state.prior, *words[:place]])
    if after[0].kind == "carry":
        return _carried(state, denial, after[0])
    named = [word for word in after if word.kind == "legal"]
    near = _unknown(text, denial.end, after[0].start) <= _REACH
    result = next((word for word in after if word.kind == "result"), None)
    if result is not None:
        rows = named_rows(named or words[:place]) or state.legal
        return [("review_litigation", row, "corrected") for row in rows] if result.code == "corrected" and near else []
    zeros: list[Zero] = []
    if _application_denied(text, denial, after, state.topic):
        zeros.append(("applications", "received_new", "total"))
    if named and near and _ends_with(text, words, named[-1]):
        zeros += [("review_litigation", row, "total") for row in named_rows(named)]
    return zeros or _outcome(text, denial, words, after) or _made(state, denial, after)


def _speaks_of_something_else(after: Sequence[Token]) -> bool:
    last = next((word for word in reversed(after) if word.kind not in ("mark", "、", "skip", "verb")), None)
    if last is not None and last.kind in ("foreign", "publish", "channel"):
        return True
    return any(word.kind == "result" and word.code == "closed" for word in after)


def _unknown(text: str, start: int, end: int) -> int:
    return load_vocabulary().residue(text[start:end])


def _rest_of_clause(text: str, start: int) -> str:
    end = _END.search(text, start)
    return text[start : end.start()] if end else ""


def _ends_with(text: str, words: Sequence[Token], last: Token) -> bool:
    """Whether the clause says little more after ``last``."""
    following = [word for word in words if word.start >= last.end and word.kind not in _LITTLE]
    if any(word.kind not in ("legal", "request", "denial", "reason") for word in following):
        return False
    return load_vocabulary().residue(_rest_of_clause(text, last.end)) <= _REST


def _ending(text: str, denial: Token, before: Sequence[Token]) -> list[Zero]:
    """行政诉讼未发生; 行政复议、行政诉讼情况：无."""
    word = text[denial.start : denial.end]
    if not _NONE_AT_END.search(word) or load_vocabulary().residue(_rest_of_clause(text, denial.end).rstrip("。的")):
        return []
    told = [word for word in before if word.kind not in ("mark", "skip", LIST)]
    if not told or told[-1].kind not in ("legal", COMMA) or _unknown(text, told[-1].end, denial.start):
        return []
    return [("review_litigation", row, "total") for row in named_rows(told)]


def _application_denied(text: str, denial: Token, after: Sequence[Token], topic: str) -> bool:
    """Whether it is an application that was not received."""
    for place, word in enumerate(after):
        if word.kind != "request" or (word.code == "weak" and topic != "applications"):
            continue
        if _unknown(text, denial.end, word.start) > _REACH:
            return False
        following = after[place + 1] if place + 1 < len(after) else None
        if _CAUSES.match(text, word.end) or (following and following.kind not in _AFTER_REQUEST):
            continue
        gap = text[word.end : following.start] if following else re.split("、", _rest_of_clause(text, word.end))[0]
        if following and following.kind == "legal" and not _AND.fullmatch(gap):
            continue
        if load_vocabulary().residue(gap) <= _REST:
            return True
    return False


def _carried(state: State, denial: Token, word: Token) -> list[Zero]:
    """无上年结转; 无结转, where it ends an account of applications."""
    if word.code == "open" or _unknown(state.text, denial.end, word.start) > 1:
        return []
    if word.code == "either" and not (state.drafts or state.row):
        return []
    return [("applications", "received_carried_over" if word.code == "in" else "carried_forward", "total")]


def _outcome(text: str, denial: Token, words: Sequence[Token], after: Sequence[Token]) -> list[Zero]:
    """无不予公开情形: only where nothing stands between."""
    word = after[0]
    if word.kind != "outcome" or word.start != denial.end or len(after) > 1 or not _ends_with(text, words, word):
        return []
    return [("applications", word.code, "total")]


def _made(state: State, denial: Token, after: Sequence[Token]) -> list[Zero]:
    """未制发行政规范性文件."""
    items = [word for word in after if word.kind == "item"]
    measures = [word for word in after if word.kind == "measure"]
    if not items or len(measures) != 1 or _unknown(state.text, denial.end, after[0].start) > _REACH:
        return []
    rest = _rest_of_clause(state.text, after[-1].end)
    if "以外" in rest or load_vocabulary().residue(rest) > _REST:
        return []
    return [("proactive", item.code, measures[0].code) for item in items]
