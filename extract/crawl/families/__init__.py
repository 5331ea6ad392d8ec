"""The families: which CMS publishes a site, and so where its reports are and how its pages are built."""

from extract.crawl.families.base import Family, NotAListing
from extract.crawl.families.listing import GenericFamily
from extract.crawl.families.trs import Trs

FAMILIES: dict[str, Family] = {family.name: family for family in (GenericFamily(), Trs())}
"""Every family by the name that source files give it."""

__all__ = ["FAMILIES", "Family", "NotAListing"]
