"""The fictitious agencies of the samples, and how much business each has.

Every name says 示例 (example); the region codes are of the block 99…, which
is not assigned. ``region_code`` is that of the division the agency sits in.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.corpus.model import Agency

PROVINCE, PREFECTURE, COUNTY, DISTRICT = "示例省", "示例市", "示例县", "示例区"


@dataclass(frozen=True)
class Profile:
    """The size of an agency's business a year.

    ``applications`` is the usual number of applications received, ``legal``
    of reviews and lawsuits, ``documents`` of normative documents issued,
    ``stock`` of those in force, ``licensing``/``penalties``/``coercion`` of
    decisions, ``fees`` in 万元. ``rules`` says whether the agency may make
    规章 at all; ``whole`` is the word for its area (全市 …), None for an
    agency that reports for itself; ``we`` is what it calls itself.
    """

    applications: int
    legal: int = 0
    documents: int = 0
    stock: int = 0
    licensing: int = 0
    penalties: int = 0
    coercion: int = 0
    fees: float = 0.0
    rules: bool = False
    whole: str | None = None
    we: str = "本机关"
    field: str = "general"


def _agency(
    slug: str,
    name: str,
    level: str,
    sector: str,
    region_code: str,
    *,
    county: str | None = None,
    prefecture: str | None = PREFECTURE,
    province: str | None = PROVINCE,
    parent: str | None = None,
    aliases: tuple[str, ...] = (),
    valid_from: str | None = None,
    valid_to: str | None = None,
    successor: str | None = None,
) -> Agency:
    return Agency(
        f"shili-{slug}", name, level, sector, region_code, aliases, province, prefecture, county,
        f"shili-{parent}" if parent else None, valid_from, valid_to, f"shili-{successor}" if successor else None,
    )  # fmt: skip


AGENCIES: dict[str, Agency] = {
    agency.id: agency
    for agency in (
        _agency("bu", "示例部", "central", "market_regulation", "999999", province=None, prefecture=None,
                aliases=("中华人民共和国示例部",)),
        _agency("sheng", "示例省人民政府", "province", "government", "990000", prefecture=None,
                aliases=("示例省政府", "示例省人民政府办公厅")),
        _agency("shi", "示例市人民政府", "prefecture", "government", "990100", parent="sheng",
                aliases=("示例市政府", "示例省示例市人民政府")),
        _agency("shi-gongan", "示例市公安局", "prefecture", "public_security", "990100", parent="shi",
                aliases=("市公安局",)),
        _agency("shi-shengtai", "示例市生态环境局", "prefecture", "environment", "990100", parent="shi",
                aliases=("市生态环境局",)),
        _agency("qu", "示例区人民政府", "county", "government", "990102", county=DISTRICT, parent="shi",
                aliases=("示例区政府", "示例市示例区人民政府")),
        _agency("qu-bangongshi", "示例区人民政府办公室", "county", "government", "990102", county=DISTRICT, parent="qu",
                aliases=("示例区政府办公室", "示例区政府办")),
        _agency("jiedao", "示例区示例街道办事处", "township", "government", "990102", county=DISTRICT, parent="qu",
                aliases=("示例街道办事处", "示例街道")),
        _agency("xian", "示例县人民政府", "county", "government", "990121", county=COUNTY, parent="shi",
                aliases=("示例县政府", "示例市示例县人民政府")),
        _agency("xian-shangwu-liangshi", "示例县商务和粮食局", "county", "commerce", "990121", county=COUNTY,
                parent="xian", aliases=("县商务和粮食局",), valid_to="2021-12-31", successor="xian-shangwu"),
        _agency("xian-shangwu", "示例县商务局", "county", "commerce", "990121", county=COUNTY, parent="xian",
                aliases=("县商务局",), valid_from="2022-01-01"),
        _agency("xian-jiaoyu", "示例县教育局", "county", "education", "990121", county=COUNTY, parent="xian",
                aliases=("县教育局", "示例县教育和体育局")),
        _agency("zhen", "示例县示例镇人民政府", "township", "government", "990121", county=COUNTY, parent="xian",
                aliases=("示例镇人民政府", "示例镇")),
        _agency("kaifaqu", "示例经济开发区管理委员会", "zone", "government", "990171", parent="shi",
                aliases=("示例经济开发区", "示例经开区管委会")),
        _agency("shuiwu", "国家税务总局示例市税务局", "vertical", "taxation", "990100", aliases=("示例市税务局",)),
        _agency("diaochadui", "国家统计局示例调查队", "vertical", "statistics", "990100", aliases=("示例调查队",)),
    )
}  # fmt: skip

PROFILES: dict[str, Profile] = {
    "shili-bu": Profile(1850, 70, 14, 210, 9400, 1260, 80, 48210.5, True, None, "我部", "market"),
    "shili-sheng": Profile(5200, 240, 130, 1480, 812000, 402000, 15800, 912044.37, True, "全省", "我省", "government"),
    "shili-shi": Profile(1240, 62, 46, 390, 296000, 118000, 6200, 142390.66, True, "全市", "我市", "government"),
    "shili-shi-gongan": Profile(96, 7, 3, 24, 186400, 73800, 4100, 2904.18, False, None, "市公安局", "police"),
    "shili-shi-shengtai": Profile(41, 3, 2, 11, 214, 187, 26, 0, False, None, "我局", "environment"),
    "shili-qu": Profile(310, 18, 12, 96, 68400, 21900, 1900, 8830.2, False, "全区", "我区", "government"),
    "shili-qu-bangongshi": Profile(64, 5, 8, 71, 0, 0, 0, 0, False, None, "区政府办", "government"),
    "shili-jiedao": Profile(9, 1, 0, 0, 35, 12, 4, 0, False, None, "街道", "town"),
    "shili-xian": Profile(92, 6, 9, 63, 41200, 9800, 760, 5120.43, False, "全县", "我县", "government"),
    "shili-xian-shangwu-liangshi": Profile(3, 0, 1, 3, 26, 2, 0, 0, False, None, "本机关", "commerce"),
    "shili-xian-jiaoyu": Profile(11, 1, 1, 7, 68, 0, 0, 37.6, False, None, "我局", "education"),
    "shili-zhen": Profile(0, 0, 0, 0, 0, 0, 0, 0, False, None, "我镇", "town"),
    "shili-kaifaqu": Profile(17, 2, 3, 19, 15300, 830, 12, 643.44, False, None, "我区", "zone"),
    "shili-shuiwu": Profile(14, 1, 1, 9, 9120, 2675, 88, 0, False, None, "我局", "tax"),
    "shili-diaochadui": Profile(1, 0, 0, 0, 0, 3, 0, 0, False, None, "我队", "statistics"),
}  # fmt: skip


def profile_of(agency: Agency) -> Profile:
    """The profile of an agency; a successor has that of its predecessor."""
    for other in AGENCIES.values():
        if other.successor == agency.id:
            return profile_of(other)
    return PROFILES[agency.id]


def history_of(agency: Agency) -> str:
    """The identifier under which an agency's figures run on through renamings."""
    for other in AGENCIES.values():
        if other.successor == agency.id:
            return history_of(other)
    return agency.id
