"""The views and macros for analysts: what they count, what they leave out, what they call unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from expectations.judge import judge_frames
from extract.forms import CellKey, load_forms
from tests.factories import NOON, reading, record, register
from transform.agencies import Register
from transform.contracts import ContractError
from transform.crosswalk import crosswalk_rows
from transform.frames import build_frames
from transform.identify import ReadingRecord
from warehouse.build import build
from warehouse.query import run_query
from warehouse.query_worker import _TABLE_FUNCTIONS
from warehouse.views import View, ViewError, load_macros, load_view, load_views

Cells = Mapping[CellKey, Any]


def total(row: str) -> CellKey:
    return ("applications", row, "total")


def frames_of(*records: ReadingRecord, known: Register | None = None) -> dict[str, pd.DataFrame]:
    return build_frames(records, known or register(), build_info={"build_id": "b", "built_at": NOON})


def built(folder: Path, frames: dict[str, pd.DataFrame]) -> Path:
    build(frames, folder / "w.duckdb")
    return folder / "w.duckdb"


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, asked as ``ogi sql`` asks."""
    return [tuple(row.values()) for row in run_query(path, sql, timeout_s=120).table.to_pylist()]


def with_office() -> Register:
    known = register()
    office = replace(known.agencies["xian"], id="office", name="示例县人民政府办公室", parent="xian")
    return Register([*known.agencies.values(), office])


def filed(agency: str, received: Any, scope: str = "own", year: int = 2024, **more: Any) -> ReadingRecord:
    cells: Cells = {total("received_new"): received}
    return record(reading(agency, year, scope=scope, cells=cells), salt=f"{agency}{scope}{year}{more}", **more)


# --- roll-ups


def test_a_rollup_counts_nothing_twice(tmp_path: Path) -> None:
    path = built(
        tmp_path,
        frames_of(
            filed("示例县商务局", 1),
            filed("示例县商务局", 10, retrieved_at=NOON + timedelta(days=1)),  # the revision, not both
            filed("示例县人民政府", 100, "area"),  # contains the others
            filed("示例县人民政府", 1_000, "represented"),  # its office has reported about itself
            filed("示例县人民政府办公室", 10_000),
            filed("示例区商务局", 100_000, "unknown"),
            filed("示例县人民政府", 1_000_000, "represented", 2023),  # nobody else has for that year
            filed("示例县商务局", "blank", year=2023),
            known=with_office(),
        ),
    )
    found = ask(
        path,
        "SELECT report_year, basis, filings, received_new, received_new_filings FROM v_rollup_by_level "
        "WHERE level = 'county' ORDER BY ALL",
    )
    assert found == [(2023, "own", 2, 1_000_000, 1), (2024, "area", 1, 100, 1), (2024, "own", 2, 10_010, 2)]
    left = ask(path, "SELECT agency_name, scope FROM v_rollup_filings WHERE basis IS NULL ORDER BY ALL")
    assert left == [("示例区商务局", "unknown"), ("示例县人民政府", "represented")]
    by_sector = ask(path, "SELECT sector, received_new FROM v_rollup_by_sector WHERE report_year = 2024 ORDER BY ALL")
    assert by_sector == [("government", 10_000), ("commerce", 10)]
    regions = ask(
        path, "SELECT basis, province, received_new FROM v_rollup_by_region WHERE report_year = 2024 ORDER BY 1"
    )
    assert regions == [("area", "示例省", 100), ("own", "示例省", 10_010)]


def test_every_current_filing_is_taken_once_or_said_to_be_left_out(tmp_path: Path) -> None:
    frames = frames_of(*(filed("示例县人民政府", 1, scope) for scope in ("own", "area", "represented", "unknown")))
    path = built(tmp_path, frames)
    found = ask(path, "SELECT scope, basis FROM v_rollup_filings ORDER BY scope")
    assert found == [("own", "own"), ("area", "area"), ("represented", None), ("unknown", None)]


# --- rates


