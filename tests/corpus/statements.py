"""Prose with labelled statements: what each sentence states beside figures of the form.

One line of statements.txt is ``pattern => statements``. {a,b} in the pattern is one of the alternatives; ¶ begins a
paragraph; @ at the beginning sets the sentence under the heading 依申请公开情况. Statements are joined by ``;``:

- ``all``: all was concluded; ``upheld ROW``: every decision was upheld
- ``% METRIC VALUE BASE``: a percentage; ``parts METRIC SUM PART …``: a sum and its parts
- ``period FIRST LAST`` (- for a day that is not stated or does not exist)
- ``nofee``, ``fee VALUE`` (万元; - where it is not stated), ``form EDITION``

Nothing after => is a trap: the sentence states nothing of the kind. A third of the patterns, chosen by a checksum, is
kept apart and was not looked at while the reader was developed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from zlib import crc32

from extract.claims.model import Statement
from extract.claims.vocabulary import expand

YEAR = 2024
HELD_OUT = 3  # one pattern in this many

PATTERNS = Path(__file__).with_suffix(".txt").read_text("utf-8")


@dataclass(frozen=True)
class Sample:
    """A labelled text and what it states (``Statement.identity`` without its scope)."""

    pattern: str
    text: str
    stated: frozenset[tuple[object, ...]]


def patterns(held_out: bool | None = None) -> tuple[str, ...]:
    """The patterns; only those held out (True) or developed on (False)."""
    lines = [line for line in PATTERNS.splitlines() if line and not line.startswith("# ")]
    return tuple(line for line in lines if held_out is None or (crc32(line.encode()) % HELD_OUT == 0) == held_out)


def samples(seed: int, most: int, held_out: bool | None = None) -> Iterator[Sample]:
    """Up to ``most`` texts of every pattern, the same for the same seed."""
    for pattern in patterns(held_out):
        line, _, stated = pattern.partition("=>")
        heading = "依申请公开情况。" if line.startswith("@") else ""
        texts = expand(line.removeprefix("@").strip())
        random = Random(f"{seed}:{pattern}")
        for text in random.sample(texts, min(most, len(texts))):
            yield Sample(pattern, heading + text, frozenset(map(_identity, filter(str.strip, stated.split(";")))))


def told(statement: Statement) -> tuple[object, ...]:
    """A statement without sentence and scope."""
    return (statement.kind, *statement.identity[2:])


def _identity(short: str) -> tuple[object, ...]:
    kind, *rest = short.split()
    if kind == "all":
        made = Statement("all_concluded", "", "")
    elif kind == "upheld":
        made = Statement("all_upheld", "", "", f"review_litigation.{rest[0]}.total")
    elif kind == "%":
        made = Statement("percentage", "", "", rest[0], rest[2] if len(rest) > 2 else None, Decimal(rest[1]))
    elif kind == "parts":
        made = Statement(
            "breakdown", "", "", rest[0], value=Decimal(rest[1]), parts=tuple(Decimal(part) for part in rest[2:])
        )
    elif kind == "period":
        first, last = (None if day == "-" else date.fromisoformat(day) for day in rest)
        made = Statement("period", "", "", first_day=first, last_day=last)
    elif kind == "form":
        made = Statement("form_cited", "", "", rest[0])
    else:
        value = Decimal(rest[0]) if rest and rest[0] != "-" else None
        made = Statement({"nofee": "no_fees", "fee": "fees_charged"}[kind], "", "", value=value)
    return told(made)
