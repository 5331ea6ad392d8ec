"""Figures of section three: applications received, concluded and how."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from extract.claims.lexer import Token
from extract.claims.model import Draft
from extract.claims.state import GROUPS, OUTCOMES, State

_MAX_PARTS = 8

_SPLIT_ROWS = frozenset(
    {"received_new", "received_carried_over", "granted", "partly_granted", "concluded_total", "carried_forward"}
)
"""Rows (no groups) that prose splits by applicant; reasons (refused.…) are more."""


def read(state: State, token: Token, words: list[Token], head: Token | None) -> Draft:
    """The draft of a number that belongs to ``words``; ``head`` is the last noun."""
    about = any(word.kind == "request" and word.code != "weak" for word in (*state.prior, *words))
    new = any(word.kind == "verb" and word.code == "receive_new" for word in words)
    if state.topic in ("other", "proactive") and not (about or new or _list_of_outcomes(state)):
        return state.none(token, "not_in_form")
    kinds = {word.kind for word in words}
    if "applicant" in kinds:
        return _by_applicant(state, token, words)
    if kinds & OUTCOMES or "bare" in kinds:
        return _outcome(state, token, words)
    if head is not None and head.kind == "aside":
        return state.none(token, "unclear")
    if "channel" in kinds and not _all_channels(state, words, head):
        draft = state.none(token, "channel")
        received = any(word.kind == "verb" and word.code.startswith("receive") for word in (*state.prior, *words))
        draft.verb = "receive" if received or any(other.verb for other in state.drafts[-1:]) else ""
        return draft
    if "carry" in kinds:
        return _carried(state, token, words)
    return _counted(state, token, words, head, about)


def sum_of_parts(state: State, token: Token) -> Draft | None:
    """The draft of a sum that the numbers just before prove: 新收12件，上年结转3件，
    共15件; 自然人申请12件、商业企业申请3件，共15件; 书面申请3件、网络申请9件，共12件."""
    if not state.marked("sum"):
        return None
    parts: list[Draft] = []
    total = Decimal(0)
    for draft in state.drafts[: -_MAX_PARTS - 1 : -1]:
        parts.append(draft)
        total += draft.value
        if len(parts) < 2 or total != token.value:
            continue
        items = {part.item for part in parts}
        if items == {"received_new", "received_carried_over"} and all(part.column == "total" for part in parts):
            return state.draft(token, "applications", "handled")
        if len(items) == 1 and all(part.column != "total" and part.table == "applications" for part in parts):
            return state.draft(token, "applications", parts[0].item)
        if all(part.reason == "channel" and part.verb == parts[-1].verb for part in parts) and parts[-1].verb:
            return state.draft(token, "applications", "received_new")
        return None
    return None


def _list_of_outcomes(state: State) -> bool:
    """Two outcomes in one sentence are about applications, wherever they stand."""
    return len({word.code for word in state.tokens if word.kind == "outcome"}) > 1


def _all_channels(state: State, words: Sequence[Token], head: Token | None) -> bool:
    """通过网络、信函等渠道共收到申请: the channels named are all of them."""
    if sum(word.kind == "channel" for word in words) < 2:
        return False
    if head is not None and head.kind != "channel":
        return True
    return any(word.kind == "verb" for word in words) and state.marked("and_so_on", "sum")


# Applicants.


def _by_applicant(state: State, token: Token, words: Sequence[Token]) -> Draft:
    columns = {word.code.removeprefix("weak.") for word in words if word.kind == "applicant"}
    state.list_of = "applicant"
    if len(columns) > 1 or "several" in columns:
        return state.none(token, "several_columns")
    row = _row_of(state, token, words)
    inherited = not row
    row = row or state.row
    if row not in _SPLIT_ROWS and "." not in row:
        return state.none(token, "unclear")
    state.row = row
    return state.draft(token, "applications", row, columns.pop(), "row_of_parent" if inherited else "")


def _row_of(state: State, token: Token, words: Sequence[Token]) -> str:
    """The row that stands beside an applicant (收到自然人申请10件); "" if none does."""
    kinds = {word.kind for word in words}
    if kinds & OUTCOMES:
        row = _outcome(state, token, words).item
    elif "carry" in kinds:
        row = _carried(state, token, words).item
    else:
        row = _by_verb(words)[0]
    state.list_of = "applicant"
    return row


# Outcomes.


def _outcome(state: State, token: Token, words: Sequence[Token]) -> Draft:
    outcomes = {word.code for word in words if word.kind == "outcome"}
    reasons = [word for word in words if word.kind == "reason"]
    if not outcomes and not reasons:
        return _bare(state, token, next(word.code for word in words if word.kind == "bare"))
    if outcomes and not reasons:
        reasons = [word for word in state.prior if word.kind == "reason"]
    announced = bool(outcomes) or any(word.kind == "outcome" for word in state.prior)
    if not announced and not (state.row or state.drafts) and state.context.section != "applications":
        return state.none(token, "unclear")
    if outcomes - {"granted_or_partly"} <= {"granted", "partly_granted"} and (
        len(outcomes) > 1 or "granted_or_partly" in outcomes
    ):
        return _figure(state, token, "granted_or_partly")
    groups = {word.code.split(".")[0] for word in reasons}
    group = next(iter(outcomes if outcomes else groups))
    if len(outcomes) > 1 or (not outcomes and len(groups) > 1):
        return state.none(token, "several")
    rows = {word.code for word in reasons if word.code.startswith(f"{group}.")}
    if outcomes and reasons and not rows and group != "other":
        return state.none(token, "unclear")  # a reason of another group
    row = rows.pop() if len(rows) == 1 and not _open_list(state, reasons) else group
    if row.endswith((".absent", ".any")):  # names the group, no row of it
        if not outcomes and row.endswith(".any"):
            return state.none(token, "unclear")
        row = group
    return _figure(state, token, row)


def _open_list(state: State, reasons: Sequence[Token]) -> bool:
    """不掌握、没有现成信息等原因: the reasons named are not all."""
    last = reasons[-1].end
    return any(word.code == "and_so_on" and word.start >= last for word in (*state.prior, *state.own))


def _figure(state: State, token: Token, item: str) -> Draft:
    """The draft of an outcome."""
    state.row = item
    state.list_of = "reason" if "." in item else "outcome"
    return state.draft(token, "applications", item)


def _bare(state: State, token: Token, code: str) -> Draft:
    """公开7件 and 其他1件 tell an outcome only within a list of outcomes."""
    if code == "granted":
        listed = any(draft.table == "applications" for draft in state.drafts)
        listed = listed or any(word.kind == "outcome" for word in state.tokens)
        return _figure(state, token, "granted") if listed else state.none(token, "not_in_form")
    if state.list_of == "applicant" and state.row in _SPLIT_ROWS:
        return state.draft(token, "applications", state.row, "other_organisation", "row_of_parent")
    if state.list_of in ("outcome", "reason") and not _within_group(state):
        return _figure(state, token, "other")
    return state.none(token, "unclear")


def _within_group(state: State) -> bool:
    """Whether the list at hand takes a group of outcomes apart."""
    return state.parent is not None and state.drafts[state.parent].item in GROUPS


# Carried over, received, concluded.


def _carried(state: State, token: Token, words: Sequence[Token]) -> Draft:
    codes = {word.code for word in words if word.kind == "carry"}
    if "in" in codes and codes <= {"in", "either"}:
        item, doubt = "received_carried_over", ""
    elif "in" not in codes and (codes != {"either"} or state.marked("except") or _settled(state)):
        item, doubt = "carried_forward", ""
    else:
        item, doubt = "received_carried_over", "carry"
    state.row = item
    return state.draft(token, "applications", item, doubt=doubt)


def _settled(state: State) -> bool:
    """Whether the sentence has told already how applications ended: what is
    then carried is carried to the next year."""
    ended = GROUPS | {"concluded_total", "granted", "partly_granted", "granted_or_partly"}
    return any(draft.item in ended for draft in state.drafts)


def _counted(state: State, token: Token, words: Sequence[Token], head: Token | None, about: bool) -> Draft:
    item, doubt = _by_verb(words)
    verb = next((word.code for word in reversed(words) if word.kind == "verb"), "")
    weak = head is not None and head.kind == "request" and head.code == "weak"
    if weak and not about and _for_something_else(state, words):
        state.topic = "other"
        return state.none(token, "not_in_form")
    if not about and state.topic != "applications" and verb != "receive_new":
        return state.none(token, "unclear")
    if not item:
        item, doubt = "received_new", "object" if head is not None and head.code == "strong" else "topic"
    state.topic = "applications"
    state.row = item
    state.list_of = ""
    draft = state.draft(token, "applications", item, doubt=doubt)
    draft.verb = verb
    return draft


def _by_verb(words: Sequence[Token]) -> tuple[str, str]:
    """The row or group that the verbs name ("" for none), and the doubt that they leave."""
    verbs = [place for place, word in enumerate(words) if word.kind == "verb"]
    codes = {words[place].code for place in verbs}
    if codes & {"receive", "receive_new"} and codes & {"handle", "conclude"}:
        requests = [place for place, word in enumerate(words) if word.kind == "request"]
        if not requests or verbs[-1] < requests[-1]:
            return "received_new", "verbs"
        codes = {words[verbs[-1]].code}  # 收到的申请办结12件
    if "handled" in codes:
        return "handled", ""
    if "conclude" in codes:
        return "concluded_total", ""
    if "handle" in codes:
        return "handled", "handle"
    return ("received_new", "") if codes else ("", "")


def _for_something_else(state: State, words: Sequence[Token]) -> bool:
    """低保申请: an application for something else stands before the number."""
    place = next(word for word in reversed(words) if word.kind == "request").start
    if place < state.bound:
        return False
    before = [word.end for word in state.own if word.end <= place]
    return state.unknown(max([state.bound, *before]), place) > 1
