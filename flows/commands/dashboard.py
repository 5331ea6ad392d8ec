"""``ogi dashboard``: serves the quality dashboard."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from dashboard.export import ExportError, export_pages
from dashboard.settings import MIN_TOKEN, Settings
from flows.commands.builds import nothing_published
from flows.commands.serving import serve
from flows.progress import stage
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.folders import FolderInUse
from warehouse.home import Home

TOKEN = "OGI_REVIEW_TOKEN"
"""The environment variable that holds the access token of reviewers."""


def dashboard_command(
    port: int,
    host: str,
    base_path: str,
    reviewing: bool,
    prefect_url: str | None,
    processes: int,
    home_option: Path | None,
) -> int:
    """Serves the home's dashboard until it is interrupted. OgiError for settings that cannot be."""
    home, samples_by_default = homes.for_reading(home_option)
    settings = dashboard_settings(home, base_path, reviewing, prefect_url)
    if samples_by_default:
        print("注意：以下来自虚构样例。 Note: this is from the fictitious samples.", file=sys.stderr)
    shown = f"[{host}]" if ":" in host else host
    print(f"质量仪表盘 dashboard: http://{shown}:{port}{base_path}/", file=sys.stderr)
    if not home.published.exists():
        print("尚无已发布的数据库；发布后即可显示。 Nothing is published yet; shown when it is.", file=sys.stderr)
    try:
        serve(settings, host, port, processes)
    except OSError as error:
        raise OgiError(
            f"无法在 {host}:{port} 提供服务，端口可能已被占用。请用 --port 换一个。",
            f"{host}:{port} cannot be served; the port may be taken. Choose another with --port.",
        ) from error
    except KeyboardInterrupt:
        pass
    return 0


def export_command(target: Path, province: str | None, year: int | None, home_option: Path | None) -> int:
    """Writes the dashboard's pages as files. OgiError where nothing is published or they cannot be written."""
    home, samples_by_default = homes.for_reading(home_option)
    if samples_by_default:
        print("注意：以下来自虚构样例。 Note: this is from the fictitious samples.", file=sys.stderr)
    if not home.published.exists():
        raise nothing_published(home)
    try:
        filings = export_pages(Settings(home), target, province, year, partial(stage, "导出页面", "exporting pages"))
    except FolderInUse as error:
        raise OgiError(
            f"{error.args[0]} 已有其他内容。请用新的或空的文件夹，或以前的导出。",
            f"{error.args[0]} holds something else. Use a new or empty folder, or an earlier export.",
        ) from error
    except (OSError, ExportError) as error:
        raise OgiError(f"导出失败：{error}", f"The export failed: {error}") from error
    print(f"{target / 'index.html'}：{filings} 份有问题的报告 flagged filings")
    return 0


def dashboard_settings(home: Home, base_path: str, reviewing: bool, prefect_url: str | None) -> Settings:
    """Settings from what the command was given and the environment; OgiError where they cannot be."""
    token = os.environ.get(TOKEN, "").strip() or None
    if reviewing and (token is None or len(token) < MIN_TOKEN):
        raise OgiError(
            f"开放复核须在环境变量 {TOKEN} 中给出至少 {MIN_TOKEN} 个字符的访问令牌。",
            f"Reviewing needs an access token of {MIN_TOKEN} characters at least in the environment variable {TOKEN}.",
            status=2,
        )
    try:
        return Settings(home, base_path.rstrip("/"), token if reviewing else None, prefect_url)
    except ValueError as error:
        raise OgiError(f"设置无效：{error}", f"Not a valid setting: {error}", status=2) from error
