"""The prose of a document, with the figures that were read from it. Runs in the child process alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dashboard.original.contacts import APART, cuts, replaced
from dashboard.original.marks import bare
from extract.claims.lexer import NUMBER, Token, normalise, tokenise
from extract.claims.prose import paragraphs
from extract.figures import nfkc
from extract.model import Document

_PUNCTUATION = re.compile("[，,。；;：:]")
_UNIT = Decimal(10_000)  # 元 in 万元, in which amounts are stored; 万元 in 亿元

Span = tuple[int, int]


def prose(document: Document, claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``paragraphs``: each ``prose`` (it has punctuation, and is no heading or menu) and ``segments`` of its text;
    ``not_found``: claims (by id) whose sentence is not there.

    A segment's ``kind`` is "plain", "sentence" (of a claim), or "figure". Its ``claims`` are those stated there: of
    a sentence those whose figure is not printed (无, 未收到). ``sure`` is False where one figure stands in the
    sentence more often than claims say, or less: then each may be meant.
    """
    texts = list(paragraphs(document))
    found = cuts(texts, [APART] * len(texts))
    texts = [replaced(text, found[number]) if number in found else text for number, text in enumerate(texts)]
    spans, not_found = _places(texts, claims)
    return {
        "paragraphs": [
            {"prose": _PUNCTUATION.search(text) is not None, "segments": list(_segments(text, spans.get(number, {})))}
            for number, text in enumerate(texts)
        ],
        "not_found": not_found,
    }


def _places(
    texts: Sequence[str], claims: Sequence[Mapping[str, Any]]
) -> tuple[dict[int, dict[Span, list[Mapping[str, Any]]]], list[str]]:
    """By paragraph and place in it: the claims of each sentence; and those whose sentence is nowhere."""
    spans: dict[int, dict[Span, list[Mapping[str, Any]]]] = {}
    missing: list[str] = []
    known: dict[str, tuple[int, Span] | None] = {}
    squeezed = [_Squeezed(text) for text in texts]
    last = 0
    for claim in claims:
        sentence = bare(claim["sentence"])
        if sentence not in known:
            # (Claims come in the order of the text; a sentence may stand in it twice.)
            order = [*range(last, len(texts)), *range(last)]
            places = ((number, squeezed[number].find(sentence)) for number in order)
            known[sentence] = next(((number, span) for number, span in places if span), None) if sentence else None
        place = known[sentence]
        if place is None:
            missing.append(claim["id"])
            continue
        last, span = place
        spans.setdefault(last, {}).setdefault(span, []).append(claim)
    return spans, missing


class _Squeezed:
    """A text to be searched regardless of white space."""

    def __init__(self, text: str) -> None:
        self._places = [place for place, character in enumerate(text) if not character.isspace()]
        self._text = bare(text)

    def find(self, sentence: str) -> Span | None:
        """Where the sentence, itself without white space, stands in the text."""
        start = self._text.find(sentence)
        return None if start < 0 else (self._places[start], self._places[start + len(sentence) - 1] + 1)


def _segments(text: str, spans: Mapping[Span, list[Mapping[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The paragraph in pieces."""
    place = 0
    for (start, end), claims in sorted(spans.items(), key=lambda pair: pair[0]):
        if start < place:  # a sentence that is part of another
            start = place
        if start >= end:
            continue
        if place < start:
            yield _segment("plain", text[place:start])
        yield from _sentence(text[start:end], claims)
        place = end
    if place < len(text):
        yield _segment("plain", text[place:])


def _sentence(text: str, claims: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    figures = _figures(text)
    said: dict[Span, tuple[list[str], bool]] = {}
    unprinted = []
    values = dict.fromkeys(Decimal(claim["value"]) for claim in claims if claim["value"] is not None)
    unprinted += [claim["id"] for claim in claims if claim["value"] is None]
    for value in values:
        alike = [claim for claim in claims if claim["value"] is not None and Decimal(claim["value"]) == value]
        these, tied = [claim["id"] for claim in alike], {claim["tied"] for claim in alike}
        standing = [span for span, token in figures if _means(token, value)]
        if not standing:
            unprinted += these
        elif len(standing) == len(these) and len(tied) == 1:
            # Claims stand in the order of their figures, those that could be tied and the others each for themselves.
            said.update({span: ([claim], True) for span, claim in zip(standing, these, strict=True)})
        else:
            said.update({span: (these, len(standing) == 1) for span in standing})
    place = 0
    for (start, end), (ids, sure) in sorted(said.items()):
        if place < start:
            yield _segment("sentence", text[place:start], unprinted)
        yield _segment("figure", text[start:end], ids, sure)
        place = end
    if place < len(text):
        yield _segment("sentence", text[place:], unprinted)


def _segment(kind: str, text: str, claims: Sequence[str] = (), sure: bool = True) -> dict[str, Any]:
    return {"kind": kind, "text": text, "claims": list(claims), "sure": sure}


def _means(token: Token, value: Decimal) -> bool:
    """Whether a number of the text is that value, as counts or amounts are stored."""
    amounts = (token.value, token.value / _UNIT, token.value * _UNIT) if "元" in token.unit else (token.value,)
    return any(round(amount, 4) == value for amount in amounts)


def _figures(text: str) -> list[tuple[Span, Token]]:
    """The numbers of a sentence with their places in it."""
    normal = normalise(text)
    places = _alignment(text, normal)
    found = []
    for token in tokenise(normal, None):
        if token.kind != NUMBER or not token.start < token.end <= len(places):
            continue
        first, last = places[token.start], places[token.end - 1]
        span = first, last + 1
        if token.unit and text[first : last + 1].endswith(token.unit):
            span = first, last + 1 - len(token.unit)
        found.append((span, token))
    return found


def _alignment(text: str, normal: str) -> list[int]:
    """For each character of the normalised text its place in the text; ends where they cannot be aligned."""
    places: list[int] = []
    place = 0
    for character in normal:
        while place < len(text) and not _makes(text[place], character):
            if text[place] in "《<" and character == "□":
                break
            place += 1
        if place == len(text):
            break
        places.append(place)
        if character == "□" and text[place] in "《<":
            ends = [end for end in (text.find("》", place), text.find(">", place)) if end > 0]
            place = min(ends, default=place)
        place += 1
    return places


def _makes(character: str, normal: str) -> bool:
    return character == normal or nfkc(character)[:1] == normal
