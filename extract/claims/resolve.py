"""Doubts of a sentence decided by its other numbers, or by the tables.

办理15件 may mean all applications at hand or those concluded: 其中新收12件、上年结转
3件 tells the one, outcomes that add up to 15 the other, and where the sentence
tells neither the tables may. What stays open is reported, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from extract.claims.model import Draft
from extract.claims.state import GROUPS
from extract.forms import CellKey
from extract.matching.result import Cell

_OUTCOMES = GROUPS | {"granted", "partly_granted", "granted_or_partly"}
_INFLOW = frozenset({"received_new", "received_carried_over"})
_RESULTS = ("upheld", "corrected", "other", "pending", "total")

GROUPS_OF_ROWS: Mapping[CellKey, tuple[CellKey, ...]] = {
    ("applications", "handled", "total"): tuple(("applications", row, "total") for row in sorted(_INFLOW)),
    ("applications", "granted_or_partly", "total"): (
        ("applications", "granted", "total"),
        ("applications", "partly_granted", "total"),
    ),
    **{
        ("review_litigation", "litigation", column): (
            ("review_litigation", "litigation_direct", column),
            ("review_litigation", "litigation_after_review", column),
        )
        for column in _RESULTS
    },
}
"""Group metrics that no common prefix of their rows tells."""


class Tables:
    """The figures of the filing's tables, groups of rows summed."""

    def __init__(self, cells: Mapping[CellKey, Cell]) -> None:
        self._cells = cells

    def value(self, table: str, item: str, column: str) -> Decimal | None:
        """The figure of a row or group; None where the tables do not hold it."""
        cell = self._cells.get((table, item, column))
        if cell is not None:
            return cell.value if cell.status == "reported" else None
        keys = GROUPS_OF_ROWS.get((table, item, column)) or [
            key for key in self._cells if key[0] == table and key[2] == column and key[1].startswith(f"{item}.")
        ]
        values = [self._cells[key].value for key in keys if key in self._cells]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if known else None

    def agree(self, draft: Draft, *items: str) -> list[str]:
        """Those of ``items`` whose figure in the tables is the draft's."""
        return [item for item in items if self.value(draft.table, item, draft.column) == draft.value]


def resolve(drafts: Sequence[Draft], tables: Tables) -> None:
    """Decides the doubts of one sentence's drafts in place; what cannot be
    decided gets a reason."""
    for place, draft in enumerate(drafts):
        if draft.item == "received_carried_over" or draft.item == "received_new":
            _widen_parent(drafts, place, tables)
        elif draft.item == "partly_granted" and draft.parent is not None:
            parent = drafts[draft.parent]
            if parent.item == "granted" and parent.column == "total":
                parent.item = "granted_or_partly"
    for place, draft in enumerate(drafts):
        if draft.doubt:
            _decide(drafts, place, tables)
    _conflicts(drafts)


def _widen_parent(drafts: Sequence[Draft], place: int, tables: Tables) -> None:
    """收到15件，其中上年结转3件: the 15 are all at hand, not only the new ones."""
    draft = drafts[place]
    if draft.parent is None or draft.parent >= place or draft.reason or draft.column != "total":
        return
    parent = drafts[draft.parent]
    if parent.table != "applications" or parent.column != "total" or parent.reason:
        return
    if parent.scope != draft.scope:
        return  # 全县收到20件，其中县政府办公室受理8件
    if parent.doubt == "handle" and tables.agree(parent, "handled", "concluded_total") == ["concluded_total"]:
        parent.item, parent.doubt = "concluded_total", ""  # 收到20件，办理21件（其中上年结转3件）
    elif parent.doubt in ("handle", "object", "topic", "verbs"):
        parent.item, parent.doubt = "handled", ""
    elif parent.item == "received_new" and draft.item == "received_carried_over":
        if parent.verb == "receive_new":
            parent.doubt = "new_or_all"
        else:
            parent.item, parent.doubt = "handled", ""
    elif parent.item == "received_new" and draft.item == "received_new" and parent.verb == "receive":
        parent.item = "handled"


def _decide(drafts: Sequence[Draft], place: int, tables: Tables) -> None:
    draft = drafts[place]
    doubt, draft.doubt = draft.doubt, ""
    if doubt == "handle":
        _handled_or_concluded(drafts, place, tables)
    elif doubt == "object":
        agreeing = tables.agree(draft, "received_new", "handled", "concluded_total")
        draft.item = agreeing[0] if agreeing else "received_new"
    elif doubt in ("topic", "verbs", "new_or_all"):
        items = ("received_new", "handled") if doubt == "new_or_all" else ("received_new", "handled", "concluded_total")
        agreeing = tables.agree(draft, *items)
        if "received_new" in agreeing and doubt == "topic":
            agreeing = ["received_new"]
        if doubt == "verbs" and draft.value and _outcomes_after(drafts, place) == draft.value:
            agreeing = ["concluded_total"]
        if len(agreeing) == 1:
            draft.item = agreeing[0]
        else:
            draft.reason = "verbs" if doubt == "verbs" else "unclear"
    elif doubt == "carry":
        agreeing = tables.agree(draft, "received_carried_over", "carried_forward")
        if len(agreeing) == 1:
            draft.item = agreeing[0]
        else:
            draft.reason = "carry"
    elif doubt in ("published", "bare_item"):
        if not tables.agree(draft, draft.item):
            draft.reason = "published" if doubt == "published" else "unclear"
    elif doubt == "row_of_parent":
        parents = [other for other in drafts[:place] if other.table == "applications" and other.column == "total"]
        if parents and (parents[-1].item != draft.item or parents[-1].reason):
            draft.reason = "unclear"


def _handled_or_concluded(drafts: Sequence[Draft], place: int, tables: Tables) -> None:
    draft = drafts[place]
    others = [other for other in drafts if _is_total(other) and other is not draft]
    inflow = {other.item for other in others} & _INFLOW
    arrived = sum((other.value for other in others if other.item in _INFLOW), Decimal(0))
    if "received_carried_over" in inflow and arrived == draft.value:
        draft.item = "handled"
    elif draft.value and _outcomes_after(drafts, place) == draft.value:
        draft.item = "concluded_total"
    elif inflow == {"received_carried_over"} and draft.summed:  # 含上年结转3件在内，共办理15件
        draft.item = "handled"
    elif agreeing := tables.agree(draft, "handled", "concluded_total"):
        draft.item = agreeing[0]
    else:
        draft.reason = "handled"


def _is_total(draft: Draft) -> bool:
    return draft.table == "applications" and draft.column == "total" and not draft.reason


def _outcomes_after(drafts: Sequence[Draft], place: int) -> Decimal:
    """The sum of the outcomes that the sentence lists after a draft."""
    later = (draft for draft in drafts[place + 1 :] if _is_total(draft) and draft.item in _OUTCOMES)
    return sum((draft.value for draft in later), Decimal(0))


def _conflicts(drafts: Sequence[Draft]) -> None:
    """A sentence that gives two numbers for one figure was not understood."""
    stated: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        if not draft.reason and draft.table:
            stated.setdefault((draft.metric, draft.scope), []).append(draft)
    for same in stated.values():
        if len({draft.value for draft in same}) > 1:
            for draft in same:
                draft.reason = "conflict"
