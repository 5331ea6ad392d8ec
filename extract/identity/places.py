"""Which place is meant: by the name, by what else a document says, by its address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from urllib.parse import urlsplit

from extract.identity.regions import Division, Region, above_of, divisions, read_place, region_of

_PLACE_WORD = re.compile(r"(?:省|市|区|县|旗|州|盟)(?:(?:人民)?政府)?$")
_SMALL_WORD = re.compile(r"^[市区县旗州省](?=[\u4e00-\u9fff]{2})")
_LEVELS = {"省": "province", "市": "prefecture", "州": "prefecture", "区": "county", "县": "county", "旗": "county"}
_LETTERS = re.compile(r"(?:shi|xian|qu|zhou|gov|zf)$")


def settle(
    candidates: Sequence[Division], year: int | None = None, texts: Iterable[str] = (), host: str | None = None
) -> Division | None:
    """The one division that is meant, None where several may be.

    In turn: those that stood in ``year`` (that stand still, where it is None); those of which ``texts`` write out
    the name above (南京市鼓楼区); those whose prefecture, else province, alone
    of all the texts name; those whose name the ``host`` spells.
    """
    there = [division for division in candidates if division.in_force(year or 9999)]
    candidates = there or candidates
    candidates = _newest(candidates)
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    texts = list(texts)
    tests: tuple[Callable[[Division], bool], ...] = (
        lambda division: any(above + division.name in text for above in _names_above(division) for text in texts),
        lambda division: any(_prefecture(division) in text for text in texts),
        lambda division: any(_province(division) in text for text in texts),
        lambda division: host is not None and _spelt(division, host),
    )
    for test in tests:
        fitting = [division for division in candidates if test(division)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _newest(candidates: Sequence[Division]) -> list[Division]:
    """One division of each name and place above: where a code changed, the last."""
    found: dict[tuple[str, str], Division] = {}
    for division in candidates:
        key = division.name, "".join(above.name for above in above_of(division))
        known = found.get(key)
        if known is None or _span(division) > _span(known):
            found[key] = division
    return list(found.values())


def _span(division: Division) -> tuple[int, int]:
    return division.last or 9999, division.first or 0


def _names_above(division: Division) -> list[str]:
    names = [above.name for above in above_of(division)]
    return [*names, *(name[:-1] for name in names if name.endswith(("市", "省")) and len(name) > 2)]


def _prefecture(division: Division) -> str:
    above = above_of(division)
    return above[0].name if above else division.name


def _province(division: Division) -> str:
    above = above_of(division)
    return above[-1].name if above else division.name


def _spelt(division: Division, host: str) -> bool:
    labels = set((urlsplit(host).hostname or "" if "://" in host else host).lower().split("."))
    labels |= {_LETTERS.sub("", label) for label in labels}
    near = [division, *above_of(division)[:1]]
    return any(name in labels for place in near for name in place.pinyin.split("|") if len(name) > 3)


def region_of_host(url: str | None, level: str | None = None) -> Region | None:
    """The region that the name of a government's host spells (xuwen.gov.cn),
    None where it spells none or several; ``level``: of that level only."""
    host = urlsplit(url).hostname if url and "://" in url else None
    if host is None or not host.endswith(".gov.cn"):
        return None
    label = host.removesuffix(".gov.cn").rsplit(".", 1)[-1]
    labels = {label, _LETTERS.sub("", label)}
    spelt = {division: None for name in labels for division in _by_pinyin().get(name, ())}
    found = [division for division in spelt if level in (None, division.level)]
    return region_of(found[0]) if len(found) == 1 else None


@cache
def _by_pinyin() -> dict[str, list[Division]]:
    """The divisions that there are today by each spelling of their names."""
    found: dict[str, list[Division]] = {}
    for division in divisions():
        if division.last is None:
            for name in division.pinyin.split("|"):
                found.setdefault(name, []).append(division)
    return found


def nameless_place(name: str) -> str:
    """The word with which a name says what its place is, but not which: 区 of 区统计局; "" else."""
    word = _SMALL_WORD.match(name)
    return word.group() if word and not read_place(name).candidates else ""


def locate(
    name: str, year: int | None = None, site: str = "", texts: Iterable[str] = (), address: str | None = None
) -> Region | None:
    """Where the agency of that name sits, None where nothing decides.

    By its name, with ``texts`` and the host of ``address`` where it fits
    several places; a name that says only 区, or nothing of a place, by the
    name of the ``site`` or by its host.
    """
    place = read_place(name)
    if place.candidates:
        division = settle(place.candidates, year, (site, *texts), address)
        return region_of(division, year) if division else None
    word = nameless_place(name)
    if _PLACE_WORD.search(name) and not word:
        return None  # a place that the table does not know
    level = _LEVELS.get(word)
    division = settle(read_place(site).candidates, year) if site else None
    region = region_of(division, year) if division is not None else None
    if region is None or level not in (None, region.level):
        region = region_of_host(address, level)
    if region is None or not region.name.endswith(word):
        return None
    # The site of a prefecture or province publishes for its counties as well.
    return region if word or region.level == "county" or name in site else None
