"""Agencies of every division of the country, under titles of every order."""

from __future__ import annotations

from random import Random

import pytest

from extract.identity.functions import infer_level, infer_sector
from extract.identity.places import locate
from extract.identity.regions import Division, Region, divisions, region_of
from extract.masthead import read_masthead
from extract.model import Document, Paragraph
from tests.corpus.front import TITLES

TODAY = [division for division in divisions() if division.last is None]
KINDS = {
    "商务局": "commerce", "人民政府": "government", "人民政府办公室": "government", "教育体育局": "education",
    "自然资源和规划局": "natural_resources", "市场监督管理局": "market_regulation", "公安局": "public_security",
    "人力资源和社会保障局": "human_resources", "城市管理局": "urban_management", "医疗保障局": "medical_insurance",
    "发展和改革委员会": "development_reform", "卫生健康委员会": "health", "退役军人事务局": "veterans",
    "农业农村局": "agriculture", "住房和城乡建设局": "housing_construction", "信访局": "petitions",
}  # fmt: skip


def place(division: Division) -> Region:
    return region_of(division, 2024)


@pytest.mark.parametrize("province", sorted({division.code[:2] for division in TODAY}))
def test_every_division_is_known_with_the_one_above(province: str) -> None:
    for division in TODAY:
        region = place(division)
        if division.code[:2] == province:
            for name in (region.name, region.usual_name):
                found = locate(f"{name}商务局", 2024)
                assert found == region, (name, found)
                assert infer_level(f"{name}商务局", found) == division.level


def test_a_division_named_alone_is_right_or_unknown() -> None:
    several = 0
    for division in TODAY:
        found = locate(f"{division.name}商务局", 2024)
        several += found is None
        assert found is None or found == place(division), division
    assert 50 < several < 100


@pytest.mark.parametrize("seed", range(8))
def test_titles_of_agencies_anywhere(seed: int) -> None:
    random = Random(f"anywhere {seed}")
    for _ in range(60):
        region, kind, year = place(random.choice(TODAY)), random.choice(list(KINDS)), random.randint(2008, 2025)
        name = region.usual_name + kind
        title = random.choice([pattern for pattern in TITLES if "{name}" in pattern]).format(name=name, year=year)
        found = read_masthead(Document("text/plain", [Paragraph(title), Paragraph("一、总体情况")]))
        assert (found.agency, found.report_year, found.sector) == (name, year, KINDS[kind]), title
        assert infer_sector(name, region.level) == KINDS[kind]
        assert found.remarks == ()
