"""One sentence read: its numbers tied to rows and columns of the form.

A number belongs to the words before it in its clause (予以公开7件); where none
tell anything, to those after it (7件予以公开); where these do not either, to the
clause before (收到申请，共12件). What is told is decided by the last noun: of
收到群众留言12条 that is 留言, so that 收到 says nothing of applications.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from extract.claims.denial import denied
from extract.claims.distribution import distribute
from extract.claims.lexer import CLOSE, COMMA, LIST, NUMBER, OPEN, STOP, YEAR, Token
from extract.claims.model import Context, Draft
from extract.claims.vocabulary import load_vocabulary
from extract.forms import Form

HEADS = frozenset({"request", "legal", "item", "foreign", "publish", "channel", "applicant", "aside"})
"""Kinds of words that name what is counted."""
CONTENT = HEADS | {"verb", "carry", "outcome", "bare", "reason", "result", "measure"}
"""Kinds of words that a number can be tied to."""
OUTCOMES = frozenset({"outcome", "reason"})
GROUPS = frozenset({"refused", "unavailable", "not_processed", "other"})
COLUMN_ROWS = frozenset({"received_new", "received_carried_over", "granted", "partly_granted", "concluded_total",
                         "carried_forward"})  # fmt: skip
"""Rows (not groups) that prose splits by applicant."""

# How many unknown characters may stand between a word and its number.
_REACH = {"verb": 2, "request": 3, "carry": 4, "outcome": 10, "reason": 10, "legal": 6, "result": 6, "item": 5,
          "measure": 5, "applicant": 3, "channel": 6, "bare": 0, "foreign": 12, "publish": 12, "aside": 12}  # fmt: skip
_LINKED = re.compile(r"信息公开|依申请|公开申请|申请公开|公开答复|信息申请|公开工作")
_ACTIVE = frozenset({"handle", "handled", "receive", "receive_new", "conclude"})
_AREA_FOLLOWER = re.compile(
    r"[共各总累合新收受接办处答回未没无有因被发本年,，、\d]|依申请|政府信息公开(?:申请|行政|类|方面)|信息公开(?:申请|行政)"
    r"|行政[复诉机]|系统|公安|范围|政府信息依|$"
)
_YEAR_BEFORE = re.compile(r"(?:[较比与同由从])$")


class SentenceReader:
    """Reads one sentence; ``read`` gives its drafts in order."""

    def __init__(self, text: str, tokens: Sequence[Token], context: Context, form: Form) -> None:
        self.text = text
        self.tokens = distribute(tokens, text)
        self.context = context
        self.form = form
        self.vocabulary = load_vocabulary()
        self.drafts: list[Draft] = []
        self.topic = context.topic
        self.legal = context.legal
        self.scope = context.scope
        self.row = context.row
        self.counted = context.counted
        self.list_of = context.list_of
        self.doc_row = ""
        self.making = ""  # the verb that governs a list of documents or decisions
        self.own: list[Token] = []  # words of the clause since its last number
        self.prior: list[Token] = []  # words of the clauses since the last number
        self.numbered = False  # the clause has a number already
        self.parent: int | None = None
        self.outer: list[tuple[list[Token], int | None, int]] = []  # what stood before each open bracket
        self.other_year = self.several_years = self.part_year = False
        self.clause_start = 0
        self.bound = 0  # where the last number ended, or the clause began

    # The sentence, word by word.

    def read(self) -> list[Draft]:
        """The drafts of the sentence; the context is brought up to date."""
        skip = 0
        for index, token in enumerate(self.tokens):
            kind = token.kind
            if kind == NUMBER:
                skip = max(skip, self._number(index))
            elif kind == LIST:
                if index >= skip:
                    self.own.append(token)
            elif kind == COMMA or kind == STOP:
                self._end_clause(token)
            elif kind == OPEN:
                self.outer.append((self.own, self.parent, len(self.drafts)))
                self.own = []
                if self.drafts and self.numbered and not self.outer[-1][0]:
                    self.parent = len(self.drafts) - 1
            elif kind == CLOSE:
                self._close(token)
            elif kind == YEAR:
                self._year(token)
            elif kind == "time":
                self._time(token)
            elif kind == "scope":
                self._scope(token)
            elif kind == "mark" and token.code in ("among", "include"):
                if self.drafts:
                    self.parent = self._parent()
                self.own.append(token)
            elif index >= skip:
                self.own.append(token)
                self._topic(token)
        self._end_clause(None)
        self._leave()
        return self.drafts

    def _topic(self, token: Token) -> None:
        if token.kind == "request" and token.code != "weak":
            self.topic = "applications"
        elif token.kind == "legal":
            self.topic = "legal"
        elif token.kind == "item":
            self.topic = "proactive"
            self.doc_row = token.code
        elif token.kind == "publish" or (token.kind == "measure" and token.code != "amount"):
            self.making = token.code if token.kind == "measure" else "publish"

    def _year(self, token: Token) -> None:
        before = self.text[self.clause_start : token.start]
        if _YEAR_BEFORE.search(before):
            self.own.append(Token("time", "compare", token.start, token.end))
        elif self.vocabulary.residue(before) == 0 and not before.endswith(("因", "由于")):
            self.other_year = self.context.year is not None and int(token.code) != self.context.year
            self.several_years = self.part_year = False

    def _time(self, token: Token) -> None:
        if token.code == "this":
            self.other_year = self.several_years = self.part_year = False
        elif token.code == "last":
            if self.vocabulary.residue(self.text[self.clause_start : token.start]) == 0:
                self.other_year = True
            else:
                self.own.append(token)
        elif token.code == "several":
            self.several_years = True
        elif token.code == "part":
            self.part_year = True
        else:
            self.own.append(token)

    def _scope(self, token: Token) -> None:
        if token.code != "area":
            self.scope = token.code
        elif _AREA_FOLLOWER.match(self.text, token.end):
            own_area = self.context.zone and "区" in self.text[token.start : token.end]
            self.scope = self.context.default_scope if own_area else "area"

    def _parent(self) -> int:
        """The draft that 其中 or 含 takes apart: the last that is no part of
        another where the clause goes on from it."""
        last = len(self.drafts) - 1
        return last

    def _end_clause(self, token: Token | None) -> None:
        if any(word.kind == "denial" for word in self.own):
            self._deny()
        elif self.drafts and not self.numbered:
            self._all_ended_alike()
        if self.numbered:
            self.prior = []
        else:
            self.prior += [*self.own, token] if token is not None else self.own
        self.own = []
        self.numbered = False
        if token is not None:
            self.clause_start = self.bound = token.end
            if token.kind == STOP:
                self.prior = []
                self.parent = None
                self.several_years = self.part_year = False

    def _close(self, token: Token) -> None:
        if any(word.kind == "denial" for word in self.own):
            self._deny()
        if not self.outer:
            self.own = []
            return
        before, parent, drafts = self.outer.pop()
        self.parent = parent
        self.own = before + self.own if len(self.drafts) == drafts else before
        if len(self.drafts) > drafts:
            self.bound = token.end

    def _leave(self) -> None:
        context = self.context
        context.topic = self.topic
        context.legal = self.legal
        context.scope = self.scope
        context.row = self.row
        context.counted = self.counted
        context.list_of = self.list_of

    # A number.

    def _number(self, index: int) -> int:
        """Drafts the number at ``index``; gives the index of the first word
        after it that does not belong to it."""
        token = self.tokens[index]
        if self._counts_nothing(token):
            return 0
        after, stop = self._following(index)
        own = self._told(self.own, before=token)
        following = self._told(after, after=token)
        used = False
        drafts: list[Draft]
        if reason := self._rejected(token, own, following):
            drafts = [self._none(token, reason)]
        else:
            words, used = self._words(token, own, following)
            drafts = self._meaning(token, words, used)
        for draft in drafts:
            draft.parent = self.parent
            draft.quiet = token.code == "chinese" or (not token.unit and bool(draft.reason))
            draft.summed = any(word.kind == "mark" and word.code == "sum" for word in self.own)
        self.drafts += drafts
        self.own = []
        self.prior = []
        self.numbered = True
        self.bound = token.end
        return stop if used else 0

    def _counts_nothing(self, token: Token) -> bool:
        """A number without a unit counts only where a clause ends with it."""
        if token.unit or token.end >= len(self.text):
            return False
        return self.text[token.end] not in ",，;。、)：:；！!"

    def _following(self, index: int) -> tuple[list[Token], int]:
        """The words after a number that may tell what it counts, and where they end."""
        found: list[Token] = []
        stop = index + 1
        pause: tuple[int, int] | None = None
        for place in range(index + 1, min(len(self.tokens), index + 16)):
            token = self.tokens[place]
            if token.kind == NUMBER:
                if pause is not None:
                    return found[: pause[0]], pause[1]
                break
            if token.kind in (COMMA, STOP, OPEN, CLOSE):
                break
            if token.kind == LIST and pause is None:
                pause = (len(found), place)
            found.append(token)
            stop = place + 1
        return found, stop

    def _told(self, words: Sequence[Token], before: Token | None = None, after: Token | None = None) -> list[Token]:
        """The words that tell something. Some tell only right beside the number."""
        told: list[Token] = []
        for word in words:
            if word.kind not in CONTENT:
                continue
            if word.kind == "request" and word.code == "weak" and told and told[-1].kind in ("applicant", "channel"):
                continue
            if word.kind == "bare" or word.code.startswith("weak."):
                gap = (
                    self.text[word.end : before.start] if before else self.text[after.end : word.start] if after else ""
                )
                if self.vocabulary.residue(gap) or len(gap) > 2 or LIST in gap:
                    continue
            told.append(word)
        return told

    def _rejected(self, token: Token, own: Sequence[Token], following: Sequence[Token]) -> str:
        """Why the number is no figure of the year of the report; "" if it may be."""
        relevant = self.topic in ("applications", "legal") or any(
            word.kind not in ("foreign", "publish", "aside") for word in (*own, *following)
        )
        reason = ""
        if token.near or any(
            word.kind == "near" and self.vocabulary.residue(self.text[word.end : token.start]) == 0 for word in self.own
        ):
            reason = "approximate"
        elif any(word.kind == "time" for word in self.own):
            reason = "comparison" if any(word.code == "compare" for word in self.own) else "other_year"
        elif self.other_year and not any(word.kind == "carry" for word in own):
            reason = "other_year"
        elif self.several_years:
            reason = "several_years"
        elif self.part_year:
            reason = "part_year"
        elif token.value and self._denied():
            reason = "denied"
        return reason if relevant or not reason else "not_in_form"

    def _denied(self) -> bool:
        for place, word in enumerate(self.own):
            if word.kind == "denial":
                told = next((other for other in self.own[place + 1 :] if other.kind in CONTENT), None)
                if word.code == "receive" or (told and self.vocabulary.residue(self.text[word.end : told.start]) == 0):
                    return True
        return False

    def _words(self, token: Token, own: list[Token], following: list[Token]) -> tuple[list[Token], bool]:
        """The words that the number belongs to, and whether they follow it."""
        if not own:
            if following:
                return following, True
            marks = any(word.kind == "mark" and word.code in ("among", "include", "except") for word in self.own)
            if not marks and self.vocabulary.residue(self.text[self.bound : token.start]) <= 2:
                return self._told([word for word in self.prior if word.kind in CONTENT], before=token), False
            return [], False
        # 收到12件申请: the verb stands before, what was received after.
        if all(word.kind in ("verb", "measure", "publish") for word in own):
            head = next((place for place, word in enumerate(following) if word.kind in CONTENT), None)
            if head is not None and following[head].kind in HEADS - {"aside", "channel", "applicant"}:
                noun = following[head]
                if self.vocabulary.residue(self.text[token.end : noun.start]) <= 14:
                    return [*own, noun], False
        return own, False

    def _within_reach(self, token: Token, words: Sequence[Token], after: bool) -> bool:
        if after:
            word = words[0]
            return self.vocabulary.residue(self.text[token.end : word.start]) <= _REACH[word.kind]
        before = [word for word in words if word.end <= token.start]
        if not before:
            return True
        word = before[-1]
        start = max(word.end, self.bound) if word.end >= self.bound else self.bound
        return self.vocabulary.residue(self.text[start : token.start]) <= _REACH[word.kind]

    # What the words mean.

    def _meaning(self, token: Token, words: list[Token], after: bool) -> list[Draft]:
        if not words:
            return self._nothing_told(token)
        if not self._within_reach(token, words, after):
            return [self._none(token, "unclear" if self.topic in ("applications", "legal") else "not_in_form")]
        kinds = {word.kind for word in words}
        head = next((word for word in reversed(words) if word.kind in HEADS), None)
        place = words.index(head) if head else -1
        beyond = {word.kind for word in words[place + 1 :]}
        if token.unit in self.vocabulary.money_units:
            return self._amount(token, words)
        if token.unit in self.vocabulary.other_units:
            return [self._none(token, "not_in_form")]
        if head and head.kind in ("foreign", "publish") and not (kinds & {"item"} and head.kind == "publish"):
            if not (beyond & OUTCOMES and self.topic == "applications"):
                self.topic = self.topic if self.topic == "legal" and head.kind == "publish" else "other"
                return [self._none(token, "not_in_form")]
        if "legal" in kinds and (head is None or head.kind in ("legal", "aside") or place < words.index(
            next(word for word in words if word.kind == "legal"))):  # fmt: skip
            return self._legal(token, words, after)
        if self.topic == "legal" and not kinds & (OUTCOMES | {"request", "item", "applicant", "measure"}):
            if "result" in kinds or "carry" in kinds or (kinds == {"bare"} and words[-1].code == "other"):
                return self._legal(token, words, after)
        if "result" in kinds and not kinds & (OUTCOMES | {"request"}):
            return self._legal(token, words, after)
        if (head and head.kind == "item") or ("measure" in kinds and not kinds & (OUTCOMES | {"request"})
                                              and not (words[-1].code == "decisions" and "verb" in kinds)):  # fmt: skip
            return self._proactive(token, words)
        return self._application(token, words, head)

    def _none(self, token: Token, reason: str) -> Draft:
        return Draft(token.value, self.scope, reason=reason)

    def _draft(self, token: Token, table: str, item: str, column: str = "total", doubt: str = "") -> Draft:
        return Draft(token.value, self.scope, table, item, column, doubt=doubt)

    def _nothing_told(self, token: Token) -> list[Draft]:
        # 新收12件，上年结转3件，共15件
        if any(word.kind == "mark" and word.code == "sum" for word in self.own) and len(self.drafts) >= 2:
            new, carried = self.drafts[-2], self.drafts[-1]
            if {new.item, carried.item} == {"received_new", "received_carried_over"} and (
                new.value + carried.value == token.value and new.column == carried.column == "total"
            ):
                return [self._draft(token, "applications", "handled")]
        return [self._none(token, "unclear" if self.topic in ("applications", "legal") else "not_in_form")]

    # Section four.

    def _legal(self, token: Token, words: Sequence[Token], after: bool) -> list[Draft]:
        rows = self._legal_rows(words) or self.legal
        if rows == ("both",) or (len(rows) > 1 and token.value):
            if token.value or not rows:
                return [self._none(token, "several")]
        named = any(word.kind == "legal" for word in words)
        if named:
            self.legal = tuple(row for row in rows)
        self.topic = "legal"
        if not rows:
            return [self._none(token, "unclear")]
        result = next((word for word in reversed(words) if word.kind in ("result", "carry", "bare")), None)
        last = max((place for place, word in enumerate(words) if word.kind == "legal"), default=-1)
        if result is not None and list(words).index(result) < last:
            result = None
        if any(word.kind == "foreign" for word in words[last + 1 :]):
            return [self._none(token, "not_in_form")]
        if not self._linked(token, words):
            return [self._none(token, "unlinked")]
        column = "total"
        if result is not None:
            if result.kind == "result" and result.code == "closed":
                return [self._none(token, "dismissed")]
            column = {"result": result.code, "carry": "pending", "bare": "other"}[result.kind]
            if result.kind == "bare" and result.code != "other":
                return [self._none(token, "unclear")]
            self.list_of = "result"
        elif not named or any(word.kind == "verb" and word.code == "conclude" for word in words[last + 1 :]):
            return [self._none(token, "unclear")]
        return [self._draft(token, "review_litigation", row, column) for row in rows]

    def _legal_rows(self, words: Sequence[Token]) -> tuple[str, ...]:
        """The rows named last: several where a conjunction joins them."""
        rows: list[str] = []
        previous: Token | None = None
        for word in words:
            if word.kind != "legal":
                continue
            codes = ["review", "litigation"] if word.code == "both" else [word.code]
            gap = self.text[previous.end : word.start] if previous else ""
            joined = previous is not None and re.fullmatch(
                r"(?:案件|案|申请)?(?:[、和及与或]|以及|或者|或被)?(?:被)?(?:提起|申请|引发|引起|的)*", gap
            )
            rows = [*rows, *codes] if joined else codes
            previous = word
        return tuple(dict.fromkeys(rows))

    def _linked(self, token: Token, words: Sequence[Token]) -> bool:
        """Whether the sentence or its surroundings show that the reviews are
        about information disclosure, not those that the agency decides."""
        start = self.text.rfind(";", 0, token.start) + 1
        here = _LINKED.search(self.text, start, token.start + 24) is not None
        if any(word.kind == "verb" and word.code in _ACTIVE for word in words):
            return here
        return (
            here
            or self.context.section in ("applications", "legal")
            or self.context.topic in ("applications", "legal")
            or _LINKED.search(self.text) is not None
        )

    # Section two.

    def _amount(self, token: Token, words: Sequence[Token]) -> list[Draft]:
        rows = [word.code for word in (*self.prior, *words) if word.kind == "item"]
        row = rows[-1] if rows else self.doc_row
        if any(word.kind == "foreign" for word in words) or row not in ("fees", "procurement"):
            return [self._none(token, "not_in_form")]
        self.doc_row = row
        return [self._proactive_draft(token, row, "amount")]

    def _proactive(self, token: Token, words: Sequence[Token]) -> list[Draft]:
        self.topic = "proactive"
        items = [word for word in words if word.kind == "item"]
        row = items[-1].code if items else self.doc_row
        if not row or any(word.kind == "foreign" for word in (*self.prior, *words)):
            return [self._none(token, "not_in_form")]
        self.doc_row = row
        making = next((word.code if word.kind == "measure" else "publish" for word in reversed(words)
                       if word.kind in ("measure", "publish")), "")  # fmt: skip
        if any(word.kind == "verb" and word.code in ("handle", "conclude") for word in words):
            making = making or "decisions"
        if any(word.kind == "verb" and word.code.startswith("receive") for word in words):
            return [self._none(token, "not_in_form")]
        self.making = making = making or self.making
        if row in ("regulations", "normative_documents"):
            return [self._documents(token, row, making)]
        if row == "procurement":
            return [self._proactive_draft(token, row, "projects")]
        if row == "fees":
            return [self._none(token, "not_in_form")]
        if making == "publish":
            return [self._none(token, "published")]
        doubt = "" if making in ("decisions", "issued") else "bare_item"
        return [self._proactive_draft(token, row, "decisions", doubt)]

    def _documents(self, token: Token, row: str, making: str) -> Draft:
        old_form = self.form.code == "2019"
        if making == "publish":
            if old_form:
                return self._proactive_draft(token, row, "newly_disclosed")
            return self._proactive_draft(token, row, "issued", "published")
        if making == "issued" and old_form:
            making = "newly_made"
        if not making or making in ("decisions", "amount"):
            return self._proactive_draft(token, row, "newly_made" if old_form else "issued", "bare_item")
        return self._proactive_draft(token, row, making)

    def _proactive_draft(self, token: Token, row: str, column: str, doubt: str = "") -> Draft:
        table = self.form.table("proactive")
        known = next((entry for entry in table.rows if entry.code == row), None)
        if known is None or column not in {entry.code for entry in table.columns_of(known)}:
            return self._none(token, "not_in_form")
        return self._draft(token, "proactive", row, column, doubt)

    # Section three.

    def _application(self, token: Token, words: list[Token], head: Token | None) -> list[Draft]:
        about = any(word.kind == "request" and word.code != "weak" for word in (*self.prior, *words))
        if self.topic in ("other", "proactive") and not about and not self._list_of_outcomes():
            return [self._none(token, "not_in_form")]
        kinds = {word.kind for word in words}
        outcome = kinds & OUTCOMES or "bare" in kinds
        if "applicant" in kinds:
            return [self._by_applicant(token, words)]
        if outcome:
            return [self._outcome(token, words)]
        if head and head.kind == "aside":
            return [self._none(token, "unclear")]
        channels = sum(word.kind == "channel" for word in words)
        if channels == 1 or (channels and head and head.kind == "channel" and not self._adds_up(words)):
            return [self._none(token, "channel")]
        if "carry" in kinds:
            return [self._carried(token, words)]
        return [self._received(token, words, head, about)]

    def _list_of_outcomes(self) -> bool:
        """Two outcomes in one sentence are about applications, wherever they stand."""
        return len({word.code for word in self.tokens if word.kind == "outcome"}) > 1

    def _adds_up(self, words: Sequence[Token]) -> bool:
        """通过网络、信函等渠道共收到: the channels are all of them."""
        return any(word.kind == "verb" for word in words) and any(
            word.kind == "mark" and word.code in ("and_so_on", "sum") for word in self.own
        )

    def _by_applicant(self, token: Token, words: Sequence[Token]) -> Draft:
        columns = {word.code.removeprefix("weak.") for word in words if word.kind == "applicant"}
        if len(columns) > 1 or "several" in columns:
            self.list_of = "applicant"
            return self._none(token, "several_columns")
        row = ""
        if any(word.kind in OUTCOMES for word in words):
            row = self._outcome(token, words).item
        elif any(word.kind == "carry" for word in words):
            row = self._carried(token, words).item
        elif any(word.kind == "verb" for word in words):
            row = self._by_verb(words)[0]
        self.list_of = "applicant"
        inherited = not row
        row = row or self.row
        if row not in COLUMN_ROWS and "." not in row:
            return self._none(token, "unclear")
        self.row = row
        return self._draft(token, "applications", row, columns.pop(), "row_of_parent" if inherited else "")

    def _outcome(self, token: Token, words: Sequence[Token]) -> Draft:
        outcomes = [word.code for word in words if word.kind == "outcome"]
        reasons = [word for word in words if word.kind == "reason"]
        bare = [word.code for word in words if word.kind == "bare"]
        if bare and not outcomes and not reasons:
            return self._bare(token, bare[-1])
        if not reasons and outcomes:
            reasons = [word for word in self.prior if word.kind == "reason"]
        named = set(outcomes) | {word.code for word in self.prior if word.kind == "outcome"}
        found = set(outcomes)
        self.counted = True
        if found in ({"granted", "partly_granted"}, {"granted_or_partly"}, {"granted_or_partly", "partly_granted"}):
            return self._outcome_draft(token, "granted_or_partly")
        if len(found) > 1:
            return self._none(token, "several")
        rows = {word.code for word in reasons}
        groups = {row.split(".")[0] for row in rows}
        if not named and not (self.row or self.drafts) and self.context.section != "applications":
            return self._none(token, "unclear")
        group = outcomes[0] if outcomes else groups.pop() if len(groups) == 1 else ""
        if not group:
            return self._none(token, "several")
        rows = {row for row in rows if row.startswith(f"{group}.")}
        if outcomes and reasons and not rows:
            # 其他处理 explained by what other rows count, or a reason of another group
            return self._outcome_draft(token, group) if group == "other" else self._none(token, "unclear")
        exact = len(rows) == 1 and not self._open_list(reasons)
        row = rows.pop() if exact else group
        if row.endswith((".absent", ".any")):
            row = group
        if not outcomes and row == "not_processed":
            return self._none(token, "unclear")
        return self._outcome_draft(token, row)

    def _outcome_draft(self, token: Token, item: str) -> Draft:
        if item not in GROUPS | {"granted_or_partly"}:
            codes = {row.code for row in self.form.table("applications").rows}
            if item not in codes:
                return self._none(token, "not_in_form")
        self.row = item
        self.list_of = "reason" if "." in item else "outcome"
        return self._draft(token, "applications", item)

    def _open_list(self, reasons: Sequence[Token]) -> bool:
        """不掌握、没有现成信息等原因: the reasons named are not all."""
        last = reasons[-1].end if reasons else 0
        return any(word.kind == "mark" and word.code == "and_so_on" and word.start >= last
                   for word in (*self.prior, *self.own))  # fmt: skip

    def _bare(self, token: Token, code: str) -> Draft:
        if code == "granted":
            if self.counted or self.context.section == "applications":
                return self._outcome_draft(token, "granted")
            return self._none(token, "not_in_form")
        if self.list_of == "applicant" and self.row in COLUMN_ROWS:
            return self._draft(token, "applications", self.row, "other_organisation", "row_of_parent")
        if self.list_of in ("outcome", "reason") and self._parent_group() is None:
            return self._outcome_draft(token, "other")
        return self._none(token, "unclear")

    def _parent_group(self) -> str | None:
        """The group of outcomes that the list at hand takes apart."""
        if self.parent is None or self.parent >= len(self.drafts):
            return None
        item = self.drafts[self.parent].item
        return item if item in GROUPS else None

    def _carried(self, token: Token, words: Sequence[Token]) -> Draft:
        codes = {word.code for word in words if word.kind == "carry"}
        if codes == {"in", "either"}:
            codes = {"in"}
        if codes <= {"out", "open", "either"} and codes != {"either"}:
            self.row = "carried_forward"
            return self._draft(token, "applications", "carried_forward")
        self.row = "received_carried_over"
        if codes == {"in"}:
            return self._draft(token, "applications", "received_carried_over")
        excepted = any(word.kind == "mark" and word.code == "except" for word in self.own)
        settled = any(draft.item == "concluded_total" or draft.item in GROUPS | {"granted", "partly_granted"}
                      for draft in self.drafts)  # fmt: skip
        if codes == {"either"} and (excepted or settled):
            self.row = "carried_forward"
            return self._draft(token, "applications", "carried_forward")
        return self._draft(token, "applications", "received_carried_over", doubt="carry")

    def _received(self, token: Token, words: list[Token], head: Token | None, about: bool) -> Draft:
        item, doubt = self._by_verb(words)
        verbs = [word.code for word in words if word.kind == "verb"]
        weak = head is not None and head.kind == "request" and head.code == "weak"
        if weak and not about and self._foreign_application(words):
            self.topic = "other"
            return self._none(token, "not_in_form")
        if not about and self.topic != "applications" and verbs[-1:] != ["receive_new"]:
            return self._none(token, "unclear")
        if token.unit not in self.vocabulary.count_units and token.unit:
            return self._none(token, "not_in_form")
        if not item:
            item = "received_new"
            doubt = "object" if head is not None and head.code == "strong" else "topic"
        self.topic = "applications"
        self.row = item
        self.counted = True
        self.list_of = ""
        draft = self._draft(token, "applications", item, doubt=doubt)
        draft.verb = verbs[-1] if verbs else ""
        return draft

    def _by_verb(self, words: Sequence[Token]) -> tuple[str, str]:
        """The row that the verbs name, and the doubt that they leave."""
        verbs = [word for word in words if word.kind == "verb"]
        codes = {word.code for word in verbs}
        if not codes:
            return "", ""
        if codes & {"receive", "receive_new"} and codes & {"handle", "conclude"}:
            request = max((place for place, word in enumerate(words) if word.kind == "request"), default=None)
            if request is not None and list(words).index(verbs[-1]) > request:
                codes = {verbs[-1].code}
            else:
                return "received_new", "verbs"
        if "handled" in codes:
            return "handled", ""
        if "conclude" in codes:
            return "concluded_total", ""
        return ("handled", "handle") if codes == {"handle"} else ("received_new", "")

    def _foreign_application(self, words: Sequence[Token]) -> bool:
        """低保申请: an application for something else."""
        weak = next(word for word in reversed(words) if word.kind == "request")
        before = [word.end for word in self.own if word.end <= weak.start]
        gap = self.text[max([self.bound, *before]) : weak.start] if weak.start >= self.bound else ""
        return self.vocabulary.residue(gap) > 1

    # Clauses without a number.

    def _all_ended_alike(self) -> None:
        """行政复议3件，均获维持: all three were upheld."""
        if not any(word.kind == "mark" and word.code == "all" for word in self.own):
            return
        result = next((word for word in self.own if word.kind == "result"), None)
        if result is None or result.code == "closed" or any(word.kind == "legal" for word in self.own):
            return
        for draft in reversed(list(self.drafts)):
            if draft.table != "review_litigation" or draft.column != "total" or draft.reason:
                break
            self.drafts.append(Draft(draft.value, draft.scope, draft.table, draft.item, result.code))

    def _deny(self) -> None:
        if not (self.other_year or self.part_year):
            zeros = denied(self.text, self.own, self.prior, self.topic, self.legal, _columns(self.form))
            self.drafts += [Draft(Decimal(0), self.scope, table, item, column) for table, item, column in zeros]


@cache
def _columns(form: Form) -> frozenset[tuple[str, str]]:
    """Row and column codes of the cells of section two."""
    return frozenset((row, column) for table, row, column in form.cells() if table == "proactive")
