"""The child process of ``warehouse.query``: runs one query and ends.

It is started as a file of its own in isolated mode and imports nothing of the
project. Request: one JSON object on standard input. Answer: one line of JSON,
then, for a result, an Arrow stream.

What keeps a query from doing harm, each for itself: the file is opened
read-only; DuckDB's access to files, network, extensions and settings is shut
and the shutting locked; the process may write no file and use a bounded amount
of memory and processor time. The look at the query's syntax tree beforehand is
there for clear messages and for what DuckDB would still tell (paths, settings).
"""

from __future__ import annotations

import json
import math
import re
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # DuckDB and pyarrow do without them here, and they take longer to import than all the rest.
    sys.modules["numpy"] = sys.modules["pandas"] = None  # type: ignore[assignment]

import duckdb
import pyarrow as pa

MAX_BYTES = 256 * 2**20
MAX_MESSAGE = 2000
"""Characters of a message: an error may quote whatever the query made."""

_QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_TABLE_FUNCTIONS = {
    "range", "generate_series", "unnest", "json_each", "json_tree", "histogram", "histogram_values",
    "duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_types", "duckdb_functions", "pragma_table_info",
    # the warehouse's own macros (warehouse/sql/macros)
    "filings_as_of", "figures_as_of",
}  # fmt: skip
_REFUSED_FUNCTIONS = {
    "getenv", "current_setting", "current_query", "current_connection_id", "current_query_id",
    "current_transaction_id", "txid_current", "getvariable", "nextval", "currval", "write_log", "pg_sleep", "sleep_ms",
    "json_execute_serialized_sql", "json_serialize_plan", "parse_duckdb_log_message", "current_user", "session_user",
    "user", "current_role", "pg_conf_load_time", "pg_postmaster_start_time",
}  # fmt: skip
_CATALOG_VIEWS = {"duckdb_tables", "duckdb_columns", "duckdb_views", "duckdb_types"}
_SYSTEM_NAME = re.compile(r"(duckdb|pragma|sqlite|pg)_")
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+|ANALYSE\s+)?(\(\s*FORMAT\s+\w+\s*\)\s*)?", re.IGNORECASE)
_COMMENT = re.compile(r"^(\s*(--[^\n]*(\n|$)|/\*.*?\*/))*", re.DOTALL)

_WRITES = "只能查询，不能更改数据或结构 / Only reading is allowed: this statement writes"
_OTHER_STATEMENTS = {
    "ATTACH": "不能挂接其他数据库 / Attaching databases is not allowed",
    "DETACH": "不能卸下数据库 / Detaching databases is not allowed",
    "COPY": "不能用 COPY 读写文件 / COPY, which reads and writes files, is not allowed",
    "COPY_DATABASE": "不能用 COPY 读写文件 / COPY, which reads and writes files, is not allowed",
    "EXPORT": "不能导出到文件 / Exporting to files is not allowed",
    "LOAD": "不能安装或加载扩展 / Installing and loading extensions is not allowed",
    "SET": "不能更改设置 / Changing settings is not allowed",
    "VARIABLE_SET": "不能更改设置 / Changing settings is not allowed",
    "PRAGMA": "不能使用 PRAGMA / PRAGMA is not allowed",
    "CALL": "不能使用 CALL / CALL is not allowed",
    "MULTI": "PIVOT 须写明 IN (…) 中的值 / PIVOT must name its values in IN (…)",
}


class Refused(Exception):
    """What is not allowed, in Chinese and English."""


def main() -> None:
    """Reads the request, answers it."""
    request = json.load(sys.stdin.buffer)
    try:
        limit_process(request["timeout_s"], request["memory_mb"], request["threads"])
        refuse(request["sql"])
        table, truncated = run(request)
    except Refused as error:
        answer({"outcome": "refused", "message": told(error, request["path"])})
    except duckdb.PermissionException as error:
        message = told(error, request["path"])
        answer({"outcome": "refused", "message": f"不允许的操作 / This is not allowed: {message}"})
    except (duckdb.OutOfMemoryException, MemoryError) as error:
        answer({"outcome": "failed", "message": f"内存不足 / Out of memory: {told(error, request['path'])}"})
    except duckdb.Error as error:
        answer({"outcome": "failed", "message": f"查询出错 / The query has an error: {told(error, request['path'])}"})
    except Exception as error:
        # A text that is no text, a tree too deep to be walked, what Arrow cannot hold.
        answer({"outcome": "failed", "message": f"查询出错 / The query has an error ({type(error).__name__})"})
    else:
        answer({"outcome": "rows", "truncated": truncated})
        with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as stream:
            stream.write_table(table)
    sys.stdout.buffer.flush()


def told(error: BaseException, path: str) -> str:
    """What an error says, of bounded length and without the place of the warehouse."""
    message = str(error)[: 2 * MAX_MESSAGE].replace(f"{Path(path).parent}/", "")
    return message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"


def answer(head: dict[str, Any]) -> None:
    """Writes the first line of the answer."""
    sys.stdout.buffer.write(json.dumps(head, ensure_ascii=True).encode() + b"\n")


