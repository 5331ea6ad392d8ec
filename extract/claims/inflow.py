"""Counts that take applications carried over in, or leave them out.

收到23件（含上年结转） counts all at hand, and 新收的20件中办结18件 only the new
ones concluded: neither is the figure that the verb alone names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.claims.elsewhere import begins
from extract.claims.model import Draft
from extract.claims.resolve import Tables

_LAST = r"(?:上年|上年度|上一年|上一年度|去年|去年度|往年|以前年度|20\d\d年|20\d\d年度)(?:结转|转结|转入|遗留|延续)"
_CARRIED = rf"(?:其中)?(?:含|包括|包含)(?:了)?{_LAST}(?:的|申请|件|数|量|来|至今年|至本年){{0,3}}(?:在内)?"
_BEFORE = re.compile(rf"\({_CARRIED}(?:\d+[件条份宗例项])?\)(?:共|共计|合计|总计|总数|为|的|申请){{0,3}}$")
_AFTER = re.compile(rf"[(,，]{_CARRIED}(?=[),，;。]|$)")
_JOINED = re.compile(rf"(?:收到|受理|接到|新收)(?:的)?(?:和|及|与|、|以及){_LAST}[^,，;。\d]{{0,14}}$")
_CONCLUDED = re.compile(r"(?:办结|答复|回复|办复)[^,，;。\d]{0,14}$")
_LEFT_OUT = re.compile(rf"[(,，]?(?:不含|不包括|不包含|未含|未包括){_LAST}")
_NEW = re.compile(r"新(?:收|受理|接收|接到|增)(?:到)?(?P<of>的)?[^,，;。]{0,12}$")
_PART = re.compile(r"其中|其余|剩余|余下|件(?:申请|政府信息公开申请|依申请公开)?(?:之)?中(?!心|央|旬)")
_CARRIED_ENDED = re.compile(
    rf"{_LAST}[^;。，,]{{0,12}}(?:[，,]?已?(?:均|全部|都)|已)[^;。，,]{{0,10}}(?:办结|答复|办理完毕)(?!\d)"
)
_INFLOW = frozenset({"received_new", "received_carried_over", "handled"})
_AHEAD = 80  # characters after a count in which the rest may be told
_NEAR = 12  # numbers before that may be what a count is a part of


def take_in(text: str, drafts: Sequence[Draft], tables: Tables) -> None:
    """Drafts of a normalised sentence that count what was carried over as well
    (收到23件，含上年结转; 收到申请（含上年结转）共23件) become those of all at hand;
    parts of what was concluded (办结21件，其中新收18件) get a reason."""
    for draft in drafts:
        if draft.table != "applications" or draft.column != "total" or draft.reason or draft.place < 0:
            continue
        if draft.item in ("received_new", "received_carried_over") and draft.parent is not None:
            whole = drafts[draft.parent]
            if _LEFT_OUT.match(text, whole.end):
                draft.parent = None  # 收到20件，不含上年结转3件: no part of these
                continue
            concluded = _CONCLUDED.search(text, max(0, whole.place - _AHEAD), max(0, whole.place))
            if concluded and not tables.agree(draft, draft.item):
                draft.reason, draft.doubt = "unclear", ""
                continue
        start = begins(";。", text, draft.place)
        if draft.item in ("received_new", "received_carried_over") and _JOINED.search(text, start, draft.place):
            draft.item, draft.doubt = "handled", ""
            continue
        before = _BEFORE.search(text, start, draft.place)
        if draft.item == "received_carried_over" and before is not None:
            draft.item, draft.doubt = "handled", "" if _receives(text[start : before.start()]) else "handle"
        elif draft.item == "received_new" and (before is not None or _AFTER.match(text, draft.end)):
            if draft.verb == "receive" or (before is not None and _receives(text[start : before.start()])):
                draft.item, draft.doubt = "handled", ""
            else:
                draft.reason, draft.doubt = "unclear", ""


def _receives(before: str) -> bool:
    clause = re.split(r"[,，;。]", before)[-1]
    return re.search(r"收到|受理|接到|接收", clause) is not None and re.search(r"办结|办理|答复", clause) is None


def leave_out(text: str, drafts: Sequence[Draft], tables: Tables) -> None:
    """Counts of what was concluded of the new applications alone get a reason,
    where others were carried over and the tables do not have that count as the total."""
    if not (tables.value("applications", "received_carried_over", "total") or _named(drafts)):
        return
    for place, draft in enumerate(drafts):
        if draft.item != "concluded_total" or draft.column != "total" or draft.reason or draft.place < 0:
            continue
        total = tables.value("applications", "concluded_total", "total")
        if total is not None and total != draft.value and _of_the_new(text, drafts, place):
            draft.reason = "unclear"


def _named(drafts: Sequence[Draft]) -> bool:
    return any(draft.item == "received_carried_over" and draft.value and not draft.reason for draft in drafts)


def _of_the_new(text: str, drafts: Sequence[Draft], place: int) -> bool:
    """Whether the count of what was concluded is told as a part of the new applications."""
    draft = drafts[place]
    if _LEFT_OUT.match(text, draft.end):
        return True
    start = begins(";。", text, draft.place)
    ended = _CARRIED_ENDED.search(text, start, draft.end + _AHEAD)
    if ended and not re.search(r"共|合计|总", text[max(0, draft.place - 4) : draft.place]):
        return True
    before = [other for other in drafts[max(0, place - _NEAR) : place] if other.column == "total"]
    inflow = [other for other in before if other.item in _INFLOW and other.place >= start]
    if not inflow or any(other.item != "received_new" for other in inflow):
        return False
    new = _NEW.search(text, start, inflow[-1].place)
    if new is not None and new["of"]:
        return True
    forward = [other.value for other in drafts[place : place + _NEAR] if other.item == "carried_forward"]
    if forward and draft.value + forward[0] == inflow[-1].value:
        return True  # 收到20件，办结18件，2件正在办理: 18 and 2 are these 20
    between = text[inflow[-1].end : draft.place]
    return (between.startswith("(") and ")" not in between) or _PART.search(
        text, inflow[-1].end - 1, draft.end
    ) is not None
