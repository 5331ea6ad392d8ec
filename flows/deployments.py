"""What can be scheduled: a night, a verification, a backfill, each one run of a Prefect deployment.

``prefect.yaml`` and ``ogi serve`` name these flows. Each does what the command of its name does; a run with problems
is a failed flow run that says which. A further kind of deployment is one flow here and one entry in both.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.logging.handlers import APILogHandler
from prefect.states import Completed, Failed
from pydantic import Field

from flows import stages
from flows.commands.run import night as run_night
from flows.commands.verify import backfilled, stale_text, verified, verified_text
from flows.summary import markdown
from warehouse.errors import OgiError
from warehouse.publish import published

PARENT = "OGI_SERVE_PID"
"""The environment variable in which ``ogi serve`` tells its runs whose they are."""

Text = Annotated[str, Field(strict=True, min_length=1)]
Count = Annotated[int, Field(strict=True, ge=1)]
Switch = Annotated[bool, Field(strict=True)]


@flow(name="ogi-run", log_prints=True)
def night(
    sources: Text | None = None,
    home: Text | None = None,
    jobs: Count | None = None,
    from_archive: Switch = False,
    whole: Switch = False,
) -> State[Any]:
    """One ``ogi run``; its stages are a flow run within this one.

    Paths are of the machine that works the run off. The artifacts are there even where nothing was new.
    """
    _settle()
    if sources is not None and not Path(sources).exists():
        return Failed(message=f"{sources} 不存在 / does not exist")
    try:
        place, record = run_night(_path(sources), _path(home), jobs, from_archive=from_archive, whole=whole)
    except OgiError as error:
        return Failed(message=f"{error.zh} / {error.en}")
    create_markdown_artifact(markdown(record, place), key="run-summary", description="运行摘要 / run summary")
    file = published(place.root)
    create_table_artifact(
        stages.flagged(file) if file else [],
        key="flagged-filings",
        description="有矛盾的报告 / filings with contradictions",
    )
    if record.problems:
        return Failed(message="\n".join(record.problems))
    return Completed(message="没有新内容 / nothing new" if record.nothing_new else record.build)


@flow(name="ogi-verify", log_prints=True)
def verify(
    home: Text | None = None, count: Count = 200, seed: Text | None = None, jobs: Count | None = None
) -> State[Any]:
    """One ``ogi verify``."""
    _settle()
    try:
        outcome = verified(_path(home), count, seed, jobs)
    except OgiError as error:
        return Failed(message=f"{error.zh} / {error.en}")
    create_markdown_artifact(
        _as_printed("\n\n".join(verified_text(outcome))),
        key="verified",
        description="存档复读 / the archive, read again",
    )
    if not outcome.ok:
        return Failed(message="复读发现不同，见日志 / something is not as it was; see the logs")
    return Completed(message="全部相同 / all is as it was")


@flow(name="ogi-backfill", log_prints=True)
def backfill(
    home: Text | None = None, jobs: Count | None = None, limit: Count | None = None, retry: Switch = False
) -> State[Any]:
    """One ``ogi backfill``."""
    _settle()
    try:
        left = backfilled(_path(home), jobs, limit, dry_run=False, retry=retry)
    except OgiError as error:
        return Failed(message=f"{error.zh} / {error.en}")
    create_markdown_artifact(
        _as_printed(stale_text(left)), key="readings", description="各版本所读 / what each version has read"
    )
    return Completed(message=f"尚待读取 {left.unread} / {left.unread} documents yet to be read")


def _as_printed(text: str) -> str:
    return f"```text\n{text}\n```"


def _path(text: str | None) -> Path | None:
    return Path(text) if text is not None else None


def _settle() -> None:
    """Makes a process that Prefect has started behave as one of ours."""
    # What libraries warn of belongs into the run's log, which is opened only where nobody has taken it yet.
    root = logging.getLogger()
    for handler in root.handlers[:]:
        root.removeHandler(handler)
    ours = logging.getLogger("ogi")
    if not any(isinstance(handler, APILogHandler) for handler in ours.handlers):
        ours.addHandler(APILogHandler())
    parent = os.getppid()
    if os.environ.get(PARENT) == str(parent):
        threading.Thread(target=_end_with, args=[parent], daemon=True).start()


def _end_with(parent: int) -> None:
    """Ends this process, as a kill would, once its parent is gone: the server that it needs is gone with it, and the
    night that the next ``ogi serve`` starts would find the home in use."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
