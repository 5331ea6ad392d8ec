"""The nightly run as a Prefect flow: the order of the stages, and nothing else.

Prefect sees a few tasks per stage, each a batch. What is large goes from task
to task through the store or within one object that Prefect does not look
into. The survey comes before the flow (``flows.commands.run``), so that a run
that finds nothing new needs none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.futures import wait
from prefect.states import Crashed

from flows import apart, stages, survey
from flows.batches import Batch
from flows.crawling import Ended, Started, follow
from flows.fingerprint import fingerprint
from flows.pool import Crew
from flows.progress import Advance, stage
from flows.record import RunRecord, load
from flows.scaling import Dask
from flows.store import Capture, Store, latest
from flows.summary import markdown
from flows.transforming import Build, Made
from flows.transforming import transform as make_tables
from warehouse.compare import Comparison
from warehouse.copying import Copied
from warehouse.disk import bytes_written
from warehouse.home import Home

ARCHIVE_BATCH = 500
"""Documents per archiving task: what a kill makes the next run look at again."""


class Handed:
    """The tables of a build on their way from task to task; Prefect does not look into it."""

    def __init__(self, value: Made) -> None:
        self.value = value


@flow(name="nightly", validate_parameters=False)
def nightly(run_id: str, home: str, jobs: int, whole: bool = False, dask: Dask | None = None) -> None:
    """Archives, reads, builds, checks and publishes what the survey of run ``run_id`` found.

    ``home`` is the home's folder, whose lock the caller holds; ``jobs`` the
    number of worker processes; with ``whole`` nothing is taken from the published
    build; ``dask`` reads, where it is given. What happened is in the run's record. Raises what a stage raises; what the
    stages before it kept stays.
    """
    place = Home(Path(home))
    record, store = load(place, run_id), Store(place)
    sightings = survey.load(place)
    with _step(place, record, "归档", "archive", len(sightings)) as advance:
        for start in range(0, len(sightings), ARCHIVE_BATCH):
            record.problems += archive(store, Batch(sightings[start : start + ARCHIVE_BATCH]), advance)
    captures = latest(store.captures())
    unread = stages.unread(store, captures)
    with _step(place, record, "读取", "extract", len(unread)) as advance:
        if unread and dask is not None:
            apart.read_apart(dask, store, unread, advance)
        elif unread:
            _extract_here(store, unread, jobs, advance)
    record.read = len(unread)
    build = Build(f"{run_id}-{fingerprint(place, captures)}", run_id, record.started_at)
    with _step(place, record, "建表", "transform"):
        made = Handed(transform(place, build, whole))
    written = bytes_written()
    with _step(place, record, "入库", "load"):
        draft, copied = load_warehouse(place, made, build)
    with _step(place, record, "核对", "judge"):
        record.judged = judge(draft, made)
    stages.count(draft, record)
    with _step(place, record, "校验", "contract"):
        record.docs = validate(place, draft, made, build).relative_to(place.root).as_posix()
    with _step(place, record, "比较", "compare"):
        comparison = compare(place, draft, made)
    record.build, record.base = build.build_id, made.value.base.build_id if made.value.base else None
    record.copied = None if copied is None else copied.written
    if comparison is not None:
        record.comparison, record.rows = comparison.measures, stages.rows_told(comparison)
        record.remarks += comparison.broken_ceilings
    file = keep(place, draft, made, build)
    record.bytes, record.bytes_written = file.stat().st_size, bytes_written() - written
    if comparison is not None and comparison.broken_floors:
        record.problems += [*comparison.broken_floors, _held_back(build)]
    else:
        with _step(place, record, "发布", "publish"):
            publish(place, file)
    create_markdown_artifact(markdown(record, place), key="run-summary", description="运行摘要 / run summary")
    create_table_artifact(
        stages.flagged(file), key="flagged-filings", description="有矛盾的报告 / filings with contradictions"
    )
    record.save(place)


def _extract_here(store: Store, unread: Sequence[Capture], jobs: int, advance: Advance) -> None:
    """Reads documents in processes of this one's."""
    with Crew(min(jobs, len(unread))) as crew:
        for start in range(0, len(unread), stages.READ_BATCH):
            batch = Batch(captures=unread[start : start + stages.READ_BATCH])
            extract(store, batch, crew, advance)