def test_rates_need_every_figure_that_they_are_made_of(tmp_path: Path) -> None:
    whole: Cells = {
        total("concluded_total"): 10,
        total("granted"): 4,
        total("partly_granted"): 1,
        total("refused.state_secret"): 2,
        total("unavailable.not_held"): 3,
    }
    path = built(
        tmp_path,
        frames_of(
            record(reading(year=2022, cells=whole)),
            record(reading(year=2023, cells={**whole, total("refused.internal_affairs"): "blank"})),
            record(reading(year=2024)),  # nothing concluded
        ),
    )
    rates = "disclosure_rate, refusal_rate, not_held_rate"
    found = ask(path, f"SELECT report_year, {rates} FROM v_disclosure_rates ORDER BY ALL")
    assert found == [(2022, 0.5, 0.2, 0.3), (2023, 0.5, None, 0.3), (2024, None, None, None)]
    found = ask(
        path, f"SELECT report_year, filings, filings_used, {rates} FROM v_disclosure_rates_by_province ORDER BY 1"
    )
    assert found == [(2022, 1, 1, 0.5, 0.2, 0.3), (2023, 1, 0, None, None, None), (2024, 1, 1, None, None, None)]


def cases(year: int, **results: Any) -> ReadingRecord:
    cells: Cells = {("review_litigation", "review", column): value for column, value in results.items()}
    return record(reading(year=year, cells=cells))


def test_correction_rates_need_a_base_and_leave_pending_cases_out(tmp_path: Path) -> None:
    path = built(
        tmp_path,
        frames_of(
            cases(2022, upheld=6, corrected=3, pending=90),
            cases(2023, upheld=6, corrected=3, other=3, pending=90),
            cases(2024, upheld=90, corrected="blank", other=1),
        ),
    )
    found = ask(
        path,
        "SELECT report_year, filings, filings_used, corrected, minimum_base, correction_rate "
        "FROM v_correction_rates WHERE procedure_code = 'review' ORDER BY 1",
    )
    assert found == [(2022, 1, 1, 3, 10, None), (2023, 1, 1, 3, 10, 0.25), (2024, 1, 0, None, 10, None)]
    found = ask(
        path,
        "SELECT years, upheld, corrected, other_result, round(correction_rate, 4) "
        "FROM v_correction_rates_by_agency WHERE procedure_code = 'review'",
    )
    assert found == [(2, 12, 6, 3, 0.2857)]


def test_shares_are_of_what_was_filled_in(tmp_path: Path) -> None:
    cells: Cells = {
        total("refused.state_secret"): 3,
        total("refused.internal_affairs"): 1,
        total("refused.third_party_rights"): "blank",
        ("applications", "granted", "natural_person"): 6,
        ("applications", "refused.state_secret", "natural_person"): 2,
        ("applications", "granted", "commercial_enterprise"): "blank",
    }
    path = built(tmp_path, frames_of(record(reading(cells=cells))))
    found = ask(
        path,
        "SELECT item, applications, share, filings_without_number FROM v_refusal_grounds "
        "WHERE share > 0 OR filings_without_number > 0 ORDER BY item",
    )
    assert found == [
        ("refused.state_secret", 3, 0.75, 0),
        ("refused.third_party_rights", None, None, 1),
        ("refused.internal_affairs", 1, 0.25, 0),
    ]
    found = ask(
        path,
        "SELECT applicant, outcome_group, applications, share, cells_without_number "
        "FROM v_applicant_outcome_shares WHERE share > 0 OR cells_without_number > 0 ORDER BY 1, 2",
    )
    assert found == [
        ("natural_person", "granted", 6, 0.75, 0),
        ("natural_person", "refused", 2, 0.25, 0),
        ("commercial_enterprise", "granted", None, None, 1),
    ]


# --- years


def test_backlog_is_unknown_where_a_figure_is(tmp_path: Path) -> None:
    cells: Cells = {
        total("received_new"): 8,
        total("received_carried_over"): 2,
        total("concluded_total"): 5,
        total("carried_forward"): 5,
    }
    blank: Cells = {**cells, total("received_carried_over"): "blank"}
    path = built(tmp_path, frames_of(record(reading(year=2023, cells=cells)), record(reading(year=2024, cells=blank))))
    found = ask(path, "SELECT report_year, backlog_change, conclusion_rate FROM v_backlog ORDER BY 1")
    assert found == [(2023, 3, 0.5), (2024, None, None)]


