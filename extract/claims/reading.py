"""The claims of a document: every sentence of its prose read in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping

from extract.claims.lexer import NUMBER, normalise, tokenise
from extract.claims.model import Claim, ClaimsReading, Context, Draft, Unresolved
from extract.claims.prose import Sentence, sentences
from extract.claims.reader import SentenceReader
from extract.claims.resolve import Tables, resolve
from extract.claims.vocabulary import load_vocabulary
from extract.forms import CellKey, Form
from extract.masthead import Masthead
from extract.matching.result import Cell
from extract.model import Document

# A sentence without a number or a denial states no figure.
_MAY_COUNT = re.compile(r"[\d０-９零〇一二两三四五六七八九十百无未均]|没有|不存在")

_ZONE = re.compile(r"开发区|新区|高新区|园区|示范区|试验区|保税区|管委会|管理委员会")


def read_claims(
    document: Document, form: Form, cells: Mapping[CellKey, Cell], masthead: Masthead
) -> ClaimsReading:
    """The figures of the form that the document's prose states.

    ``form`` is the edition of the filing's tables, ``cells`` what they hold
    (used only to decide what a sentence leaves open). Only prose is read, not
    tables. A figure stated twice for the same scope is one claim. Never
    raises for what a document holds.
    """
    zone = masthead.agency is not None and _ZONE.search(masthead.agency) is not None
    context = Context(default_scope=masthead.scope, year=masthead.report_year, zone=zone)
    tables = Tables(cells)
    reading = ClaimsReading()
    seen: set[tuple[object, ...]] = set()
    for sentence in sentences(document):
        if sentence.section is not None:
            context.enter(sentence.section)
        elif sentence.first:
            context.begin()
        if not _MAY_COUNT.search(sentence.text):
            continue
        for draft in _drafts(sentence, context, form, tables):
            _add(reading, seen, draft, sentence, context)
    return reading


def _drafts(sentence: Sentence, context: Context, form: Form, tables: Tables) -> list[Draft]:
    text = normalise(sentence.text)
    tokens = tokenise(text, context.year)
    if not any(token.kind in (NUMBER, "denial") for token in tokens):
        return []
    drafts = SentenceReader(text, tokens, context, form).read()
    resolve(drafts, tables)
    return drafts


def _add(
    reading: ClaimsReading, seen: set[tuple[object, ...]], draft: Draft, sentence: Sentence, context: Context
) -> None:
    if draft.reason:
        key: tuple[object, ...] = (draft.value, sentence.text, draft.reason)
        if sentence.prose and not draft.quiet and key not in seen:
            seen.add(key)
            reason = load_vocabulary().reasons[draft.reason]
            reading.unresolved.append(Unresolved(draft.value, sentence.text, reason))
        return
    scope = draft.scope or context.default_scope
    if scope == "own" and context.default_scope == "represented":
        scope = "represented"  # the office that speaks of itself files for its government
    key = (draft.metric, draft.value, scope)
    if key not in seen:
        seen.add(key)
        reading.claims.append(Claim(draft.metric, draft.value, sentence.text, scope))
