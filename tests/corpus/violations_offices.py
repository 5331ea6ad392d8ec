"""The kinds of agencies of the worlds, how their names are made, and how much business each has a year."""

from __future__ import annotations

from tests.corpus.agencies import Profile

SYLLABLES = "安宁河岭泉原溪湖峰谷松柏竹梅兰桂枫榆槐柳"

# Sector, name, field of its prose, size: applications, legal, documents, stock, licensing, penalties, coercion, fees.
DEPARTMENTS: tuple[tuple[str, str, str, Profile], ...] = (
    ("education", "教育局", "education", Profile(14, 3, 2, 12, 68, 4, 0, 37.6)),
    ("commerce", "商务局", "commerce", Profile(9, 2, 1, 8, 46, 7, 0, 0)),
    ("public_security", "公安局", "police", Profile(34, 6, 2, 14, 8600, 3800, 410, 290.4)),
    ("environment", "生态环境局", "environment", Profile(26, 4, 2, 11, 214, 187, 26, 0)),
    ("housing_construction", "住房和城乡建设局", "general", Profile(46, 9, 3, 16, 640, 92, 14, 1210.5)),
    ("civil_affairs", "民政局", "general", Profile(8, 2, 1, 9, 120, 3, 0, 0)),
    ("transport", "交通运输局", "general", Profile(17, 3, 1, 10, 910, 430, 38, 55.2)),
    ("health", "卫生健康委员会", "general", Profile(15, 3, 2, 13, 560, 145, 9, 18.9)),
)
TOWN = Profile(6, 1, 0, 0, 35, 12, 4, 0, False, None, "我镇", "town")
VERTICAL = Profile(14, 1, 1, 9, 4120, 675, 48, 0, False, None, "我局", "tax")
OFFICE = {"county": Profile(30, 6, 9, 60, 0, 0, 0, 0), "prefecture": Profile(70, 12, 16, 110, 0, 0, 0, 0)}
WHOLE = {"county": ("全县", "我县"), "district": ("全区", "我区"), "prefecture": ("全市", "我市")}
