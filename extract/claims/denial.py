"""Figures that a clause states to be zero by denying them: 未收到政府信息公开申请."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.claims.lexer import Token
from extract.claims.vocabulary import load_vocabulary

Zero = tuple[str, str, str]
"""Table, row or group, and column of a figure that is zero."""

_REACH = 10  # unknown characters between the denial and what it denies
_REST = 3  # unknown characters after it, in the clause
# After these an application is not what is denied, but what caused it.
_CAUSES = re.compile(r"(?:的?答复|等?引|导致|被|而|产生|申请|提起|提请|不服|收取|收|逾|超|办理(?!事项|件)|工作)")
_NONE_AT_END = re.compile(r"(?:未|没有|无)(?:发生|出现|产生|有)?$|^(?:无|没有|零)$")


def denied(text: str, words: Sequence[Token], before: Sequence[Token], topic: str, legal: tuple[str, ...],
           rows: frozenset[tuple[str, str]]) -> list[Zero]:  # fmt: skip
    """What the clause of ``words`` states to be zero.

    ``text`` is the normalised sentence; ``before`` the words of the clause
    before a colon (行政复议情况：无); ``legal`` the rows of section four last
    spoken of; ``rows`` the rows and columns of section two in this edition.
    """
    place = next(index for index, word in enumerate(words) if word.kind == "denial")
    denial, after = words[place], list(words[place + 1 :])
    if any(word.kind in ("block", "near", "time") for word in words) or _speaks_of_something_else(after):
        return []
    if not [word for word in after if word.kind not in ("mark", "、")]:
        return _ending(text, denial, [*before, *words[:place]], topic)
    result = next((word for word in after if word.kind == "result"), None)
    zeros: list[Zero] = []
    named = [word for word in after if word.kind == "legal"]
    if result is not None:
        rows_named = _legal_rows(named or [word for word in words[:place] if word.kind == "legal"]) or legal
        if result.code == "corrected" and _near(text, denial, after[0]):
            return [("review_litigation", row, "corrected") for row in rows_named]
        return []
    if named and _near(text, denial, after[0]) and _rest(text, words, named[-1]):
        zeros += [("review_litigation", row, "total") for row in _legal_rows(named)]
    request = _request(text, denial, after, topic)
    if request is not None:
        zeros.insert(0, ("applications", "received_new", "total"))
    if zeros:
        return zeros
    return _carried(text, denial, after) or _outcome(text, denial, words, after) or _made(text, denial, after, rows)


def _speaks_of_something_else(after: Sequence[Token]) -> bool:
    last = next((word for word in reversed(after) if word.kind not in ("mark", "、", "skip", "verb")), None)
    if last is not None and last.kind in ("foreign", "publish", "channel"):
        return True
    return any(word.kind == "result" and word.code == "closed" for word in after)


def _near(text: str, denial: Token, word: Token) -> bool:
    return load_vocabulary().residue(text[denial.end : word.start]) <= _REACH


def _rest(text: str, words: Sequence[Token], last: Token) -> bool:
    """Whether the clause says little more after ``last``."""
    end = re.compile(r"[,，;:()]|$").search(text, last.end)
    following = [word for word in words if word.start >= last.end and word.kind not in ("mark", "skip", "、", "verb")]
    if end is None or any(word.kind not in ("legal", "request", "denial") for word in following):
        return False
    return load_vocabulary().residue(text[last.end : end.start()]) <= _REST


def _legal_rows(named: Sequence[Token]) -> tuple[str, ...]:
    codes: dict[str, None] = {}
    for word in named:
        for code in ("review", "litigation") if word.code == "both" else (word.code,):
            codes[code] = None
    return tuple(codes)


def _ending(text: str, denial: Token, before: Sequence[Token], topic: str) -> list[Zero]:
    """行政诉讼未发生; 行政复议、行政诉讼情况：无."""
    if not _NONE_AT_END.search(text[denial.start : denial.end]) or text[denial.end :].strip("。;,，)的"):
        rest = re.match(r"[^,，;)]*", text[denial.end :])
        if rest is None or load_vocabulary().residue(rest.group()) > 0:
            return []
    last = [word for word in before if word.kind not in ("mark", "skip", "、")]
    rows = _legal_rows([word for word in last if word.kind == "legal"])
    if rows and last[-1].kind in ("legal", ",") and load_vocabulary().residue(text[last[-1].end : denial.start]) == 0:
        return [("review_litigation", row, "total") for row in rows]
    return []


def _request(text: str, denial: Token, after: Sequence[Token], topic: str) -> Token | None:
    """The application that is denied, where one is."""
    for place, word in enumerate(after):
        if word.kind != "request" or (word.code == "weak" and topic != "applications"):
            continue
        if load_vocabulary().residue(text[denial.end : word.start]) > _REACH // 2:
            return None
        following = after[place + 1] if place + 1 < len(after) else None
        gap = text[word.end : following.start] if following else re.split(r"[,，;:()、]", text[word.end :])[0]
        if _CAUSES.match(text, word.end) or (
            following and following.kind not in ("legal", "、", "mark", "request", "verb", "skip")
        ):
            continue
        if following and following.kind == "legal" and not re.fullmatch(r"[和及与或]|以及|或者|、", gap):
            continue
        if load_vocabulary().residue(gap) <= _REST:
            return word
    return None


def _carried(text: str, denial: Token, after: Sequence[Token]) -> list[Zero]:
    word = after[0]
    if word.kind != "carry" or word.code == "open" or load_vocabulary().residue(text[denial.end : word.start]) > 1:
        return []
    return [("applications", "received_carried_over" if word.code == "in" else "carried_forward", "total")]


def _outcome(text: str, denial: Token, words: Sequence[Token], after: Sequence[Token]) -> list[Zero]:
    """无不予公开情形: only where nothing stands between."""
    word = after[0]
    if word.kind != "outcome" or word.start != denial.end or len(after) > 1 or not _rest(text, words, word):
        return []
    return [("applications", word.code, "total")]


def _made(text: str, denial: Token, after: Sequence[Token], rows: frozenset[tuple[str, str]]) -> list[Zero]:
    """未制发行政规范性文件."""
    items = [word for word in after if word.kind == "item"]
    measures = [word for word in after if word.kind == "measure"]
    if not items or len(measures) != 1 or not _near(text, denial, after[0]) or not _rest_of_items(text, after):
        return []
    column = measures[0].code
    return [("proactive", item.code, column) for item in items if (item.code, column) in rows]


def _rest_of_items(text: str, after: Sequence[Token]) -> bool:
    last = after[-1]
    end = re.compile(r"[,，;:()]|$").search(text, last.end)
    gap = text[last.end : end.start()] if end else ""
    return "以外" not in gap and load_vocabulary().residue(gap) <= _REST
