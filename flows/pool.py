"""Reading many documents in worker processes, in order, surviving what a document does to its worker.

A document can crash a C library, eat all memory or never end. Each worker
therefore has one document at a time, and bounds on its memory and on the
processor time of each document: where a worker dies or takes too long, it is
known which document did it; that one is reported and a new worker goes on
with the next.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import ForkContext, ForkServerContext
from time import monotonic

from extract.model import ErrorCode
from flows.documents import Reading, Task, failed
from flows.worker import OUT_OF_MEMORY, work

SECONDS = 1200.0
"""A document that takes longer, working or waiting, is given up; what works is
bounded more tightly by ``flows.worker.PROCESSOR_SECONDS``."""

ATTEMPTS = 2
"""Workers that may die on one document (the first may have been killed for another's sake)."""

_AHEAD = 8
"""Finished documents that may wait for a slower one before them, per worker."""


def default_jobs() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_all(tasks: Sequence[Task], jobs: int) -> Iterator[Reading]:
    """The reading of every task, in order, by up to ``jobs`` workers.

    A document that took more processor time than it may has the error
    ``too_large``; one on which workers died, or that took longer than
    ``SECONDS``, ``unreadable``. RuntimeError if no worker can be started at
    all.
    """
    crew = _Crew(tasks, max(1, min(jobs, len(tasks))))
    try:
        for number in range(len(tasks)):
            yield crew.result(number)
    finally:
        crew.stop()


class _Lost(Exception):
    """A worker died, or was given up, on its document."""

    def __init__(self, code: ErrorCode, message: str, final: bool) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.final = final  # another attempt would only lose the same time again


class _Crew:
    """The workers, what they are to do and what they have done."""

    def __init__(self, tasks: Sequence[Task], size: int) -> None:
        self.tasks = tasks
        self.waiting = deque(range(len(tasks)))
        self.attempts: dict[int, int] = {}
        self.done: dict[int, Reading] = {}
        self.context = _context(len(tasks))
        self.workers = [_Worker(self.context) for _ in range(size)] if tasks else []
        for worker in self.workers:
            worker.await_start()

    def result(self, number: int) -> Reading:
        """The reading of one task; to be asked for in order."""
        while number not in self.done:
            self._hand_out(number + _AHEAD * len(self.workers))
            wait([worker.pipe for worker in self.workers if worker.number is not None], timeout=1.0)
            for place, worker in enumerate(self.workers):
                if worker.number is not None:
                    self._collect(place, worker, worker.number)
        return self.done.pop(number)

    def _hand_out(self, before: int) -> None:
        for worker in self.workers:
            if worker.number is None and self.waiting and self.waiting[0] < before:
                number = self.waiting.popleft()
                worker.give(number, self.tasks[number])

    def _collect(self, place: int, worker: _Worker, number: int) -> None:
        try:
            reading = worker.take()
        except _Lost as lost:
            worker.stop()
            self.workers[place] = _Worker(self.context)
            self.workers[place].await_start()
            self.attempts[number] = self.attempts.get(number, 0) + 1
            if self.attempts[number] < ATTEMPTS and not lost.final:
                self.waiting.appendleft(number)
                return
            reading = failed(self.tasks[number], lost.code, str(lost))
        if reading is not None:
            self.done[number] = reading

    def stop(self) -> None:
        """Ends the workers, whatever they are doing."""
        for worker in self.workers:
            worker.stop()


def _context(tasks: int) -> ForkServerContext | ForkContext:
    """How workers are started: from a server that has loaded the readers once;
    for a single document, where no thread could be caught in the middle of
    something, as a copy of this process, which has loaded them too."""
    if tasks == 1 and threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("fork")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.documents"])
    return context


class _Worker:
    """A process that reads one document at a time."""

    def __init__(self, context: ForkServerContext | ForkContext) -> None:
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.number: int | None = None
        self.since = 0.0

    def await_start(self) -> None:
        """Waits for the worker's first sign of life."""
        try:
            self.pipe.recv()
        except EOFError as error:
            self.process.join()
            raise RuntimeError(f"a worker process ended at its start (exit code {self.process.exitcode})") from error

    def give(self, number: int, task: Task) -> None:
        self.number, self.since = number, monotonic()
        with contextlib.suppress(OSError):  # a worker that has died is found by take
            self.pipe.send(task)

    def take(self) -> Reading | None:
        """The reading if it is there, None if not yet; _Lost if it will never come."""
        if self.pipe.poll():
            try:
                reading: Reading = self.pipe.recv()
            except (EOFError, OSError):
                self.process.join()
                raise _death(self.process.exitcode) from None
            self.number = None
            return reading
        if monotonic() - self.since > SECONDS:
            message = f"读取超过 {SECONDS:.0f} 秒 / reading took more than {SECONDS:.0f} s"
            raise _Lost("unreadable", message, final=True)
        return None

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _death(code: int | None) -> _Lost:
    """Why a worker died, by its exit code."""
    if code == -signal.SIGXCPU:
        return _Lost("too_large", "读取耗时过长，已停止 / reading took too long and was stopped", final=True)
    if code == OUT_OF_MEMORY:
        return _Lost("too_large", "内存不足以读取 / there is not enough memory to read the file", final=False)
    message = f"读取进程中途终止（退出码 {code}）/ the reading process ended (exit code {code})"
    return _Lost("unreadable", message, final=False)
