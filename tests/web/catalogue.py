"""Which hosts there are: each with its family, habits, and share of the agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.web import frames
from tests.web.annual import JcmsAnnual, Openness
from tests.web.county import Asp, County
from tests.web.directories import Shaanxi, Shanghai, Sichuan, Styles, WithSessions
from tests.web.guangdong import Gkmlpt, Nfcms
from tests.web.jcms import Jcms
from tests.web.jpaas import Jpaas
from tests.web.site import Site
from tests.web.troubles import Broken, Flapping, Moved, Polite, Refused, Slow, WrongTypes
from tests.web.trs import Trs
from tests.web.ucap import Ucap
from tests.web.vsb import Vsb

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
    Plan("web-trs", Trs, 1, 5, {"robots": ROBOTS_TRS, "wap": True, "duplicates": "/print"}),
    Plan("web-trs-years", Trs, 1, 4, {"by_year": True, "suffix": "shtml", "paging": "createPage", "epoch": True,
                                      "frame": frames.TRS_BARE}),
    Plan("web-trs-stub", Trs, 1, 0, {"stub_pages": 2, "suffix": "htm", "trouble": "stub pages"}),
    Plan("web-jcms", Jcms, 1, 3, {"asks": "none"}),
    Plan("web-jcms-get", Jcms, 1, 3, {"zips": "always"}),
    Plan("web-jcms-post", Jcms, 1, 3, {"asks": "post", "encrypted": True}),
    Plan("web-jcms-old", Jcms, 1, 2, {"asks": "page", "proxy": "/module/jpage/dataproxy.jsp", "encrypted": True}),
    Plan("web-annual", JcmsAnnual, 1, 3),
    Plan("web-jpaas", Jpaas, 1, 3),
    Plan("web-nfcms", Nfcms, 1, 4),
    Plan("web-gkmlpt", Gkmlpt, 1, 4),
    Plan("web-vsb", Vsb, 1, 3, {"decoys": 18}),
    Plan("web-vsb-old", Vsb, 1, 2, {"old": True, "encoding": "gb18030", "charset": "gb2312",
                                    "media_type": "text/html; charset=gbk"}),
    Plan("web-openness", Openness, 1, 3),
    Plan("web-openness-show", Openness, 1, 2, {"shows": "/XxgkAnnualReport/show"}),
    Plan("web-ucap", Ucap, 1, 3),
    Plan("web-shanghai", Shanghai, 1, 4),
    Plan("web-shaanxi", Shaanxi, 1, 4),
    Plan("web-sichuan", Sichuan, 1, 3, {"markup": "word"}),
    Plan("web-styles", Styles, 1, 4, {"encoding": "utf-8-sig"}),
    Plan("web-county", County, 2, 4),
    Plan("web-asp", Asp, 1, 2),
    Plan("web-sessions", WithSessions, 1, 1),
    Plan("web-slow", Slow, 1, 0, {"decoys": 2}),
    Plan("web-flapping", Flapping, 1, 0),
    Plan("web-polite", Polite, 1, 0, {"decoys": 2}),
    Plan("web-refused", Refused, 1, 0),
    Plan("web-moved", Moved, 1, 1),
    Plan("web-types", WrongTypes, 1, 0),
    Plan("web-broken", Broken, 1, 0),
)  # fmt: skip