def test_years_are_compared_along_the_lineage(tmp_path: Path) -> None:
    path = built(
        tmp_path,
        frames_of(
            filed("示例县商务和粮食局", 20, year=2021),
            filed("示例县商务局", 30, year=2022),
            filed("示例县商务局", "blank", year=2023),
            filed("示例县商务局", 5, year=2024),
            filed("示例县商务局", 500, "area", 2023),
        ),
    )
    found = ask(
        path,
        "SELECT report_year, agency_name, filings_before, received_new, received_new_before, "
        "received_new_change, received_new_ratio FROM v_year_on_year WHERE scope = 'own' ORDER BY 1",
    )
    assert found == [
        (2021, "示例县商务局", None, 20, None, None, None),
        (2022, "示例县商务局", 1, 30, 20, 10, 1.5),
        (2023, "示例县商务局", 1, None, 30, None, None),
        (2024, "示例县商务局", 1, 5, None, None, None),
    ]
    found = ask(
        path,
        "SELECT name, lineage_name, successor_name, first_year, last_year, filings FROM v_lineages "
        "WHERE predecessors > 0 ORDER BY first_year",
    )
    assert found == [
        ("示例县商务和粮食局", "示例县商务局", "示例县商务局", 2021, 2021, 1),
        ("示例县商务局", "示例县商务局", None, 2022, 2024, 4),
    ]


def test_coverage_tells_zero_from_unknown_and_from_lacking(tmp_path: Path) -> None:
    path = built(
        tmp_path,
        frames_of(
            filed("示例县商务和粮食局", 0, year=2020),
            filed("示例县商务局", "blank", year=2022),
            filed("示例县商务局", 4, year=2024),
        ),
    )
    found = ask(
        path,
        "SELECT first_year, last_year, years_filed, years_lacking, years_without_requests, years_unknown, "
        "received FROM v_agency_years",
    )
    assert found == [(2020, 2024, 3, 2, 1, 1, 4)]


def test_timeliness_is_that_of_the_rule(tmp_path: Path) -> None:
    made = [
        record(reading(agency, year, form="2021", published_on=day))
        for agency, year, day in [
            ("示例县商务局", 2020, "2021-01-31"),
            ("示例县商务局", 2021, "2022-02-01"),
            ("示例县商务局", 2022, None),
            ("示例县人民政府", 2020, "2021-03-31"),
            ("示例县人民政府", 2021, "2022-04-02"),
        ]
    ]
    first = record(reading(year=2024, published_on="2025-01-30"))
    again = record(reading(year=2024, published_on="2025-05-01"), retrieved_at=NOON + timedelta(days=200))
    frames = frames_of(*made, first, again)
    path = built(tmp_path, frames)
    late = {row[0] for row in ask(path, "SELECT filing_id FROM v_timeliness WHERE NOT is_on_time")}
    issues = judge_frames(frames).quality_issue
    assert late == set(issues.loc[issues["rule"] == "late_publication", "filing_id"]) and len(late) == 2
    found = ask(
        path, "SELECT report_year, is_on_time, days_late FROM v_timeliness WHERE sector = 'commerce' ORDER BY 1"
    )
    assert found == [(2020, True, 0), (2021, False, 1), (2022, None, None), (2024, True, 0)]
    found = ask(
        path, "SELECT sum(judged)::INT, sum(on_time)::INT, sum(without_date)::INT FROM v_timeliness_by_province"
    )
    assert found == [(5, 3, 1)]


# --- revisions


