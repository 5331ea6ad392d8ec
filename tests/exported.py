"""A small warehouse with what is hard to hand over, for the tests of exports."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from tests.factories import NOON, failed_reading, reading, record, register
from transform.contracts import load_contracts
from transform.frames import build_frames
from transform.typed import rows_frame
from warehouse.build import build
from warehouse.publish import build_path, publish

RECEIVED = ("applications", "received_new", "natural_person")
TEXTS = [
    "", " ", "\\N", "\\NN", "NULL", "null", '"', '""', "a,b", 'say "no"', "two\nlines", "two\r\nlines", "\r", "\n",
    "\t", " lead and trail ", "'", "\\", "\u2028\u0085", "\ufeff", "😀", "\x1f", "0001", "1e5", "true", "=1+1", "#",
    "𠮷",
]  # fmt: skip
NUMBERS = ["0", "0.0001", "99999999999999.9999", "-0.0001", "12345678901234.1234", "90071992547409.9301"]


def make(path: Path, build_id: str = "b1", more: int = 0) -> None:
    """Builds a warehouse of four filings; ``more`` filings beside them, one a year from 2021 on."""
    frames = build_frames(
        [
            record(reading(cells={RECEIVED: 5})),
            record(reading(cells={RECEIVED: 7}), retrieved_at=NOON + timedelta(days=1)),
            record(reading(cells={RECEIVED: 90}, scope="area", agency="示例县人民政府")),
            record(reading(year=2020, form="2019", cells={RECEIVED: 1})),
            record(failed_reading()),
            *(record(reading(year=2021 + n, cells={RECEIVED: n + 1})) for n in range(more)),
        ],
        register(),
        build_info={"build_id": build_id, "built_at": NOON, "ogi_version": "0"},
    )
    filing = frames["dim_filing"]["filing_id"].iloc[0]
    issues = [("1" * 16, filing, 2024), ("2" * 16, None, 2022), ("3" * 16, None, None)]
    frames["quality_issue"] = rows_frame("quality_issue", [_issue(*issue) for issue in issues])
    frames["claim"] = rows_frame(
        "claim",
        [
            {"filing_id": filing, "claim_no": n, "metric": f"m{n}", "value": NUMBERS[n % len(NUMBERS)],
             "sentence": text, "scope": "own"}
            for n, text in enumerate(TEXTS, start=1)
        ],
    )  # fmt: skip
    build(frames, path)
    with duckdb.connect(str(path)) as con:
        con.execute(
            "INSERT INTO statement (filing_id, statement_no, kind, parts, first_day, sentence, scope) "
            f"SELECT '{filing}', * FROM (VALUES "
            "(90, 'breakdown', [12345678901234.1234, NULL, 0.0001]::DECIMAL(18,4)[], DATE '2024-01-01', '', 'own'), "
            "(91, 'breakdown', []::DECIMAL(18,4)[], NULL, '', 'own'), (92, 'breakdown', NULL, NULL, '', 'own'))"
        )
        con.execute("UPDATE cell SET bbox = [0.1, 1e-7, 1e22, 123456.789] WHERE row_code = 'received_new'")
        con.execute("UPDATE dim_filing SET retrieved_at = TIMESTAMP '2024-01-31 23:59:59.000001' WHERE revision = 2")


def make_home(root: Path, build_id: str = "b1", more: int = 0) -> Path:
    """A home of real sources in which such a warehouse is published; returns the build's file."""
    path = build_path(root, build_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path, build_id, more)
    publish(root, path)
    (root / "home.json").write_text('{"holds": "sources", "layout": 1}', "utf-8")
    return path


def rows_of(con: duckdb.DuckDBPyConnection, relation: str, table: str) -> list[tuple[Any, ...]]:
    """The rows of ``relation`` in the contract's columns and types, in an order that depends on the rows alone.

    Closed sets are read as text, what else has another type is an error.
    """
    contract = load_contracts()[table]
    described = dict(con.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM {relation})").fetchall())
    for column in contract.columns:
        if not column.enum and column.name != "report_year":
            assert described[column.name] == column.type, (table, column.name, described[column.name])
    names = ", ".join(f"{c.name}::VARCHAR" if c.enum else c.name for c in contract.columns)
    return con.execute(f"SELECT {names} FROM {relation} ORDER BY ALL").fetchall()


def _issue(issue_id: str, filing_id: str | None, year: int | None) -> dict[str, Any]:
    return {
        "issue_id": issue_id, "filing_id": filing_id, "rule": "sum", "severity": "error", "origin": "filing",
        "place": "", "message_zh": "说明", "message_en": "why", "agency_id": "new", "report_year": year,
        "first_seen_at": NOON,
    }  # fmt: skip
