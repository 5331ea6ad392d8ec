"""Reading many documents: order, and documents that take their worker with them."""

from __future__ import annotations

import os
import resource
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows import pool, worker
from flows.documents import Task
from flows.pool import Crew, read_all


@dataclass(frozen=True)
class Harmful(Task):
    """Harms whatever process reads it."""

    harm: str = ""

    def content(self) -> bytes:
        if self.harm == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.harm == "works":
            soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
            assert soft <= time.process_time() + worker.PROCESSOR_SECONDS + 1
            resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1, hard))  # that the test ends sooner
            while True:
                pass
        if self.harm == "eats":
            raise AssertionError(len(bytearray(worker.MEMORY)))
        if self.harm == "keeps":
            KEPT.append(bytearray(worker.MEMORY * 3 // 4))
            return b"x"
        if self.harm == "needs":
            return bytes(worker.MEMORY // 2)[:1] and "另一份".encode()
        time.sleep(60)
        return b""


KEPT: list[bytearray] = []


def tasks_of(folder: Path, number: int) -> list[Task]:
    tasks = []
    for position in range(number):
        path = folder / f"{position}.txt"
        path.write_text(f"第{position}份，不是年度报告")
        tasks.append(Task(path, path.name))
    return tasks


def harmful(harm: str) -> Task:
    return Harmful(Path(__file__), f"{harm}.txt", harm=harm)


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
    assert [reading["source"] for reading in readings] == ["0.txt", "1.txt", "dies.txt", "3.txt", "4.txt"]
    assert [reading["error"]["code"] for reading in readings] == [
        "not_a_filing", "not_a_filing", "unreadable", "not_a_filing", "not_a_filing"
    ]  # fmt: skip
    assert "-9" in readings[2]["error"]["message"]
    assert readings[2]["cells"] == [] and len(readings[2]["sha256"]) == 64


def test_a_single_document_cannot_harm_the_caller_either() -> None:
    (reading,) = read_all([harmful("dies")], jobs=2)
    assert reading["error"]["code"] == "unreadable"


def test_a_document_that_works_without_end_is_stopped_by_its_processor_time(tmp_path: Path) -> None:
    tasks = [*tasks_of(tmp_path, 1), harmful("works")]
    assert [reading["error"]["code"] for reading in read_all(tasks, jobs=1)] == ["not_a_filing", "too_large"]


def test_a_document_that_eats_all_memory_is_too_large_and_the_next_is_read(tmp_path: Path) -> None:
    readings = list(read_all([harmful("eats"), *tasks_of(tmp_path, 1)], jobs=1))
    assert [reading["error"]["code"] for reading in readings] == ["too_large", "not_a_filing"]
    assert "内存" in readings[0]["error"]["message"]


def test_memory_that_an_earlier_document_took_is_not_missed_by_a_later_one() -> None:
    readings = list(read_all([harmful("keeps"), harmful("needs")], jobs=1))
    assert [reading["error"]["code"] for reading in readings] == ["not_a_filing", "not_a_filing"]


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


def test_a_crew_stays_from_batch_to_batch(tmp_path: Path) -> None:
    tasks = tasks_of(tmp_path, 6)
    with Crew(2) as crew:
        first = list(crew.read_all(tasks[:4]))
        before = [each.process.pid for each in crew.workers]
        second = list(crew.read_all(tasks[4:]))
        assert [each.process.pid for each in crew.workers] == before and len(before) == 2
    assert [reading["source"] for reading in first + second] == [task.source for task in tasks]
    assert crew.workers == []


def test_a_batch_that_nobody_asks_for_any_more_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    tasks = tasks_of(tmp_path, 8)
    with Crew(2) as crew:
        asked = crew.read_all([*tasks[:2], harmful("sleeps"), *tasks[2:4]])
        assert next(asked)["source"] == tasks[0].source
        asked.close()
        assert [reading["source"] for reading in crew.read_all(tasks[4:])] == [task.source for task in tasks[4:]]


def test_a_worker_that_died_between_batches_is_replaced(tmp_path: Path) -> None:
    tasks = tasks_of(tmp_path, 8)
    with Crew(2) as crew:
        assert len(list(crew.read_all(tasks[:4]))) == 4
        for each in crew.workers:
            each.process.kill()
            each.process.join()
        readings = list(crew.read_all(tasks[4:]))
    assert [reading["error"]["code"] for reading in readings] == ["not_a_filing"] * 4


@pytest.mark.parametrize(("ended", "starts"), [(1, True), (2, True), (3, False)])
def test_a_worker_that_ends_at_its_start_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: int, starts: bool
) -> None:
    await_start, left = pool._Worker.await_start, [None] * ended

    def await_or_end(self: pool._Worker) -> None:
        if left:
            left.pop()
            self.process.kill()
            self.process.join()
            while self.pipe.poll():  # its first sign of life may have come already
                try:
                    self.pipe.recv()
                except EOFError:
                    break
        await_start(self)

    monkeypatch.setattr(pool._Worker, "await_start", await_or_end)
    tasks = tasks_of(tmp_path, 2)
    if starts:
        assert len(list(read_all(tasks, jobs=1))) == 2
    else:
        with pytest.raises(RuntimeError, match="ended at its start"):
            list(read_all(tasks, jobs=1))
