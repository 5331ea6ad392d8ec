"""The register of agencies: who filed a report, under whatever name it had.

The register is kept as YAML lists under ``data/agencies`` and is reviewed by
people. A name that it does not know gets a provisional identifier; nothing is
matched by likeness.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from extract.figures import squeeze
from extract.paths import DATA
from transform.contracts import SECTORS, codes

AGENCIES = DATA / "agencies"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RegisterError(ValueError):
    """The register contradicts itself; the message names the agency."""


@dataclass(frozen=True)
class Agency:
    """An agency under one name. ``valid_from``/``valid_to``: first and last day."""

    id: str
    name: str
    level: str | None
    sector: str | None
    region_code: str | None = None
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    aliases: tuple[str, ...] = ()
    registered: bool = True

    def in_force(self, year: int) -> bool:
        """Whether it existed on some day of ``year``."""
        began = self.valid_from is None or self.valid_from <= date(year, 12, 31)
        return began and (self.valid_to is None or self.valid_to >= date(year, 1, 1))


@dataclass(frozen=True)
class Match:
    """What the register knows under a name.

    ``agency`` is None where the name is unknown or fits several agencies
    (``candidates``). ``in_force`` is False where the agency named did not
    exist in the report's year nor in the year after, in which it was published.
    """

    agency: Agency | None
    in_force: bool = True
    candidates: tuple[Agency, ...] = ()


class Register:
    """The agencies by identifier, name and alias."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        """Raises RegisterError on an identifier given twice, on a parent or
        successor that is not listed, and on a circle of successors.
        """
        self.agencies: dict[str, Agency] = {}
        for agency in agencies:
            if agency.id in self.agencies:
                raise RegisterError(f"{agency.id} is listed twice")
            self.agencies[agency.id] = agency
        for agency in self.agencies.values():
            for other in (agency.parent, agency.successor):
                if other is not None and other not in self.agencies:
                    raise RegisterError(f"{agency.id} refers to {other}, which is not listed")
        self._lineage = {key: self._last_successor(key) for key in self.agencies}

    def _last_successor(self, key: str) -> str:
        seen = [key]
        while (successor := self.agencies[seen[-1]].successor) is not None:
            if successor in seen:
                raise RegisterError(f"the successors of {key} run in a circle: {' → '.join([*seen, successor])}")
            seen.append(successor)
        return seen[-1]

    def lineage_id(self, agency_id: str) -> str:
        """Identifier of the last successor; an agency outside the register is its own."""
        return self._lineage.get(agency_id, agency_id)

    @cached_property
    def version(self) -> str:
        """Fingerprint of the register's content: 16 hex digits."""
        text = "\n".join(repr(self.agencies[key]) for key in sorted(self.agencies))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def _tiers(self) -> tuple[dict[str, list[Agency]], ...]:
        """Agencies by name, by alias, and by name with the regions around it
        written out or left out; an earlier tier is better evidence.
        """
        names: dict[str, list[Agency]] = {}
        aliases: dict[str, list[Agency]] = {}
        variants: dict[str, list[Agency]] = {}
        for agency in self.agencies.values():
            names.setdefault(normal(agency.name), []).append(agency)
            for alias in {normal(alias) for alias in agency.aliases}:
                aliases.setdefault(alias, []).append(agency)
            for variant in _variants(agency):
                variants.setdefault(variant, []).append(agency)
        return names, aliases, variants

    def find(self, name: str, year: int | None = None) -> Match:
        """The agency of that identifier, name or alias for a report about ``year``.

        Of several agencies of one name, the one that existed in the report's
        year counts, else the one of the year after (in which the report is
        published). A name that was out of use by then leads to the successor
        that was in force, with ``in_force`` False.
        """
        if name in self.agencies:
            return Match(self.agencies[name])
        key = normal(name)
        found = [tier[key] for tier in self._tiers if key in tier]
        for candidates in found:
            match = _of_year(candidates, year)
            if match is not None:
                return match
        if not found:
            return Match(None)
        candidates = found[0]
        heirs = {agency.id: agency for agency in (self._heir(candidate, year) for candidate in candidates)}
        if len(heirs) > 1:
            return Match(None, candidates=tuple(candidates))
        return Match(next(iter(heirs.values())), in_force=False)

    def _heir(self, agency: Agency, year: int | None) -> Agency:
        """The first successor in force in ``year``; the agency itself where there is none."""
        heir = agency
        while year is not None and not heir.in_force(year) and heir.successor is not None:
            heir = self.agencies[heir.successor]
        return heir if year is None or heir.in_force(year) else agency


def _of_year(candidates: list[Agency], year: int | None) -> Match | None:
    """The match among agencies of one name, None where none was in force."""
    if year is None:
        fitting = candidates
    else:
        fitting = [agency for agency in candidates if agency.in_force(year)]
        fitting = fitting or [agency for agency in candidates if agency.in_force(year + 1)]
        lasting = [agency for agency in fitting if agency.valid_to is None or agency.valid_to >= date(year, 12, 31)]
        fitting = lasting or fitting
    if not fitting:
        return None
    return Match(fitting[0]) if len(fitting) == 1 else Match(None, candidates=tuple(fitting))


def normal(name: str) -> str:
    """A name without white space, in NFKC form."""
    return squeeze(name)


def _variants(agency: Agency) -> set[str]:
    """The name with each possible run of its regions before it, of which the
    smallest is always there: 洪泽区人民政府, 淮安市洪泽区人民政府, 江苏省淮安市洪泽区人民政府.
    """
    regions = [normal(region) for region in (agency.province, agency.prefecture, agency.county) if region]
    name = core = normal(agency.name)
    for region in regions:
        core = core.removeprefix(region)
    if core == name or not core:
        return set()
    return {"".join(regions[start:]) + core for start in range(len(regions))} - {name}


