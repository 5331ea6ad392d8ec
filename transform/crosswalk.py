"""The table ``crosswalk`` from ``data/crosswalk.yaml``: what compares between editions of the form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from extract.forms import CellKey, load_forms, metric_key
from transform.contracts import CROSSWALK, ContractError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def crosswalk_rows(path: Path = CROSSWALK) -> list[dict[str, Any]]:
    """One row per series, edition and cell, in the order of the file.

    Raises ContractError for a cell that the edition does not have, a cell
    listed twice in a series, and one said not to compare without a reason.
    """
    data = yaml.load(path.read_text("utf-8"), Loader=_LOADER)
    rows = [*_unchanged(data["unchanged"]), *(row for entry in data["series"] for row in _entry(entry))]
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        key = tuple(row[name] for name in ("series", "form", "form_table", "row_code", "column_code"))
        if key in seen:
            raise ContractError(f"{path.name}: {' '.join(key)} is listed twice")
        seen.add(key)
        if row["comparable"] == "none" and not (row["reason_zh"] and row["reason_en"]):
            raise ContractError(f"{path.name}: {row['series']} does not say why {row['form']} does not compare")
    return rows


def _unchanged(editions: list[str]) -> Iterator[dict[str, Any]]:
    """Every cell that all these editions have, a series each."""
    newest, *others = (load_forms()[edition] for edition in sorted(editions, reverse=True))
    shared = set.intersection(*(set(form.cells()) for form in others))
    for key in newest.cells():
        if key in shared:
            for form in (newest, *others):
                yield _row(".".join(key), form.code, key, {"comparable": "same"})


def _entry(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    columns = [""]
    if "{column}" in entry["series"]:
        columns = [column.code for column in next(iter(load_forms().values())).table("applications").columns]
    for column in columns:
        series = entry["series"].replace("{column}", column)
        for edition, about in entry["editions"].items():
            for cell in about["cells"]:
                key = metric_key(cell.replace("{column}", column))
                if key not in _known(edition):
                    raise ContractError(f"{CROSSWALK.name}: {series}: form {edition} has no cell {'.'.join(key)}")
                yield _row(series, edition, key, about)


def _known(edition: str) -> set[CellKey]:
    """The cells of an edition, those of its merged rows too."""
    form = load_forms().get(edition)
    if form is None:
        raise ContractError(f"{CROSSWALK.name}: there is no form {edition}")
    merged = frozenset(row.code for table in form.tables for row in table.merged_rows)
    return {*form.cells(), *form.cells(merged)}


def _row(series: str, edition: str, key: CellKey, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "series": series,
        "form": edition,
        "form_table": key[0],
        "row_code": key[1],
        "column_code": key[2],
        "comparable": about["comparable"],
        "reason_zh": about.get("reason_zh"),
        "reason_en": about.get("reason_en"),
    }
