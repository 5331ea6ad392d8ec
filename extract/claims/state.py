"""What is known at one place of a sentence while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.claims.lexer import Token
from extract.claims.model import Context, Draft
from extract.claims.vocabulary import Vocabulary
from extract.forms import Form

HEADS = frozenset({"request", "legal", "item", "foreign", "publish", "channel", "applicant", "aside"})
"""Kinds of words that name what is counted."""

CONTENT = HEADS | {"verb", "carry", "outcome", "bare", "reason", "result", "measure"}
"""Kinds of words that a number can be tied to."""

OUTCOMES = frozenset({"outcome", "reason"})

GROUPS = frozenset({"refused", "unavailable", "not_processed", "other"})
"""Groups of rows of section three that are metrics of their own."""


@dataclass(slots=True)
class State:
    """The sentence so far.

    ``own`` are the words of the clause since its last number, ``prior`` those
    of the clauses before since the last number; ``bound`` is where the last
    number ended or the clause began. ``parent`` is the draft that 其中, 含 or a
    bracket takes apart.
    """

    text: str
    tokens: Sequence[Token]
    form: Form
    vocabulary: Vocabulary
    context: Context
    topic: str
    legal: tuple[str, ...]
    scope: str
    row: str
    list_of: str
    doc_row: str = ""  # row of section two last spoken of
    making: str = ""  # what governs a list of documents or decisions: issued, decisions, publish …
    own: list[Token] = field(default_factory=list)
    prior: list[Token] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    parent: int | None = None
    bound: int = 0

    @classmethod
    def begin(cls, text: str, tokens: Sequence[Token], form: Form, vocabulary: Vocabulary, context: Context) -> State:
        """The state before a sentence, with what ``context`` hands on."""
        return cls(text, tokens, form, vocabulary, context, context.topic, context.legal, context.scope, context.row,
                   context.list_of)  # fmt: skip

    def hand_on(self) -> None:
        """Leaves in the context what the next sentence may need."""
        context = self.context
        context.topic, context.legal, context.scope = self.topic, self.legal, self.scope
        context.row, context.list_of = self.row, self.list_of

    def unknown(self, start: int, end: int) -> int:
        """How many characters between two places tell nothing that is understood."""
        return self.vocabulary.residue(self.text[start:end]) if start < end else 0

    def marked(self, *codes: str) -> bool:
        """Whether 其中, 共, 等 … stands in the clause."""
        return any(word.kind == "mark" and word.code in codes for word in self.own)

    def none(self, token: Token, reason: str) -> Draft:
        """The draft of a number that is no claim."""
        return Draft(token.value, self.scope, reason=reason)

    def draft(self, token: Token, table: str, item: str, column: str = "total", doubt: str = "") -> Draft:
        """The draft of a number that is a figure of the form."""
        return Draft(token.value, self.scope, table, item, column, doubt=doubt)
