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
    params: {}                       # what the family needs beside (its docstring says), such as {sid: '755041'}
    every_item: true                 # the lists hold annual reports only
    delay: 3                         # seconds between two requests to a host
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from extract.crawl.needs import NEEDS, Needs

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


_KEYS: dict[str, tuple[type, ...]] = {
    "source": (str,), "kind": (str,), "family": (str,), "name_zh": (str,), "name_en": (str,), "listings": (list,),
    "hosts": (list,), "agencies": (dict,), "years": (list,), "params": (dict,), "every_item": (bool,),
    "delay": (int, float), "max_pages": (int,), "max_depth": (int,), "recheck_days": (int, float),
    "refetch_days": (int, float), "private_networks": (list,),
}  # fmt: skip
_REQUIRED = ("source", "kind", "family", "name_zh", "name_en", "listings")
_NUMBERS = {
    "delay": (0, 600), "max_pages": (1, 10_000), "max_depth": (0, 20), "recheck_days": (0, 3650),
    "refetch_days": (0, 3650),
}  # fmt: skip
_SHORTEST_DELAY = 1.0
_LAST_YEAR = 2100
_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SEARCH = re.compile(r"/common/search/[^/?]+")


def site_from_mapping(data: Mapping[Any, Any]) -> Site:
    """The site that a source file's mapping describes; SiteError names what is wrong in it.

    Checked are the keys and their types, the family and what it needs, the
    addresses, years, numbers and networks. Hosts are compared by name alone,
    without port and in lower case; those of the listings are among them.
    """
    _check_keys(data)
    needs = _needs(data)
    params = _texts(data, "params")
    agencies = _texts(data, "agencies")
    years = _years(data)
    _check_needs(data["family"], needs, params, agencies, years)
    networks = _networks(data)
    listings = tuple(_listing(entry) for entry in data["listings"])
    if not listings:
        raise SiteError("listings: 至少要有一个列表", "listings: at least one is needed")
    _check_channels(data["family"], params, listings)
    delay = _number(data, "delay", DELAY)
    if delay < _SHORTEST_DELAY and not networks:
        raise SiteError(
            f"delay: {delay:g} 秒太短；不足 {_SHORTEST_DELAY:g} 秒只可用于写明 private_networks 的来源",
            f"delay: {delay:g} seconds are too few; less than {_SHORTEST_DELAY:g} only with private_networks",
        )
    return Site(
        source=data["source"],
        family=data["family"],
        name_zh=data["name_zh"],
        name_en=data["name_en"],
        listings=listings,
        hosts=frozenset([*(_host_of(each.url) for each in listings), *map(_host, data.get("hosts", []))]),
        agencies=agencies,
        years=years,
        params=params,
        every_item=data.get("every_item", False),
        delay=delay,
        max_pages=int(_number(data, "max_pages", MAX_PAGES)),
        max_depth=int(_number(data, "max_depth", MAX_DEPTH)),
        recheck_days=_number(data, "recheck_days", 0.0),
        refetch_days=_number(data, "refetch_days", 7.0),
        private_networks=networks,
    )


def _check_keys(data: Mapping[Any, Any]) -> None:
    for key in _REQUIRED:
        if key not in data:
            raise SiteError(f"缺少 {key}", f"{key} is lacking")
    for key, value in data.items():
        if key not in _KEYS:
            raise SiteError(f"未知的键 {key}", f"unknown key {key}")
        types = _KEYS[key]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            names = "、".join(kind.__name__ for kind in types), " or ".join(kind.__name__ for kind in types)
            raise SiteError(f"{key} 的类型应为 {names[0]}", f"{key} must be of type {names[1]}")
    for key in ("name_zh", "name_en"):
        if not data[key].strip():
            raise SiteError(f"{key} 不能为空", f"{key} must not be empty")
    if data["kind"] != "site":
        raise SiteError(f"kind: {data['kind']} 应为 site", f"kind: {data['kind']} must be site")
    if not _IDENTIFIER.fullmatch(data["source"]):
        raise SiteError(
            f"source: {data['source']!r} 应由小写字母、数字和连字符组成",
            f"source: {data['source']!r} must be lower-case letters, digits and hyphens",
        )


def _needs(data: Mapping[Any, Any]) -> Needs:
    family = data["family"]
    if family not in NEEDS:
        raise SiteError(
            f"family: {family} 不是已知的类型（可用：{'、'.join(NEEDS)}）",
            f"family: {family} is none that is known (known: {', '.join(NEEDS)})",
        )
    return NEEDS[family]


