"""The Frictionless data package of an export: ``datapackage.json``.

One resource per table and format. Where both formats are there, the CSV
resource has the table's name and the Parquet resource ``<table>.parquet``. A
Parquet resource names all its files, with rows, size and SHA-256 each
(``files``), and is no tabular resource, as readers of data packages do not put
partitions together. Types, keys and descriptions come from the table contracts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transform.contracts import ColumnContract, codes
from warehouse.ddl import bilingual
from warehouse.table_files import YEAR, TableFiles, partitioned

NAME = "datapackage.json"
LAYOUT = 1
"""Number of the layout of exported folders; readers may rely on it."""

_TYPES = {
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "SMALLINT": "integer",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "DOUBLE": "number",
}


@dataclass(frozen=True)
class BuildFacts:
    """What is said of the build: ``built_at`` in UTC without zone, ``digest`` 64 hex digits."""

    build_id: str
    built_at: datetime
    digest: str
    versions: dict[str, str | None]
    sources: tuple[str, ...]


def data_package(facts: BuildFacts, written: Sequence[TableFiles], *, fictitious: bool) -> dict[str, Any]:
    """The descriptor of an export; ``fictitious`` where the warehouse holds the samples."""
    kinds = {files.format for files in written}
    names = {(files.contract.table, files.format): _resource_name(files, kinds) for files in written}
    zh = "各级行政机关政府信息公开工作年度报告的统计数据、正文所述数字及其核对结果。"
    en = "Figures of administrative agencies' annual reports on government information disclosure, and their checks."
    if fictitious:
        zh, en = f"虚构样例，并非真实报告。{zh}", f"Fictitious samples, no real reports. {en}"
    return {
        "profile": "data-package",
        "name": "ogi-samples" if fictitious else "ogi",
        "title": bilingual("政府信息公开工作年度报告统计库", "Statistics of government information disclosure reports"),
        "description": bilingual(zh, en),
        "version": f"{facts.build_id}+{facts.digest}",
        "created": facts.built_at.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z"),
        "licenses": [{"name": "MIT", "title": "MIT License"}],
        "sources": [{"title": source} for source in facts.sources],
        "ogi": {
            "layout": LAYOUT,
            "build_id": facts.build_id,
            "content_digest": facts.digest,
            **{name: value for name, value in facts.versions.items() if value is not None},
        },
        "resources": [_resource(files, names) for files in written],
    }


def dump(package: dict[str, Any]) -> bytes:
    """The descriptor as the file's bytes."""
    return json.dumps(package, ensure_ascii=False, indent=1).encode() + b"\n"


def is_export(folder: Path) -> bool:
    """Whether the folder is an export and holds nothing that its descriptor does not name."""
    try:
        package = json.loads((folder / NAME).read_bytes())
        if "layout" not in package["ogi"]:
            return False
        listed = {NAME, *(path for resource in package["resources"] for path in _paths(resource))}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return all(name in listed for name in found)


def _paths(resource: dict[str, Any]) -> list[str]:
    path = resource["path"]
    return path if isinstance(path, list) else [path]


def _resource_name(files: TableFiles, kinds: set[str]) -> str:
    return f"{files.contract.table}.parquet" if files.format == "parquet" and len(kinds) > 1 else files.contract.table


def _resource(files: TableFiles, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    contract = files.contract
    head = {
        "name": names[contract.table, files.format],
        "title": bilingual(contract.grain_zh, contract.grain_en),
        "description": bilingual(contract.description_zh, contract.description_en),
    }
    schema = _schema(files, names)
    if files.format == "csv":
        (file,) = files.files
        return {
            **head,
            "profile": "tabular-data-resource",
            "path": file.path,
            "format": "csv",
            "mediatype": "text/csv",
            **({"compression": "gz"} if file.path.endswith(".gz") else {}),
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "lineTerminator": "\n"},
            "bytes": file.size,
            "hash": f"sha256:{file.sha256}",
            "rows": file.rows,
            "schema": schema,
        }
    return {
        **head,
        "profile": "data-resource",
        "type": "file",
        "path": [file.path for file in files.files],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        **({"partitionedBy": YEAR} if partitioned(contract) and files.rows else {}),
        "files": [
            {"path": file.path, "rows": file.rows, "bytes": file.size, "hash": f"sha256:{file.sha256}"}
            for file in files.files
        ],
        "schema": schema,
    }


def _schema(files: TableFiles, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    contract = files.contract
    keys = [
        {
            "fields": list(reference.columns),
            "reference": {
                "resource": "" if reference.table == contract.table else names[reference.table, files.format],
                "fields": list(reference.to),
            },
        }
        for reference in contract.references
        # A reference to a table that was not exported leads nowhere.
        if (reference.table, files.format) in names
    ]
    return {
        "fields": [_field(column) for column in contract.columns],
        "missingValues": [files.null] if files.format == "csv" else [],
        "primaryKey": list(contract.key),
        **({"foreignKeys": keys} if keys else {}),
    }


def _field(column: ColumnContract) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    if column.enum:
        constraints["enum"] = list(codes(column.enum))
    if column.pattern:
        constraints["pattern"] = column.pattern
    return {
        "name": column.name,
        "type": _type(column),
        "description": bilingual(column.description_zh, column.description_en),
        **({"constraints": constraints} if constraints else {}),
        "duckdbType": "VARCHAR" if column.enum else column.type,
    }


def _type(column: ColumnContract) -> str:
    """The type's name in a data package; KeyError for a type that none is known for."""
    if column.enum:
        return "string"
    if column.type.endswith("[]"):
        return "array"
    return "number" if column.type.startswith("DECIMAL(") else _TYPES[column.type]
