"""Extensions of DuckDB that came as packages: loaded from there, never downloaded."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import duckdb

from warehouse.ddl import quoted

EXTRAS = {"s3": ("httpfs",), "ducklake": ("ducklake", "sqlite_scanner")}
"""The extensions that each extra of this project brings, all for the pinned version of DuckDB."""


class ExtensionLacking(Exception):
    """An extension is not installed for this version of DuckDB; ``extra`` is what to install."""

    def __init__(self, name: str, extra: str) -> None:
        super().__init__(name)
        self.extra = extra


def extension_file(name: str) -> Path | None:
    """The file of an extension that was installed for the running version of DuckDB, None where there is none."""
    spec = find_spec(f"duckdb_extension_{name}")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        if file.exists():
            return file
    return None


def require(name: str, extra: str) -> Path:
    """The extension's file; raises ExtensionLacking where the ``extra`` of this project that brings it is lacking."""
    file = extension_file(name)
    if file is None:
        raise ExtensionLacking(name, extra)
    return file


def load_extension(con: duckdb.DuckDBPyConnection, name: str, extra: str) -> None:
    """Loads an extension into a connection; raises ExtensionLacking as ``require`` does."""
    file = require(name, extra)
    # What an extension would fetch for itself is not fetched.
    con.execute("SET autoinstall_known_extensions = false")
    con.execute(f"LOAD {quoted(str(file))}")