def load_register(folder: Path = AGENCIES) -> Register:
    """The register from every YAML list of ``folder``; empty where there is none."""
    agencies: list[Agency] = []
    for path in sorted(folder.glob("*.yaml")):
        for entry in yaml.load(path.read_text("utf-8"), Loader=_LOADER) or ():
            agencies.append(_agency(entry, path.name))
    return Register(agencies)


def _agency(entry: Mapping[str, Any], where: str) -> Agency:
    unknown = set(entry) - {*Agency.__dataclass_fields__} | ({"registered"} & set(entry))
    if unknown or not entry.get("id") or not entry.get("name"):
        raise RegisterError(f"{where}: {entry.get('id')!r}: id and name are required; unknown keys {sorted(unknown)}")
    for key, enum in (("level", "level"), ("sector", "sector")):
        if entry.get(key) is not None and entry[key] not in codes(enum):
            raise RegisterError(f"{where}: {entry['id']}: unknown {key} {entry[key]!r}")
    region_code = entry.get("region_code")
    return Agency(
        id=str(entry["id"]),
        name=str(entry["name"]),
        level=entry.get("level"),
        sector=entry.get("sector"),
        region_code=None if region_code is None else str(region_code),
        province=entry.get("province"),
        prefecture=entry.get("prefecture"),
        county=entry.get("county"),
        parent=entry.get("parent"),
        valid_from=_day(entry.get("valid_from"), first=True),
        valid_to=_day(entry.get("valid_to"), first=False),
        successor=entry.get("successor"),
        aliases=tuple(entry.get("aliases") or ()),
    )


def _day(value: date | int | str | None, *, first: bool) -> date | None:
    """A date; a bare year stands for its first or last day."""
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, int) or value.isdigit():
        return date(int(value), 1, 1) if first else date(int(value), 12, 31)
    return date.fromisoformat(value)


def provisional(name: str, url: str | None = None) -> Agency:
    """An agency for a name that the register does not know.

    Its identifier comes from its region and name. The region is part of most
    names; where a name has none (民政局), the site's host stands for it, so
    that two bureaus of one short name do not become one agency. Level and
    sector are inferred from the name.
    """
    name = normal(name)
    host = urlsplit(url).hostname if url else None
    region = "" if _names_a_region(name) else (host or "")
    digest = hashlib.sha256(f"{region}|{name}".encode()).hexdigest()[:12]
    level = infer_level(name)
    return Agency(f"p-{digest}", name, level, infer_sector(name, level), registered=False)


_MUNICIPALITY = re.compile(r"^(北京|上海|天津|重庆)市")
_CENTRAL = re.compile(r"^(国务院|中华人民共和国|国家).*|^.{2,12}部$|^(海关总署|审计署|中国人民银行|中国气象局)$")
_CENTRAL_HEADS = frozenset({"国家税务总局", "海关总署", "国家统计局", "中国气象局", "中国人民银行", "国家外汇管理局"})
_TOWNSHIP = re.compile(r"(镇|乡|苏木|街道)(人民政府|政府|办事处)?((党政)?(综合)?办公室)?$")
_ZONE = re.compile(r"开发区|高新区|经开区|(新区|园区?|景区|名胜区|度假区|保税区|[范验作]区)(管理委员会|管委会)")
_COUNTY = re.compile(r"(?<!自治)(?<!地)区|县|旗|市.{1,6}(?<!城)市(?!场)")
_PREFECTURE = re.compile(r"市(?!场)|自治州|地区|盟|(?<=.)州(?=.)")
_PROVINCE = re.compile(r"省|自治区|生产建设兵团")
_GOVERNMENT = re.compile(r"(人民政府|政府)(办公厅|办公室|办)?$|行政公署$|^国务院办公厅$")


def _names_a_region(name: str) -> bool:
    """Whether the name says where (赣县区民政局) rather than only what (民政局)."""
    level = infer_level(name)
    if level == "vertical":
        return any(pattern.search(name) for pattern in (_COUNTY, _PREFECTURE, _PROVINCE))
    return level is not None


def infer_level(name: str) -> str | None:
    """The level that an agency's name shows, None where it shows none.

    A guess for agencies outside the register: a county-level city is taken
    for a prefecture, for its name alone does not tell.
    """
    if name in _CENTRAL_HEADS:
        return "central"
    if any(part in name for part in _names()[1]):
        return "vertical"
    if _TOWNSHIP.search(name):
        return "township"
    if _ZONE.search(name):
        return "zone"
    if _COUNTY.search(name):
        return "county"
    if _MUNICIPALITY.search(name):
        return "province"
    if _PREFECTURE.search(name):
        return "prefecture"
    if _PROVINCE.search(name):
        return "province"
    return "central" if _CENTRAL.search(name) else None


def infer_sector(name: str, level: str | None) -> str | None:
    """The sector that an agency's name shows, None where it shows none."""
    if _GOVERNMENT.search(name):
        return "government"
    found = [(len(part), name.rfind(part), sector) for part, sector in _names()[0].items() if part in name]
    if found:
        return max(found)[2]
    return "government" if level in ("township", "zone") else None


@cache
def _names() -> tuple[dict[str, str], tuple[str, ...]]:
    """Sector by part of a name, and the parts that tell a vertical organ."""
    data = yaml.load(SECTORS.read_text("utf-8"), Loader=_LOADER)
    parts = {part: item["sector"] for item in data["sectors"] for part in item["names"]}
    return parts, tuple(data["vertical_names"])
