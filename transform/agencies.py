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
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from extract.figures import squeeze
from extract.identity.functions import infer_level, infer_sector
from extract.identity.places import locate, nameless_place
from extract.identity.regions import Region, is_branch, read_place
from extract.paths import DATA
from transform.contracts import codes

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


def provisional(name: str, url: str | None = None, year: int | None = None, region: Region | None = None) -> Agency:
    """An agency for a name that the register does not know.

    Its identifier comes from its region and the rest of its name, so that
    赣县区商务局 and 江西省赣州市赣县区商务局 are one agency. ``region`` is what the
    document tells; else the name, then the site's host decide. Where no region
    is found the whole name counts, and with it the host for a name that has no
    place (民政局) or a place that may be several (鼓楼区民政局), so that two
    bureaus of one short name do not become one agency. Level and sector are
    inferred from the name.
    """
    name = normal(name)
    region = region or locate(name, year, address=url)
    level = infer_level(name, region)
    sector = infer_sector(name, level)
    if region is None:
        host = (urlsplit(url).hostname if url else None) or ""
        where = "" if _names_one_region(name, level) else host
        return Agency(_provisional_id(where, name), name, level, sector, registered=False)
    place = read_place(name)
    rest = name[place.end :] if place.candidates else name[len(nameless_place(name)) :]
    head = name[: place.start]
    if rest in ("", "政府"):
        rest = "人民政府" * (level == region.level)
    if not is_branch(name) and level != "zone":
        name = head + region.usual_name + rest if region.level != "province" or rest else name
    return Agency(
        _provisional_id(region.code, head + rest), name, level, sector, region.code,
        region.province, region.prefecture, region.county, registered=False,
    )  # fmt: skip


def _provisional_id(where: str, what: str) -> str:
    return f"p-{hashlib.sha256(f'{where}|{what}'.encode()).hexdigest()[:12]}"


_NAMES_A_PLACE = re.compile(r"(?<!自治)(?<!地)区|县|旗|市(?!场)|自治州|地区|盟|(?<=.)州(?=.)|省|自治区|生产建设兵团")


def _names_one_region(name: str, level: str | None) -> bool:
    """Whether a name without a known region says where (示例县民政局) rather than only what (民政局)."""
    if read_place(name).candidates or nameless_place(name):
        return False  # one of several places of that name
    return bool(_NAMES_A_PLACE.search(name)) if level == "vertical" else level is not None
