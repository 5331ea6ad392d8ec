"""What one number of a sentence counts: the words that it belongs to, and what they tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.claims import applications, legal, proactive
from extract.claims.lexer import CLOSE, COMMA, LIST, NUMBER, OPEN, STOP, Token
from extract.claims.model import Draft
from extract.claims.state import CONTENT, HEADS, OUTCOMES, State

# How many unknown characters may stand between a word and its number.
_REACH = {"verb": 0, "request": 1, "carry": 3, "outcome": 6, "reason": 6, "legal": 1, "result": 3, "item": 3,
          "measure": 3, "applicant": 2, "channel": 6, "bare": 0, "foreign": 12, "publish": 12, "aside": 12}  # fmt: skip
_LOOK_AHEAD = 16  # words after a number that may tell what it counts
_NOUN_AHEAD = 14  # unknown characters between 收到12件 and the noun
APART = frozenset({COMMA, STOP, OPEN, CLOSE})
"""Kinds of the punctuation at which words end that belong to a number."""
_NOUNS_AHEAD = HEADS - {"aside", "channel", "applicant"}
_YEAR_AFTER = re.compile(r"\((20\d\d)年度?\)")


def year_in_brackets(state: State, token: Token) -> bool | None:
    """Whether the year in brackets right after a number (12件(2023年)) is the report's; None without one."""
    stated = _YEAR_AFTER.match(state.text, token.end)
    year = state.context.year
    return None if stated is None or year is None else int(stated[1]) == year


def following_words(state: State, index: int) -> tuple[list[Token], int]:
    """The words after a number that may tell what it counts, and where they
    end: at punctuation or the next number, or at 、 where the next number
    stands beyond it."""
    tokens = state.tokens
    found: list[Token] = []
    pause: tuple[int, int] | None = None
    place = index + 1
    for place in range(index + 1, min(len(tokens), index + _LOOK_AHEAD)):
        token = tokens[place]
        if token.kind == NUMBER:
            return (found[: pause[0]], pause[1]) if pause else (found, place)
        if token.kind in APART:
            return found, place
        if token.kind == LIST and pause is None:
            pause = (len(found), place)
        found.append(token)
    return found, place + 1


def telling(state: State, words: Sequence[Token], number: Token, after: bool) -> list[Token]:
    """The words that tell something. Some tell only right beside the number."""
    text = state.text
    told: list[Token] = []
    for word in words:
        if word.kind not in CONTENT:
            continue
        if word.kind == "request" and word.code == "weak" and told and told[-1].kind in ("applicant", "channel"):
            continue
        if word.kind == "bare" or word.code.startswith("weak."):
            gap = text[number.end : word.start] if after else text[word.end : number.start]
            if gap not in ("", "的", "为", "有", "共"):
                continue
        told.append(word)
    return told


def is_denied(state: State, token: Token) -> bool:
    """Whether what the number counts is denied (未按期答复2件). A zero of
    reviews or applications is denied only to say the same."""
    for place, word in enumerate(state.own):
        if word.kind == "denial":
            told = next((other for other in state.own[place + 1 :] if other.kind in CONTENT), None)
            if not token.value and (told is None or told.kind in ("legal", "request")):
                continue
            if word.code == "receive" or (told and state.unknown(word.end, told.start) == 0):
                return True
    return False


def belonging(state: State, token: Token, own: list[Token], following: list[Token]) -> tuple[list[Token], bool]:
    """The words that the number belongs to, and whether they follow it."""
    if not own:
        if following:
            return following, True
        if (
            state.prior
            and not state.marked("among", "include", "except")
            and (state.unknown(state.bound, token.start) <= 2)
        ):
            return [word for word in state.prior if word.kind in CONTENT and word.kind != "bare"], False
        return [], False
    # 收到12件申请: the verb stands before, what was received after.
    if (
        following
        and following[0].kind in _NOUNS_AHEAD
        and all(word.kind in ("verb", "measure", "publish") for word in own)
    ):
        noun = following[0]
        if state.unknown(token.end, noun.start) <= _NOUN_AHEAD:
            return [*own, noun], False
    return own, False


def _within_reach(state: State, token: Token, words: Sequence[Token], after: bool) -> bool:
    if after:
        return state.unknown(token.end, words[0].start) <= _REACH[words[0].kind]
    last = next((word for word in reversed(words) if word.end <= token.start), None)
    if last is None:
        return True
    return state.unknown(max(last.end, state.bound), token.start) <= _REACH[last.kind]


def meaning(state: State, token: Token, words: list[Token], after: bool) -> list[Draft]:
    """The drafts of a number that belongs to ``words``."""
    if not words:
        return [applications.sum_of_parts(state, token) or _open(state, token)]
    if not _within_reach(state, token, words, after):
        return [_open(state, token)]
    if token.unit in state.vocabulary.money_units:
        return [proactive.amount(state, token, words)]
    if token.unit in state.vocabulary.other_units:
        return [state.none(token, "not_in_form")]
    kinds = {word.kind for word in words}
    place = next((place for place in range(len(words) - 1, -1, -1) if words[place].kind in HEADS), -1)
    head = words[place] if place >= 0 else None
    if head is not None and _is_foreign(state, head, kinds, {word.kind for word in words[place + 1 :]}):
        if head.code == "case":
            state.topic = "other"
        return [state.none(token, "not_in_form")]
    if _is_legal(state, words, kinds, head):
        drafts = legal.read(state, token, words)
        if token.value == 0 and legal.joins_applications(state.text, words):
            drafts.insert(0, state.draft(token, "applications", "received_new"))
        return drafts
    if proactive.is_about(words, kinds, head):
        return [proactive.read(state, token, words)]
    return [applications.read(state, token, words, head)]


def _open(state: State, token: Token) -> Draft:
    about = state.topic in ("applications", "legal")
    return state.none(token, "unclear" if about else "not_in_form")


def _is_foreign(state: State, head: Token, kinds: set[str], beyond: set[str]) -> bool:
    """Whether the last noun is nothing that the form counts, and no outcome
    is told after it (因涉及他人信息不予公开, 已结案件中维持)."""
    if head.kind not in ("foreign", "publish") or (head.kind == "publish" and "item" in kinds):
        return False
    told_after = {"applications": OUTCOMES, "legal": {"result"}, "proactive": {"measure"}}
    return not beyond & told_after.get(state.topic, set())


def _is_legal(state: State, words: Sequence[Token], kinds: set[str], head: Token | None) -> bool:
    """Whether the words are about reviews and lawsuits."""
    if "legal" in kinds:
        first = next(word for word in words if word.kind == "legal")
        return head is None or head.kind in ("legal", "aside") or words.index(head) < words.index(first)
    if kinds & OUTCOMES or "request" in kinds:
        return False
    if "result" in kinds:
        return True
    others = kinds & {"item", "applicant", "measure"}
    bare_other = kinds == {"bare"} and words[-1].code == "other"
    return state.topic == "legal" and not others and ("carry" in kinds or bare_other)
