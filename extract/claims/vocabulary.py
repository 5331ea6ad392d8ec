"""The words of ``data/prose/metrics.yaml``, ready for looking up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extract.paths import DATA

_MAX_KNOWN = 8192
_BUCKET = 16


class VocabularyError(ValueError):
    """The vocabulary file contradicts itself; the message names the word."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words with what they tell, units, fillers and the wording of reasons.

    ``words`` gives kind and code of a word; ``lengths`` the lengths, longest
    first, of the words that begin with two characters (or are just one);
    ``starts`` is a pattern for these beginnings.
    """

    words: Mapping[str, tuple[str, str]]
    lengths: Mapping[str, tuple[int, ...]]
    starts: str
    fillers: re.Pattern[str]
    count_units: frozenset[str]
    other_units: frozenset[str]
    money_units: Mapping[str, Decimal]
    unlike: Mapping[str, str]
    reasons: Mapping[str, str]
    known: dict[str, int] = field(default_factory=dict)  # residues of texts already seen

    def longest(self, text: str, start: int) -> int:
        """Where the longest word that begins at ``start`` ends; ``start`` if none does."""
        words = self.words
        for length in self.lengths.get(text[start : start + 2], ()):
            if text[start : start + length] in words:
                return start + length
        return start + 1 if text[start] in words else start

    def residue(self, gap: str) -> int:
        """How many characters of ``gap`` are neither fillers nor digits nor punctuation."""
        if not gap:
            return 0
        known = self.known.get(gap)
        if known is None:
            if len(self.known) >= _MAX_KNOWN:
                self.known.clear()
            known = self.known[gap] = len(self.fillers.sub("", gap))
        return known


@cache
def load_vocabulary() -> Vocabulary:
    """The project's vocabulary."""
    return read_vocabulary(DATA / "prose" / "metrics.yaml")


def read_vocabulary(path: Path) -> Vocabulary:
    """Reads a vocabulary file; raises VocabularyError where a word is listed
    under two codes, or is empty."""
    data: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    words: dict[str, tuple[str, str]] = {}
    for kind, codes in data["words"].items():
        for code, patterns in codes.items():
            for word in (word for pattern in patterns for word in expand(pattern)):
                if not word or words.setdefault(word, (kind, code)) != (kind, code):
                    raise VocabularyError(f"{path.name}: {word!r} stands for {words.get(word)} and {(kind, code)}")
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[:2], set()).add(len(word))
    fillers = {word for pattern in data["fillers"] for word in expand(pattern)} - {""}
    return Vocabulary(
        words=words,
        lengths={key: tuple(sorted(found, reverse=True)) for key, found in lengths.items()},
        starts=_starts(lengths),
        fillers=re.compile(r"[\d.,\uff0c;:()\-]|" + "|".join(map(re.escape, sorted(fillers, key=len, reverse=True)))),
        count_units=frozenset(data["units"]["count"]),
        other_units=frozenset(data["units"]["other"]),
        money_units={unit: Decimal(factor) for unit, factor in data["units"]["money"].items()},
        unlike=data["units"]["unlike"],
        reasons={code: f"{text['zh']} / {text['en']}" for code, text in data["reasons"].items()},
    )


def expand(pattern: str) -> list[str]:
    """The words of a pattern: ``{a,b}c`` is ac and bc, ``{a,}c`` is ac and c."""
    return _expand(pattern, 0, inner=False)[0]


def _expand(pattern: str, start: int, inner: bool) -> tuple[list[str], int]:
    done: list[str] = []
    words = [""]
    place = start
    while place < len(pattern):
        character = pattern[place]
        place += 1
        if character == "{":
            parts, place = _expand(pattern, place, inner=True)
            words = [word + part for word in words for part in parts]
        elif inner and character == ",":
            done += words
            words = [""]
        elif character == "}":
            if not inner:
                raise VocabularyError(f"{pattern!r}: a brace too many")
            return done + words, place
        else:
            words = [word + character for word in words]
    if inner:
        raise VocabularyError(f"{pattern!r}: a brace is not closed")
    return words, place


def _starts(keys: Iterable[str]) -> str:
    """A pattern that matches the beginning of every word, by first character.

    The first characters stand in buckets: an alternation is tried branch by
    branch, a set of characters at once.
    """
    seconds: dict[str, set[str]] = {}
    for key in keys:
        seconds.setdefault(key[0], set()).add(key[1:])
    firsts = sorted(seconds)
    buckets = []
    for place in range(0, len(firsts), _BUCKET):
        bucket = firsts[place : place + _BUCKET]
        inner = "|".join(_start(first, seconds[first]) for first in bucket)
        buckets.append(f"(?=[{''.join(map(re.escape, bucket))}])(?:{inner})")
    return "|".join(buckets)


def _start(first: str, following: set[str]) -> str:
    rest = "".join(sorted(re.escape(character) for character in following if character))
    optional = "?" if "" in following else ""
    return re.escape(first) + (f"[{rest}]{optional}" if rest else "")
