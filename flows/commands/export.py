"""``ogi export``: the published tables for others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from flows.commands.builds import nothing_published
from flows.progress import stage
from transform.contracts import TableContract
from warehouse import export as exports
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.extensions import ExtensionLacking
from warehouse.folders import FolderInUse, folder_aside
from warehouse.home import Home
from warehouse.publish import published
from warehouse.table_files import ExportError

S3 = "s3://"
LAKE = "ducklake:"


def export_command(
    target: str, output: str | None, names: Sequence[str], home_option: Path | None, data_path: str | None = None
) -> int:
    """Exports the tables ``names`` (all where none is named) to ``target``; OgiError where that fails.

    ``data_path`` is where a new lake keeps its files; only for lakes.
    """
    contracts = _contracts(names)
    home, samples_by_default = homes.for_reading(home_option)
    build = published(home.root)
    if build is None:
        raise nothing_published(home)
    if samples_by_default:
        print("注意：以下来自虚构样例。 Note: this is from the fictitious samples.", file=sys.stderr)
    default = ("parquet",) if target.startswith(S3) else exports.FORMATS
    formats = {None: default, "both": exports.FORMATS}.get(output, (str(output),))
    try:
        if target.startswith(LAKE):
            _to_lake(Path(target.removeprefix(LAKE)), build, contracts, data_path)
        elif target.startswith(S3):
            _to_storage(target, home, build, contracts, formats)
        else:
            _to_folder(Path(target), home, build, contracts, formats)
    except FolderInUse as error:
        raise OgiError(
            f"{error} 中有别的内容，不能导出到那里。请另选文件夹。",
            f"{error} holds something else; nothing is exported there. Choose another folder.",
        ) from error
    except ExtensionLacking as error:
        raise OgiError(
            f"缺少 DuckDB 扩展 {error}。请安装：pip install '.[{error.extra}]'",
            f"The DuckDB extension {error} is lacking. Install it: pip install '.[{error.extra}]'",
        ) from error
    except (ExportError, OSError) as error:
        raise OgiError(f"导出失败：{error}", f"the export failed: {error}") from error
    return 0


def _to_folder(
    target: Path, home: Home, build: Path, contracts: Sequence[TableContract], formats: Sequence[str]
) -> None:
    with stage("导出", "export", total=len(contracts)) as advance:
        exports.export(build, target, contracts, formats=formats, fictitious=_fictitious(home), advance=advance)


def _to_storage(
    target: str, home: Home, build: Path, contracts: Sequence[TableContract], formats: Sequence[str]
) -> None:
    from warehouse.object_store import open_store, upload

    try:
        store = open_store(target)
    except ValueError as error:
        raise OgiError(
            f"{error} 不是存储地址，应为 s3://桶/前缀。",
            f"{error} is no address of storage; s3://bucket/prefix is.",
            status=2,
        ) from error
    # Made whole beside the build first: what goes out is what was counted and hashed.
    with folder_aside(build.with_name("s3")) as folder:
        with stage("导出", "export", total=len(contracts)) as advance:
            exports.write_export(build, folder, contracts, formats, fictitious=_fictitious(home), advance=advance)
        with stage("上传", "upload", total=sum(path.is_file() for path in folder.rglob("*"))) as advance:
            upload(folder, store, advance)


def _to_lake(lake: Path, build: Path, contracts: Sequence[TableContract], data_path: str | None) -> None:
    from warehouse.lake import export_to_lake

    with stage("导出", "export", total=len(contracts)) as advance:
        snapshot = export_to_lake(build, lake, contracts, data_path=data_path, advance=advance)
    changed = ", ".join(snapshot.changed)
    print(
        f"版本 version {snapshot.version}: {changed}" if changed else f"无变动 unchanged: {snapshot.version}",
        file=sys.stderr,
    )


def _fictitious(home: Home) -> bool:
    return home.kind() == "samples"


def _contracts(names: Sequence[str]) -> list[TableContract]:
    try:
        return exports.chosen_tables(names)
    except KeyError as error:
        known = ", ".join(contract.table for contract in exports.chosen_tables(()))
        raise OgiError(
            f"没有表 {error.args[0]}。可选：{known}", f"There is no table {error.args[0]}. There are: {known}", status=2
        ) from error
