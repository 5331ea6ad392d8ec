"""Writing a document with its sidecar and its truth."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from extract.forms import CellKey
from tests.corpus.judge import violations
from tests.corpus.model import Agency, Filing


def truth_of(filing: Filing, source: str, ambiguous: frozenset[CellKey] = frozenset(), **more: Any) -> dict[str, Any]:
    """The truth of one document as plain data; ``filing`` is what the document
    shows, cells lost in rendering included.

    ``ambiguous`` are cells whose figure the document leaves open: a reading
    has to say that it is in doubt there, and no sum over them is judged.
    """
    dated = filing.front is None or filing.front.dated
    judged = filing.without(key for key in ambiguous if key in filing.cells) if ambiguous else filing
    return {
        "source": source,
        "agency": filing.agency.name,
        "report_year": filing.year,
        "form": filing.form_code,
        "scope": filing.scope,
        "title": filing.title,
        "published_on": filing.published_on.isoformat() if dated else None,
        "defects": list(filing.defects),
        "violations": violations(judged.cells),
        **more,
        "claims": [
            {"metric": claim.metric, "value": claim.value, "sentence": claim.sentence, "scope": claim.scope}
            for claim in filing.prose.claims
        ],
        # Without their sentences, which the document has.
        "statements": [
            {name: value for name, value in statement.plain().items() if name != "sentence"}
            for statement in filing.prose.statements
        ],
        "cells": [
            {
                "table": table,
                "row": row,
                "column": column,
                "raw": cell.raw,
                "value": cell.value,
                "status": cell.status,
                **({"ambiguous": True} if (table, row, column) in ambiguous else {}),
            }
            for table, row, column in filing.listed()
            for cell in (filing.cells[table, row, column],)
        ],
    }


def dump_truth(truth: dict[str, Any]) -> str:
    """Readable JSON with one line for each cell, claim and violation."""
    lines = []
    for name, value in truth.items():
        if isinstance(value, list) and value:
            items = ",\n".join("  " + json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in value)
            lines.append(f" {json.dumps(name)}: [\n{items}\n ]")
        else:
            lines.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def dump_sidecar(filing: Filing, url: str, retrieved_at: datetime) -> str:
    """The sidecar of a document in an inbox, as YAML."""
    data = {
        "url": url,
        "retrieved_at": retrieved_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "agency": filing.agency.name,
        "published_on": filing.published_on.isoformat(),
    }
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def dump_register(agencies: Iterable[Agency]) -> str:
    """The register of the fictitious agencies as a YAML list."""
    head = "# The fictitious agencies of the samples (示例…). Written by `python -m tests.corpus.samples`.\n"
    entries = [agency.register_entry() for agency in agencies]
    return head + yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=1000)


def write_document(folder: Path, name: str, data: bytes, sidecar: str, truth: str) -> Path:
    """Writes a document with ``<name>.meta.yaml`` and ``<name>.truth.json``
    beside it; returns the document's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    (folder / f"{name}.meta.yaml").write_text(sidecar, "utf-8")
    (folder / f"{name}.truth.json").write_text(truth, "utf-8")
    return path
