"""Puts a filing together from agency, year and seed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from random import Random

from extract.forms import form_in_force
from tests.corpus.agencies import AGENCIES, history_of, profile_of
from tests.corpus.figures import Figures, figures_of_form, history
from tests.corpus.model import Agency, Filing, reported
from tests.corpus.prose import write

YEARS = range(2019, 2025)

TITLES = (
    "{name}{year}年政府信息公开工作年度报告",
    "{year}年{name}政府信息公开工作年度报告",
    "{name}{year}年度政府信息公开工作年度报告",
    "{name}政府信息公开工作{year}年度报告",
    "{name}{year}年政府信息公开年度报告",
)


@cache
def _figures(series: str, seed: str) -> Mapping[int, Figures]:
    return dict(history(profile_of(AGENCIES[series]), f"{seed}:{series}", YEARS))


def default_scope(agency: Agency) -> str:
    """``area`` for a government that reports for its whole area, else ``own``."""
    return "area" if profile_of(agency).whole else "own"


def filing(
    agency: Agency,
    year: int,
    seed: str,
    *,
    form_code: str | None = None,
    scope: str | None = None,
    published_on: date | None = None,
    prose_seed: str | None = None,
    title: str | None = None,
    more: bool = False,
) -> Filing:
    """A consistent filing of ``agency`` for ``year`` (one of YEARS).

    ``form_code`` defaults to the edition in force; ``prose_seed`` fixes the
    choice of sentences, so that two filings can share their prose; with
    ``more`` the prose states more beside figures.
    """
    in_force = form_in_force(year)
    if form_code is None:
        if in_force is None:
            raise ValueError(f"no edition of the form known for {year}")
        form_code = in_force.code
    scope = scope or default_scope(agency)
    figures = _figures(history_of(agency), seed)[year]
    random = Random(f"filing:{seed}:{agency.id}:{year}")
    # The choice of title goes with the agency, as it does in life.
    pattern = Random(f"title:{seed}:{agency.id}").choice(TITLES)
    return Filing(
        agency=agency,
        year=year,
        form_code=form_code,
        scope=scope,
        title=title or pattern.format(name=agency.name, year=year),
        published_on=published_on or _published_on(agency, year, random),
        cells={key: reported(number) for key, number in figures_of_form(figures, form_code).items()},
        prose=write(agency, profile_of(agency), year, form_code, scope, figures,
                    prose_seed or f"{seed}:{agency.id}:{year}", more),
    )  # fmt: skip


def _published_on(agency: Agency, year: int, random: Random) -> date:
    """In January for departments, up to March for governments: in time."""
    if agency.sector == "government" and agency.level in ("province", "prefecture", "county"):
        return date(year + 1, random.choice((2, 3)), random.randint(1, 28))
    return date(year + 1, 1, random.randint(8, 30))