def _held_back(build: Build) -> str:
    return (
        f"新库已建成而未发布；确认无误后可用 ogi warehouse publish {build.build_id} 发布 / the build was made and "
        f"not published; if it is right, publish it by: ogi warehouse publish {build.build_id}"
    )


@flow(name="crawl", validate_parameters=False)
def crawl(run_id: str, home: str, running: Sequence[Started]) -> list[Ended]:
    """Sees the crawl of the sources of run ``run_id`` through, whose processes
    work already, all at the same time; returns how each ended. One that failed
    does not keep the others from the night's build."""
    place = Home(Path(home))
    record = load(place, run_id)
    with _step(place, record, "采集", "crawl", began=min(each.began for each in running)) as advance:
        futures = [crawl_share.submit(each, advance) for each in running]
        wait(futures)
        return [future.result() for future in futures]


def close_killed() -> None:
    """Ends flow runs that were killed: Prefect keeps calling them running."""
    with get_client(sync_client=True) as client:
        kinds = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
        for run in client.read_flow_runs(flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=kinds))):
            client.set_flow_run_state(run.id, Crashed(message="killed"), force=True)


@contextmanager
def _step(
    place: Home, record: RunRecord, zh: str, en: str, total: int | None = None, began: float | None = None
) -> Iterator[Advance]:
    """One stage: shown while it works, timed in the run's record when it has worked (from ``began``, or now)."""
    began = monotonic() if began is None else began
    with stage(zh, en, total, began) as advance:
        yield advance
    record.stages[en] = round(monotonic() - began, 2)
    record.save(place)


@task(cache_policy=NO_CACHE)
def crawl_share(running: Started, advance: Advance) -> Ended:
    """Follows one crawling process to its end."""
    return follow(running, advance)


@task(cache_policy=NO_CACHE)
def archive(store: Store, batch: Batch, advance: Advance) -> list[str]:
    """Archives a batch and records its captures; returns what could not be archived."""
    captures, problems = stages.archive(store, batch.sightings, advance)
    if captures:
        store.add_captures(captures)
    return problems


@task(cache_policy=NO_CACHE)
def extract(store: Store, batch: Batch, crew: Crew, advance: Advance) -> None:
    """Reads a batch of archived documents."""
    stages.read_batch(store, batch.captures, crew, advance)


@task(cache_policy=NO_CACHE)
def transform(place: Home, build: Build, whole: bool) -> Made:
    """Makes the tables, or what changed of them since the published build."""
    return make_tables(place, build, whole=whole)


@task(cache_policy=NO_CACHE)
def load_warehouse(place: Home, made: Handed, build: Build) -> tuple[Path, Copied | None]:
    """Fills the draft of the build; how it was copied from its base."""
    return stages.load(place, made.value, build)


@task(cache_policy=NO_CACHE)
def judge(draft: Path, made: Handed) -> int | None:
    """Applies the rules, to what changed since the published build."""
    return stages.judge(draft, made.value)


@task(cache_policy=NO_CACHE)
def validate(place: Home, draft: Path, made: Handed, build: Build) -> Path:
    """Holds the tables to their contracts; raises where one is broken."""
    return stages.validate(place, draft, made.value, build)


@task(cache_policy=NO_CACHE)
def compare(place: Home, draft: Path, made: Handed) -> Comparison | None:
    """Compares the draft with the published build."""
    return stages.compare(place, draft, made.value)


@task(cache_policy=NO_CACHE)
def keep(place: Home, draft: Path, made: Handed, build: Build) -> Path:
    """Gives the draft its place among the builds."""
    return stages.keep(place, draft, made.value, build)


@task(cache_policy=NO_CACHE)
def publish(place: Home, file: Path) -> None:
    """Swaps the published build."""
    stages.publish(place, file)
