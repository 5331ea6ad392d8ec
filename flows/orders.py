"""What goes to Dask's workers and comes back, and what they do with it; nothing here needs Prefect."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence

from extract.reading import reader_version
from flows import stages
from flows.documents import Task
from flows.pool import read_all
from flows.store import packed
from warehouse.errors import OgiError

_SHARES = 4
"""Batches per slot at least, where there are few documents, so that all slots end at about the same time."""


class Order:
    """A batch on its way to a worker; Prefect does not look into it."""

    def __init__(self, reader: str, keys: Sequence[tuple[str, str]], tasks: Sequence[Task]) -> None:
        self.reader = reader
        self.keys = keys
        self.tasks = tasks
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
    lost = [
        task.path
        for task, was in zip(order.tasks, order.readable, strict=True)
        if was and not os.access(task.path, os.R_OK)
    ]
    if lost:
        raise OgiError(
            f"Dask 工作进程无法读取存档，如 {lost[0]}；存档须在各机器的同一路径下可读。",
            f"A worker of Dask cannot read the archive, such as {lost[0]}; every machine must see it at the same path.",
        )
    # Dask's nanny starts workers as daemons, of which multiprocessing demands that they have no children. Ours end
    # with the worker whichever way it ends, since their pipe closes.
    vars(multiprocessing.current_process())["_config"]["daemon"] = False
    return packed(list(zip(order.keys, read_all(order.tasks, 1), strict=True)))


def batch_size(documents: int, slots: int) -> int:
    """Documents per task: as many as are kept at once, fewer where slots would stand idle."""
    return max(1, min(stages.READ_BATCH, -(-documents // (_SHARES * slots))))
