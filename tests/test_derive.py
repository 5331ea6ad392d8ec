"""Derived tables: what their columns say they hold, and that filling them in parts is filling them whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from extract.forms import CellKey, load_forms
from tests.factories import NOON, reading, record, register
from transform.contracts import derived_contracts, load_contracts
from transform.frames import build_frames
from transform.identify import ReadingRecord
from transform.typed import LIMIT, rows_frame, to_arrow
from warehouse import derive as module
from warehouse.build import BuildError, build
from warehouse.ddl import ddl_statements
from warehouse.derive import DeriveError, derive, derived_queries
from warehouse.views import View

BY_FILING = [name for name, contract in derived_contracts().items() if contract.key[0] == "filing_id"]
ISSUE = {"rule": "review_sum", "place": "review", "message_zh": "一", "message_en": "a", "first_seen_at": NOON}


def frames_of(records: Sequence[ReadingRecord], issues: Sequence[dict[str, Any]] = ()) -> dict[str, pd.DataFrame]:
    frames = build_frames(records, register(), build_info={"build_id": "b", "built_at": NOON})
    numbered = [{**ISSUE, "issue_id": f"{n:016x}", **row} for n, row in enumerate(issues)]
    return {**frames, "quality_issue": rows_frame("quality_issue", numbered)}


def loaded(frames: dict[str, pd.DataFrame]) -> duckdb.DuckDBPyConnection:
    """A database with these tables, the derived ones empty."""
    con = duckdb.connect()
    con.execute("SET python_enable_replacements = false")
    for statement in ddl_statements():
        con.execute(statement)
    load(con, frames)
    return con


def load(con: duckdb.DuckDBPyConnection, frames: dict[str, pd.DataFrame]) -> None:
    for name, contract in load_contracts().items():
        if contract.changes_with != "derived":
            con.register("incoming", to_arrow(frames[name], name))
            con.execute(f"DELETE FROM {name}")
            con.execute(f"INSERT INTO {name} SELECT * FROM incoming")
            con.unregister("incoming")


def content(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: con.execute(f"SELECT * FROM {name} ORDER BY {', '.join(contract.key)}").fetchall()
        for name, contract in derived_contracts().items()
    }


# --- what the columns say


def figures() -> Iterator[tuple[str, str, str]]:
    """Each figure of mart_filing: its name, its description, the cells that it names."""
    for column in load_contracts()["mart_filing"].columns:
        about, found, cells = column.description_en.partition(" Cells: ")
        if found:
            yield column.name, about, cells.rstrip(".")


def distinct(form: str) -> dict[CellKey, Any]:
    """Every cell with a figure of its own; sums of a few of them differ, too."""
    return {key: number * number + 1 for number, key in enumerate(load_forms()[form].cells(), start=1000)}


def one_row(cells: dict[CellKey, Any], form: str, merged: frozenset[str] = frozenset()) -> dict[str, Any]:
    year = {"2021": 2024, "2019": 2020}[form]
    con = loaded(frames_of([record(reading(year=year, form=form, cells=cells, merged=merged))]))
    derive(con)
    row: dict[str, Any] = con.execute("SELECT * FROM mart_filing").to_arrow_table().to_pylist()[0]
    return row


def key_of(cell: str) -> CellKey:
    table, _, rest = cell.partition(".")
    row, _, column = rest.rpartition(".")
    return table, row, column


def alternatives(cells: str) -> list[list[CellKey]]:
    return [[key_of(cell) for cell in part.split(" + ")] for part in cells.split(", else ")]


def test_every_figure_says_which_cells_it_is_made_of() -> None:
    known = {key for form in load_forms().values() for key in form.cells()}
    merged = {("applications", "other", "total")}
    named = {key for _, _, cells in figures() for part in alternatives(cells) for key in part}
    assert named <= known | merged
    # Every total of 表三 and every cell of 表四 has its column, so that an edition with a new row is noticed.
    for form in ("2021", "2019"):
        for table, row, column in load_forms()[form].cells(frozenset({"other"} if form == "2021" else ())):
            if table == "review_litigation" or (table == "applications" and column == "total"):
                assert (table, row, column) in named


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_figures_are_made_of_the_cells_that_they_name(form: str) -> None:
    cells = distinct(form)
    row = one_row(cells, form)
    for name, _, listed in figures():
        sums = [sum(cells[key] for key in part) for part in alternatives(listed) if all(key in cells for key in part)]
        assert row[name] == (sums[0] if sums else None), name


def test_a_blank_cell_makes_every_figure_null_that_needs_it() -> None:
    cells = distinct("2021")
    needed = {key for _, _, listed in figures() for part in alternatives(listed) for key in part} & {*cells}
    blanks = {2000 + number: key for number, key in enumerate(sorted(needed))}
    made = [record(reading(year=year, cells={**cells, blank: "blank"})) for year, blank in blanks.items()]
    con = loaded(frames_of(made))
    derive(con)
    rows = con.execute("SELECT * FROM mart_filing").to_arrow_table().to_pylist()
    assert len(rows) == len(blanks) > 50
    for row in rows:
        blank = blanks[row["report_year"]]
        for name, about, listed in figures():
            part = alternatives(listed)[-1]
            if blank not in part:
                assert row[name] is not None or not all(key in cells for key in part), (blank, name)
            elif "at least" in about:
                assert row[name] == sum(cells[key] for key in part if key != blank), (blank, name)
            else:
                assert row[name] is None, (blank, name)


def test_where_nothing_is_filled_in_nothing_is_known() -> None:
    row = one_row({key: "blank" for key in load_forms()["2021"].cells()}, "2021")
    assert {name for name, _, _ in figures() if row[name] is not None} == set()


def test_a_merged_row_stands_for_its_parts() -> None:
    merged = frozenset({"other"})
    row = one_row({("applications", "other", "total"): 7}, "2021", merged)
    assert (row["other_handled"], row["other_handled_at_least"]) == (7, 7)
    row = one_row({("applications", "other", "total"): "blank"}, "2021", merged)
    assert (row["other_handled"], row["other_handled_at_least"]) == (None, None)


def test_the_sum_of_the_largest_figures_that_are_kept_has_its_place() -> None:
    largest = LIMIT - 1
    huge = {("applications", f"refused.{ground}", "total"): largest for ground in ("state_secret", "internal_affairs")}
    row = one_row(huge, "2021")
    assert row["refused"] == 2 * largest and row["refused_state_secret"] == largest


# --- groups


def test_groups_hold_sums_and_tell_what_they_lack() -> None:
    key: CellKey = ("applications", "received_new", "natural_person")
    con = loaded(
        frames_of(
            [
                record(reading(cells={key: 5})),
                record(reading(cells={key: 6}), retrieved_at=NOON + timedelta(days=1)),  # a revision counts once
                record(reading("示例县商务局", 2023, cells={key: "blank"})),
                record(reading("示例县商务和粮食局", 2021, cells={key: 4})),
                record(reading("示例县人民政府", scope="area", cells={key: 100})),
                record(reading("示例县人民政府", scope="own", cells={key: "missing"})),
            ]
        )
    )
    derive(con)
    found = con.execute("""
        SELECT g.report_year, g.scope, g.sector, g.filings, t.value_sum, t.reported, t.blank, t.unknown
        FROM mart_group_figure t JOIN mart_group g USING (group_no)
        WHERE item = 'received_new' AND column_code = 'natural_person' ORDER BY g.group_no""").fetchall()
    assert found == [
        (2021, "own", "commerce", 1, 4, 1, 0, 0),
        (2023, "own", "commerce", 1, None, 0, 1, 0),
        (2024, "own", "government", 1, None, 0, 0, 1),
        (2024, "own", "commerce", 1, 6, 1, 0, 0),
        (2024, "area", "government", 1, 100, 1, 0, 0),
    ]
    whole = con.execute("SELECT sum(value) FROM cell JOIN dim_filing USING (filing_id) WHERE is_current").fetchone()
    assert con.execute("SELECT sum(value_sum) FROM mart_group_figure").fetchone() == whole


def test_an_agency_of_unknown_place_is_a_group_of_its_own() -> None:
    con = loaded(frames_of([record(reading("无名机关")), record(reading(agency="示例区商务局"))]))
    derive(con)
    found = con.execute("SELECT sum(filings)::INTEGER, count(*) FROM mart_group").fetchone()
    assert found == (2, 2)
    assert con.execute("SELECT count(DISTINCT group_no) FROM mart_group_figure").fetchone() == (2,)


# --- changes between revisions


def test_changes_between_revisions_are_kept_cell_by_cell() -> None:
    key: CellKey = ("applications", "granted", "total")
    later = [record(reading(cells={key: value}), salt=str(n), retrieved_at=NOON + timedelta(days=n))
             for n, value in enumerate([3, "blank", "blank", 0])]  # fmt: skip
    con = loaded(frames_of([*later, record(reading(year=2023, cells={key: 9}))]))
    derive(con)
    found = con.execute("""
        SELECT filing_id, previous_filing_id, row_code, value_before, value_after, status_before, status_after
        FROM mart_figure_change ORDER BY filing_id""").fetchall()
    assert found == [
        ("new-2024-own-r2", "new-2024-own-r1", "granted", 3, None, "reported", "blank"),
        ("new-2024-own-r4", "new-2024-own-r3", "granted", None, 0, "blank", "reported"),
    ]


# --- in parts and whole


def night(first: bool) -> dict[str, pd.DataFrame]:
    """The tables of two nights: a filing is read otherwise, one gets a revision, one goes, one comes."""
    key: CellKey = ("applications", "granted", "total")
    records = [
        record(reading(year=2022, cells={key: 1 if first else 2}), salt="same"),
        record(reading(year=2023, cells={key: 3})),
        record(reading(year=2024, cells={key: 4})),
        record(reading("示例县人民政府", 2023, scope="area", cells={key: 5}), salt="a"),
        record(reading("示例区商务局", 2023)),
    ]
    if first:
        records.append(record(reading("示例县人民政府", 2022, scope="area")))
    else:
        later = NOON + timedelta(days=3)
        records.append(record(reading("示例县人民政府", 2023, scope="area", cells={key: 6}), retrieved_at=later))
        records.append(record(reading("示例县人民政府", 2024, scope="area")))
    issues = [
        {"filing_id": "new-2023-own-r1", "severity": "error", "origin": "filing"},
        {"filing_id": "new-2024-own-r1", "severity": "warning" if first else "info", "origin": "extraction"},
        *([{"filing_id": "new-2023-own-r1", "severity": "error", "origin": "filing", "place": "x"}] * first),
    ]
    frames = frames_of(records, issues)
    agencies = frames["dim_agency"]
    if not first:
        agencies = agencies.assign(prefecture=agencies["prefecture"].where(agencies["agency_id"] != "other", "他市"))
    return {**frames, "dim_agency": agencies}


def test_in_parts_is_as_whole() -> None:
    con = loaded(night(first=True))
    derive(con)
    before = content(con)
    load(con, night(first=False))
    # Neither the issues nor the agencies that changed are named, nor the other revision of a touched filing.
    con.execute("CREATE TEMP TABLE moved (filing_id VARCHAR)")
    con.execute("INSERT INTO moved VALUES ('new-2022-own-r1'), ('xian-2022-area-r1'), ('xian-2023-area-r2'), "
                "('xian-2024-area-r1')")  # fmt: skip
    derive(con, "moved")
    whole = loaded(night(first=False))
    derive(whole)
    assert content(con) == content(whole) != before
    assert all(content(con)[table] != before[table] for table in [*BY_FILING, "mart_issue", "mart_group_figure"])


def test_other_filings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    con = loaded(night(first=True))
    derive(con)
    con.execute("CREATE TEMP TABLE moved (filing_id VARCHAR)")
    con.execute("UPDATE mart_filing SET granted = -1")
    con.execute("INSERT INTO moved VALUES ('new-2022-own-r1')")
    derive(con, "moved")
    found = con.execute("SELECT filing_id FROM mart_filing WHERE granted <> -1").fetchall()
    assert found == [("new-2022-own-r1",)]


def grouped(moves: dict[str, str], **received: int) -> dict[str, pd.DataFrame]:
    """Tables of one filing per agency and year (``other_2023=5``), with agencies in other provinces."""
    names = {"new": "示例县商务局", "xian": "示例县人民政府", "other": "示例区商务局"}
    frames = frames_of(
        [
            record(reading(names[told.split("_")[0]], int(told.split("_")[1]), cells={RECEIVED: value}), salt=told)
            for told, value in received.items()
        ]
    )
    agencies = frames["dim_agency"]
    placed = zip(agencies["agency_id"], agencies["province"], strict=True)
    agencies["province"] = [moves.get(agency, province) for agency, province in placed]
    return frames


RECEIVED: CellKey = ("applications", "received_new", "natural_person")
PLACED = {"other": "示例省"}  # so that two filings of 2023 are one group
BEFORE = {"new_2023": 1, "other_2023": 3, "xian_2023": 2, "other_2022": 4}


@pytest.mark.parametrize(
    ("moves", "received", "touched", "redone"),
    [
        ({}, BEFORE, [], 0),
        ({}, BEFORE | {"new_2023": 9}, ["new-2023-own-r1"], 1),
        # A filing goes, with its group; one comes before the others: these have other numbers.
        ({}, {name: value for name, value in BEFORE.items() if name != "other_2022"}, ["other-2022-own-r1"], 0),
        ({}, {"xian_2021": 7} | BEFORE, ["xian-2021-own-r1"], 1),
        ({}, {name: value for name, value in BEFORE.items() if name != "new_2023"}, ["new-2023-own-r1"], 1),
        # Agencies are of another province, and their filings did not change: they leave groups and join others.
        ({"new": "他省"}, BEFORE, [], 2),
        ({"other": "他省", "new": "他省"}, BEFORE, [], 2),
        ({}, {}, ["new-2023-own-r1", "xian-2023-own-r1", "other-2023-own-r1", "other-2022-own-r1"], 0),
    ],
)
def test_sums_of_groups_that_did_not_change_are_kept(
    moves: dict[str, str], received: dict[str, int], touched: list[str], redone: int
) -> None:
    con = loaded(grouped(PLACED, **BEFORE))
    derive(con)
    load(con, grouped(PLACED | moves, **received))
    con.execute("CREATE TEMP TABLE moved AS SELECT unnest($touched::VARCHAR[]) AS filing_id", {"touched": touched})
    derive(con, "moved")
    whole = loaded(grouped(PLACED | moves, **received))
    derive(whole)
    assert content(con) == content(whole)
    order = "SELECT report_year, item, column_code, group_no FROM mart_group_figure"
    assert con.execute(order).fetchall() == con.execute(f"{order} ORDER BY ALL").fetchall()
    # Again, with sums that are wrong: those of groups of which something changed are right afterwards.
    con = loaded(grouped(PLACED, **BEFORE))
    derive(con)
    con.execute("UPDATE mart_group_figure SET reported = -1")
    load(con, grouped(PLACED | moves, **received))
    con.execute("CREATE TEMP TABLE moved AS SELECT unnest($touched::VARCHAR[]) AS filing_id", {"touched": touched})
    derive(con, "moved")
    groups = con.execute("SELECT count(DISTINCT group_no) FROM mart_group_figure WHERE reported <> -1").fetchone()
    assert groups == (redone,)


def test_in_slices_is_as_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = night(first=False)
    whole, sliced = loaded(frames), loaded(frames)
    derive(whole)
    monkeypatch.setattr(module, "SLICE", 2)
    assert len(list(module._slices(sliced))) > 2
    derive(sliced)
    assert content(whole) == content(sliced)
    order = [row[0] for row in sliced.execute("SELECT filing_id FROM mart_filing").fetchall()]
    assert order == sorted(order)


def test_nothing_filed_is_nothing_derived() -> None:
    con = loaded(frames_of([]))
    derive(con)
    con.execute("CREATE TEMP TABLE moved (filing_id VARCHAR)")
    derive(con, "moved")
    assert not any(content(con).values())


# --- contract and query


def test_a_query_that_does_not_fit_its_contract_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    con = loaded(frames_of([]))
    other = View("mart_group", "SELECT 1 AS group_no", "一", "a", {})
    monkeypatch.setattr(module, "derived_queries", lambda: {**derived_queries(), "mart_group": other})
    with pytest.raises(DeriveError, match="mart_group"):
        derive(con)


def test_every_derived_table_is_stored_and_has_its_query() -> None:
    assert derived_queries().keys() == derived_contracts().keys()
    for contract in derived_contracts().values():
        assert re.fullmatch(r"mart_\w+", contract.table)


def test_the_build_fills_them_and_holds_them_to_their_contracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = night(first=False)
    build(frames, tmp_path / "w.duckdb")
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as con:
        filings = con.execute("SELECT count(*), count(DISTINCT filing_id) FROM mart_filing").fetchone()
        assert filings == (len(frames["dim_filing"]), len(frames["dim_filing"]))
        value = con.execute("SELECT granted FROM mart_filing WHERE filing_id = 'xian-2023-area-r2'").fetchone()
        assert value == (Decimal(6),)
    queries = derived_queries()
    twice = View("mart_filing", f"{queries['mart_filing'].query} CROSS JOIN range(2)", "一", "a", {})
    monkeypatch.setattr(module, "derived_queries", lambda: {**queries, "mart_filing": twice})
    with pytest.raises(BuildError, match="mart_filing: key"):
        build(frames, tmp_path / "x.duckdb")
