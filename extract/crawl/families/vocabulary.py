"""The words by which links are told apart: ``data/crawl/links.yaml``, and the kinds of ``data/kinds.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import yaml

from extract.identity.kinds import head_kind
from extract.paths import DATA

LINKS = DATA / "crawl" / "links.yaml"


@dataclass(frozen=True, slots=True)
class Words:
    """The patterns of links.yaml, ready to be searched for."""

    look_alikes: re.Pattern[str]
    about_reports: re.Pattern[str]
    report_address: re.Pattern[str]
    report_words: re.Pattern[str]
    entry_words: re.Pattern[str]
    furniture: re.Pattern[str]
    calendar_text: re.Pattern[str]
    calendar_address: re.Pattern[str]


@cache
def words() -> Words:
    """The patterns, read once."""
    data = yaml.safe_load(LINKS.read_text("utf-8"))
    return Words(
        look_alikes=re.compile("|".join(f"(?:{pattern})" for pattern in data["look_alikes"])),
        about_reports=re.compile(data["about_reports"]),
        report_address=re.compile(data["report_address"], re.IGNORECASE),
        report_words=re.compile(data["report_words"]),
        entry_words=re.compile(data["entry_words"]),
        furniture=re.compile(data["furniture"], re.IGNORECASE),
        calendar_text=re.compile(data["calendars"]["text"]),
        calendar_address=re.compile(data["calendars"]["address"], re.IGNORECASE),
    )


@lru_cache(maxsize=8192)
def is_look_alike(text: str, agency: str = "") -> bool:
    """Whether a link's text without white space speaks of something that is no
    annual report. ``agency``: a name in it, whose own words (安全生产监督管理局) do not count."""
    if words().about_reports.search(text):
        return True
    rest = text.replace(agency, "", 1) if agency else text
    return bool(words().look_alikes.search(rest)) or head_kind(rest) is not None
