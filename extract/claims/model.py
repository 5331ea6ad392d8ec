"""What reading the prose yields, and what is kept while a sentence is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from extract.claims.prose import Sentence
from extract.figures import json_number


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of the form as the prose states it.

    ``metric`` is ``table.row.column`` or a group metric of the contract,
    ``value`` a count or an amount in 万元, ``scope`` own, area, represented
    or unknown.
    """

    metric: str
    value: Decimal
    sentence: str
    scope: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A number of the prose that is no figure of the form, or may be several;
    ``reason`` says why, 中文 / English."""

    value: Decimal
    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What the prose states beside figures of the form, of a kind of the
    contract (``statement_kind``).

    ``metric`` is what it is about, ``base`` what a percentage is of, ``value``
    a percentage, a sum or an amount in 万元, ``parts`` the listed parts of a sum.
    """

    kind: str
    sentence: str
    scope: str
    metric: str | None = None
    base: str | None = None
    value: Decimal | None = None
    parts: tuple[Decimal, ...] | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What two statements that say the same have in common: all but the sentence."""
        return (self.kind, self.scope, self.metric, self.base, self.value, self.parts, self.first_day, self.last_day)

    def plain(self) -> dict[str, Any]:
        """The statement as the contract's JSON has it; what it does not state is left out."""
        said = {
            "kind": self.kind,
            "metric": self.metric,
            "base": self.base,
            "value": json_number(self.value),
            "parts": None if self.parts is None else [json_number(part) for part in self.parts],
            "first_day": self.first_day and self.first_day.isoformat(),
            "last_day": self.last_day and self.last_day.isoformat(),
            "sentence": self.sentence,
            "scope": self.scope,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(slots=True)
class Said:
    """A sentence that may make statements, with what reading its figures told
    of it: ``topic``, ``scope`` and the rows of section four (``legal``) that
    it speaks of, and its numbers."""

    text: str
    topic: str
    scope: str
    legal: tuple[str, ...]
    drafts: list[Draft]
    listed: bool = False  # two sentences, told as one for the list of parts that they make


@dataclass(slots=True)
class ClaimsReading:
    """The figures of one filing's prose, in reading order, the sentences that
    may state something beside them, and all sentences."""

    claims: list[Claim] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    said: list[Said] = field(default_factory=list, compare=False)
    sentences: list[Sentence] = field(default_factory=list, compare=False)


@dataclass(slots=True)
class Draft:
    """A number of one sentence on its way to a claim.

    ``item`` is a row or group code of ``table``. ``doubt`` names the question
    that only the rest of the sentence or the tables can answer; ``reason`` is
    the code of why the number is no claim ("" while it may be one).
    ``parent`` is the place in the sentence of the number that this one is a
    part of.
    """

    value: Decimal
    scope: str
    table: str = ""
    item: str = ""
    column: str = "total"
    parent: int | None = None
    doubt: str = ""
    reason: str = ""
    verb: str = ""
    summed: bool = False  # 共, 合计 stands before it
    quiet: bool = False  # too weak a trace of a number to be reported as unresolved
    unitless: bool = False  # no unit stands after it: in a table's line it may be a cell
    place: int = -1  # where the number begins in the normalised sentence; -1 where none is printed
    end: int = -1  # where it ends, with its unit

    @property
    def metric(self) -> str:
        """The metric as the contract writes it."""
        return f"{self.table}.{self.item}.{self.column}"


@dataclass(slots=True)
class Context:
    """What earlier sentences leave for the next one."""

    default_scope: str
    year: int | None
    agency: str = ""  # the filer, "" where it is unknown
    zone: bool = False  # the filer is a development zone: 我区 is the filer itself
    section: str = ""  # topic of the section or paragraph
    topic: str = ""  # applications, legal, proactive, other, or "" where unknown
    legal: tuple[str, ...] = ()  # rows or groups of section four last spoken of
    row: str = ""  # row or group of section three last spoken of
    scope: str = ""  # scope that the paragraph has named
    untimely: str = ""  # why the numbers of the sentence before were not this year's
    list_of: str = ""  # what the list at hand lists: outcome, reason, applicant, result

    def enter(self, section: str) -> None:
        """A section or paragraph with a heading of its own begins."""
        self.section = section
        self.begin()

    def begin(self) -> None:
        """A paragraph begins."""
        self.topic = self.section
        self.legal = ("review", "litigation") if self.section == "legal" else ()
        self.row = self.scope = self.list_of = self.untimely = ""
