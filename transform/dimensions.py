"""Dimension tables: what the codes mean, made from the forms and the contracts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from extract.forms import Column, load_forms
from transform.agencies import Agency, Register
from transform.contracts import ContractError, load_contracts, load_enums
from transform.crosswalk import crosswalk_rows
from transform.typed import rows_frame

# The sets that have a dimension table of their own.
_OWN_TABLE = frozenset({"row_code", "column_code", "applicant", "result", "measure", "item_group"})


def agency_frame(register: Register, others: Iterable[Agency] = ()) -> pd.DataFrame:
    """``dim_agency``: the whole register and the provisional agencies of ``others``, by identifier."""
    agencies = {**register.agencies, **{agency.id: agency for agency in others}}
    rows = [
        {
            "agency_id": agency.id,
            "name": agency.name,
            "level": agency.level,
            "sector": agency.sector,
            "region_code": agency.region_code,
            "province": agency.province,
            "prefecture": agency.prefecture,
            "county": agency.county,
            "parent_agency_id": agency.parent,
            "valid_from": agency.valid_from,
            "valid_to": agency.valid_to,
            "successor_id": agency.successor,
            "lineage_id": register.lineage_id(agency.id),
            "is_registered": agency.registered,
        }
        for _, agency in sorted(agencies.items())
    ]
    return rows_frame("dim_agency", rows)


def form_frames() -> dict[str, pd.DataFrame]:
    """``dim_item``, ``dim_applicant``, ``dim_result``, ``dim_measure``, ``dim_code`` and ``crosswalk``.

    Raises ContractError where two tables of the form share a row code, for an
    item must name one row.
    """
    return {
        "dim_item": rows_frame("dim_item", _items()),
        "dim_applicant": rows_frame("dim_applicant", _labels("applications")),
        "dim_result": rows_frame("dim_result", _labels("review_litigation")),
        "dim_measure": rows_frame("dim_measure", _measures()),
        "dim_code": rows_frame("dim_code", _codes()),
        "crosswalk": rows_frame("crosswalk", crosswalk_rows()),
    }


def _items() -> list[dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    order: dict[str, list[str]] = {}
    for form in load_forms().values():
        for table in form.tables:
            sequence = [row.code for row in (*table.rows, *table.merged_rows)]
            replaced = {code: row.code for row in table.merged_rows for code in row.replaces}
            # A merged row stands before the first row that it replaces.
            for merged in reversed(table.merged_rows):
                sequence.remove(merged.code)
                sequence.insert(min(sequence.index(code) for code in merged.replaces), merged.code)
            _merge_order(order.setdefault(table.code, []), sequence)
            for row in (*table.rows, *table.merged_rows):
                known = items.setdefault(
                    row.code,
                    {
                        "item": row.code,
                        "form_table": table.code,
                        "section": table.section,
                        "item_group": row.item_group,
                        "label_zh": row.label_zh,
                        "label_en": row.label_en,
                        "is_total": row.is_total,
                        "group_code": row.group,
                        "replaced_by": replaced.get(row.code),
                        "unit": row.unit,
                        "editions": "",
                    },
                )
                if known["form_table"] != table.code:
                    raise ContractError(f"row code {row.code} stands in {known['form_table']} and in {table.code}")
                known["editions"] = ",".join(sorted({*filter(None, known["editions"].split(",")), form.code}))
    return [
        {**items[code], "sort_order": position}
        for sequence in order.values()
        for position, code in enumerate(sequence, start=1)
    ]


def _merge_order(order: list[str], sequence: list[str]) -> None:
    """Takes an older edition's rows into the order, each after the row before it."""
    for position, code in enumerate(sequence):
        if code not in order:
            after = order.index(sequence[position - 1]) + 1 if position else 0
            order.insert(after, code)


def _columns(table: str) -> list[list[Column]]:
    """The columns of a table by code, each with its forms in all editions, the newest first."""
    editions: dict[str, list[Column]] = {}
    for form in load_forms().values():
        for entry in form.tables:
            if entry.code == table:
                for column in entry.columns:
                    editions.setdefault(column.code, []).append(column)
    return list(editions.values())


def _labels(table: str) -> list[dict[str, Any]]:
    return [
        {
            "code": column.code,
            "label_zh": column.label_zh,
            "label_en": column.label_en,
            "sort_order": position,
            "is_total": column.is_total,
        }
        for position, (column, *_) in enumerate(_columns(table), start=1)
    ]


def _measures() -> list[dict[str, Any]]:
    """One code may be headed differently in each edition (amount: fees, procurement); all its labels are kept."""
    return [
        {
            "code": column.code,
            "label_zh": "／".join(dict.fromkeys(entry.label_zh for entry in (column, *older))),
            "label_en": " / ".join(dict.fromkeys(entry.label_en for entry in (column, *older))),
            "sort_order": position,
            "kind": column.kind,
            # Amounts are stored in 万元 whatever unit the filing printed.
            "unit": "万元" if column.kind == "amount" else None,
        }
        for position, (column, *older) in enumerate(_columns("proactive"), start=1)
    ]


def _codes() -> list[dict[str, Any]]:
    return [
        {
            "code_set": name,
            "code": value.code,
            "label_zh": value.label_zh,
            "label_en": value.label_en,
            "sort_order": position,
        }
        for name, values in sorted(load_enums().items())
        if name not in _OWN_TABLE
        for position, value in enumerate(values, start=1)
    ]


def dictionary_frame() -> pd.DataFrame:
    """``data_dictionary``: every stored table and each of its columns described."""
    rows: list[dict[str, Any]] = []
    for contract in load_contracts().values():
        rows.append(
            {
                "table_name": contract.table,
                "column_name": "",
                "relation_kind": "table",
                "sort_order": 0,
                "description_zh": f"{contract.description_zh}每行：{contract.grain_zh}。",
                "description_en": f"{contract.description_en} Each row: {contract.grain_en}.",
            }
        )
        rows += [
            {
                "table_name": contract.table,
                "column_name": column.name,
                "relation_kind": "table",
                "sort_order": position,
                "data_type": column.type,
                "is_nullable": column.nullable,
                "is_key": column.name in contract.key,
                "description_zh": column.description_zh,
                "description_en": column.description_en,
            }
            for position, column in enumerate(contract.columns, start=1)
        ]
    return rows_frame("data_dictionary", rows)
