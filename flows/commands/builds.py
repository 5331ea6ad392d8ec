"""``ogi warehouse``: the builds that a home keeps."""

from __future__ import annotations

import shutil
from pathlib import Path

from flows.lock import hold
from flows.text import table
from warehouse import home as homes
from warehouse import publish
from warehouse.digest import digest
from warehouse.errors import OgiError
from warehouse.home import Home


def list_command(home_option: Path | None) -> int:
    """Prints the builds, the newest first; the published one is marked."""
    home = homes.for_reading(home_option)[0]
    found = publish.builds(home.root)
    rows = [
        [build.build_id, f"{build.size / 2**20:.1f}", "已发布 published" if build.is_published else ""]
        for build in found
    ]
    if not rows:
        raise nothing_published(home)
    print(table(["构建 build", "MiB", ""], rows, right=(False, True)))
    whole, free = sum(build.size for build in found) / 2**20, shutil.disk_usage(home.warehouse).free / 2**20
    print(
        f"共 in all {whole:.1f} MiB（共用数据块的文件系统上更少 less where blocks are shared）；"
        f"磁盘余 free on the disk {free:.0f} MiB"
    )
    return 0


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
