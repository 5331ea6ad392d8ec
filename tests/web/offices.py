"""The agencies of the web: counties with their departments, towns and streets, as many as are asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from tests.corpus.agencies import Profile
from tests.corpus.model import Agency
from tests.corpus.violations_offices import DEPARTMENTS, TOWN

STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
TOWNS = "东西南北中上下前后左右内外新古高平长青红"
KINDS = (("县", "全县", "我县"), ("区", "全区", "我区"), ("市", "全市", "我市"))
MORE = (
    ("finance", "财政局"),
    ("audit", "审计局"),
    ("market_regulation", "市场监督管理局"),
    ("agriculture", "农业农村局"),
    ("water", "水利局"),
    ("human_resources", "人力资源和社会保障局"),
    ("natural_resources", "自然资源局"),
    ("justice", "司法局"),
    ("statistics", "统计局"),
    ("emergency", "应急管理局"),
    ("veterans", "退役军人事务局"),
)
SMALL = Profile(3, 1, 1, 6, 40, 6, 1, 0)
COUNTY = Profile(48, 6, 9, 63, 41200, 9800, 760, 5120.43, False, None, "", "government")


@dataclass(frozen=True)
class Office:
    """An agency, how much business it has, and its place among those of its site."""

    agency: Agency
    profile: Profile
    number: int

    @property
    def code(self) -> str:
        """The site's own code of it."""
        return f"0{self.agency.region_code}{self.number:03d}"


def place_name(number: int) -> tuple[str, str]:
    """The name of the ``number``th county, and its region code of the block 99…, which is not assigned."""
    first, second = divmod(number, len(STEMS))
    stem = STEMS[second] if first == 0 else STEMS[first - 1] + STEMS[second]
    return f"示例{stem}{KINDS[number % 3][0]}", f"99{1 + number // 60:02d}{1 + number % 60:02d}"


def offices(place: int, count: int) -> list[Office]:
    """The first ``count`` agencies of a county: its government, then departments, then towns and streets."""
    name, region = place_name(place)
    _, whole, we = KINDS[place % 3]
    government = f"web-{region}-00"
    made: list[Office] = []

    def add(full: str, level: str, sector: str, profile: Profile, aliases: tuple[str, ...] = ()) -> None:
        number = len(made)
        agency = Agency(f"web-{region}-{number:02d}", full, level, sector, region, aliases, "示例省", "示例市", name,
                        government if number else None)  # fmt: skip
        made.append(Office(agency, profile, number))

    add(f"{name}人民政府", "county", "government", replace(COUNTY, whole=whole, we=we), (f"{name}政府",))
    for sector, title, field, size in DEPARTMENTS:
        add(f"{name}{title}", "county", sector, replace(size, field=field, we="我局"), (f"{name[2:]}{title}",))
    for sector, title in MORE:
        add(f"{name}{title}", "county", sector, SMALL)
    for rest, stem in product(("", *TOWNS), TOWNS):
        if len(made) >= count:
            break
        for kind in ("镇人民政府", "街道办事处"):
            add(f"{name}示例{rest}{stem}{kind}", "township", "government", TOWN)
    return made[:count]