def test_figures_as_they_were_known(tmp_path: Path) -> None:
    # The second revision came at 16:30 UTC of 1 February, which is the 2nd in Shanghai.
    later = NOON.replace(hour=16, minute=30)
    path = built(tmp_path, frames_of(filed("示例县商务局", 1), filed("示例县商务局", 2, retrieved_at=later)))
    for day, filings in {"2025-01-31": [], "2025-02-01": [(1, 1)], "2025-02-02": [(2, 2)]}.items():
        query = f"SELECT revision, received_new::INT FROM filings_as_of(DATE '{day}')"
        assert ask(path, query) == filings
        cells = ask(
            path,
            f"SELECT revision, value::INT FROM figures_as_of(DATE '{day}') "
            "WHERE row_code = 'received_new' AND column_code = 'total'",
        )
        assert cells == filings
    changes = ask(path, "SELECT row_code, item_label_zh, value_before::INT, value_after::INT FROM v_figure_changes")
    assert changes == [("received_new", "本年新收政府信息公开申请数量", 1, 2)]


def test_every_macro_may_be_asked() -> None:
    assert {macro.name for macro in load_macros()} <= _TABLE_FUNCTIONS


def test_a_macro_names_its_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.sql").write_text("-- 一 / a\nSELECT 1 AS a", "utf-8")
    monkeypatch.setattr("warehouse.views.MACROS", tmp_path)
    with pytest.raises(ViewError, match="parameters"):
        load_macros.__wrapped__()


# --- editions


def test_series_run_through_the_editions(tmp_path: Path) -> None:
    old = {
        ("statistics", "replied.already_public", "count"): 3,
        ("statistics", "replied.granted", "count"): 4,
        ("statistics", "replied.correction_asked", "count"): 99,
    }
    trial: Cells = {total("granted"): 5, total("other"): 6}
    new: Cells = {
        total("other.not_corrected_in_time"): 1,
        total("other.fee_not_paid_in_time"): 2,
        total("other.other"): 3,
    }
    merged = frozenset({"other"})
    path = built(
        tmp_path,
        frames_of(
            record(reading(year=2018, form="2014", cells=old)),
            record(reading(year=2020, form="2019", cells=trial)),
            record(reading(year=2022, cells=new)),
            record(reading(year=2023, cells={**new, total("other.other"): "blank"})),
            record(reading(year=2024, cells={total("other"): 7}, merged=merged)),
            record(reading("示例区商务局", 2024, cells=new)),
        ),
    )
    sums = "sum(value)::INT, sum(filings)::INT, sum(filings_with_number)::INT"
    query = f"SELECT report_year, comparable, {sums} FROM v_series"
    granted = ask(
        path, f"{query} WHERE series = 'applications.granted.total' AND report_year < 2022 GROUP BY ALL ORDER BY 1"
    )
    assert granted == [(2018, "close", 7, 1, 1), (2020, "same", 5, 1, 1)]
    other = ask(path, f"{query} WHERE series = 'applications.other.total' GROUP BY ALL ORDER BY 1")
    assert other == [
        (2020, "same", 6, 1, 1),
        (2022, "same", 6, 1, 1),
        (2023, "same", 3, 1, 0),
        (2024, "same", 13, 2, 2),
    ]
    unclear = ask(
        path, f"{query} WHERE series = 'applications.unavailable.still_unclear.total' GROUP BY ALL ORDER BY 1"
    )
    assert [year for year, *_ in unclear] == [2020, 2022, 2023, 2024]  # 2018 must not be compared


def test_the_crosswalk_covers_the_newest_edition() -> None:
    rows = crosswalk_rows()
    newest = next(iter(load_forms().values()))
    listed = {(row["form_table"], row["row_code"], row["column_code"]) for row in rows if row["form"] == newest.code}
    lacking = {key for key in newest.cells() if key not in listed}
    # What the form of 2021 has alone and nothing looks like.
    assert lacking == {("proactive", row, "repealed") for row in ("regulations", "normative_documents")}
    for row in rows:
        assert row["comparable"] in ("same", "close", "none") and bool(row["reason_zh"]) == bool(row["reason_en"])
    same_as = {key for form in load_forms().values() for key in form.equivalents.values()}
    told = {(row["form_table"], row["row_code"], row["column_code"]) for row in rows if row["comparable"] != "none"}
    assert same_as <= told  # what the form says counts the same is comparable


