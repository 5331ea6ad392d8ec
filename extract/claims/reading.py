"""The claims of a document: every sentence of its prose read in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from extract.claims.elsewhere import set_apart
from extract.claims.inflow import leave_out, take_in
from extract.claims.lexer import NUMBER, counts, normalise, tokenise
from extract.claims.model import Claim, ClaimsReading, Context, Draft, Said, Unresolved
from extract.claims.prose import Sentence, sentences
from extract.claims.resolve import GROUPS_OF_ROWS, Tables, resolve
from extract.claims.statements import may_state
from extract.claims.vocabulary import load_vocabulary
from extract.claims.walk import read_sentence
from extract.forms import CellKey, Form
from extract.masthead import Masthead
from extract.matching.result import Cell
from extract.model import Document

# Most sentences state no figure; these three patterns tell which to look at closely.
# They begin with a set of characters, or each branch with one: for such a text is searched fastest.
_NUMBER = re.compile(
    r"[\d零〇一二两三四五六七八九十百千为是](?:(?<=\d)|(?<=[零〇一二两三四五六七八九十百千])\s?[件条份例起宗次封项]|(?<=[为是])零)"
)
_DENIAL = re.compile(r"未|无|没|零|不存在")
_SUBJECT = re.compile(
    r"申\s?请|复\s?议|诉|收\s?[到理]|接\s?[到收]|受\s?理|新\s?收|收办|办\s?[理结复]|答\s?复|回\s?复|结\s?转|处\s?理"
    r"|不\s?[予同]|予以?\s?公|同意公|部分公|无法|掌\s?握|规范性文\s?件|规章|许可|处罚|强制|收费|采购|维\s?持|纠\s?[正错]"
)
_APPLICATIONS = re.compile(r"信息公开申请|依申请公开|公开申请|申请公开")
_ZONE = re.compile(r"开发区|新区|高新区|园区|示范区|试验区|保税区|管委会|管理委员会")


def read_claims(document: Document, form: Form, cells: Mapping[CellKey, Cell], masthead: Masthead) -> ClaimsReading:
    """The figures of the form that the document's prose states.

    ``form`` is the edition of the filing's tables, ``cells`` what they hold
    (used only to decide what a sentence leaves open). Only prose is read, not
    tables. A figure stated twice for the same scope is one claim. Never
    raises for what a document holds.
    """
    zone = masthead.agency is not None and _ZONE.search(masthead.agency) is not None
    context = Context(default_scope=masthead.scope, year=masthead.report_year, agency=masthead.agency or "", zone=zone)
    # The words of the prose are tied to the codes of the forms since 2019.
    tables = Tables({**cells, **{key: cells[own] for key, own in _told(form).items() if own in cells}})
    reading = ClaimsReading(sentences=list(sentences(document)))
    seen: set[tuple[object, ...]] = set()
    before: Said | None = None
    for sentence in reading.sentences:
        if sentence.section is not None:
            context.enter(sentence.section)
        elif sentence.first:
            context.begin()
        drafts = _figures(sentence, context, form, tables)
        for draft in drafts:
            _add(reading, seen, draft, sentence)
        states = may_state(sentence.text) or any([draft.parent is not None for draft in drafts])
        said = _said(sentence, context, drafts) if states or drafts else None
        if said is not None and states:
            reading.said.append(said)
        if before is not None and said is not None and not sentence.first and sentence.section is None:
            reading.said += _taken_apart(before, said)
        before = said
    return reading


def _figures(sentence: Sentence, context: Context, form: Form, tables: Tables) -> list[Draft]:
    """The numbers of a sentence; none where it states no figure."""
    counted = _NUMBER.search(sentence.text) is not None
    if not counted and not _DENIAL.search(sentence.text):
        if _APPLICATIONS.search(sentence.text):
            context.topic = "applications"
        return []
    if _SUBJECT.search(sentence.text) or (counted and context.topic in ("applications", "legal")):
        return _drafts(sentence, context, form, tables)
    return [Draft(value, "", reason="not_in_form") for value in counts(sentence.text)] if counted else []


def _said(sentence: Sentence, context: Context, drafts: list[Draft]) -> Said:
    """A sentence with its scope: that of its figures, else that which the paragraph named."""
    scope = next((draft.scope for draft in drafts if draft.scope), "") or context.scope or context.default_scope
    if scope == "own" and context.default_scope == "represented":
        scope = "represented"  # as of figures (see read_sentence)
    return Said(sentence.text, context.topic, scope, context.legal, drafts)


def _taken_apart(before: Said, said: Said) -> list[Said]:
    """Both sentences as one where the second takes apart the only number of the
    first (收到申请20件。其中，网络申请12件、信函申请8件。)."""
    if len(before.drafts) != 1 or before.drafts[0].reason or not said.drafts or "其中" not in said.text[:4]:
        return []
    first, second = normalise(before.text), normalise(said.text)
    if not second.startswith("其中") or normalise(before.text + said.text) != first + second:
        return []
    shift = len(first)
    drafts = [
        replace(draft, place=draft.place + shift, end=draft.end + shift,
                parent=0 if draft.parent is None else draft.parent + 1)
        for draft in said.drafts if draft.place >= 0
    ]  # fmt: skip
    if len(drafts) != len(said.drafts):
        return []
    drafts = [replace(before.drafts[0]), *drafts]
    return [Said(before.text + said.text, said.topic, before.scope, said.legal, drafts, listed=True)]


def _drafts(sentence: Sentence, context: Context, form: Form, tables: Tables) -> list[Draft]:
    text = normalise(sentence.text)
    tokens = tokenise(text, context.year)
    if not any(token.kind in (NUMBER, "denial") for token in tokens):
        return []
    drafts = read_sentence(text, tokens, context, form)
    set_apart(text, drafts, context.agency)
    take_in(text, drafts, tables)
    resolve(drafts, tables)
    leave_out(text, drafts, tables)
    known, told = _metrics(form), _told(form)
    for draft in drafts:
        key = draft.table, draft.item, draft.column
        if key in told:
            draft.table, draft.item, draft.column = told[key]
        elif not draft.reason and key not in known:
            draft.reason = "not_in_form"
    return drafts


def _told(form: Form) -> dict[CellKey, CellKey]:
    """The edition's own cells for the metrics of later editions that count the
    same, as far as words tell them: the form of 2014 counts 办结 and 答复
    apart, which prose and vocabulary do not."""
    return {key: own for key, own in form.equivalents.items() if key[1] != "concluded_total"}


@cache
def _metrics(form: Form) -> frozenset[CellKey]:
    """The cells of the edition, and the groups of rows that are metrics too."""
    cells = frozenset(form.cells())
    merged = {
        ("applications", row.split(".")[0], "total")
        for table, row, _ in cells
        if table == "applications" and "." in row
    }
    return cells | merged | {key for key, parts in GROUPS_OF_ROWS.items() if cells.issuperset(parts)}


def _add(reading: ClaimsReading, seen: set[tuple[object, ...]], draft: Draft, sentence: Sentence) -> None:
    if draft.unitless and not sentence.prose:
        return
    if draft.reason:
        key: tuple[object, ...] = (draft.value, sentence.text, draft.reason)
        if sentence.prose and not draft.quiet and key not in seen:
            seen.add(key)
            reason = load_vocabulary().reasons[draft.reason]
            reading.unresolved.append(Unresolved(draft.value, sentence.text, reason))
        return
    key = (draft.metric, draft.value, draft.scope)
    if key not in seen:
        seen.add(key)
        reading.claims.append(Claim(draft.metric, draft.value, sentence.text, draft.scope))
