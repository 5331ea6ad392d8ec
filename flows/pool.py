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
from collections.abc import Generator, Iterator, Sequence
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

STARTS = 3
"""Workers that may end at their start, one after the other, before none can be started."""

_AHEAD = 8
"""Finished documents that may wait for a slower one before them, per worker."""


def default_jobs() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_all(tasks: Sequence[Task], jobs: int) -> Iterator[Reading]:
    """The reading of every task, in order, by up to ``jobs`` workers; as ``Crew.read_all``."""
    with Crew(min(jobs, len(tasks)), alone=len(tasks) == 1) as crew:
        yield from crew.read_all(tasks)


class _Lost(Exception):
    """A worker died, or was given up, on its document."""

    def __init__(self, code: ErrorCode, message: str, final: bool) -> None:
        super().__init__(message)
        self.code: ErrorCode = code
        self.final = final  # another attempt would only lose the same time again


class Crew:
    """Up to ``jobs`` workers that stay from one batch of documents to the next, since to start them anew for each took
    a fifth of the time. To be used as a context, which ends them; ``alone`` says that there is a single document."""

    def __init__(self, jobs: int, *, alone: bool = False) -> None:
        self.size = max(1, jobs)
        self.context = _context(alone)
        self.workers: list[_Worker] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.stop()
        self.workers = []

    def read_all(self, tasks: Sequence[Task]) -> Generator[Reading]:
        """The reading of every task, in order.

        A document that took more processor time than it may has the error
        ``too_large``; one on which workers died, or that took longer than
        ``SECONDS``, ``unreadable``. RuntimeError if no worker can be started at
        all. Only one batch at a time.
        """
        batch = _Batch(tasks)
        started = [_Worker(self.context) for _ in range(min(self.size, len(tasks)) - len(self.workers))]
        self.workers += [_at_work(worker, self.context) for worker in started]
        try:
            for number in range(len(tasks)):
                yield self._result(batch, number)
        finally:
            self._dismiss_busy()

    def _dismiss_busy(self) -> None:
        """Ends the workers that still have a document of a batch that nobody asks for any more."""
        for worker in self.workers:
            if worker.number is not None:
                worker.stop()
        self.workers = [worker for worker in self.workers if worker.number is None]

    def _result(self, batch: _Batch, number: int) -> Reading:
        """The reading of one task; to be asked for in order."""
        while number not in batch.done:
            self._hand_out(batch, number + _AHEAD * len(self.workers))
            wait([worker.pipe for worker in self.workers if worker.number is not None], timeout=1.0)
            for place, worker in enumerate(self.workers):
                if worker.number is not None:
                    self._collect(batch, place, worker, worker.number)
        return batch.done.pop(number)

    def _hand_out(self, batch: _Batch, before: int) -> None:
        for worker in self.workers:
            if worker.number is None and batch.waiting and batch.waiting[0] < before:
                number = batch.waiting.popleft()
                worker.give(number, batch.tasks[number])

    def _collect(self, batch: _Batch, place: int, worker: _Worker, number: int) -> None:
        try:
            reading = worker.take()
        except _Lost as lost:
            worker.stop()
            self.workers[place] = _at_work(_Worker(self.context), self.context)
            batch.attempts[number] = batch.attempts.get(number, 0) + 1
            if batch.attempts[number] < ATTEMPTS and not lost.final:
                batch.waiting.appendleft(number)
                return
            reading = failed(batch.tasks[number], lost.code, str(lost))
        if reading is not None:
            batch.done[number] = reading


def _at_work(worker: _Worker, context: ForkServerContext | ForkContext) -> _Worker:
    """The worker once it has started, or another in its place: the system may have killed it for another's sake.
    RuntimeError where ``STARTS`` of them ended at their start."""
    for _ in range(STARTS - 1):
        with contextlib.suppress(RuntimeError):
            worker.await_start()
            return worker
        worker = _Worker(context)
    worker.await_start()
    return worker


class _Batch:
    """Tasks, those of them that wait, and what has been done."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.tasks = tasks
        self.waiting = deque(range(len(tasks)))
        self.attempts: dict[int, int] = {}
        self.done: dict[int, Reading] = {}


def _context(alone: bool) -> ForkServerContext | ForkContext:
    """How workers are started: from a server that has loaded the readers once;
    for a single document, where no thread could be caught in the middle of
    something, as a copy of this process, which has loaded them too."""
    if alone and threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods():
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
