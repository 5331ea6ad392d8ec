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

from extract.claims import applications, legal, others, proactive
from extract.claims.denial import denied
from extract.claims.distribution import distribute
from extract.claims.lexer import CLOSE, COMMA, LIST, NUMBER, OPEN, STOP, YEAR, Token
from extract.claims.model import Context, Draft
from extract.claims.state import CONTENT, HEADS, OUTCOMES, State
from extract.claims.vocabulary import load_vocabulary
from extract.forms import Form

# How many unknown characters may stand between a word and its number.
_REACH = {"verb": 0, "request": 1, "carry": 3, "outcome": 6, "reason": 6, "legal": 1, "result": 3, "item": 3,
          "measure": 3, "applicant": 2, "channel": 6, "bare": 0, "foreign": 12, "publish": 12, "aside": 12}  # fmt: skip
_LOOK_AHEAD = 16  # words after a number that may tell what it counts
_NOUN_AHEAD = 14  # unknown characters between 收到12件 and the noun
_APART = frozenset({COMMA, STOP, OPEN, CLOSE})
_PAUSES = frozenset(",，;。、)：:；！!")
_NOUNS_AHEAD = HEADS - {"aside", "channel", "applicant"}
_AREA_FOLLOWER = re.compile(
    r"[共各总累合新收受接办处答回未没无有因被发本年涉,，、\d]|依申请|政府信息公开(?:申请|行政|类|方面)|信息公开(?:申请|行政)"
    r"|行政[复诉机]|系统|公安|范围|政府信息依|职能|镇|街|乡|直|通过|政府(?:部门|系统|机关)|$"
)
_YEAR_AFTER = re.compile(r"\((20\d\d)年度?\)")
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
            elif kind in _APART:
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
        after, stop = self._following(index)
        own = self._telling(state.own, token, after=False)
        following = self._telling(after, token, after=True)
        used = False
        if reason := self._rejected(token, own, following):
            drafts = [state.none(token, reason)]
        else:
            words, used = self._words(token, own, following)
            drafts = self._meaning(token, words, used)
        summed = state.marked("sum")
        for draft in drafts:
            draft.parent = state.parent
            draft.place, draft.end = token.start, token.end
            draft.unitless = not token.unit
            draft.quiet = draft.unitless or token.code == "chinese"
            draft.summed = summed
        state.drafts += drafts
        state.bound = token.end
        if self._year_in_brackets(token) is False:
            return 0  # 9件(2022年)、12件(2023年): the words before tell of the next number as well
        state.own = []
        state.prior = []
        self.numbered = True
        return stop if used else 0

    def _year_in_brackets(self, token: Token) -> bool | None:
        """Whether the year in brackets right after a number (12件(2023年)) is the report's; None without one."""
        stated = _YEAR_AFTER.match(self.state.text, token.end)
        year = self.state.context.year
        return None if stated is None or year is None else int(stated[1]) == year

    def _following(self, index: int) -> tuple[list[Token], int]:
        """The words after a number that may tell what it counts, and where they
        end: at punctuation or the next number, or at 、 where the next number
        stands beyond it."""
        tokens = self.state.tokens
        found: list[Token] = []
        pause: tuple[int, int] | None = None
        place = index + 1
        for place in range(index + 1, min(len(tokens), index + _LOOK_AHEAD)):
            token = tokens[place]
            if token.kind == NUMBER:
                return (found[: pause[0]], pause[1]) if pause else (found, place)
            if token.kind in _APART:
                return found, place
            if token.kind == LIST and pause is None:
                pause = (len(found), place)
            found.append(token)
        return found, place + 1

    def _telling(self, words: Sequence[Token], number: Token, after: bool) -> list[Token]:
        """The words that tell something. Some tell only right beside the number."""
        text = self.state.text
        told: list[Token] = []
        for word in words:
            if word.kind not in CONTENT:
                continue
            if word.kind == "request" and word.code == "weak" and told and told[-1].kind in ("applicant", "channel"):
                continue
            if word.kind == "bare" or word.code.startswith("weak."):
                gap = text[number.end : word.start] if after else text[word.end : number.start]
                if gap not in ("", "的", "为", "有", "共"):
                    continue
            told.append(word)
        return told

    def _rejected(self, token: Token, own: Sequence[Token], following: Sequence[Token]) -> str:
        """Why the number is no figure of the year of the report; "" if it may be one."""
        state = self.state
        times = [word.code for word in state.own if word.kind == "time"]
        if token.code == "malformed":
            reason = "malformed"
        elif self._year_in_brackets(token) is False:
            reason = "other_year"
        elif others.speaks(state.text, token.start, state.context.agency, self.scoped):
            reason = "other_body"
        elif token.near or any(word.kind == "near" and state.unknown(word.end, token.start) == 0 for word in state.own):
            reason = "approximate"
        elif times:
            reason = "comparison" if "compare" in times else "other_year"
        elif self.untimely and not (self.untimely == "other_year" and any(word.kind == "carry" for word in own)):
            reason = self.untimely
        elif self._denied(token):
            reason = "denied"
        else:
            return ""
        if state.topic in ("applications", "legal") or any(
            word.kind not in ("foreign", "publish", "aside") for word in (*own, *following)
        ):
            return reason
        return "not_in_form"

    def _denied(self, token: Token) -> bool:
        """Whether what the number counts is denied (未按期答复2件). A zero of
        reviews or applications is denied only to say the same."""
        state = self.state
        for place, word in enumerate(state.own):
            if word.kind == "denial":
                told = next((other for other in state.own[place + 1 :] if other.kind in CONTENT), None)
                if not token.value and (told is None or told.kind in ("legal", "request")):
                    continue
                if word.code == "receive" or (told and state.unknown(word.end, told.start) == 0):
                    return True
        return False

    def _words(self, token: Token, own: list[Token], following: list[Token]) -> tuple[list[Token], bool]:
        """The words that the number belongs to, and whether they follow it."""
        state = self.state
        if not own:
            if following:
                return following, True
            if (
                state.prior
                and not state.marked("among", "include", "except")
                and (state.unknown(state.bound, token.start) <= 2)
            ):
                return [word for word in state.prior if word.kind in CONTENT and word.kind != "bare"], False
            return [], False
        # 收到12件申请: the verb stands before, what was received after.
        if (
            following
            and following[0].kind in _NOUNS_AHEAD
            and all(word.kind in ("verb", "measure", "publish") for word in own)
        ):
            noun = following[0]
            if state.unknown(token.end, noun.start) <= _NOUN_AHEAD:
                return [*own, noun], False
        return own, False

    def _within_reach(self, token: Token, words: Sequence[Token], after: bool) -> bool:
        state = self.state
        if after:
            return state.unknown(token.end, words[0].start) <= _REACH[words[0].kind]
        last = next((word for word in reversed(words) if word.end <= token.start), None)
        if last is None:
            return True
        return state.unknown(max(last.end, state.bound), token.start) <= _REACH[last.kind]

    def _meaning(self, token: Token, words: list[Token], after: bool) -> list[Draft]:
        """The drafts of a number that belongs to ``words``."""
        state = self.state
        if not words:
            return [applications.sum_of_parts(state, token) or self._open(token)]
        if not self._within_reach(token, words, after):
            return [self._open(token)]
        if token.unit in state.vocabulary.money_units:
            return [proactive.amount(state, token, words)]
        if token.unit in state.vocabulary.other_units:
            return [state.none(token, "not_in_form")]
        kinds = {word.kind for word in words}
        place = next((place for place in range(len(words) - 1, -1, -1) if words[place].kind in HEADS), -1)
        head = words[place] if place >= 0 else None
        if head is not None and self._is_foreign(head, kinds, {word.kind for word in words[place + 1 :]}):
            if head.code == "case":
                state.topic = "other"
            return [state.none(token, "not_in_form")]
        if self._is_legal(words, kinds, head):
            drafts = legal.read(state, token, words)
            if token.value == 0 and legal.joins_applications(state.text, words):
                drafts.insert(0, state.draft(token, "applications", "received_new"))
            return drafts
        if proactive.is_about(words, kinds, head):
            return [proactive.read(state, token, words)]
        return [applications.read(state, token, words, head)]

    def _open(self, token: Token) -> Draft:
        about = self.state.topic in ("applications", "legal")
        return self.state.none(token, "unclear" if about else "not_in_form")

    def _is_foreign(self, head: Token, kinds: set[str], beyond: set[str]) -> bool:
        """Whether the last noun is nothing that the form counts, and no outcome
        is told after it (因涉及他人信息不予公开, 已结案件中维持)."""
        if head.kind not in ("foreign", "publish") or (head.kind == "publish" and "item" in kinds):
            return False
        told_after = {"applications": OUTCOMES, "legal": {"result"}, "proactive": {"measure"}}
        return not beyond & told_after.get(self.state.topic, set())

    def _is_legal(self, words: Sequence[Token], kinds: set[str], head: Token | None) -> bool:
        """Whether the words are about reviews and lawsuits."""
        if "legal" in kinds:
            first = next(word for word in words if word.kind == "legal")
            return head is None or head.kind in ("legal", "aside") or words.index(head) < words.index(first)
        if kinds & OUTCOMES or "request" in kinds:
            return False
        if "result" in kinds:
            return True
        others = kinds & {"item", "applicant", "measure"}
        bare_other = kinds == {"bare"} and words[-1].code == "other"
        return self.state.topic == "legal" and not others and ("carry" in kinds or bare_other)
