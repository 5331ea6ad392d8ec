"""Administrative divisions (GB/T 2260) in the names of agencies.

The table is ``data/regions/divisions.csv``, today's divisions and those that
were, loaded when the first name is looked up. A county's name alone may fit
several counties (鼓楼区 is one of four): such a name tells nothing unless the
document or its address does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from extract.paths import DATA

TABLE = DATA / "regions" / "divisions.csv"

# Bodies of the State's own ministries put their ministry before the place.
_HEAD = re.compile(
    r"^(?:中华人民共和国|国家税务总局|国家统计局|国家金融监督管理总局|国家矿山安全监察局|国家外汇管理局|中国人民银行"
    r"|中国银行保险监督管理委员会|中国银保监会|国家粮食和物资储备局|中国证券监督管理委员会|中国证监会)(?=.)"
)
_PLACE_WORD = re.compile(r"(?:省|市|区|县|旗|州|盟)(?:(?:人民)?政府)?$")
_SMALL_WORD = re.compile(r"^[市区县旗州省](?=[\u4e00-\u9fff]{2})")
_LEVELS = {"省": "province", "市": "prefecture", "州": "prefecture", "区": "county", "县": "county", "旗": "county"}
# After these words a bare 石家庄 is the city, and not the first half of a street's name.
_AFTER_STEM = re.compile(
    r"[\u4e00-\u9fff]{0,4}?(?:国家)?(?:级)?(?:经济技术|经济|高新技术|高新|新技术|综合保税|保税|临空|临港|空港|旅游)(?:产业)?"
    r"(?:开发|示范|度假|试验)?(?:区|园)|[\u4e00-\u9fff]{2,4}新区"
    r"|海关|海事|调查总?队|税务|证监|监管|气象|邮政|烟草|边防|出入境|通信管理|煤矿|矿山|消防|分行"
)
_BRANCH = re.compile(r"(?:局|总队|支队)([\u4e00-\u9fff]{2,6}?)(?:区|县|市)?分局$")
_LETTERS = re.compile(r"(?:shi|xian|qu|zhou|gov|zf)$")


class Division(NamedTuple):
    """A division under one name; ``first``/``last``: the years between which
    it had it (None: before the table begins, still)."""

    code: str
    name: str
    level: str
    parent: str
    first: int | None
    last: int | None
    pinyin: str

    def in_force(self, year: int) -> bool:
        """Whether it stood about ``year``: a report about a year is published in the next,
        and the table knows a change by a year at worst."""
        return (self.first is None or self.first <= year + 1) and (self.last is None or self.last + 1 >= year)


@dataclass(frozen=True, slots=True)
class Region:
    """Where an agency sits: the smallest division that its name shows and
    those above it; None for a level that there is not."""

    code: str
    level: str
    province: str | None = None
    prefecture: str | None = None
    county: str | None = None

    @property
    def name(self) -> str:
        """The full name with all levels: 江苏省淮安市洪泽区."""
        return "".join(part for part in (self.province, self.prefecture, self.county) if part)

    @property
    def usual_name(self) -> str:
        """The name as agencies put it before theirs: a county after its prefecture, else its municipality."""
        if self.county is None:
            return self.prefecture or self.province or ""
        above = self.prefecture or (self.province if self.province and self.province.endswith("市") else "")
        return (above or "") + self.county


@dataclass(frozen=True, slots=True)
class Place:
    """The divisions that a name begins with: ``end`` is where the rest of the
    name begins, ``candidates`` what the place may be, smallest divisions only."""

    candidates: tuple[Division, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Table:
    by_code: dict[str, list[Division]]
    by_name: dict[str, list[Division]]
    by_stem: dict[str, list[Division]]  # of provinces and prefectures: 江苏, 石家庄
    longest: int


@cache
def _table() -> _Table:
    by_code: dict[str, list[Division]] = {}
    by_name: dict[str, list[Division]] = {}
    by_stem: dict[str, list[Division]] = {}
    for line in TABLE.read_text("utf-8").splitlines()[1:]:
        code, name, level, parent, first, last, short, pinyin = line.split(",")
        division = Division(code, name, level, parent, _year(first), _year(last), pinyin)
        by_code.setdefault(code, []).append(division)
        by_name.setdefault(name, []).append(division)
        for other in short.split("|") if short else ():
            is_stem = level != "county" and not other.endswith(("州", "自治区"))
            (by_stem if is_stem else by_name).setdefault(other, []).append(division)
    return _Table(by_code, by_name, by_stem, max(map(len, by_name)))


def _year(month: str) -> int | None:
    """The year of a month YYYYMM; of ">YYYYMM" (some time after), the year after."""
    return int(month.lstrip(">")[:4]) + month.startswith(">") if month else None


def read_place(name: str) -> Place:
    """The run of divisions at the front of a name, without regard to what else is known."""
    head = _HEAD.match(name)
    start = head.end() if head else 0
    table, position = _table(), start
    found: Sequence[Division] = ()
    while True:
        length, options = _longest(table, name, position)
        if not options and not found:
            length, options = _stem(table, name, position)
        if found:
            options = [option for option in options if any(is_within(option, above) for above in found)]
        if not options:
            break
        found, position = options, position + length
    if found and (branch := _BRANCH.search(name, position)):
        within = [d for d in _named(branch[1]) if any(is_within(d, above) for above in found)]
        found = within or found
    return Place(tuple(found), start, position)


def _longest(table: _Table, name: str, position: int) -> tuple[int, list[Division]]:
    for length in range(min(table.longest, len(name) - position), 1, -1):
        options = table.by_name.get(name[position : position + length])
        # 西区, 城区, 郊区: a district of some cities, and a part of any.
        if options and (length > 2 or position or options[0].name[-1] != "区"):
            return length, options
    return 0, []


def _stem(table: _Table, name: str, position: int) -> tuple[int, list[Division]]:
    """A province or prefecture without 省 or 市, where what follows shows that it is one."""
    for length in (4, 3, 2):
        options = table.by_stem.get(name[position : position + length])
        if not options:
            continue
        if _AFTER_STEM.match(name, position + length):
            return length, options
        _, below = _longest(table, name, position + length)
        above = [option for option in options if any(is_within(county, option) for county in below)]
        if above:
            return length, above
    return 0, []


def _named(stem: str) -> list[Division]:
    """The counties of a name without its last word: 龙华, 盐都."""
    table = _table()
    return [division for word in ("区", "县", "市", "旗", "") for division in table.by_name.get(stem + word, ())]


def is_within(division: Division, above: Division) -> bool:
    """Whether a division lies in another, one or two levels below."""
    if division.parent == above.code:
        return True
    return any(middle.parent == above.code for middle in _table().by_code.get(division.parent, ()))


def _above(division: Division, year: int | None) -> list[Division]:
    """The divisions around one, smallest first, under the names of the time."""
    chain = []
    code = division.parent
    while code:
        options = _table().by_code.get(code, [])
        if not options:
            break
        fitting = [option for option in options if year is not None and option.in_force(year)]
        chain.append((fitting or options)[-1])
        code = chain[-1].parent
    return chain


def region_of(division: Division, year: int | None = None) -> Region:
    """The division with those above it."""
    names = {division.level: division.name} | {above.level: above.name for above in _above(division, year)}
    return Region(
        division.code, division.level, names.get("province"), names.get("prefecture"), names.get("county")
    )  # fmt: skip


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
    tests = [
        lambda division: any(above + division.name in text for above in _names_above(division) for text in texts),
        lambda division: any(_prefecture(division) in text for text in texts),
        lambda division: any(_province(division) in text for text in texts),
        lambda division: host is not None and _spelt(division, host),
    ]
    for test in tests:
        fitting = [division for division in candidates if test(division)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _newest(candidates: Sequence[Division]) -> list[Division]:
    """One division of each name and place above: where a code changed, the last."""
    found: dict[tuple[str, str], Division] = {}
    for division in candidates:
        key = division.name, "".join(above.name for above in _above(division, None))
        known = found.get(key)
        if known is None or (known.last is not None and (division.last is None or division.last > known.last)):
            found[key] = division
    return list(found.values())


def _names_above(division: Division) -> list[str]:
    names = [above.name for above in _above(division, None)]
    return [*names, *(name[:-1] for name in names if name.endswith(("市", "省")) and len(name) > 2)]


def _prefecture(division: Division) -> str:
    above = _above(division, None)
    return above[0].name if above else division.name


def _province(division: Division) -> str:
    above = _above(division, None)
    return above[-1].name if above else division.name


def _spelt(division: Division, host: str) -> bool:
    labels = set((urlsplit(host).hostname or "" if "://" in host else host).lower().split("."))
    labels |= {_LETTERS.sub("", label) for label in labels}
    near = [division, *_above(division, None)[:1]]
    return any(name in labels for place in near for name in place.pinyin.split("|") if len(name) > 3)


def region_of_host(url: str | None, level: str | None = None) -> Region | None:
    """The region that the name of a government's host spells (xuwen.gov.cn),
    None where it spells none or several; ``level``: of that level only."""
    host = urlsplit(url).hostname if url and "://" in url else None
    if host is None or not host.endswith(".gov.cn"):
        return None
    label = host.removesuffix(".gov.cn").rsplit(".", 1)[-1]
    labels = {label, _LETTERS.sub("", label)}
    found = [
        division
        for options in _table().by_code.values()
        for division in options
        if division.last is None and not labels.isdisjoint(division.pinyin.split("|")) and level in (None, division.level)
    ]
    return region_of(found[0]) if len(found) == 1 else None


def is_branch(name: str) -> bool:
    """Whether a name is that of a prefecture's bureau in one of its counties (盐城市公安局盐都分局)."""
    return bool(_BRANCH.search(name))


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
    return region if region is not None and region.name.endswith(word) else None