def limit_process(timeout_s: float, memory_mb: int, threads: int) -> None:
    """Bounds what the process may use. The parent kills it by the clock; where the parent was
    killed itself, the alarm does."""
    signal.setitimer(signal.ITIMER_REAL, math.ceil(timeout_s) + 2)
    # DuckDB's own limit is the one that answers kindly. Beyond it stands room for Python, Arrow's
    # copy of the result and the address space that threads reserve without using it.
    memory = (memory_mb + 1536 + 256 * threads) * 2**20
    cpu = int(timeout_s * threads) + 5
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CPU: cpu, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0,
              resource.RLIMIT_NOFILE: 64}  # fmt: skip
    for kind, value in limits.items():
        hard = resource.getrlimit(kind)[1]
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bounded, bounded))


def lock_down(con: duckdb.DuckDBPyConnection) -> None:
    """Shuts DuckDB's access to files, network, extensions, Python's variables and its own settings."""
    for setting in (
        # It would be drawn on standard output, into the answer.
        "enable_progress_bar = false",
        "temp_directory = ''",
        "python_enable_replacements = false",
        "autoload_known_extensions = false",
        "autoinstall_known_extensions = false",
        "allow_community_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        con.execute(f"SET {setting}")


def refuse(sql: str) -> None:
    """Raises Refused where the query is more than one reading statement on the warehouse."""
    with duckdb.connect(config={"threads": "1"}) as con:
        # Even taking a text apart can reach for files: IMPORT DATABASE reads what it is to run.
        lock_down(con)
        statements = con.extract_statements(sql)
        if not statements:
            raise Refused("没有查询语句 / There is no query")
        kinds = [statement.type.name for statement in statements]
        if kinds == ["CREATE", "SELECT"] and re.search(r"\bPIVOT\b", sql, re.IGNORECASE):
            raise Refused(_OTHER_STATEMENTS["MULTI"])
        if len(statements) > 1:
            raise Refused("一次只能执行一条语句 / One statement at a time")
        query = statements[0].query
        if kinds[0] == "EXPLAIN":
            query = _EXPLAIN.sub("", _COMMENT.sub("", query, count=1), count=1)
        elif kinds[0] != "SELECT":
            raise Refused(_OTHER_STATEMENTS.get(kinds[0], f"{_WRITES} ({kinds[0]})"))
        # As a literal: a parameter would make DuckDB import pandas, a second's work.
        literal = query.replace("'", "''")
        row = con.execute(f"SELECT json_serialize_sql('{literal}')").fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        # PRAGMA says SELECT in DuckDB 1.5, and EXPLAIN may hold any statement.
        raise Refused(
            "只能执行 SELECT 查询 / Only SELECT queries are allowed"
            f" ({tree.get('error_message', 'this statement is none')})"
        )
    for node in nodes(tree["statements"]):
        refuse_node(node)


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of the syntax tree."""
    pending = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def refuse_node(node: dict[str, Any]) -> None:
    """Raises Refused for a part of a query that is not allowed."""
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERY_NODES:
        raise Refused(f"{_WRITES} ({kind.removesuffix('_NODE').lower()})")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise Refused(
                f"不允许的表函数 {name}（读取文件或系统信息） / The table function {name} is not allowed: "
                "it reads files or tells about the system"
            )
    elif "function_name" in node and str(node["function_name"]).lower() in _REFUSED_FUNCTIONS:
        name = node["function_name"]
        raise Refused(f"不允许的系统函数 {name} / The system function {name} is not allowed")
    if kind == "BASE_TABLE":
        refuse_table(node)
    if kind == "SHOW_REF":
        shown = str(node.get("table_name") or "").strip('"')
        if shown not in ("", "tables", "__show_tables_expanded"):
            raise Refused(f"只能 SHOW TABLES / SHOW {shown} is not allowed, only SHOW TABLES")


def refuse_table(node: dict[str, Any]) -> None:
    """Raises Refused for a table that is a file or the system's."""
    name = str(node["table_name"])
    schema = str(node.get("schema_name") or "").lower()
    if re.search(r"[./\\:*?]", name):
        raise Refused(f"不能读取文件：{name} / Reading files is not allowed: {name}")
    system = _SYSTEM_NAME.match(name.lower()) and name.lower() not in _CATALOG_VIEWS
    if system or schema in ("system", "temp", "pg_catalog"):
        raise Refused(f"不能查询系统表 {name} / The system table {name} is not allowed")


def run(request: dict[str, Any]) -> tuple[pa.Table, bool]:
    """The rows, at most ``limit``, and whether there were more."""
    limit = request["limit"]
    config: dict[str, Any] = {"threads": request["threads"], "memory_limit": f"{request['memory_mb']}MB"}
    with duckdb.connect(request["path"], read_only=True, config=config) as con:
        lock_down(con)
        rows = con.sql(request["sql"])
        if rows is None:
            raise Refused(_WRITES)
        table = rows.limit(limit + 1).to_arrow_table()
    if table.nbytes > MAX_BYTES:
        raise Refused(
            f"结果超过 {MAX_BYTES >> 20} MB / The result is larger than {MAX_BYTES >> 20} MB; select less at once"
        )
    return table.slice(0, limit), table.num_rows > limit


if __name__ == "__main__":
    main()
