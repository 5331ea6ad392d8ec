"""What goes to Dask's workers and comes back, and what they do with it; nothing here needs Prefect."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from extract.reading import reader_version
from flows import stages
from flows.documents import Task
from flows.pool import read_all
from flows.store import Capture, packed
from warehouse.errors import OgiError
from warehouse.remote import VARIABLE, Remote, open_remote

_SHARES = 4
"""Batches per slot at least, where there are few documents, so that all slots end at about the same time."""


class Order:
    """A batch on its way to a worker; Prefect does not look into it.

    ``tasks`` are those of ``captures``. Where the home has a store on object storage, its address (``store``) goes with
    them: what the worker does not see at the same place, it fetches from there.
    """

    def __init__(
        self, reader: str, captures: Sequence[Capture], tasks: Sequence[Task], store: str | None = None
    ) -> None:
        self.reader = reader
        self.captures = captures
        self.tasks = tasks
        self.store = store
        self.readable = [os.access(task.path, os.R_OK) for task in tasks]


class Parcel:
    """The readings of a batch on their way back; Prefect does not look into them."""

    def __init__(self, content: bytes) -> None:
        self.content = content


def read_order(order: Order) -> bytes:
    """The readings of a batch as a Parquet file. OgiError where this machine has other readers than the run, or lacks
    documents that the run can read: what fails for that is not the documents' own failure."""
    if (here := reader_version()) != order.reader:
        raise OgiError(
            f"Dask 工作进程的读取程序版本为 {here}，本次运行为 {order.reader}；两处须安装同一版本。",
            f"A worker of Dask has the readers {here}, the run has {order.reader}; install the same version.",
        )
    with tempfile.TemporaryDirectory(prefix="ogi-") as folder:
        tasks = order.tasks if order.store is None else _fetched(order, open_remote(order.store), Path(folder))
        _check_readable(order, tasks)
        return _read(order, tasks)


def _fetched(order: Order, remote: Remote, folder: Path) -> list[Task]:
    """The tasks of a batch, with what this machine does not see fetched into a folder."""
    lacking = {
        capture.sha256: capture
        for capture, task in zip(order.captures, order.tasks, strict=True)
        if not os.access(task.path, os.R_OK)
    }
    came = set(remote.fetch([capture.document for capture in lacking.values()], folder.joinpath))
    return [
        replace(task, path=folder / capture.sha256, offset=None) if capture.sha256 in came else task
        for capture, task in zip(order.captures, order.tasks, strict=True)
    ]


def _check_readable(order: Order, tasks: Sequence[Task]) -> None:
    """OgiError where the run can read a document and this machine cannot."""
    lost = [
        task.path for task, was in zip(tasks, order.readable, strict=True) if was and not os.access(task.path, os.R_OK)
    ]
    if lost:
        raise OgiError(
            f"Dask 工作进程无法读取存档，如 {lost[0]}；存档须在各机器的同一路径下可读，或设 {VARIABLE}。",
            f"A worker of Dask cannot read the archive, such as {lost[0]}; every machine must see it at the same path, "
            f"or {VARIABLE} must be set.",
        )


def _read(order: Order, tasks: Sequence[Task]) -> bytes:
    # Dask's nanny starts workers as daemons, of which multiprocessing demands that they have no children. Ours end
    # with the worker whichever way it ends, since their pipe closes.
    vars(multiprocessing.current_process())["_config"]["daemon"] = False
    keys = [capture.key for capture in order.captures]
    return packed(list(zip(keys, read_all(tasks, 1), strict=True)))


def batch_size(documents: int, slots: int) -> int:
    """Documents per task: as many as are kept at once, fewer where slots would stand idle."""
    return max(1, min(stages.READ_BATCH, -(-documents // (_SHARES * slots))))
