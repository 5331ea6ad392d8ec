"""The console command ``ogi``.

This module only declares the commands: each imports what it does when it is
called, so that ``ogi extract`` starts without what ``ogi run`` needs.
Data goes to standard output, messages to standard error. Exit status: 2 for
wrong usage, 1 for what the command's help says, else 0.
"""

from __future__ import annotations

import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from warehouse.errors import OgiError

app = typer.Typer(
    help="政府信息公开工作年度报告：读取、核对、入库、查询。\n\n"
    "Annual reports on government information disclosure: read, checked, loaded, queried.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
sources_app = typer.Typer(help="来源文件。 Source files.", no_args_is_help=True)
warehouse_app = typer.Typer(help="已建成的数据库。 Builds of the warehouse.", no_args_is_help=True)
archive_app = typer.Typer(help="采集所得的网页存档（WARC）。 What was crawled (WARC).", no_args_is_help=True)
app.add_typer(archive_app, name="archive")
app.add_typer(sources_app, name="sources")
app.add_typer(warehouse_app, name="warehouse")


def _existing(paths: list[str]) -> list[str]:
    """Paths as given (they become names of documents), all of which must exist."""
    for path in paths:
        if not Path(path).exists():
            raise typer.BadParameter(f"{path} 不存在 / does not exist")
    return paths


Paths = Annotated[
    list[str], typer.Argument(callback=_existing, help="文件或文件夹（含子文件夹）。 Files or folders (recursive).")
]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="并行进程数，默认为处理器核数。 Worker processes; default: cores.")
]
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", file_okay=False, help="数据目录，默认 OGI_HOME 或 var/。 Home; default: OGI_HOME or var/."),
]


class TextOrJson(StrEnum):
    """Formats of a report."""

    text = "text"
    json = "json"


class Decision(StrEnum):
    """A reviewer's decisions."""

    confirmed = "confirmed"
    dismissed = "dismissed"
    waiting = "waiting"


class PageFormat(StrEnum):
    """Formats of a document."""

    md = "md"
    html = "html"


