"""Unvetted SQL that means harm: nothing is told, nothing is changed, everything ends in time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.exported import make_home
from warehouse import query_worker
from warehouse.query import MAX_SQL, QueryFailed, QueryRefused, run_query
from warehouse.views import load_views

ROOT = Path(__file__).parents[1]
SECRET = "a-line-that-no-query-may-read"
CANARY = "a-variable-that-no-query-may-read"
TIMEOUT_S = 1.0
SLACK_S = 3.0  # to start and to be reaped on a busy machine; alone it is 0.3
ATTACKS: dict[str, list[Any]] = yaml.safe_load((Path(__file__).with_name("query_attacks.yaml")).read_text("utf-8"))
BOMBS = ("without end", "memory", "parser")


@dataclass(frozen=True)
class End:
    """How an attack ended: what was told, in how many seconds."""

    attack: str
    outcome: str
    told: str
    seconds: float


def spelt(attack: Any, folder: Path) -> str:
    if isinstance(attack, dict):
        times = attack["times"]
        attack = (
            attack["before"] + attack["repeat"] * times + attack.get("middle", "")
            + attack.get("close", "") * times + attack.get("after", "")
        )  # fmt: skip
    for name, value in {"file": folder / "secret.csv", "folder": folder, "url": "http://127.0.0.1:9"}.items():
        attack = attack.replace(f"{{{name}}}", str(value))
    return str(attack)


def few() -> list[Any]:
    """Every sixth attack that is refused: the look at the query, which refuses them, is tested on all."""
    quiet = [attack for kind, attacks in ATTACKS.items() if kind not in BOMBS for attack in attacks]
    return quiet[::6]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attacked") / "warehouse-1.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE cell AS SELECT range AS n, 'x' || range AS name FROM range(50)")
    for name in ("secret.csv", "schema.sql", "load.sql"):
        (path.parent / name).write_text(f"{SECRET},1\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def ends(warehouse: Path) -> Iterator[list[End]]:
    """Every bomb and some others, each in its child as `ogi sql` runs it."""
    before = state(warehouse.parent)
    os.environ["OGI_CANARY"] = CANARY

    def run(attack: Any) -> End:
        sql, began = spelt(attack, warehouse.parent), time.monotonic()
        try:
            rows = run_query(warehouse, sql, timeout_s=TIMEOUT_S, memory_mb=256, threads=1).table
            outcome, told = "rows", str(rows.slice(0, 100).to_pylist())
        except (QueryRefused, QueryFailed) as error:
            outcome, told = type(error).__name__, str(error)
        return End(sql[:200], outcome, told, time.monotonic() - began)

    bombs = [attack for kind in BOMBS for attack in ATTACKS[kind]]
    with ThreadPoolExecutor(6) as pool:
        yield list(pool.map(run, [*few(), *bombs]))
    del os.environ["OGI_CANARY"]
    assert state(warehouse.parent) == before


def state(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*"))}


def children() -> list[str]:
    """Command lines of this process's children that are queries'."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
            line = stat.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if parent == str(os.getpid()) and "query_worker" in line:
            found.append(line)
    return found


def test_the_list_is_long_enough() -> None:
    assert sum(map(len, ATTACKS.values())) >= 240 and all(len(attacks) >= 7 for attacks in ATTACKS.values())


@pytest.mark.parametrize("kind", [kind for kind in ATTACKS if kind not in BOMBS])
def test_the_look_at_a_query_refuses(kind: str, warehouse: Path) -> None:
    for attack in ATTACKS[kind]:
        sql = spelt(attack, warehouse.parent)
        try:
            query_worker.refuse(sql)
        except (query_worker.Refused, duckdb.Error, TypeError) as error:
            assert SECRET not in str(error)
            continue
        # What turns out to be a table's name is left to DuckDB, which has none of that name.
        with pytest.raises(QueryFailed, match="does not exist"):
            run_query(warehouse, sql)


def test_the_doors_alone_keep_the_secret(warehouse: Path) -> None:
    """Without the look at the query: DuckDB locked down and the limits of the process."""
    script = (
        "import sys, json; sys.path.insert(0, 'warehouse'); import query_worker as w\n"
        "w.limit_process(60, 256, 1)\n"
        "for sql in json.load(sys.stdin):\n"
        "    try:\n        rows = w.run(dict(path=sys.argv[1], sql=sql, limit=50, threads=1, memory_mb=256))[0]\n"
        "        print('ROWS', rows.to_pylist())\n"
        "    except Exception as error:\n        print('ERROR', str(error)[:5000].replace(chr(10), ' '))\n"
    )
    before = state(warehouse.parent)
    attacks = [spelt(a, warehouse.parent) for kind in ATTACKS if kind not in BOMBS for a in ATTACKS[kind]]
    out = subprocess.run(
        [sys.executable, "-c", script, str(warehouse)], input=json.dumps(attacks), cwd=ROOT, text=True,
        capture_output=True, check=True, env={"OGI_CANARY": CANARY, "PYTHONIOENCODING": "utf-8:backslashreplace"},
        timeout=120,
    ).stdout  # fmt: skip
    assert out.count("ERROR") + out.count("ROWS") >= len(attacks)
    assert SECRET not in out and CANARY not in out
    assert state(warehouse.parent) == before


