"""What the tests of the rules across filings share: renamed, merged and split agencies, a government's departments."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import register
from tests.test_rules_support import consistent
from transform.agencies import Agency, Register

GOVERNMENT, OFFICE = "示例县人民政府", "示例县人民政府办公室"
OLD, NEW, OTHER = "示例县商务和粮食局", "示例县商务局", "示例区商务局"

END, START = date(2021, 12, 31), date(2022, 1, 1)
MERGED = Register([
    Agency("one", "示例县甲局", "county", "commerce", valid_to=END, successor="both"),
    Agency("two", "示例县乙局", "county", "commerce", valid_to=END, successor="both"),
    Agency("both", "示例县甲乙局", "county", "commerce", valid_from=START),
])  # fmt: skip
SPLIT = Register([
    Agency("whole", "示例县甲乙局", "county", "commerce", valid_to=END, successor="part"),
    Agency("part", "示例县甲局", "county", "commerce", valid_from=START),
    Agency("rest", "示例县乙局", "county", "commerce", valid_from=START),
])  # fmt: skip
COUNTY = Agency("xian-old", "示例旧县人民政府", "county", "government", "990131", valid_to=END, successor="qu-new")
DISTRICT = Agency("qu-new", "示例新区人民政府", "county", "government", "990105", valid_from=START)

BUSY = consistent({
    ("granted", "natural_person"): 7, ("partly_granted", "natural_person"): 2,
    ("unavailable.not_held", "natural_person"): 3, ("granted", "commercial_enterprise"): 1, ("review", "upheld"): 2,
    ("partly_granted", "commercial_enterprise"): 4, ("unavailable.not_held", "commercial_enterprise"): 5,
    ("litigation_direct", "upheld"): 6,
})  # fmt: skip
QUIET = consistent({("granted", "natural_person"): 2, ("review", "upheld"): 1})
# Six applications of one kind of applicant, in three outcomes: twelve cells that are not zero, but four facts.
TINY = consistent({
    ("granted", "natural_person"): 3, ("partly_granted", "natural_person"): 2,
    ("unavailable.not_held", "natural_person"): 1, ("review", "upheld"): 1,
})  # fmt: skip


def beside(*others: Agency) -> Register:
    """The small register, and these."""
    return Register([*register().agencies.values(), *others])


def department(number: int, **head: Any) -> Agency:
    """示例县第 … 局, under the government of the small register."""
    return Agency(f"d{number}", f"示例县第{number}局", "county", "education", **{"parent": "xian", **head})


def office(**head: Any) -> Agency:
    """An office of the government."""
    return Agency("office", OFFICE, "county", "government", **head)
