"""One sentence read: its numbers tied to words, and these to the form.

A number belongs to the words before it in its clause (予以公开7件); where none
tell anything, to those after it (7件予以公开); where these do not either, to the
clauses before (收到申请，共12件). What is told is decided by the last noun: of
收到群众留言12条 that is 留言, so that 收到 says nothing of applications.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from extract.claims import legal, others
from extract.claims.denial import denied
from extract.claims.distribution import distribute
from extract.claims.lexer import CLOSE, NUMBER, OPEN, STOP, YEAR, Token
from extract.claims.meaning import APART, belonging, following_words, is_denied, meaning, telling, year_in_brackets
from extract.claims.model import Context, Draft
from extract.claims.state import State
from extract.claims.vocabulary import load_vocabulary
from extract.forms import Form

_PAUSES = frozenset(",，;。、)：:；！!")
_AREA_FOLLOWER = re.compile(
    r"[共各总累合新收受接办处答回未没无有因被发本年涉,，、\d]|依申请|政府信息公开(?:申请|行政|类|方面)|信息公开(?:申请|行政)"
    r"|行政[复诉机]|系统|公安|范围|政府信息依|职能|镇|街|乡|直|通过|政府(?:部门|系统|机关)|$"
)
_YEAR_OF_NUMBER = re.compile(r"[\d件条份例起宗次项]\(20\d\d年度?\)")
_COMPARED = frozenset("较比与同由从")


def read_sentence(text: str, tokens: Sequence[Token], context: Context, form: Form) -> list[Draft]:
    """The drafts of a normalised sentence, in order; ``context`` is brought up to date."""
    walk = _Walk(State.begin(text, distribute(tokens, text), form, load_vocabulary(), context))
    walk.go()
    walk.state.hand_on()
    for draft in walk.state.drafts:
        draft.scope = draft.scope or context.default_scope
        if draft.scope == "own" and context.default_scope == "represented":
            draft.scope = "represented"  # the office that speaks of itself files for its government
    return walk.state.drafts


class _Outer(NamedTuple):
    """The state before a bracket, to which the text returns after it."""

    own: list[Token]
    parent: int | None
    drafts: int
    legal: tuple[str, ...]
    row: str


class _Walk:
    """The way through a sentence, word by word."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.numbered = False  # the clause has a number already
        self.clause_start = 0
        self.scoped = 0  # where the last word ended that names the filer or its area
        self.outer: list[_Outer] = []  # what stood before each open bracket
        elided = state.text.startswith("其中")
        self.untimely = state.context.untimely if elided else ""  # why no number here is this year's

    def go(self) -> None:
        state = self.state
        skip = 0
        for index, token in enumerate(state.tokens):
            kind = token.kind
            if kind == NUMBER:
                skip = max(skip, self._number(index))
            elif kind in APART:
                self._punctuation(token)
            elif kind == YEAR:
                self._year(token)
            elif kind == "time":
                self._time(token)
            elif kind == "scope":
                self._scope(token)
            elif kind == "mark" and token.code in ("among", "include"):
                if state.drafts:
                    state.parent = len(state.drafts) - 1
                state.own.append(token)
            elif index >= skip:
                state.own.append(token)
                self._topic(token)
        self._end_clause(None)
        state.context.untimely = self.untimely

    def _topic(self, token: Token) -> None:
        state = self.state
        if token.kind == "request" and token.code != "weak":
            state.topic = "applications"
        elif token.kind == "legal":
            state.topic = "legal"
        elif token.kind == "item":
            state.topic = "proactive"
            state.doc_row = token.code
        elif token.kind == "publish" or (token.kind == "bare" and token.code == "granted"):
            state.making = "publish"
        elif token.kind == "measure" and token.code != "amount":
            state.making = token.code

    # Time and scope.

    def _year(self, token: Token) -> None:
        state = self.state
        if _YEAR_OF_NUMBER.match(state.text, token.start - 2):
            return  # it tells of the number before it alone
        before = state.text[self.clause_start : token.start]
        if before and before[-1] in _COMPARED:
            state.own.append(Token("time", "compare", token.start, token.end))
        elif state.unknown(self.clause_start, token.start) == 0 and not before.endswith(("因", "由于")):
            other = state.context.year is not None and int(token.code) != state.context.year
            self.untimely = "other_year" if other else ""

    def _time(self, token: Token) -> None:
        if token.code == "this":
            self.untimely = ""
        elif token.code == "last" and self.state.unknown(self.clause_start, token.start) == 0:
            self.untimely = "other_year"
        elif token.code == "several":
            self.untimely = "several_years"
        elif token.code == "part":
            self.untimely = "part_year"
        else:
            self.state.own.append(token)

    def _scope(self, token: Token) -> None:
        state = self.state
        self.scoped = token.end
        if token.code != "area":
            state.scope = token.code
            return
        word = state.text[token.start : token.end]
        if word[-1] in "各级关门" or _AREA_FOLLOWER.match(state.text, token.end):
            # 我区, said by a development zone, is the zone itself.
            state.scope = state.context.default_scope if state.context.zone and "区" in word else "area"

    # Punctuation.

    def _punctuation(self, token: Token) -> None:
        state = self.state
        if token.kind == OPEN:
            self.outer.append(_Outer(state.own, state.parent, len(state.drafts), state.legal, state.row))
            if state.drafts and self.numbered and not state.own:
                state.parent = len(state.drafts) - 1
            state.own = []
        elif token.kind == CLOSE:
            self._close(token)
        else:
            self._end_clause(token)

    def _close(self, token: Token) -> None:
        state = self.state
        self._deny()
        if not self.outer:
            state.own = []
            return
        outer = self.outer.pop()
        state.parent = outer.parent
        if len(state.drafts) == outer.drafts:
            state.own = outer.own + state.own
            return
        state.own = outer.own
        state.bound = token.end
        state.legal = outer.legal or state.legal
        state.row = outer.row or state.row

    def _end_clause(self, token: Token | None) -> None:
        state = self.state
        if not self._deny() and state.drafts and not self.numbered:
            state.drafts += legal.all_ended_alike(state)
        if self.numbered:
            state.prior = []
        else:
            state.prior += state.own
            if token is not None:
                state.prior.append(token)
        state.own = []
        self.numbered = False
        if token is None:
            return
        self.clause_start = state.bound = token.end
        if token.kind == STOP:
            state.prior = []
            state.parent = None
            if self.untimely != "other_year":
                self.untimely = ""

    def _deny(self) -> bool:
        """Drafts what the clause denies; whether it denies anything."""
        state = self.state
        if not any(word.kind == "denial" for word in state.own):
            return False
        if not self.untimely:
            state.drafts += [Draft(Decimal(0), state.scope, *zero) for zero in denied(state)]
        return True

    # A number.

    def _number(self, index: int) -> int:
        """Drafts the number at ``index``; gives the index of the first word
        after it that does not belong to it."""
        state = self.state
        token = state.tokens[index]
        if not token.unit and token.end < len(state.text) and state.text[token.end] not in _PAUSES:
            return 0  # a number without a unit counts only where a clause ends with it
        if token.value == 1 and state.own and state.own[-1].kind == "denial" and state.own[-1].end == token.start:
            return 0  # 没有发生一起 denies all the same
        after, stop = following_words(state, index)
        own = telling(state, state.own, token, after=False)
        following = telling(state, after, token, after=True)
        used = False
        if reason := self._rejected(token, own, following):
            drafts = [state.none(token, reason)]
        else:
            words, used = belonging(state, token, own, following)
            drafts = meaning(state, token, words, used)
        summed = state.marked("sum")
        for draft in drafts:
            draft.parent = state.parent
            draft.place, draft.end = token.start, token.end
            draft.unitless = not token.unit
            draft.quiet = draft.unitless or token.code == "chinese"
            draft.summed = summed
        state.drafts += drafts
        state.bound = token.end
        if year_in_brackets(state, token) is False:
            return 0  # 9件(2022年)、12件(2023年): the words before tell of the next number as well
        state.own = []
        state.prior = []
        self.numbered = True
        return stop if used else 0

    def _rejected(self, token: Token, own: Sequence[Token], following: Sequence[Token]) -> str:
        """Why the number is no figure of the year of the report; "" if it may be one."""
        state = self.state
        times = [word.code for word in state.own if word.kind == "time"]
        if token.code == "malformed":
            reason = "malformed"
        elif year_in_brackets(state, token) is False:
            reason = "other_year"
        elif others.speaks(state.text, token.start, state.context.agency, self.scoped):
            reason = "other_body"
        elif token.near or any(word.kind == "near" and state.unknown(word.end, token.start) == 0 for word in state.own):
            reason = "approximate"
        elif times:
            reason = "comparison" if "compare" in times else "other_year"
        elif self.untimely and not (self.untimely == "other_year" and any(word.kind == "carry" for word in own)):
            reason = self.untimely
        elif is_denied(state, token):
            reason = "denied"
        else:
            return ""
        if state.topic in ("applications", "legal") or any(
            word.kind not in ("foreign", "publish", "aside") for word in (*own, *following)
        ):
            return reason
        return "not_in_form"
