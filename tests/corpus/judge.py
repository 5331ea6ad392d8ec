"""The error-severity sums of one filing, judged from its true cells.

Written out by hand and apart from the project's own rules, so that the two
can be compared. It knows the codes of the form, not the form files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from extract.forms import CellKey
from tests.corpus.model import Filing, Number, TrueCell

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "social_welfare_organisation",
    "legal_service_organisation",
    "other_organisation",
)
OUTSIDE_THE_SUM = {"received_new", "received_carried_over", "concluded_total", "carried_forward"}
DECIMAL_COLUMNS = {"amount", "change"}
RESULTS = ("upheld", "corrected", "other", "pending")
STATISTICS_SUMS = {
    "received": ("received.in_person", "received.fax", "received.online", "received.letter"),
    "concluded": ("concluded.in_time", "concluded.extended"),
    "replied": (
        "replied.already_public", "replied.granted", "replied.partly_granted", "replied.refused",
        "replied.not_this_agency", "replied.not_existing", "replied.correction_asked", "replied.other_route",
    ),
    "replied.refused": (
        "refusal.state_secret", "refusal.trade_secret", "refusal.privacy", "refusal.security_and_stability",
        "refusal.no_government_information", "refusal.other_by_law",
    ),
    "reviews": ("reviews.upheld", "reviews.corrected", "reviews.other"),
    "lawsuits": ("lawsuits.upheld", "lawsuits.corrected", "lawsuits.other"),
    "staff": ("staff.full_time", "staff.part_time"),
}  # fmt: skip

Cells = Mapping[CellKey, TrueCell]
Violation = dict[str, Any]


def violations(cells: Cells) -> list[Violation]:
    """Every violated sum and every figure that is no count: rule, where,
    expected, actual."""
    if any(table == "statistics" for table, _, _ in cells):
        return _statistics(cells)
    rows = list(dict.fromkeys(row for table, row, _ in cells if table == "applications"))
    outcomes = [row for row in rows if row not in OUTSIDE_THE_SUM]
    found: list[Violation | None] = []
    for column in (*APPLICANTS, "total"):
        received = [("applications", row, column) for row in ("received_new", "received_carried_over")]
        settled = [("applications", row, column) for row in ("concluded_total", "carried_forward")]
        found.append(_compare(cells, "applications_balance", column, received, settled))
    for column in (*APPLICANTS, "total"):
        parts = [("applications", row, column) for row in outcomes]
        found.append(
            _compare(cells, "applications_outcome_sum", column, parts, [("applications", "concluded_total", column)])
        )
    for row in rows:
        parts = [("applications", row, column) for column in APPLICANTS]
        found.append(_compare(cells, "applications_applicant_sum", row, parts, [("applications", row, "total")]))
    for row in ("review", "litigation_direct", "litigation_after_review"):
        parts = [("review_litigation", row, column) for column in RESULTS]
        found.append(_compare(cells, f"{row}_sum", row, parts, [("review_litigation", row, "total")]))
    found.extend(_no_count(key, cell) for key, cell in cells.items())
    return [item for item in found if item is not None]


def _statistics(cells: Cells) -> list[Violation]:
    """The same for the statistical table of 2014."""
    found = [
        _compare(
            cells,
            f"statistics_{total.removeprefix('replied.')}_sum",
            "count",
            [("statistics", part, "count") for part in parts],
            [("statistics", total, "count")],
        )
        for total, parts in STATISTICS_SUMS.items()
    ]
    found.extend(_no_count(key, cell) for key, cell in cells.items())
    return [item for item in found if item is not None]


def continuity(this: Filing, last: Filing) -> list[Violation]:
    """Where what was carried over is not what was carried forward the year before."""
    found = []
    for column in (*APPLICANTS, "total"):
        before = last.cells["applications", "carried_forward", column].number
        after = this.cells["applications", "received_carried_over", column].number
        if before is not None and after is not None and before != after:
            found.append({"rule": "carry_over_continuity", "where": column, "expected": before, "actual": after})
    return found


def _compare(
    cells: Cells, rule: str, where: str, expected: Iterable[CellKey], actual: Iterable[CellKey]
) -> Violation | None:
    left, right = list(expected), list(actual)
    for key in (*left, *right):
        status = cells[key].status
        if status in ("missing", "unreadable"):
            return None
        if status == "blank" and _is_total(key):
            return None
        if status == "not_applicable" and [key] == right:
            return None
    sums = [sum(cells[key].number or 0 for key in side) for side in (left, right)]
    if sums[0] == sums[1]:
        return None
    return {"rule": rule, "where": where, "expected": sums[0], "actual": sums[1]}


def _is_total(key: CellKey) -> bool:
    return key[2] == "total" or key[1] == "concluded_total" or (key[0] == "statistics" and key[1] in STATISTICS_SUMS)


def _no_count(key: CellKey, cell: TrueCell) -> Violation | None:
    number: Number | None = cell.number
    if number is None or key[2] in DECIMAL_COLUMNS or (number >= 0 and number == int(number)):
        return None
    return {"rule": "not_a_count", "where": f"{key[1]}.{key[2]}", "expected": None, "actual": number}
