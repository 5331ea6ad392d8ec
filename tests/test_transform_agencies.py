"""The register of agencies: names, years, successors, and agencies outside it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from extract.identity.functions import infer_level, infer_sector
from tests.factories import register
from transform.agencies import Agency, Register, RegisterError, load_register, provisional


def found(name: str, year: int | None = 2024) -> str | None:
    agency = register().find(name, year).agency
    return agency.id if agency else None


def test_a_name_an_alias_and_an_identifier_are_found() -> None:
    assert found("示例县商务局") == "new"
    assert found(" 示例县 商务局\u3000") == "new"
    assert found("县商务局") == "new"
    assert found("new") == "new"
    assert found("示例县教育局") is None


def test_a_name_with_more_or_fewer_of_its_regions_is_found() -> None:
    assert found("示例市示例县人民政府") == "xian"
    assert found("示例省示例市示例县商务局") == "new"
    assert found("示例市商务局") is None


def test_an_alias_of_two_agencies_decides_nothing() -> None:
    match = register().find("商务局", 2024)
    assert match.agency is None
    assert {agency.id for agency in match.candidates} == {"new", "other"}
    # In a year when only one of both existed, nor was about to, it is that one.
    assert found("商务局", 2019) == "other"


def test_a_renamed_agency_keeps_its_own_row_and_one_lineage() -> None:
    assert found("示例县商务和粮食局", 2020) == "old"
    assert register().lineage_id("old") == register().lineage_id("new") == "new"
    assert register().lineage_id("p-unknown") == "p-unknown"


def test_an_agency_reports_on_the_year_before_it_was_founded() -> None:
    match = register().find("示例县商务局", 2021)
    assert match.agency is not None and match.agency.id == "new" and match.in_force


def test_a_name_out_of_use_leads_to_the_successor_and_says_so() -> None:
    match = register().find("示例县商务和粮食局", 2024)
    assert match.agency is not None and match.agency.id == "new" and not match.in_force
    early = register().find("示例县商务局", 2015)
    assert early.agency is not None and early.agency.id == "new" and not early.in_force


def test_of_two_agencies_of_one_name_the_year_decides() -> None:
    first = Agency("a", "示例局", "county", None, valid_to=date(2018, 12, 31))
    second = replace(first, id="b", valid_from=date(2019, 1, 1), valid_to=None)
    both = Register([first, second])
    assert [both.find("示例局", year).agency for year in (2017, 2018, 2019, 2024)] == [first, first, second, second]


@pytest.mark.parametrize(
    "agencies",
    [
        [Agency("a", "甲", None, None), Agency("a", "乙", None, None)],
        [Agency("a", "甲", None, None, parent="b")],
        [Agency("a", "甲", None, None, successor="b"), Agency("b", "乙", None, None, successor="a")],
    ],
)
def test_a_register_that_contradicts_itself_is_refused(agencies: list[Agency]) -> None:
    with pytest.raises(RegisterError):
        Register(agencies)


def test_the_register_is_read_from_yaml(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "- {id: a, name: 示例局, aliases: [局], level: county, sector: commerce, region_code: 990121, "
        "valid_from: 2020-03-01, valid_to: 2022, successor: b}\n- {id: b, name: 新示例局}\n",
        "utf-8",
    )
    (tmp_path / "b.yaml").write_text("", "utf-8")
    agency = load_register(tmp_path).agencies["a"]
    assert (agency.valid_from, agency.valid_to, agency.region_code) == (date(2020, 3, 1), date(2022, 12, 31), "990121")
    assert load_register(tmp_path / "nothing").agencies == {}


@pytest.mark.parametrize("entry", ["{id: a}", "{id: a, name: 局, level: village}", "{id: a, name: 局, colour: red}"])
def test_a_faulty_entry_is_refused(tmp_path: Path, entry: str) -> None:
    (tmp_path / "a.yaml").write_text(f"- {entry}\n", "utf-8")
    with pytest.raises(RegisterError):
        load_register(tmp_path)


def test_the_bundled_register_is_sound() -> None:
    load_register()


def test_a_provisional_identifier_is_stable_and_tells_regions_apart() -> None:
    assert provisional("示例县民政局").id == provisional("示例县 民政局", "https://a.example/x").id
    assert provisional("示例县民政局").id != provisional("示例区民政局").id
    # A name without a region is told apart by the site that published it.
    assert provisional("民政局", "https://a.example/x").id != provisional("民政局", "https://b.example/x").id
    assert provisional("民政局", "https://a.example/x").id == provisional("民政局", "https://a.example/y").id
    assert not provisional("民政局").registered


def test_a_provisional_agency_is_known_by_its_division_however_its_name_is_written() -> None:
    short, full = provisional("赣县区商务局"), provisional("江西省赣州市赣县区商务局")
    assert short == full
    assert (short.name, short.region_code, short.prefecture) == ("赣州市赣县区商务局", "360704", "赣州市")
    assert provisional("上海市").id == provisional("上海市人民政府").id != provisional("上海市人民政府办公厅").id
    assert provisional("赣州经济技术开发区").name == "赣州经济技术开发区"


def test_a_place_of_several_is_told_by_the_site_or_by_nothing() -> None:
    unknown = provisional("鼓楼区统计局", "http://www.njgl.gov.cn/x")
    assert (unknown.region_code, unknown.level) == (None, "county")
    assert unknown.id != provisional("鼓楼区统计局", "http://other.gov.cn/x").id
    assert provisional("鼓楼区统计局", "http://tjj.xuzhou.gov.cn/x").region_code == "320302"
    assert provisional("民政局", "http://www.shangluo.gov.cn/x").region_code is None  # or of one of its counties
    assert provisional("民政局", "http://www.xuwen.gov.cn/x").region_code == "440825"
    assert provisional("市民政局", "http://www.shangluo.gov.cn/x").region_code == "611000"
    assert provisional("县统计局", "http://www.xuwen.gov.cn/x").name == "湛江市徐闻县统计局"
    assert provisional("区统计局", "http://www.xuwen.gov.cn/x").region_code is None


def test_a_district_keeps_its_codes_of_the_time() -> None:
    assert provisional("南通市崇川区商务局", year=2018).region_code == "320602"
    assert provisional("南通市崇川区商务局", year=2023).region_code == "320613"


@pytest.mark.parametrize(
    ("name", "level", "sector"),
    [
        ("赣县区商务局", "county", "commerce"),
        ("淮安市洪泽区人民政府", "county", "government"),
        ("上海市人民政府办公厅", "province", "government"),
        ("徐州市公安局", "prefecture", "public_security"),
        ("赣州市人民政府国有资产监督管理委员会", "prefecture", "state_assets"),
        ("江苏省市场监督管理局", "province", "market_regulation"),
        ("广西壮族自治区教育厅", "province", "education"),
        ("北京市城市管理委员会", "province", "urban_management"),
        ("国家税务总局珠海市香洲区税务局", "vertical", "taxation"),
        ("国家税务总局", "central", "taxation"),
        ("国家统计局上海调查总队", "vertical", "statistics"),
        ("教育部", "central", "education"),
        ("吴起县周湾镇人民政府", "township", "government"),
        ("海珠区官洲街道办事处", "township", "government"),
        ("赣州经济技术开发区", "zone", "government"),
        ("上海市浦东新区人民政府", "county", "government"),
        ("民政局", None, "civil_affairs"),
        ("某协会", None, None),
    ],
)
def test_level_and_sector_are_inferred_from_a_name(name: str, level: str | None, sector: str | None) -> None:
    assert infer_level(name) == level
    assert infer_sector(name, level) == sector