def test_nothing_is_told(ends: list[End], warehouse: Path) -> None:
    for end in ends:
        assert SECRET not in end.told and CANARY not in end.told, end
        if str(warehouse.parent) not in end.attack:
            assert str(warehouse.parent) not in end.told, end
        assert not re.search(r"/(site-packages|usr|home|root|etc)/", end.told.replace(end.attack, "")), end
        if end.outcome != "rows":
            assert len(end.told) < 3000 and " / " in end.told, end


def test_everything_ends_in_time(ends: list[End]) -> None:
    late = [end for end in ends if end.seconds > TIMEOUT_S + SLACK_S]
    assert not late
    stopped = [end for end in ends if "已中止" in end.told]
    assert len(stopped) >= 10  # else these are no bombs


def test_no_child_is_left(ends: list[End]) -> None:
    assert len(ends) > 90 and children() == []


def test_a_query_that_is_too_long_is_not_even_sent(warehouse: Path) -> None:
    began = time.monotonic()
    with pytest.raises(QueryRefused, match="1,000,000"):
        run_query(warehouse, "(" * (MAX_SQL + 1))
    assert time.monotonic() - began < 0.1


PARENT = """
import sys
from pathlib import Path
from tests.memory import peak_mib
from warehouse.query import QueryFailed, QueryRefused, run_query
base = peak_mib()
try:
    rows = run_query(Path(sys.argv[1]), sys.argv[2], memory_mb=1024, timeout_s=20, limit=10**9).table.num_rows
except (QueryFailed, QueryRefused) as error:
    rows = -1
print(rows, round(peak_mib() - base))
"""


@pytest.mark.parametrize(
    ("sql", "rows", "megabytes"),
    [
        ("SELECT repeat('x', 20000000) FROM range(12)", 12, 420),  # 240 MB, just let through
        ("SELECT repeat('x', 20000000) FROM range(30)", -1, 30),
        ("SELECT error(repeat('x', 60000000))", -1, 30),
    ],
)
def test_the_parents_memory_is_bounded(warehouse: Path, sql: str, rows: int, megabytes: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(warehouse), sql], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found, used = map(int, done.stdout.split())
    assert found == rows and used < megabytes


def test_a_child_that_answers_without_end_is_cut_off(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should the child be taken over: the parent believes neither its length nor its clock."""
    worker = tmp_path / "worker.py"
    monkeypatch.setattr("warehouse.query._WORKER", worker)
    monkeypatch.setattr("warehouse.query.MAX_ANSWER", 10 * 2**20)
    worker.write_text("import sys\nwhile True: sys.stdout.write('x' * 1000000)", "utf-8")
    with pytest.raises(QueryFailed, match="too large"):
        run_query(warehouse, "SELECT 1", timeout_s=20)
    worker.write_text("import os, time\nos.close(1)\ntime.sleep(60)", "utf-8")
    with pytest.raises(QueryFailed, match="stopped after 1"):
        run_query(warehouse, "SELECT 1", timeout_s=1)
    worker.write_text("import os\nos.close(0)\nprint('{')", "utf-8")
    with pytest.raises(QueryFailed):
        run_query(warehouse, "x" * 900_000, timeout_s=20)
    assert children() == []


def test_a_child_whose_parent_was_killed_ends_by_itself(warehouse: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from warehouse.query import run_query\n"
        "run_query(Path(sys.argv[1]), 'SELECT sum(hash(a)) FROM range(1000000000000) t(a)', timeout_s=1)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(warehouse)], cwd=ROOT)
    until = time.monotonic() + 20
    child = None
    while child is None and time.monotonic() < until:
        found = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        # Once it computes, its limits are set.
        child = next((pid for pid in found if len(list(Path(f"/proc/{pid}/task").iterdir())) > 1), None)
        time.sleep(0.01)
    parent.kill()
    parent.wait()
    assert child is not None
    while running(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not running(child)


def running(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_analysts_ask_is_answered(tmp_path: Path) -> None:
    """Every query of the READMEs, every view, and what clients ask to find their way."""
    path = make_home(tmp_path)
    quoted = [
        sql
        for name in ("README.md", "README.en.md")
        for sql in re.findall(r'ogi sql "(.+?)"\n', (ROOT / name).read_text("utf-8"))
    ]
    assert len(quoted) >= 8
    asked = [
        *dict.fromkeys(quoted),
        *(f"FROM {view.name} LIMIT 3" for view in load_views()),
        "SHOW TABLES",
        "PRAGMA table_info('cell')",
        "FROM information_schema.columns LIMIT 3",
        "SUMMARIZE dim_filing",
    ]

    def ask(sql: str) -> int:
        return len(run_query(path, sql, timeout_s=60).table.column_names)

    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(ask, asked))


def test_the_child_leaves_out_what_takes_longest_to_import() -> None:
    """numpy and pandas are kept out of the child; they would double the time of a query."""
    code = (
        'import runpy, sys, io; sys.stdin = io.TextIOWrapper(io.BytesIO(b\'{"sql": "", "timeout_s": 5, '
        '"memory_mb": 64, "threads": 1, "path": "x"}\'))\n'
        f"runpy.run_path({str(ROOT / 'warehouse' / 'query_worker.py')!r}, run_name='__main__')\n"
        "assert sys.modules['numpy'] is None and sys.modules['pandas'] is None"
    )
    assert subprocess.run([sys.executable, "-I", "-c", code], capture_output=True).returncode == 0
