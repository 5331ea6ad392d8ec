"""Figures of section two: documents, decisions, fees."""

from __future__ import annotations

from collections.abc import Sequence

from extract.claims.lexer import Token
from extract.claims.model import Draft
from extract.claims.state import OUTCOMES, State

_DOCUMENTS = frozenset({"regulations", "normative_documents"})
_MONEY = frozenset({"fees", "procurement"})


def is_about(words: Sequence[Token], kinds: set[str], head: Token | None) -> bool:
    """Whether the words are about a row of section two."""
    if head is not None and head.kind == "item":
        return True
    if "measure" not in kinds or kinds & OUTCOMES or "request" in kinds:
        return False
    # 作出答复12件 is about applications.
    return not (words[-1].code == "decisions" and "verb" in kinds)


def amount(state: State, token: Token, words: Sequence[Token]) -> Draft:
    """The draft of an amount of money, in 万元."""
    rows = [word.code for word in (*state.prior, *words) if word.kind == "item"]
    row = rows[-1] if rows else state.doc_row
    if row not in _MONEY or any(word.kind == "foreign" for word in words):
        return state.none(token, "not_in_form")
    state.doc_row = row
    draft = _figure(state, token, row, "amount")
    if not draft.reason and draft.value:
        draft.value *= state.vocabulary.money_units[token.unit]
    return draft


def read(state: State, token: Token, words: Sequence[Token]) -> Draft:
    """The draft of a number of documents, decisions or projects."""
    state.topic = "proactive"
    items = [word.code for word in words if word.kind == "item"]
    row = items[-1] if items else state.doc_row
    received = any(word.kind == "verb" and word.code.startswith("receive") for word in words)
    if not row or row == "fees" or received or _done_otherwise([*state.prior, *words]):
        return state.none(token, "not_in_form")
    state.doc_row = row
    state.making = making = _making(words) or state.making
    if row in _DOCUMENTS:
        return _documents(state, token, row, making)
    if row == "procurement":
        return _figure(state, token, row, "projects")
    if making == "publish":
        return state.none(token, "published")
    return _figure(state, token, row, "decisions", "" if making in ("decisions", "issued") else "bare_item")


def _done_otherwise(words: Sequence[Token]) -> bool:
    """解读规范性文件12件: nothing that the form counts, unless such a verb follows (清理后废止9件)."""
    told = [word.kind for word in words if word.kind in ("foreign", "measure")]
    return "foreign" in told and told[-1] != "measure"


def _making(words: Sequence[Token]) -> str:
    """What was done with the documents or decisions: the code of a measure, or publish."""
    for word in reversed(words):
        if word.kind == "measure":
            return word.code
        if word.kind == "publish":
            return "publish"
    handled = any(word.kind == "verb" and word.code in ("handle", "conclude") for word in words)
    return "decisions" if handled else ""


def _documents(state: State, token: Token, row: str, making: str) -> Draft:
    old_form = state.form.code == "2019"
    made = "newly_made" if old_form else "issued"
    if making == "publish":
        return _figure(state, token, row, "newly_disclosed" if old_form else "issued", "" if old_form else "published")
    if not making or making in ("decisions", "amount"):
        return _figure(state, token, row, made, "bare_item")
    # 规章13件（含新制定5件）: the parts of another number need not be what the form asks for.
    return _figure(
        state, token, row, made if making == "issued" else making, "bare_item" if state.parent is not None else ""
    )


def _figure(state: State, token: Token, row: str, column: str, doubt: str = "") -> Draft:
    return state.draft(token, "proactive", row, column, doubt)
