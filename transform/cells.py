"""The cells of many filings as columns, and the fact tables cut from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from extract.forms import CellKey, load_forms
from transform.contracts import codes
from transform.privacy import masked_or_none
from transform.typed import LIMIT, enum_codes, frame

Bools = npt.NDArray[np.bool_]

_ROUTES = {"litigation_direct": "direct", "litigation_after_review": "after_review"}


@dataclass(frozen=True)
class CellCodes:
    """Every cell of every edition, numbered, with its codes as positions in the closed sets."""

    number: Mapping[CellKey, int]
    table: npt.NDArray[np.int16]
    row: npt.NDArray[np.int16]
    column: npt.NDArray[np.int16]
    is_total: Bools


@cache
def cell_codes() -> CellCodes:
    """The numbering of cells; the same for the same form files."""
    keys: dict[CellKey, bool] = {}
    for form in load_forms().values():
        for table in form.tables:
            for row in (*table.rows, *table.merged_rows):
                for column in table.columns_of(row):
                    keys[table.code, row.code, column.code] = row.is_total or column.is_total
    positions = [
        {code: position for position, code in enumerate(codes(enum))}
        for enum in ("form_table", "row_code", "column_code")
    ]
    table_codes, row_codes, column_codes = (
        np.array([position[key[part]] for key in keys], np.int16) for part, position in enumerate(positions)
    )
    return CellCodes(
        {key: number for number, key in enumerate(keys)},
        table_codes,
        row_codes,
        column_codes,
        np.array(list(keys.values()), np.bool_),
    )


def oversized(cells: Sequence[Mapping[str, Any]]) -> list[int]:
    """Positions of cells whose number is too large to be kept (``LIMIT``; NaN is one)."""
    return [
        position
        for position, cell in enumerate(cells)
        if cell["value"] is not None and not -LIMIT < cell["value"] < LIMIT
    ]


def fact_frames(cells_by_filing: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, pd.DataFrame]:
    """``cell`` and the six fact tables from the cells of each filing.

    Cells come as readings hold them, valid (``transform.identify`` has looked);
    the order of filings and of their cells is kept.
    """
    cells = [cell for filing_cells in cells_by_filing.values() for cell in filing_cells]
    known = cell_codes()
    number = np.fromiter(
        (known.number[cell["table"], cell["row"], cell["column"]] for cell in cells), np.int32, len(cells)
    )
    columns = {
        "filing_id": _repeated(cells_by_filing),
        "form_table": _encoded(known.table[number], "form_table"),
        "row_code": _encoded(known.row[number], "row_code"),
        "column_code": _encoded(known.column[number], "column_code"),
        "raw": [masked_or_none(cell["raw"]) for cell in cells],
        "value": [cell["value"] for cell in cells],
        "status": [cell["status"] for cell in cells],
        "page": [cell["page"] for cell in cells],
        "bbox": [cell["bbox"] for cell in cells],
        "locator": [cell["locator"] for cell in cells],
        "method": [cell["method"] for cell in cells],
    }
    whole = frame("cell", columns)
    return {"cell": whole, **_facts(whole, number)}


def _repeated(cells_by_filing: Mapping[str, Sequence[Any]]) -> pa.Array:
    """Each filing's identifier once per cell, made without a Python string per cell."""
    lengths = [len(cells) for cells in cells_by_filing.values()]
    positions = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    return pa.array(list(cells_by_filing), pa.string()).take(pa.array(positions))


def _encoded(positions: npt.NDArray[np.int16], enum: str) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(positions), enum_codes(enum))


def _facts(whole: pd.DataFrame, number: npt.NDArray[np.int32]) -> dict[str, pd.DataFrame]:
    known = cell_codes()
    total = known.is_total[number]
    table = {code: whole["form_table"].cat.codes.to_numpy() == i for i, code in enumerate(codes("form_table"))}
    review = np.asarray(whole["row_code"] == "review")
    applications = whole[table["applications"] & ~total]
    reviews = whole[table["review_litigation"] & ~total & review]
    litigation = whole[table["review_litigation"] & ~total & ~review]
    proactive = whole[table["proactive"]]
    routed = litigation.assign(route=litigation["row_code"].map(_ROUTES))
    triple = {name: name for name in ("form_table", "row_code", "column_code")}
    return {
        "fact_applications": _fact("fact_applications", applications, item="row_code", applicant="column_code"),
        "fact_reviews": _fact("fact_reviews", reviews, result="column_code"),
        "fact_litigation": _fact("fact_litigation", routed, route="route", result="column_code"),
        "fact_proactive": _fact("fact_proactive", proactive, item="row_code", measure="column_code"),
        "fact_statistics": _fact("fact_statistics", whole[table["statistics"] & ~total], item="row_code"),
        "fact_reported_totals": _fact("fact_reported_totals", whole[total], **triple),
    }


def _fact(table: str, cells: pd.DataFrame, **names: str) -> pd.DataFrame:
    """The chosen cells as a fact table; ``names`` maps its columns to those of ``cells``."""
    sources = {"filing_id": "filing_id", **names, "value": "value", "status": "status"}
    chosen = cells[list(dict.fromkeys(sources.values()))].reset_index(drop=True)
    return frame(table, {name: chosen[source] for name, source in sources.items()})