def _check_needs(
    family: str, needs: Needs, params: Mapping[str, str], agencies: Mapping[str, str], years: tuple[int, int] | None
) -> None:
    """SiteError where a family lacks what it asks by, or is given params that it does not know."""
    lacking = [f"params.{name}" for name in needs.params if name not in params]
    lacking += ["agencies"] if needs.agencies and not agencies else []
    lacking += ["years"] if needs.years and years is None else []
    if lacking:
        raise SiteError(
            f"family: {family} 还需要 {'、'.join(lacking)}", f"family: {family} needs {', '.join(lacking)} as well"
        )
    known = (*needs.params, *needs.optional)
    for name in params:
        if name not in known:
            raise SiteError(
                f"params: {family} 没有参数 {name}（可用：{'、'.join(known) or '无'}）",
                f"params: {family} has no {name} (known: {', '.join(known) or 'none'})",
            )
    for name, values in needs.choices:
        if name in params and params[name] not in values:
            raise SiteError(
                f"params.{name}: {params[name]} 应为 {'、'.join(values)} 之一",
                f"params.{name}: {params[name]} must be one of {', '.join(values)}",
            )


def _check_channels(family: str, params: Mapping[str, str], listings: Sequence[ListingAddress]) -> None:
    """UCAP's lists are searches: either their addresses say of which channel, or the params do."""
    if family == "ucap" and "channel" not in params:
        for listing in listings:
            if not _SEARCH.search(urlsplit(listing.url).path):
                raise SiteError(
                    f"listings: {listing.url} 不是 /common/search/<栏目> 地址，还需要 params.channel",
                    f"listings: {listing.url} is no address of /common/search/<channel>; params.channel is needed",
                )


def _texts(data: Mapping[Any, Any], key: str) -> dict[str, str]:
    """A mapping of texts to texts; numbers must be in quotation marks, so that 011 stays 011."""
    found = data.get(key, {})
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, str) or not name.strip() or not value.strip():
            raise SiteError(
                f"{key}: {name!r}: {value!r} 两边都应为非空文本，数字请加引号",
                f"{key}: {name!r}: {value!r} must be texts on both sides, not empty, numbers in quotation marks",
            )
    return dict(found)


def _years(data: Mapping[Any, Any]) -> tuple[int, int] | None:
    if "years" not in data:
        return None
    years = data["years"]
    if len(years) != 2 or not all(isinstance(year, int) and not isinstance(year, bool) for year in years):
        raise SiteError("years: 应为首尾两个年份", "years: must be two years, the first and the last")
    first, last = years
    if not FIRST_YEAR <= first <= last <= _LAST_YEAR:
        raise SiteError(
            f"years: {first} 至 {last} 不合理（不早于 {FIRST_YEAR}，首不晚于尾）",
            f"years: {first} to {last} is not sensible (not before {FIRST_YEAR}, the first not after the last)",
        )
    return first, last


def _listing(entry: Any) -> ListingAddress:
    """An entry of listings: an address, or a mapping with url and agency."""
    if isinstance(entry, dict):
        unknown = [key for key in entry if key not in ("url", "agency")]
        agency = entry.get("agency")
        if unknown or "url" not in entry or not (agency is None or (isinstance(agency, str) and agency.strip())):
            raise SiteError(
                f"listings: {entry!r} 应写明 url，至多再写 agency（文本）",
                f"listings: {entry!r} must have url, and beside it agency (a text) at most",
            )
        return ListingAddress(_address(entry["url"]), agency)
    return ListingAddress(_address(entry))


def _address(url: Any) -> str:
    """An http(s) address with a host, without user and fragment."""
    wrong = SiteError(
        f"listings: {url!r} 应为 http 或 https 地址", f"listings: {url!r} must be an address of http or https"
    )
    if not isinstance(url, str) or re.search(r"[\s\x00-\x1f]", url):
        raise wrong
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.fragment:
        raise wrong
    _host(host)
    return url


def _host_of(url: str) -> str:
    return _host(urlsplit(url).hostname)


def _host(name: Any) -> str:
    """A host's name in lower case; without port, path or scheme."""
    lowered = name.lower().rstrip(".") if isinstance(name, str) else ""
    if not _HOST.fullmatch(lowered) and not _is_address(lowered):
        raise SiteError(
            f"hosts: {name!r} 应为主机名，不带端口和路径",
            f"hosts: {name!r} must be a host's name without port and path",
        )
    return lowered


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _number(data: Mapping[Any, Any], key: str, usual: float) -> float:
    """A number within its bounds."""
    value = data.get(key, usual)
    least, most = _NUMBERS[key]
    if not least <= value <= most:
        raise SiteError(f"{key}: {value} 应在 {least} 与 {most} 之间", f"{key}: {value} must be from {least} to {most}")
    return float(value)


def _networks(data: Mapping[Any, Any]) -> tuple[Network, ...]:
    found = []
    for text in data.get("private_networks", []):
        try:
            found.append(ipaddress.ip_network(text if isinstance(text, str) else ""))
        except ValueError as error:
            raise SiteError(
                f"private_networks: {text!r} 应为网段，如 127.0.0.0/8",
                f"private_networks: {text!r} must be a network such as 127.0.0.0/8",
            ) from error
    return tuple(found)
