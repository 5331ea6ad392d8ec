"""``ogi extract`` and ``ogi check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from flows.documents import Reading, Task
from flows.inbox import find
from flows.pool import default_jobs, read_all
from flows.progress import stage
from flows.text import legible


def extract_command(paths: list[str], jobs: int | None) -> int:
    """Prints one JSON object per document and line; 1 when some document has an error."""
    status = 0
    for reading in _read(paths, jobs):
        print(_line(reading), flush=True)
        if reading["error"]:
            status = 1
    return status


def check_command(paths: list[str], output: str, jobs: int | None, letters: Path | None) -> int:
    """Prints a report, or the checked readings as JSON lines; 1 on an error-severity issue or unreadable document.

    Where ``letters`` names a folder, correction notices are written into it.
    """
    from expectations.check import check_readings, render_report
    from flows.corrections import corrections

    checked = check_readings(list(_read(paths, jobs)), corrections=corrections())
    if output == "json":
        for reading in checked:
            print(_line(reading))
    else:
        print(render_report(checked))
    if letters is not None:
        from flows.commands.letters import write_letters

        write_letters(checked, letters)
    wrong = any(reading["error"] or any(i["severity"] == "error" for i in reading["issues"]) for reading in checked)
    return 1 if wrong else 0


def _read(paths: list[str], jobs: int | None) -> Iterator[Reading]:
    found = find(paths, _name_unknown)
    tasks = [Task(each.path, each.name, sidecar_beside=True, member=each.member) for each in found]
    if not tasks:
        print("没有找到可读的文件。 No document was found.", file=sys.stderr)
    if sys.stdout.isatty() or not sys.stderr.isatty():
        yield from read_all(tasks, jobs or default_jobs())
        return
    with stage("读取", "reading", len(tasks)) as advance:
        for reading in read_all(tasks, jobs or default_jobs()):
            advance()
            yield reading


def _name_unknown(path: Path) -> None:
    print(f"{legible(str(path))}: 未知的文件种类，已跳过 / unknown kind of file, passed over", file=sys.stderr)


def _line(reading: Reading) -> str:
    return json.dumps(reading, ensure_ascii=False, separators=(",", ":"))