@pytest.mark.parametrize(
    ("cells", "comparable", "message"),
    [
        ("[applications.nothing.total]", "same", "no cell"),
        ("[applications.granted.total, applications.granted.total]", "same", "twice"),
        ("[applications.granted.total]", "none", "why"),
    ],
)
def test_a_crosswalk_that_contradicts_itself_is_refused(
    tmp_path: Path, cells: str, comparable: str, message: str
) -> None:
    path = tmp_path / "crosswalk.yaml"
    path.write_text(
        "unchanged: ['2019', '2021']\nseries:\n"
        f"  - {{series: x, editions: {{'2021': {{comparable: {comparable}, cells: {cells}}}}}}}\n",
        "utf-8",
    )
    with pytest.raises(ContractError, match=message):
        crosswalk_rows(path)


# --- all of them


BLANKS = "空白|没有数字", r"\b[Bb]lanks?\b|without a number"
CELLS = (
    "全部单元格|每个单元格|表三|表四|mart_|fact_|v_rollup_filings",
    "[Aa]ll cells|[Ee]very cell|表三|表四|mart_|fact_|v_rollup_filings",
)
NO_CELLS = "不用表格的单元格。", "No cells of the tables are used."


@pytest.mark.parametrize("view", [*load_views(), *load_macros()], ids=lambda view: str(view.name))
def test_a_view_says_which_cells_it_uses_and_what_it_does_with_blanks(view: View) -> None:
    uses_none = NO_CELLS[0] in view.zh
    for prose, blanks, cells, none in zip((view.zh, view.en), BLANKS, CELLS, NO_CELLS, strict=True):
        assert (none in prose) is uses_none
        assert uses_none or (re.search(blanks, prose) and re.search(cells, prose)), prose
    if uses_none:
        assert not re.search(r"fact_|figure|\b(cell|value|received_new|concluded|granted|refused)\b", view.query)


def test_what_an_agency_received_is_of_its_own_filings_alone(tmp_path: Path) -> None:
    path = built(
        tmp_path,
        frames_of(
            *(
                filed("示例县人民政府", 10**number, scope)
                for number, scope in enumerate(("own", "area", "represented"))
            ),
            filed("示例县人民政府", "blank", year=2023),
            filed("示例区商务局", 7, "area"),
        ),
    )
    found = ask(path, "SELECT agency_name, years_filed, years_unknown, received FROM v_agency_years ORDER BY ALL")
    assert found == [("示例区商务局", 1, 0, None), ("示例县人民政府", 2, 1, 1)]


def test_a_part_is_taken_in_with_its_comment_and_its_columns(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "sums.sql").write_text("-- 二。 / B.\n-- @column b: 乙 / b\ncount(*) AS b", "utf-8")
    (tmp_path / "v.sql").write_text("-- 一。 / A.\n-- @part sums\nSELECT 1 AS a, {sums} FROM t", "utf-8")
    view = load_view(tmp_path / "v.sql")
    assert (view.zh, view.en) == ("一。二。", "A. B.") and view.columns == {"b": ("乙", "b")}
    assert view.query == "SELECT 1 AS a, count(*) AS b FROM t"
    (tmp_path / "v.sql").write_text("-- 一。 / A.\n-- @part sums\nSELECT 1 AS a FROM t", "utf-8")
    with pytest.raises(ViewError, match="sums"):
        load_view(tmp_path / "v.sql")


def test_every_view_answers_on_an_empty_warehouse(tmp_path: Path) -> None:
    path = built(tmp_path, frames_of())
    with duckdb.connect(str(path), read_only=True) as con:
        for view in (*load_views(), *load_macros()):
            rows = con.execute(f"SELECT count(*) FROM {view.example}").fetchone()
            assert rows is not None and (rows[0] == 0 or view.name == "v_lineages"), view.name


def test_parameters_are_read_from_the_head(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- 一 / a\n-- @parameters day, other\nSELECT 1 AS a", "utf-8")
    view = load_view(tmp_path / "x.sql")
    assert view.parameters == ("day", "other") and view.kind == "macro"
