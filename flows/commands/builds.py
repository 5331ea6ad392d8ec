"""``ogi warehouse``: the builds that a home keeps."""

from __future__ import annotations

import shutil
from pathlib import Path

from flows import record as records
from flows.lock import hold
from flows.record import RunRecord
from flows.summary import copy_told
from flows.text import table
from warehouse import home as homes
from warehouse import publish
from warehouse.digest import digest
from warehouse.errors import OgiError
from warehouse.home import Home


def list_command(home_option: Path | None) -> int:
    """Prints the builds, the newest first, with what their runs noted of them; the published one is marked."""
    home = homes.for_reading(home_option)[0]
    found = publish.builds(home.root)
    made = {record.build: record for record in records.load_all(home) if record.build is not None}
    rows = [
        [
            build.build_id,
            f"{build.size / 2**20:.1f}",
            *_told(made.get(build.build_id)),
            "已发布 published" if build.is_published else "",
        ]
        for build in found
    ]
    if not rows:
        raise nothing_published(home)
    head = ["构建 build", "MiB", "现行报告 current filings", "如何建成 how it was made", ""]
    print(table(head, rows, right=(False, True, True)))
    whole, free = sum(build.size for build in found) / 2**20, shutil.disk_usage(home.warehouse).free / 2**20
    print(
        f"共 in all {whole:.1f} MiB（共用数据块的文件系统上更少 less where blocks are shared）；"
        f"磁盘余 free on the disk {free:.0f} MiB"
    )
    return 0


def _told(record: RunRecord | None) -> list[str]:
    """Current filings of a build and how it was made; blank where the record of its run is gone."""
    if record is None:
        return ["", ""]
    filings = "" if record.filings is None else str(record.filings)
    if record.base is None:
        return [filings, "全部新建 all anew"]
    return [filings, "：".join(filter(None, ("副本 a copy", copy_told(record))))]


def rollback_command(build: str | None, home_option: Path | None) -> int:
    """Publishes an earlier build (the one before the published one, or the one named)."""
    home = homes.for_reading(home_option)[0]
    if publish.published(home.root) is None:
        raise nothing_published(home)
    with hold(home, "ogi warehouse rollback"):
        try:
            if build is None:
                build = publish.rollback(home.root).build_id
            else:
                publish.publish(home.root, publish.build_path(home.root, build))
        except (publish.PublishError, ValueError) as error:
            raise OgiError(f"无法发布：{error}", f"cannot be published: {error}") from error
    print(f"已发布 published: {build}")
    print("下一次运行会按当时的输入重新发布。 The next run publishes again what its inputs give.")
    return 0


def digest_command(build: str | None, home_option: Path | None) -> int:
    """Prints the content digest of the published build or of the one named."""
    home = homes.for_reading(home_option)[0]
    kept = {kept.build_id: kept.path for kept in publish.builds(home.root)}
    path = publish.published(home.root) if build is None else kept.get(build)
    if path is None and build is None:
        raise nothing_published(home)
    if path is None:
        raise OgiError(f"没有构建 {build}。", f"There is no build {build}.")
    print(digest(path))
    return 0


def nothing_published(home: Home) -> OgiError:
    """The failure of commands that need a published warehouse, with its remedy."""
    return OgiError(
        f"{home.warehouse} 中还没有已发布的数据库。请先运行 ogi run。",
        f"Nothing is published in {home.warehouse} yet. Run: ogi run",
    )
