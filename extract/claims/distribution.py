"""Sentences that give several names first and their numbers after, put in order.

予以公开、不予公开分别为7件、3件 becomes 予以公开7件、不予公开3件, and 复议、诉讼各1件
becomes 复议1件、诉讼1件, by moving the words (not the text).
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.claims.lexer import LIST, NUMBER, Token

_NAMES = frozenset({"outcome", "legal", "carry", "verb", "reason", "result", "applicant", "item"})
_MARKS = frozenset({"respectively", "each", "all"})
AND = frozenset({"、", "和", "及", "与", "或", "以及"})
"""Words that join names."""

_LOOK_BACK = 24  # words before 分别 among which the names stand
_APART = frozenset({",", ";", "(", ")", NUMBER})


def distribute(tokens: Sequence[Token], text: str) -> list[Token]:
    """The tokens with every 分别 and 各 resolved where names and numbers match."""
    if not any(token.kind == "mark" and token.code in _MARKS for token in tokens):
        return list(tokens)
    done: list[Token] = []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.kind == "mark" and token.code in _MARKS:
            names = _names(done, text)
            numbers = _numbers(tokens, place + 1, 1 if token.code != "respectively" else len(names))
            if len(names) > 1 and numbers and (token.code != "all" or tokens[numbers[0]].start == token.end):
                values = [tokens[index] for index in numbers]
                if token.code != "respectively":
                    values = values * len(names)
                first = names[0].start
                done = [word for word in done if word.start < first]
                for name, value in zip(names, values, strict=True):
                    done += [name.moved(value.start), value, Token(LIST, LIST, value.end, value.end)]
                place = numbers[-1] + 1
                continue
        done.append(token)
        place += 1
    return done


def _names(done: Sequence[Token], text: str) -> list[Token]:
    """The names that stand before, back to the last punctuation that parts clauses."""
    names: list[Token] = []
    for token in done[: -_LOOK_BACK - 1 : -1]:
        if token.kind in _APART:
            break
        if token.kind in _NAMES and (not names or token.kind == names[0].kind):
            names.insert(0, token)
        elif token.kind == "request":
            # 申请、行政复议各1件, but not 申请引发的行政复议、行政诉讼各1件
            if names and text[token.end : names[0].start] in AND:
                names.insert(0, token)
        elif token.kind in _NAMES or token.kind == "foreign":
            break
    return names


def _numbers(tokens: Sequence[Token], place: int, wanted: int) -> list[int]:
    """Where the next ``wanted`` numbers stand, with only commas between them."""
    found: list[int] = []
    while place < len(tokens) and len(found) < wanted:
        token = tokens[place]
        if token.kind == NUMBER:
            found.append(place)
        elif token.kind not in (LIST, ","):
            break
        place += 1
    return found if len(found) == wanted and wanted else []
