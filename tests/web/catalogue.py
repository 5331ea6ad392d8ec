"""Which hosts there are: each with its family, habits, and share of the agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.web import frames
from tests.web.generic import Listing
from tests.web.site import Site
from tests.web.trs import Trs

ROBOTS_TRS = """User-agent: *
Disallow: /print/
Disallow: /*_wap.html$
Disallow: /zwgk/
Allow: /zwgk/zfxxgknb/
Disallow: /*.jsp?*preview=

User-agent: BadBot
Disallow: /
"""


@dataclass(frozen=True)
class Plan:
    """A host: the name of its source, its class, at least how many agencies it has, its part of the rest (0: none),
    and its habits."""

    source: str
    kind: type[Site]
    least: int = 1
    share: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)


PLANS: tuple[Plan, ...] = (
    Plan("web-trs", Trs, 2, 3, {"robots": ROBOTS_TRS, "wap": True, "duplicates": "/print"}),
    Plan("web-trs-years", Trs, 1, 2, {"by_year": True, "suffix": "shtml", "paging": "createPage", "epoch": True,
                                      "frame": frames.TRS_BARE}),
    Plan("web-list", Listing, 1, 2),
)  # fmt: skip
