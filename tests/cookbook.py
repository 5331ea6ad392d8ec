"""The questions of docs/cookbook.md: read, asked, and their answers written anew.

``python -m tests.cookbook WAREHOUSE`` rewrites every answer from that warehouse
file (one of the samples), ``--time`` only tells how long each question takes.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from extract.paths import ROOT
from flows.commands.sql import _table
from warehouse.query import run_query

COOKBOOK = ROOT / "docs" / "cookbook.md"

_QUESTION = re.compile(r"^## (?P<title>\d+\. .+?)$(?P<prose>.*?)```sql\n(?P<sql>.*?)```\n\n```text\n(?P<answer>.*?)```",
                       re.DOTALL | re.MULTILINE)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question of the cookbook with the answer that stands there."""

    title: str
    prose: str
    sql: str
    answer: str


def questions() -> list[Question]:
    return [Question(**match.groupdict()) for match in _QUESTION.finditer(COOKBOOK.read_text("utf-8"))]


def answer(warehouse: Path, sql: str) -> str:
    """What ``ogi sql`` prints: the query runs behind the same doors."""
    return _table(run_query(warehouse, sql).table)


def rewrite(warehouse: Path) -> None:
    """Puts the warehouse's answers into the document."""
    text = COOKBOOK.read_text("utf-8")
    for question in questions():
        old = f"```sql\n{question.sql}```\n\n```text\n{question.answer}```"
        text = text.replace(old, f"```sql\n{question.sql}```\n\n```text\n{answer(warehouse, question.sql)}```")
    COOKBOOK.write_text(text, "utf-8")


def tell_times(warehouse: Path) -> None:
    """Prints the milliseconds that each question takes on an open connection, the middle of three runs."""
    import duckdb

    times = []
    with duckdb.connect(str(warehouse.resolve()), read_only=True, config={"threads": "2"}) as con:
        for question in questions():
            runs = []
            for _ in range(3):
                began = time.perf_counter()
                con.execute(question.sql).fetchall()
                runs.append(1000 * (time.perf_counter() - began))
            times.append(sorted(runs)[1])
            print(f"{times[-1]:8.0f} ms (first {runs[0]:6.0f})  {question.title}")
    print(f"median {sorted(times)[len(times) // 2]:.0f} ms, longest {max(times):.0f} ms")


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError), contextlib.redirect_stderr(io.StringIO()):
        (tell_times if "--time" in sys.argv else rewrite)(Path(sys.argv[1]))
