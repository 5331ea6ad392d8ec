"""``ogi export``: the published tables for others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from flows import home as homes
from flows.commands.builds import nothing_published
from flows.errors import OgiError
from flows.progress import stage
from transform.contracts import TableContract
from warehouse import export as exports
from warehouse.folders import FolderInUse
from warehouse.publish import published
from warehouse.table_files import ExportError


def export_command(target: str, output: str | None, names: Sequence[str], home_option: Path | None) -> int:
    """Exports the tables ``names`` (all where none is named) to ``target``; OgiError where that fails."""
    contracts = _contracts(names)
    home, samples_by_default = homes.for_reading(home_option)
    build = published(home.root)
    if build is None:
        raise nothing_published(home)
    if samples_by_default:
        print("注意：以下来自虚构样例。 Note: this is from the fictitious samples.", file=sys.stderr)
    formats = exports.FORMATS if output in (None, "both") else (output,)
    try:
        with stage("导出", "export", total=len(contracts)) as advance:
            exports.export(
                build,
                Path(target),
                formats=[kind for kind in formats if kind],
                tables=names,
                fictitious=home.kind() == "samples",
                advance=advance,
            )
    except FolderInUse as error:
        raise OgiError(
            f"{error} 中有别的内容，不能导出到那里。请另选文件夹。",
            f"{error} holds something else; nothing is exported there. Choose another folder.",
        ) from error
    except (ExportError, OSError) as error:
        raise OgiError(f"导出失败：{error}", f"the export failed: {error}") from error
    return 0


def _contracts(names: Sequence[str]) -> list[TableContract]:
    try:
        return exports.chosen_tables(names)
    except KeyError as error:
        known = ", ".join(contract.table for contract in exports.chosen_tables(()))
        raise OgiError(
            f"没有表 {error.args[0]}。可选：{known}", f"There is no table {error.args[0]}. There are: {known}", status=2
        ) from error
