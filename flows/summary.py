"""The end of a run, in words: for the person at the terminal, and for Prefect's page."""

from __future__ import annotations

from flows.record import RunRecord
from flows.text import table
from transform.contracts import load_enums
from warehouse.home import Home

_STATE = {"running": "运行中 running", "completed": "完成 completed", "failed": "失败 failed"}
_ROWS = ["行数有变的表 tables whose number of rows changed", "此前 before", "现在 now"]


def text(record: RunRecord, home: Home) -> str:
    """The summary for a terminal."""
    parts = [f"运行 run {record.run_id}: {_STATE[record.state]}"]
    if record.nothing_new:
        parts.append("没有新内容，已发布的数据库不变。 Nothing new; the published warehouse stays as it is.")
    parts.append(table(["文件 documents", ""], _counts(record), right=(False, True)))
    if record.crawled:
        head = ["来源 source", "页面 addresses", "结果 outcome", ""]
        parts.append(table(head, _crawled(record), right=(False, False, False, True)))
    if record.expected:
        head = ["来源 source", "应有报告 expected", "找到 found", "缺 missing"]
        parts.append(table(head, _expected(record), right=(False, True, True, True)))
    if record.issues_by_rule:
        head = ["严重程度 severity", "规则 rule", "来自 origin", "问题 issues"]
        parts.append(table(head, _issues(record), right=(False, False, False, True)))
    if record.build:
        parts.append(table(["构建 build", record.build], _build(record), right=(False, False)))
    if changed := _rows(record):
        parts.append(table(_ROWS, changed, right=(False, True, True)))
    if record.problems:
        parts.append("\n".join(["未成之事 problems:", *(f"- {problem}" for problem in record.problems)]))
    if record.remarks:
        parts.append("\n".join(["请注意 remarks:", *(f"- {remark}" for remark in record.remarks)]))
    parts.append(table(["位置 where", ""], _places(record, home)))
    return "\n\n".join(parts)


def markdown(record: RunRecord, home: Home) -> str:
    """The summary as Markdown."""
    parts = [
        f"## {record.run_id}",
        _markdown_table(["文件 documents", ""], _counts(record)),
        _markdown_table(["来源 source", "页面 addresses", "结果 outcome", "数量"], _crawled(record)),
        _markdown_table(["来源 source", "应有报告 expected", "找到 found", "缺 missing"], _expected(record)),
        _markdown_table(["严重程度 severity", "规则 rule", "来自 origin", "问题 issues"], _issues(record)),
        _markdown_table(["构建 build", record.build or ""], _build(record)),
        _markdown_table(_ROWS, _rows(record)),
        _markdown_table(["位置 where", ""], _places(record, home)),
        *(f"- {sentence}" for sentence in (*record.problems, *record.remarks)),
    ]
    return "\n\n".join(parts)


def _counts(record: RunRecord) -> list[list[str]]:
    counts = [
        ("来源中的文件 in the sources", record.seen),
        ("　新文件 new", record.new),
        ("　内容有变 changed", record.changed),
        ("　种类不明、已跳过 of unknown kinds, passed over", record.unknown),
        ("本次读取 read in this run", record.read),
        ("数据库中的文件 in the warehouse", record.documents),
        ("　未能读作报告 not readable as reports", record.failed),
        ("有变动、重新核对的机关 agencies judged again", record.judged),
        ("现行报告 current filings", record.filings),
        ("未消问题 open issues", record.issues),
    ]
    return [[name, str(number)] for name, number in counts if number is not None]


def _expected(record: RunRecord) -> list[list[str]]:
    return [
        [row["source"], str(row["expected"]), str(row["found"]), str(row["expected"] - row["found"])]
        for row in record.expected
    ]


def _crawled(record: RunRecord) -> list[list[str]]:
    labels = {
        (name, value.code): f"{value.label_zh} {value.label_en}"
        for name in ("address_role", "crawl_outcome")
        for value in load_enums()[name]
    }
    return [
        [
            row["source"],
            labels["address_role", row["role"]],
            labels["crawl_outcome", row["outcome"]],
            str(row["addresses"]),
        ]
        for row in record.crawled
    ]


def _issues(record: RunRecord) -> list[list[str]]:
    return [[row["severity"], row["rule"], row["origin"], str(row["issues"])] for row in record.issues_by_rule]


def _build(record: RunRecord) -> list[list[str]]:
    """How the build was made, and how it differs from the one published before."""
    rows = [["底本 made on top of", record.base or "（全部新建 all anew）"]]
    if record.copied is not None:
        rows.append(["底本的副本 copy of it", copy_told(record)])
    if record.bytes is not None and record.bytes_written is not None:
        size, written = record.bytes / 2**20, record.bytes_written / 2**20
        rows.append(["大小与写盘 size, written", f"{size:.1f} MiB, {written:.1f} MiB"])
    told = record.comparison
    if told:
        rows += [
            ["现行报告 current filings", f"{told['filings_before']:.0f} → {told['filings_now']:.0f}"],
            ["未变文件中变了的数字 figures changed", f"{told['cells_changed']:.0f}"],
            ["未消问题 open issues", f"{told['issues_before']:.0f} → {told['issues_now']:.0f}"],
        ]
    return rows


def copy_told(record: RunRecord) -> str:
    """How the build that a build starts from was copied; empty where it starts from none, or nobody noted it."""
    if record.copied is None:
        return ""
    if record.copied == 0:
        return "共用数据块 shares its blocks"
    return f"复制 copied, {record.copied / 2**20:.1f} MiB"


def _rows(record: RunRecord) -> list[list[str]]:
    """The tables that have more or fewer rows than in the build published before."""
    return [
        [row["table"], "—" if row["before"] is None else str(row["before"]), str(row["now"])]
        for row in record.rows
        if row["before"] != row["now"]
    ]


def _places(record: RunRecord, home: Home) -> list[list[str]]:
    places = []
    if home.published.exists():
        places.append(["数据库 warehouse", str(home.published)])
    if record.docs:
        places.append(["校验报告 Data Docs", str(home.root / record.docs / "index.html")])
    return [*places, ["本次记录 record", str(home.runs / f"{record.run_id}.json")]]


def _markdown_table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
