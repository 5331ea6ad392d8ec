"""Where documents are read: in this process's own pool, or on Dask.

One setting says it (``OGI_DASK``, or ``ogi run --dask``): ``local`` or ``local:N`` for workers of this machine, or the
address of a scheduler that is there already. Dask is loaded only where the setting asks for it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from warehouse.errors import OgiError

if TYPE_CHECKING:
    from prefect.task_runners import TaskRunner

VARIABLE = "OGI_DASK"
WORKERS_SECONDS = 60
"""So long a scheduler is waited for, and its first worker."""

_LOCAL = re.compile(r"local(?::([1-9][0-9]{0,3}))?")
_ADDRESS = re.compile(r"(tcp|tls)://[^/\s@]+:[0-9]{1,5}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Dask:
    """Workers of this machine (``workers``), or a scheduler's ``address``."""

    workers: int | None = None
    address: str | None = None


def chosen(option: str | None, jobs: int) -> Dask | None:
    """What the option says, else the environment; None where neither asks for Dask. OgiError for what cannot be."""
    text = os.environ.get(VARIABLE, "") if option is None else option
    if not text:
        return None
    if local := _LOCAL.fullmatch(text):
        dask = Dask(workers=int(local[1] or jobs))
    elif _ADDRESS.fullmatch(text):
        dask = Dask(address=text)
        _check_server(text)
    else:
        raise OgiError(
            f"{VARIABLE} / --dask 的值无效：{text!r}。可用 local、local:N 或调度器地址（如 tcp://host:8786）。",
            f"{VARIABLE} / --dask cannot be {text!r}. Give local, local:N or a scheduler's address, such as "
            "tcp://host:8786.",
            status=2,
        )
    if importlib.util.find_spec("prefect_dask") is None or importlib.util.find_spec("distributed") is None:
        raise OgiError(
            "未安装 Dask。请安装附加依赖：ogi[dask]。", "Dask is not installed. Install the extra: ogi[dask]."
        )
    return dask


def _check_server(address: str) -> None:
    """Workers elsewhere report to Prefect's server; the run's own is to be reached from this machine alone."""
    if urlsplit(address).hostname not in _LOOPBACK and not os.environ.get("PREFECT_API_URL"):
        raise OgiError(
            "使用其他机器上的 Dask 时，须以 PREFECT_API_URL 指明各机器都能访问的 Prefect 服务。",
            "With Dask on other machines, PREFECT_API_URL must name a Prefect server that all of them reach.",
        )


def runner(dask: Dask) -> TaskRunner[Any]:
    """The task runner; it starts or reaches its cluster when the first task is submitted."""
    from prefect_dask.task_runners import DaskTaskRunner

    if dask.address is not None:
        return DaskTaskRunner(address=dask.address, client_kwargs={"timeout": WORKERS_SECONDS})
    # A slot of Dask reads one document at a time, in a process with bounds of its own: Dask's, on a worker's memory,
    # would only end all that the worker does. Certificates made for this run keep other users of the machine out.
    cluster = {
        "n_workers": dask.workers,
        "threads_per_worker": 1,
        "memory_limit": 0,
        "host": "127.0.0.1",
        "security": True,
        "dashboard_address": "127.0.0.1:0",
        "silence_logs": logging.CRITICAL,
    }
    return DaskTaskRunner(cluster_kwargs=cluster)


def slots(client: Any) -> int:
    """How many batches can be read at once; OgiError where the cluster has no worker."""
    from distributed import TimeoutError as DaskTimeoutError

    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except (DaskTimeoutError, TimeoutError) as error:
        raise OgiError("Dask 调度器没有工作进程。", "Dask's scheduler has no worker.") from error
    return sum(client.nthreads().values()) or 1


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Failures of the cluster in words."""
    from distributed.scheduler import KilledWorker

    try:
        yield
    except KilledWorker as error:
        raise OgiError(
            "读取一批文件时 Dask 工作进程多次中断；已读完的各批已保存，下次运行继续。",
            "Workers of Dask ended again and again while they read a batch; the batches that were read are kept, and "
            "the next run goes on.",
        ) from error
    except OSError as error:
        raise OgiError(
            f"无法连接 Dask 调度器，或连接中断：{error}。已读完的各批已保存。",
            f"Dask's scheduler cannot be reached, or was lost: {error}. The batches that were read are kept.",
        ) from error
