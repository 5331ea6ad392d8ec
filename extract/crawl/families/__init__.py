"""The families: which CMS publishes a site, and so where its reports are and how its pages are built."""

from extract.crawl.families.base import Family
from extract.crawl.families.errors import NotAListing
from extract.crawl.families.gkmlpt import Gkmlpt
from extract.crawl.families.jcms import Jcms
from extract.crawl.families.jcms_annual import JcmsAnnual
from extract.crawl.families.jpaas import Jpaas
from extract.crawl.families.listing import GenericFamily
from extract.crawl.families.nfcms import Nfcms
from extract.crawl.families.openness import Openness
from extract.crawl.families.trs import Trs
from extract.crawl.families.ucap import Ucap
from extract.crawl.families.vsb import Vsb

_ALL: tuple[Family, ...] = (
    Trs(), Jcms(), Jpaas(), JcmsAnnual(), Nfcms(), Gkmlpt(), Vsb(), Openness(), Ucap(), GenericFamily(),
)  # fmt: skip

FAMILIES: dict[str, Family] = {family.name: family for family in _ALL}
"""Every family by the name that source files give it."""

__all__ = ["FAMILIES", "Family", "NotAListing"]
