"""Hand-made readings for tests: the JSON of a document with every cell of its form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from extract.forms import CellKey, load_forms
from transform.agencies import Agency, Register
from transform.identify import ReadingRecord

NOON = datetime(2025, 2, 1, 4, 0, tzinfo=UTC)


def reading(
    agency: str | None = "示例县商务局",
    year: int | None = 2024,
    *,
    form: str = "2021",
    scope: str = "own",
    cells: Mapping[CellKey, Any] | None = None,
    merged: frozenset[str] = frozenset(),
    **head: Any,
) -> dict[str, Any]:
    """A reading whose cells are 0, but those of ``cells``: a number, or the
    status of a cell without one."""
    given = dict(cells or {})
    listed = [_cell(key, given.pop(key, 0)) for key in load_forms()[form].cells(merged)]
    assert not given, f"not in form {form}: {list(given)}"
    return {
        "source": f"{agency}-{year}.html", "sha256": "", "media_type": "text/html", "error": None,
        "agency": agency, "agency_as_filed": agency, "report_year": year, "form": form, "scope": scope,
        "title": f"{agency}{year}年政府信息公开工作年度报告", "published_on": None, "index_number": None,
        "reader": "r1", "cells": listed, "claims": [], "unresolved_claims": [], "issues": [], **head,
    }  # fmt: skip


def _cell(key: CellKey, value: Any) -> dict[str, Any]:
    status = value if isinstance(value, str) else "reported"
    number = None if isinstance(value, str) else value
    return {
        "table": key[0], "row": key[1], "column": key[2],
        "raw": {"reported": str(number), "blank": "", "not_applicable": "/", "unreadable": "?"}.get(status),
        "value": number, "status": status, "page": 1, "bbox": [10.0, 20.0, 30.5, 40.0], "locator": None,
        "method": "test",
    }  # fmt: skip


def failed_reading(code: str = "encrypted", message: str = "locked") -> dict[str, Any]:
    """The reading of a document that could not be read."""
    return {
        "source": "x.pdf", "sha256": "", "media_type": "application/pdf", "error": {"code": code, "message": message},
        "agency": None, "agency_as_filed": None, "report_year": None, "form": None, "scope": "unknown",
        "title": None, "published_on": None, "reader": "r1",
        "cells": [], "claims": [], "unresolved_claims": [], "issues": [],
    }  # fmt: skip


def record(document: Mapping[str, Any], *, salt: str = "", **known: Any) -> ReadingRecord:
    """A record of the reading; its sha256 comes from its content and ``salt``."""
    sha256 = hashlib.sha256(f"{salt}{document!r}".encode()).hexdigest()
    facts = {"source_name": "test", "url": None, "retrieved_at": NOON, **known}
    return ReadingRecord({**document, "sha256": sha256}, sha256, **facts)


def register() -> Register:
    """A small register: a renamed bureau, two agencies of one alias, a government."""
    here = Agency("xian", "示例县人民政府", "county", "government", "990121", "示例省", "示例市", "示例县")
    old = replace(here, id="old", name="示例县商务和粮食局", sector="commerce", parent="xian",
                  valid_to=date(2021, 12, 31), successor="new")  # fmt: skip
    new = replace(here, id="new", name="示例县商务局", sector="commerce", parent="xian",
                  valid_from=date(2022, 1, 1), aliases=("县商务局", "商务局"))  # fmt: skip
    other = Agency("other", "示例区商务局", "county", "commerce", aliases=("商务局",))
    return Register([here, old, new, other])
