"""Reading many documents: order, and documents that take their worker with them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import cast

import pytest

from flows import pool
from flows.documents import Task
from flows.pool import read_all


class Harmful:
    """In the place of a path: harms whatever process reads it, but the one that made it."""

    def __init__(self, harm: str) -> None:
        self.harm = harm
        self.maker = os.getpid()

    def read_bytes(self) -> bytes:
        if os.getpid() != self.maker:
            if self.harm == "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)
        return b"harmful"


def tasks_of(folder: Path, number: int) -> list[Task]:
    tasks = []
    for position in range(number):
        path = folder / f"{position}.txt"
        path.write_text(f"第{position}份，不是年度报告")
        tasks.append(Task(path, path.name))
    return tasks


def harmful(harm: str) -> Task:
    return Task(cast(Path, Harmful(harm)), f"{harm}.pdf")


def test_many_documents_come_back_in_order(tmp_path: Path) -> None:
    tasks = tasks_of(tmp_path, 40)
    readings = list(read_all(tasks, jobs=3))
    assert [reading["source"] for reading in readings] == [task.source for task in tasks]
    assert readings == [reading for task in tasks for reading in read_all([task], jobs=1)]


def test_nothing_to_read() -> None:
    assert list(read_all([], jobs=2)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_document_that_kills_its_worker_is_unreadable_and_the_rest_is_read(tmp_path: Path, jobs: int) -> None:
    tasks = tasks_of(tmp_path, 5)
    tasks[2] = harmful("dies")
    readings = list(read_all(tasks, jobs))
    assert [reading["source"] for reading in readings] == ["0.txt", "1.txt", "dies.pdf", "3.txt", "4.txt"]
    assert [reading["error"]["code"] for reading in readings] == [
        "not_a_filing", "not_a_filing", "unreadable", "not_a_filing", "not_a_filing"
    ]  # fmt: skip
    assert "-9" in readings[2]["error"]["message"]
    assert readings[2]["cells"] == [] and len(readings[2]["sha256"]) == 64


def test_a_document_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SECONDS", 1.0)
    tasks = [harmful("sleeps"), *tasks_of(tmp_path, 2)]
    began = time.monotonic()
    readings = list(read_all(tasks, jobs=2))
    assert time.monotonic() - began < 30
    assert [reading["error"]["code"] for reading in readings] == ["unreadable", "not_a_filing", "not_a_filing"]


def test_workers_end_with_the_reader_who_stops_early(tmp_path: Path) -> None:
    readings = read_all(tasks_of(tmp_path, 20), jobs=2)
    next(readings)
    began = time.monotonic()
    readings.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 10
