"""What each family needs of a source file beside its listings.

It stands apart from the families so that a source can be checked without them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """What a family needs: ``agencies`` and ``years`` whether it asks by them;
    ``params`` those that must be there, ``optional`` those that may be;
    ``choices``: the values that a param may have, where these are few."""

    agencies: bool = False
    years: bool = False
    params: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


NEEDS: dict[str, Needs] = {
    "trs": Needs(),
    "jcms": Needs(
        optional=("paging", "webid", "columnid", "unitid", "webname"), choices=(("paging", ("post", "get", "page")),)
    ),
    "jpaas": Needs(optional=("web_id", "tpl_set_id", "tag_id", "page_id", "rows")),
    "jcms_annual": Needs(agencies=True, years=True),
    "nfcms": Needs(),
    "gkmlpt": Needs(optional=("sid", "category")),
    "vsb": Needs(),
    "openness": Needs(agencies=True, years=True),
    "ucap": Needs(optional=("channel",)),
    "listing": Needs(),
}
"""The families by name; what their params mean, their docstrings say."""
