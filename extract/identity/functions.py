"""What kind of body an agency is: its level and its function, by its name."""

from __future__ import annotations

import re
from functools import cache

import yaml

from extract.identity.regions import Region, read_place
from extract.paths import DATA

SECTORS = DATA / "sectors.yaml"

_MUNICIPALITY = re.compile(r"^(北京|上海|天津|重庆)市")
_CENTRAL = re.compile(r"^(国务院|中华人民共和国|国家).*|^.{2,12}部$|^(海关总署|审计署|中国人民银行|中国气象局)$")
_CENTRAL_HEADS = frozenset({
    "国家税务总局", "海关总署", "国家统计局", "中国气象局", "中国人民银行", "国家外汇管理局", "国家金融监督管理总局",
    "国家邮政局", "国家烟草专卖局", "应急管理部消防救援局", "国家消防救援局",
})  # fmt: skip
_TOWNSHIP = re.compile(
    r"(镇|乡|苏木|街道|街道办|地区办事处)(人民政府|政府|办事处)?((党政)?(综合)?(事务)?办公室)?$|^.{2,8}街办$"
)
_ZONE = re.compile(
    r"开发区|高新区|经开区|经济区|保税区|合作区|(新区|新城|园区?|景区|名胜区|度假区|[范验作理]区)(管理委员会|管委会)"
    r"|[范验]区$|工业园区?$|管委会$|管理委员会(?:办公室)?$"
)
_OFFICES_OF_WORKS = re.compile(r"(?:和|与|监督|资产|城市|交通|综合|建设|公积金|公园|地铁|事务)管理委员会|建设委员会")
_COUNTY = re.compile(r"(?<!自治)(?<!地)区|县|旗|市.{1,6}(?<!城)市(?!场)")
_PREFECTURE = re.compile(r"市(?!场)|自治州|地区|盟|(?<=.)州(?=.)")
_PROVINCE = re.compile(r"省|自治区|生产建设兵团")
_GOVERNMENT = re.compile(r"(人民政府|政府)(办公厅|办公室|办)?$|行政公署$|^国务院办公厅$")


def infer_level(name: str, region: Region | None = None) -> str | None:
    """The level (CODES.md) that an agency's name shows, None where it shows none.

    ``region``: the division at the front of the name, where it is known; it
    tells a county-level city from a prefecture, which the name alone does not.
    """
    if name in _CENTRAL_HEADS:
        return "central"
    place = read_place(name)
    rest = name[place.end :]
    if _TOWNSHIP.search(name):
        return "township"
    if any(part in name[: place.start] + rest for part in _names()[1]) and "地方金融" not in name:
        return "vertical"
    if _ZONE.search(rest) and not _OFFICES_OF_WORKS.search(rest):
        return "zone"
    if region is not None:
        return region.level
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
    """The sector that an agency's name shows, None where it shows none: the
    longest telling part decides, of equally long ones the first."""
    if _GOVERNMENT.search(name):
        return "government"
    place = read_place(name)
    # 人民政府 would pass for 民政, 山海关区 for a customs house.
    what = (name[: place.start] + name[place.end :]).replace("人民政府", "")
    found = [(len(part), -what.find(part), sector) for part, sector in _names()[0].items() if part in what]
    if found:
        return max(found)[2]
    if level in ("township", "zone"):
        return "government"
    return "government" if place.candidates and place.end == len(name) else None


@cache
def _names() -> tuple[dict[str, str], tuple[str, ...]]:
    """Sector by part of a name, and the parts that tell a vertical organ."""
    data = yaml.load(SECTORS.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    parts = {part: item["sector"] for item in data["sectors"] for part in item["names"]}
    return parts, tuple(data["vertical_names"])
