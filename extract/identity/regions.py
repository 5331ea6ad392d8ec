"""Administrative divisions (GB/T 2260) in the names of agencies.

The table is ``data/regions/divisions.csv``, today's divisions and those that
were, loaded when the first name is looked up. A county's name alone may fit
several counties (鼓楼区 is one of four): such a name tells nothing unless the
document or its address does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from extract.paths import DATA

TABLE = DATA / "regions" / "divisions.csv"

# Bodies of the State's own ministries put their ministry before the place.
_HEAD = re.compile(
    r"^(?:中华人民共和国|国家税务总局|国家统计局|国家金融监督管理总局|国家矿山安全监察局|国家外汇管理局|中国人民银行"
    r"|中国银行保险监督管理委员会|中国银保监会|国家粮食和物资储备局|中国证券监督管理委员会|中国证监会)(?=.)"
)
# After these words a bare 石家庄 is the city, and not the first half of a street's name.
_AFTER_STEM = re.compile(
    r"[\u4e00-\u9fff]{0,4}?(?:国家)?(?:级)?(?:经济技术|经济|高新技术|高新|新技术|综合保税|保税|临空|临港|空港|旅游)(?:产业)?"
    r"(?:开发|示范|度假|试验)?(?:区|园)|[\u4e00-\u9fff]{2,4}新区"
    r"|海关|海事|调查总?队|税务|证监|监管|气象|邮政|烟草|边防|出入境|通信管理|煤矿|矿山|消防|分行"
)
_BRANCH = re.compile(r"(?:局|总队|支队)([\u4e00-\u9fff]{2,6}?)(?:区|县|市)?分局$")


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


def above_of(division: Division, year: int | None = None) -> list[Division]:
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
    names = {division.level: division.name} | {above.level: above.name for above in above_of(division, year)}
    return Region(
        division.code, division.level, names.get("province"), names.get("prefecture"), names.get("county")
    )  # fmt: skip


def is_branch(name: str) -> bool:
    """Whether a name is that of a prefecture's bureau in one of its counties (盐城市公安局盐都分局)."""
    return bool(_BRANCH.search(name))


def divisions() -> Iterator[Division]:
    """Every division, under every name that it had."""
    for options in _table().by_code.values():
        yield from options
