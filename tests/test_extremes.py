"""Figures as large as a filing can print them break no rule, table or view: a night must not end over one."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from extract.forms import load_forms
from tests.factories import reading, record
from tests.nights import night, published, put
from transform.identify import ReadingRecord
from transform.typed import LIMIT
from warehouse.home import Home

LARGEST = LIMIT - 1


def filings(value: Any, form: str, years: range) -> list[ReadingRecord]:
    """Filings of a department and of the government above it, all of whose figures are the same; their prose states
    other ones."""
    metrics = [".".join(key) for key in load_forms()[form].cells()]
    found = []
    for year in years:
        for agency, scope in (("示例县商务局", "own"), ("示例县人民政府", "area")):
            claims = [
                {"metric": metric, "value": claimed, "sentence": f"共{claimed}件。", "scope": scope}
                for metric in metrics
                for claimed in (LARGEST, 1)
            ]
            cells = dict.fromkeys(load_forms()[form].cells(), value)
            found.append(record(reading(agency, year, form=form, scope=scope, cells=cells, claims=claims), salt=scope))
    return found


@pytest.mark.parametrize("form", sorted(load_forms()))
def test_a_night_over_the_largest_figures(form: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = {"2014": 2016, "2019": 2019, "2021": 2022}[form]
    records = [*filings(LARGEST, form, range(first, first + 1)), *filings(1, form, range(first + 1, first + 2))]
    records += filings(-LARGEST, form, range(first + 2, first + 3))
    if form != "2014":  # which has no year after these
        records += filings(
            10**15 - 1, form, range(first + 3, first + 4)
        )  # as many digits as the readers take for a number
    put(home, records)
    night(home, 1, whole=True)
    with duckdb.connect(str(published(home)), read_only=True) as con:
        views = con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        assert len(views) > 10
        for (view,) in views:
            con.execute(f"SELECT * FROM {view}").fetchall()
        assert con.execute("SELECT max(value) FROM cell").fetchone() == (Decimal(LARGEST),)
