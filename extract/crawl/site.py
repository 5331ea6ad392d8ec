"""A site, or a group of sites of one family: what a source file of kind ``site`` says.

::

    source: my-county                # identifier
    kind: site
    family: trs                      # which CMS publishes it: see extract/crawl/families
    name_zh: 某县
    name_en: a county
    listings:                        # the lists of annual reports
      - https://www.example.gov.cn/zwgk/zfxxgknb/
      - url: https://www.example.gov.cn/czj/zfxxgknb/
        agency: 某县财政局            # whose reports a list holds, where it is one agency's
    hosts: [static.example.gov.cn]   # further hosts to which links and redirects may lead
    agencies: {'011': 某县教育局}     # the site's own codes, for families that ask by agency
    years: [2019, 2025]              # first and last report year that is expected
    params: {sid: '755041'}          # what the family needs beside (its docstring says)
    every_item: true                 # the lists hold annual reports only
    delay: 3                         # seconds between two requests to a host
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

DELAY = 3.0
"""Seconds between two requests to one host, where neither source nor robots.txt ask for more."""

MAX_PAGES = 400
"""Pages of one list that are fetched at most."""

MAX_DEPTH = 4
"""Lists below a source's own list that are followed at most."""

FIRST_YEAR = 2008
"""The first report year: the regulations came into force on 1 May 2008."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class SiteError(ValueError):
    """What is wrong in a source file, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class ListingAddress:
    """A list of reports; ``agency`` where all of them are one agency's."""

    url: str
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A validated source of kind ``site``."""

    source: str
    family: str
    name_zh: str
    name_en: str
    listings: tuple[ListingAddress, ...]
    hosts: frozenset[str]  # every host that may be asked, those of the lists among them
    agencies: Mapping[str, str] = field(default_factory=dict)  # the site's code → agency's name
    years: tuple[int, int] | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    every_item: bool = False
    delay: float = DELAY
    max_pages: int = MAX_PAGES
    max_depth: int = MAX_DEPTH
    recheck_days: float = 0.0
    refetch_days: float = 7.0
    private_networks: tuple[Network, ...] = ()

    def expects(self, year: int) -> bool:
        """Whether reports of that year are asked for; all are, unless ``years`` is given."""
        return self.years is None or self.years[0] <= year <= self.years[1]
