"""``ogi serve``: the schedule of one machine, kept by one process with Prefect's server beside it.

The server's database is the home's, so that a stopped or killed ``ogi serve`` goes on where it was: what was at work is
closed, and of the nights that were missed one is made up for.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.server.schemas.schedules import CronSchedule as ServerCron
from prefect.states import Cancelled
from prefect.types.entrypoint import EntrypointType

from flows import deployments
from flows.lock import hold
from flows.nightly import close_killed
from warehouse.errors import OgiError
from warehouse.home import Home

WEEKLY = "0 12 * * 0"
"""When archives are verified: on Sundays at noon, far from the nights."""


@dataclass(frozen=True)
class Served:
    """One flow that is served; ``cron`` is None where it runs by hand only."""

    name: str
    flow: Flow[..., Any]
    cron: str | None
    parameters: dict[str, Any]


def check_schedule(cron: str, timezone: str) -> None:
    """OgiError where Prefect would not take the schedule."""
    try:
        CronSchedule(cron=cron, timezone=timezone)
    except ValueError as error:
        raise OgiError(
            f"计划 {cron!r}（时区 {timezone}）无效。", f"The schedule {cron!r} (time zone {timezone}) is not valid."
        ) from error


def offers(home: Home, sources: str | None, jobs: int | None, cron: str) -> list[Served]:
    """What is served for a home."""
    where: dict[str, Any] = {"home": str(home.root), "jobs": jobs}
    return [
        Served("nightly", deployments.night, cron, {**where, "sources": sources}),
        Served("verify", deployments.verify, WEEKLY, where),
        Served("backfill", deployments.backfill, None, where),
    ]


def serve(home: Home, served: list[Served], timezone: str) -> None:
    """Serves until SIGTERM or SIGINT; a run that is at work is ended then, and the next one resumes it.

    The home's server answers already.
    """
    os.environ[deployments.PARENT] = str(os.getpid())
    _close_killed(home)
    _skip_missed()
    asyncio.run(_serve([_deployment(each, timezone) for each in served], served, timezone))


def _close_killed(home: Home) -> None:
    # A run by hand that is at work has brought a server of its own, which keeps its flow runs in the same database.
    with contextlib.suppress(OgiError), hold(home, "ogi serve"):
        close_killed()


def _skip_missed() -> None:
    """Of the runs that were due while nothing was served, only the last of each deployment remains."""
    due = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=cast(Any, datetime.now(UTC))),
    )
    last: dict[Any, Any] = {}
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=due)
        for run in sorted(runs, key=lambda run: run.expected_start_time or datetime.max.replace(tzinfo=UTC)):
            earlier = last.get(run.deployment_id)
            last[run.deployment_id] = run
            if earlier is not None:
                client.set_flow_run_state(earlier.id, Cancelled(message="错过 / missed"), force=True)


async def _serve(made: list[RunnerDeployment], served: list[Served], timezone: str) -> None:
    runner = Runner(name="ogi", pause_on_shutdown=False, limit=len(made))
    for deployment in made:
        await runner.aadd_deployment(deployment)
    work = asyncio.create_task(runner.start())
    await asyncio.sleep(0)  # the runner sets a handler of SIGTERM as it starts, which ours replaces
    for line in await _announcement(served, timezone):
        print(line, flush=True)
    with _until_signalled() as stopping:
        await asyncio.wait([work, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        print("正在停止…… Stopping; a run at work is ended, the next one resumes it.", flush=True)
        await runner.astop()
    await work


def _deployment(each: Served, timezone: str) -> RunnerDeployment:
    made: Any = each.flow.to_deployment(
        each.name,
        schedule=Cron(each.cron, timezone=timezone) if each.cron else None,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        parameters=each.parameters,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    deployment: RunnerDeployment = made
    return deployment


async def _announcement(served: list[Served], timezone: str) -> list[str]:
    """What is scheduled when, in words."""
    lines = [f"计划 schedule ({timezone}):"]
    for each in served:
        if each.cron is None:
            lines.append(f"  {each.name}: 无计划，须手动运行 no schedule, by hand")
            continue
        schedule = ServerCron(cron=each.cron, timezone=timezone)
        (moment,) = await schedule.get_dates(1, start=datetime.now(ZoneInfo(timezone)) + timedelta(seconds=1))
        lines.append(f"  {each.name}: {each.cron}，下次 next {moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M %Z}")
    return [*lines, "Ctrl-C 停止 Ctrl-C stops"]


@contextlib.contextmanager
def _until_signalled() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    yield stopping
