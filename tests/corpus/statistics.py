"""Filings for 2014 to 2018, whose figures stand in a statistical table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from extract.forms import CellKey, load_forms
from tests.corpus.agencies import AGENCIES, Profile, profile_of
from tests.corpus.build import default_scope
from tests.corpus.model import Agency, Claim, Filing, Number, Prose, reported

YEARS = range(2014, 2019)
FORM = "2014"
TABLE = "statistics"

CHANNELS = {"channel.gazette": 3, "channel.website": 60, "channel.weibo": 14, "channel.wechat": 18, "channel.other": 5}
REPLIES = {
    "replied.already_public": 22, "replied.granted": 38, "replied.partly_granted": 6, "replied.refused": 8,
    "replied.not_this_agency": 10, "replied.not_existing": 10, "replied.correction_asked": 3, "replied.other_route": 3,
}  # fmt: skip
GROUNDS = {
    "refusal.state_secret": 4, "refusal.trade_secret": 12, "refusal.privacy": 20,
    "refusal.security_and_stability": 3, "refusal.no_government_information": 40, "refusal.other_by_law": 21,
}  # fmt: skip
RECEIVED = {"received.in_person": 20, "received.fax": 3, "received.online": 55, "received.letter": 22}
RESULTS = {"upheld": 70, "corrected": 12, "other": 18}

OVERVIEWS = (
    "{year}年，{we}认真贯彻落实《中华人民共和国政府信息公开条例》，不断完善工作机制，扎实推进政府信息公开。",
    "根据《中华人民共和国政府信息公开条例》规定，现公布{name}{year}年政府信息公开工作年度报告。",
    "本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。",
)
PROBLEMS = (
    "一是公开内容有待深化；二是解读方式比较单一；三是队伍建设需要加强。",
    "部分单位对公开工作重视不够，信息更新不够及时，依申请公开的办理程序需要进一步规范。",
)
HEADINGS = (
    ("概述", "主动公开政府信息情况", "依申请公开政府信息情况", "政府信息公开的收费及减免情况",
     "因政府信息公开申请行政复议、提起行政诉讼的情况", "存在的主要问题及改进情况", "其他需要报告的事项"),
    ("总体情况", "主动公开情况", "依申请公开情况", "收费及减免情况", "行政复议、诉讼情况", "存在的问题和改进措施",
     "附表"),
)  # fmt: skip


def figures(profile: Profile, random: Random) -> dict[CellKey, Number]:
    """The figures of one year, in which every sum holds."""
    found: dict[str, Number] = {}
    pieces = _near(random, 60 + 4 * profile.applications + 12 * profile.documents)
    for row, count in _split(random, int(pieces * random.uniform(1.0, 1.6)), CHANNELS).items():
        found[row] = count
    found["disclosed"] = pieces
    found["documents_issued"] = _near(random, profile.documents)
    found["disclosed.normative_documents"] = min(pieces, int(found["documents_issued"]))
    for row, usual in (("press_conferences", 3), ("online_interviews", 2)):
        held = _near(random, usual if profile.documents else 0)
        found[f"response.{row}"] = held
        found[f"response.{row}_by_head"] = random.randint(0, held)
    for row, usual in (("interpretations", 12), ("social_media", 20), ("other", 3)):
        found[f"response.{row}"] = _near(random, usual if profile.documents else 0.4)
    found["responses"] = _near(random, 8 if profile.documents else 0)
    received = _near(random, profile.applications)
    found |= {"received": received, **_split(random, received, RECEIVED)}
    concluded = max(0, received - _near(random, received * 0.03))
    found |= {"concluded": concluded, **_split(random, concluded, {"concluded.in_time": 93, "concluded.extended": 7})}
    found |= {"replied": concluded, **_split(random, concluded, REPLIES)}
    found |= _split(random, int(found["replied.refused"]), GROUNDS)
    for row, share in (("reviews", 0.6), ("lawsuits", 0.4)):
        cases = _near(random, profile.legal * share)
        found |= {row: cases} | {f"{row}.{name}": n for name, n in _split(random, cases, RESULTS).items()}
    found["complaints"] = _near(random, profile.legal * 0.3)
    full, part = random.randint(0, 4), random.randint(1, 9)
    found |= {"staff": full + part, "staff.full_time": full, "staff.part_time": part}
    found |= {"offices": random.randint(0, 2), "reading_points": random.randint(1, 6)}
    found |= {"meetings": random.randint(0, 8), "trainings": random.randint(0, 4)}
    found["trainees"] = 40 * int(found["trainings"]) + random.randint(0, 30) * bool(found["trainings"])
    found["charges"] = random.choice((0, 0, 0, 0.12, 1.5))
    found["budget"] = random.choice((0, 0.5, 2, 5, 12.8, 36.25))
    form = load_forms()[FORM]
    return {key: found[key[1]] for key in form.cells()}


def filing(agency: Agency, year: int, seed: str) -> Filing:
    """A consistent filing of ``agency`` for ``year`` (one of YEARS)."""
    profile, random = profile_of(agency), Random(f"statistics:{seed}:{agency.id}:{year}")
    numbers = figures(profile, random)
    scope = default_scope(agency)
    return Filing(
        agency=agency,
        year=year,
        form_code=FORM,
        scope=scope,
        title=f"{agency.name}{year}年政府信息公开工作年度报告",
        published_on=date(year + 1, random.choice((1, 2, 3)), random.randint(1, 28)),
        cells={key: reported(number) for key, number in numbers.items()},
        prose=prose(agency, profile, year, scope, numbers, random),
    )


def random_filing(random: Random, seed: str) -> Filing:
    """A filing of some agency for some year."""
    agencies = [agency for agency in AGENCIES.values() if agency.valid_from is None]
    return filing(random.choice(agencies), random.choice(YEARS), seed)


def _near(random: Random, mean: float) -> int:
    """A whole number near ``mean``; 0 for 0."""
    return max(0, round(random.gauss(mean, max(0.3 * mean, mean**0.5)))) if mean > 0 else 0


def _split(random: Random, total: int, weights: dict[str, int]) -> dict[str, Number]:
    """``total`` divided by chance among the codes."""
    chosen = random.choices(list(weights), list(weights.values()), k=total)
    return {code: chosen.count(code) for code in weights}


def prose(
    agency: Agency, profile: Profile, year: int, scope: str, numbers: dict[CellKey, Number], random: Random
) -> Prose:
    """The narrative; what it states of the table's figures is claimed."""

    def number(row: str) -> int:
        return int(numbers[TABLE, row, "count"])

    claims: list[Claim] = []

    def said(sentence: str, **stated: str) -> str:
        claims.extend(Claim(f"{TABLE}.{row}.count", number(row), sentence, scope) for row in stated.values())
        return sentence

    whole = profile.whole or profile.we
    disclosed = (
        f"{year}年，{whole}主动公开政府信息{number('disclosed')}条，其中通过政府网站公开{number('channel.website')}条。"
    )
    if number("received"):
        stated = {"received": "received"} | (
            {"part": "replied.partly_granted"} if number("replied.partly_granted") else {}
        )
        partly = f"，同意部分公开{number('replied.partly_granted')}件" if "part" in stated else ""
        asked = said(f"{year}年，{whole}共收到政府信息公开申请{number('received')}件{partly}。", **stated)
    else:
        asked = said(f"{year}年，{whole}未收到政府信息公开申请。", received="received")
    if number("reviews"):
        legal = said(f"全年因政府信息公开被申请行政复议{number('reviews')}件。", reviews="reviews")
    else:
        legal = "全年没有因政府信息公开引发的举报投诉。"
    sections = {
        "一": (random.choice(OVERVIEWS[:2]).format(year=year, we=profile.we, name=agency.name),),
        "二": (disclosed,),
        "三": (asked,),
        "四": (random.choice(("本年度未收取任何费用。", "依申请公开政府信息没有收取检索、复制、邮寄等费用。")),),
        "五": (legal,),
        "六": (random.choice(PROBLEMS),),
        "七": (random.choice(("无。", "没有其他需要报告的事项。")),),
    }
    return Prose(OVERVIEWS[2].format(year=year), sections, tuple(claims))


def without_rows(document: Filing, rows: list[str]) -> Filing:
    """A filing whose table lacks some rows."""
    lost = [key for key in document.listed() if key[1] in rows]
    return replace(document.without(lost), defects=(*document.defects, "rows_lacking"))