class ResultFormat(StrEnum):
    """Formats of a query's result."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class ExportFormat(StrEnum):
    """Formats of exported tables."""

    parquet = "parquet"
    csv = "csv"
    both = "both"


@app.command()
def run(
    sources: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            help="来源文件、来源文件夹，或直接是存放报告的文件夹。 "
            "A source file, a folder of source files, or a plain folder of reports.",
        ),
    ] = None,
    home: HomeOption = None,
    jobs: Jobs = None,
    from_archive: Annotated[
        bool,
        typer.Option(
            "--from-archive",
            help="不联网，只用已存档的网页。 Fetches nothing; rebuilds from what was archived.",
        ),
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help="全部重建，不以已发布的库为底本。 Makes everything anew, taking nothing from the published build.",
        ),
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="local[:N]|ADDRESS",
            help="在 Dask 上读取：本机进程，或调度器地址（tcp://host:8786）；默认 OGI_DASK。 "
            "Reads on Dask: workers of this machine, or a scheduler's address; default: OGI_DASK.",
        ),
    ] = None,
    take_store: Annotated[
        bool,
        typer.Option(
            "--take-store",
            help="由本数据目录接管对象存储（OGI_STORE），原来写入它的不再运行。 Takes over the store on object storage "
            "(OGI_STORE) from a home that runs no more.",
        ),
    ] = False,
) -> None:
    """夜间运行：采集、归档、读取、建表、核对、发布。 The nightly run.

    The nightly run: crawl, archive, extract, transform, load, check, compare, publish. Exit status 1 when a source or
    a stage failed, or when the build lost more than it may (then it is kept and not published).
    """
    from flows.commands.run import run_command

    raise typer.Exit(
        run_command(
            sources,
            home,
            jobs,
            from_archive=from_archive,
            whole=whole,
            dask_option=dask,
            take_store=take_store,
        )
    )


@app.command()
def serve(
    cron: Annotated[str, typer.Option(help="夜间运行的时间（cron 五段）。 When nights run (cron, five fields).")] = (
        "0 2 * * *"
    ),
    timezone: Annotated[str, typer.Option(help="计划的时区。 Time zone of the schedule.")] = "Asia/Shanghai",
    sources: Annotated[Path | None, typer.Option(exists=True, help="同 ogi run 的 --sources。 As for ogi run.")] = None,
    home: HomeOption = None,
    jobs: Jobs = None,
) -> None:
    """按计划夜间运行，无须另设服务器。 Runs nights by schedule.

    Runs nights by schedule, a verification every week, and backfills on demand, with a Prefect server of its own, until
    it is stopped (Ctrl-C or SIGTERM). One per home.
    """
    from flows.commands.serve import serve_command

    raise typer.Exit(serve_command(sources, home, jobs, cron, timezone))


@app.command()
def extract(paths: Paths, jobs: Jobs = None) -> None:
    """读取报告，每份输出一行 JSON。 Reads documents into JSON lines.

    Reads documents; one JSON object per document and line. Exit status 1 when a document has an error.
    """
    from flows.commands.read import extract_command

    raise typer.Exit(extract_command(paths, jobs))


@app.command()
def check(
    paths: Paths,
    output: Annotated[TextOrJson, typer.Option("--format", help="输出格式。 Output format.")] = TextOrJson.text,
    letter: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="更正通知（DOCX）写入的文件夹。 Folder for correction notices (DOCX)."),
    ] = None,
    jobs: Jobs = None,
) -> None:
    """报送前自查：读取报告并核对每条规则。 Checks reports before filing.

    Checks reports before they are filed. Exit status 1 on an issue of severity error or an unreadable document.
    """
    from flows.commands.read import check_command

    raise typer.Exit(check_command(paths, output.value, jobs, letter))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="一条 SQL 查询。 One SQL query.")],
    output: Annotated[ResultFormat, typer.Option("--format", help="输出格式。 Output format.")] = ResultFormat.table,
    limit: Annotated[int, typer.Option(min=1, help="最多行数。 At most so many rows.")] = 10_000,
    file: Annotated[
        Path | None, typer.Option("--output", dir_okay=False, help="写入文件（parquet 必填）。 File to write to.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """对已发布数据库的只读查询。 Read-only SQL.

    Read-only SQL on the published warehouse. Exit status 1 when the query was refused or failed.
    """
    if output is ResultFormat.parquet and file is None:
        raise typer.BadParameter("parquet 须写入文件 / parquet needs a file", param_hint="--output")
    from flows.commands.sql import sql_command

    raise typer.Exit(sql_command(query, output.value, limit, file, home))


@app.command()
def dashboard(
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口。 Port.")] = 8321,
    host: Annotated[
        str, typer.Option(help="监听的地址，默认只限本机。 Address to listen at; default: this machine.")
    ] = ("127.0.0.1"),
    base_path: Annotated[str, typer.Option(help="反向代理下的路径，如 /ogi。 Path behind a proxy, such as /ogi.")] = "",
    reviewing: Annotated[
        bool,
        typer.Option(
            "--reviewing",
            help="开放复核；访问令牌取自环境变量 OGI_REVIEW_TOKEN。 "
            "Switches reviewing on; the access token stands in the environment variable OGI_REVIEW_TOKEN.",
        ),
    ] = False,
    prefect_url: Annotated[str | None, typer.Option(help="Prefect 页面的网址。 Address of Prefect's pages.")] = None,
    processes: Annotated[
        int,
        typer.Option(
            min=1,
            max=16,
            help="同时服务的进程数，每个约需半 GB 内存。 Processes that serve; each takes up to half a GB of memory.",
        ),
    ] = 1,
    export_to: Annotated[
        Path | None,
        typer.Option(
            "--export",
            file_okay=False,
            help="不提供服务，把概览、有问题的报告和规则写成静态文件。 "
            "Serves nothing: writes overview, flagged filings and rules as static files.",
        ),
    ] = None,
    province: Annotated[
        str | None, typer.Option(help="只导出该省的报告。 Exports only this province's filings.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="只导出该年度的报告。 Exports only this year's filings.")] = None,
    home: HomeOption = None,
) -> None:
    """质量仪表盘（网页）。 Serves the quality dashboard.

    Serves the quality dashboard on this machine. Reads the published warehouse; a new build is shown when it is there.
    """
    if export_to is None and (province or year):
        raise typer.BadParameter("只用于 --export / only with --export", param_hint="--province, --year")
    from flows.commands.dashboard import dashboard_command, export_command

    if export_to is not None:
        raise typer.Exit(export_command(export_to, province, year, home))
    raise typer.Exit(dashboard_command(port, host, base_path, reviewing, prefect_url, processes, home))


@app.command()
def export(
    target: Annotated[
        str,
        typer.Argument(
            help="新的或空的文件夹，或以前的导出；或 s3://桶/前缀；或 ducklake:文件夹。 "
            "A new or empty folder, or an earlier export; or s3://bucket/prefix; or ducklake:FOLDER."
        ),
    ],
    output: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="格式，默认两种（s3 为 parquet）。 Formats; default: both (s3: parquet)."),
    ] = None,
    tables: Annotated[
        list[str] | None,
        typer.Option(help="只导出这些表（逗号分隔，可重复）。 Only these tables (comma-separated; may be repeated)."),
    ] = None,
    data_path: Annotated[
        str | None,
        typer.Option(help="新建 DuckLake 的数据位置（s3://…）。 Where a new DuckLake keeps its files (s3://…)."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """导出已发布的数据表：Parquet、CSV，附数据包说明。 Exports the published tables.

    Exports the published tables as Parquet and CSV with a Frictionless data package. Exit status 1 when it failed.
    """
    names = [name.strip() for part in tables or () for name in part.split(",") if name.strip()]
    if tables and not names:
        raise typer.BadParameter("没有写明表 / no table is named", param_hint="--tables")
    lake = target.startswith("ducklake:")
    if lake and output:
        raise typer.BadParameter("DuckLake 有自己的格式 / a DuckLake has a format of its own", param_hint="--format")
    if data_path is not None and not (lake and data_path.startswith("s3://")):
        raise typer.BadParameter("只用于 DuckLake，须为 s3://… / only for a DuckLake: s3://…", param_hint="--data-path")
    from flows.commands.export import export_command

    raise typer.Exit(export_command(target, output.value if output else None, names, home, data_path))


@app.command()
def review(
    issue_id: Annotated[str, typer.Argument(help="问题编号（v_issues.issue_id）。 Identifier of the issue.")],
    decision: Annotated[
        Decision,
        typer.Argument(help="确认、驳回或待机关答复。 Confirmed, dismissed, or waiting for the agency."),
    ],
    reason: Annotated[str | None, typer.Option(help="理由（驳回必填）。 Reason; a dismissal needs one.")] = None,
    role: Annotated[str | None, typer.Option(help="复核人角色，不填姓名。 The reviewer's role, not a name.")] = None,
    home: HomeOption = None,
) -> None:
    """记录对一个问题的复核决定。 Records a decision on an issue.

    Records a reviewer's decision on an issue of the published warehouse. Exit status 1 when there is no such issue.
    """
    if decision is Decision.dismissed and not (reason or "").strip():
        raise typer.BadParameter("驳回须写明理由 / a dismissal needs a reason", param_hint="--reason")
    from flows.commands.review import review_command

    raise typer.Exit(review_command(issue_id, decision.value, reason, role, home))


@app.command()
def verify(
    count: Annotated[int, typer.Option(min=1, help="抽取几份文件。 How many documents.")] = 200,
    seed: Annotated[
        str | None, typer.Option(help="抽样种子，默认为本周。 Seed of the sample; default: this week.")
    ] = None,
    jobs: Jobs = None,
    home: HomeOption = None,
) -> None:
    """抽取存档重读，与已存的读数比较。 Reads a sample of the archive again.

    Reads a sample of the archive again and compares content and readings. Exit status 1 when something differs.
    """
    from flows.commands.verify import verify_command

    raise typer.Exit(verify_command(home, count, seed, jobs))


@app.command()
def backfill(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只报数，不读取。 Only says how many there are.")] = False,
    retry: Annotated[
        bool,
        typer.Option(
            "--retry",
            help="连同因内存、时间或进程终止而失败的文件。 Also what failed for want of memory or time, or was killed.",
        ),
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="最多读取几份。 At most so many documents.")] = None,
    jobs: Jobs = None,
    home: HomeOption = None,
) -> None:
    """由本版本重读旧版本读过的文件。 Reads anew what an earlier version has read.

    Reads, beside the nights, what this version of the readers has not read yet; the next run builds from it.
    """
    from flows.commands.verify import backfill_command

    raise typer.Exit(backfill_command(home, jobs, limit, dry_run=dry_run, retry=retry))


@app.command()
def notify(
    late: Annotated[
        float, typer.Option(min=0.1, help="几小时没有成功的运行算迟。 Hours after which a run is late.")
    ] = 26.0,
    test: Annotated[bool, typer.Option("--test", help="只试发一条。 Only sends a test message.")] = False,
    home: HomeOption = None,
) -> None:
    """哪里出了问题；告知 OGI_NOTIFY 中的各方。 What is wrong, told to OGI_NOTIFY.

    Says what is wrong with the nights, tells it once to the addresses in OGI_NOTIFY (environment), and writes the
    metrics. Exit status 1 when something is wrong.
    """
    from flows.commands.notify import notify_command

    raise typer.Exit(notify_command(home, late, test=test))


@app.command()
def rules(
    output: Annotated[TextOrJson, typer.Option("--format", help="输出格式。 Output format.")] = TextOrJson.text,
) -> None:
    """核对规则一览。 The catalogue of rules."""
    from flows.commands.show import rules_command

    raise typer.Exit(rules_command(output.value))


@app.command()
def form(
    edition: Annotated[str | None, typer.Argument(help="版本，如 2021。 Edition, e.g. 2021.")] = None,
    output: Annotated[TextOrJson, typer.Option("--format", help="输出格式。 Output format.")] = TextOrJson.text,
) -> None:
    """官方表格的各版本：行、列、代码。 The editions of the official form: rows, columns, codes."""
    from flows.commands.show import form_command

    raise typer.Exit(form_command(edition, output.value))


@app.command()
def dictionary(
    output: Annotated[PageFormat, typer.Option("--format", help="输出格式。 Output format.")] = PageFormat.md,
) -> None:
    """数据字典：各表、视图、列和代码集。 The data dictionary: tables, views, columns, closed sets."""
    from flows.commands.show import dictionary_command

    raise typer.Exit(dictionary_command(output.value))


@app.command()
def doctor(home: HomeOption = None) -> None:
    """检查本机安装。 What is wrong with this installation. Exit status 1 when something required is."""
    from flows.commands.doctor import doctor_command

    raise typer.Exit(doctor_command(home))


@sources_app.command("check")
def sources_check(
    path: Annotated[Path | None, typer.Argument(exists=True, help="来源文件或文件夹。 Source file or folder.")] = None,
) -> None:
    """来源文件是否有效。 Are the source files valid; exit status 1 when one is not."""
    from flows.commands.show import sources_command

    raise typer.Exit(sources_command(path))


@archive_app.command("reindex")
def archive_reindex(home: HomeOption = None) -> None:
    """由 WARC 文件重建采集台账。 Makes the crawler's ledger again from the WARC files.

    Makes crawl/ledger.sqlite again from the WARC files; one that is there is kept as ledger.sqlite.old. ogi run does so
    by itself where the ledger is lost. Exit status 1 when something could not be had again.
    """
    from flows.commands.archive import reindex_command

    raise typer.Exit(reindex_command(home))


@warehouse_app.command("list")
def warehouse_list(home: HomeOption = None) -> None:
    """列出保留的各次构建。 The builds that are kept."""
    from flows.commands.builds import list_command

    raise typer.Exit(list_command(home))


@warehouse_app.command("rollback")
def warehouse_rollback(
    build: Annotated[str | None, typer.Argument(help="构建编号，默认上一次。 Build; default: the one before.")] = None,
    home: HomeOption = None,
) -> None:
    """改为发布以前的一次构建。 Publishes an earlier build again."""
    from flows.commands.builds import rollback_command

    raise typer.Exit(rollback_command(build, home))


@warehouse_app.command("publish")
def warehouse_publish(build: Annotated[str, typer.Argument(help="构建编号。 Build.")], home: HomeOption = None) -> None:
    """发布一次已建成而未发布的构建。 Publishes a build that was held back."""
    from flows.commands.builds import rollback_command

    raise typer.Exit(rollback_command(build, home))


@warehouse_app.command("digest")
def warehouse_digest(
    build: Annotated[
        str | None, typer.Argument(help="构建编号，默认已发布的。 Build; default: the published one.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """数据库内容的摘要：内容相同则摘要相同。 The content digest: same content, same digest."""
    from flows.commands.builds import digest_command

    raise typer.Exit(digest_command(build, home))


def main() -> None:
    """Runs the command line; the console script's entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="ogi")
    except OgiError as error:
        print(error.zh, error.en, sep="\n", file=sys.stderr)
        sys.exit(error.status)


if __name__ == "__main__":
    main()
