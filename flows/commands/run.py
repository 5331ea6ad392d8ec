"""``ogi run``: one nightly run from the sources to the published warehouse."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any

from flows import archives, crawled, crawling, notifying, reindexing, scaling, sharing, sources, survey
from flows import record as records
from flows.clock import check_clock
from flows.commands.notify import watch
from flows.fingerprint import fingerprint
from flows.lock import hold
from flows.logs import open_log
from flows.pool import default_jobs
from flows.progress import stage
from flows.record import RunRecord
from flows.sources import Source
from flows.store import Store, latest
from flows.summary import text
from flows.trouble import disk_trouble
from flows.watching import LATE
from warehouse import home as homes
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.publish import builds, published
from warehouse.reviews import torn


def run_command(
    source_option: Path | None,
    home_option: Path | None,
    jobs: int | None,
    *,
    from_archive: bool = False,
    whole: bool = False,
    dask_option: str | None = None,
    take_store: bool = False,
) -> int:
    """Runs once and prints the summary; 1 when a source or a stage failed, or a floor was broken."""
    _, record = night(
        source_option,
        home_option,
        jobs,
        from_archive=from_archive,
        whole=whole,
        dask_option=dask_option,
        take_store=take_store,
    )
    return 1 if record.problems else 0


def night(
    source_option: Path | None,
    home_option: Path | None,
    jobs: int | None,
    *,
    from_archive: bool = False,
    whole: bool = False,
    dask_option: str | None = None,
    take_store: bool = False,
) -> tuple[Home, RunRecord]:
    """One run and its printed summary; what failed is among the record's problems.

    ``from_archive``: nothing is fetched, what the crawler has archived counts.
    ``whole``: a build is made even of what is not new, and nothing is taken
    from the published one. ``dask_option``: where documents are read (``flows.scaling``). ``take_store``: the home's
    store on object storage is to be this home's, where it is another's.
    """
    jobs = jobs or default_jobs()
    dask = scaling.chosen(dask_option, jobs)
    chosen = sources.chosen(source_option)
    kind: homes.Kind = "samples" if chosen[0].samples else "sources"
    home = homes.for_run(home_option, kind)
    with hold(home, "ogi run"):
        try:
            home.claim(kind)
            check_clock(home)
            home.sweep()
            records.close_killed(home)
            record = records.begin(home)
            record.remarks += [
                f"运行记录已损坏，请移走 / a damaged record of a run, take it away: {path}"
                for path in records.damaged(home)
            ]
            log = open_log(home, record.run_id)
        except OSError as error:
            raise disk_trouble(error, home.root) or OgiError(
                f"无法写入数据目录 {home.root}：{error}", f"The home {home.root} cannot be written: {error}"
            ) from error
        try:
            record.remarks += sharing.share(home, take=take_store)
            _run(home, chosen, record, jobs, dask, from_archive=from_archive, whole=whole)
        except Exception as error:
            record.problems.append(_explain(home, log, error))
        except KeyboardInterrupt:
            record.problems.append("运行被中断 / the run was interrupted")
        try:
            record.finish(home)
        except OSError as error:  # the next run closes what is on disk
            record.state = "failed"
            if (problem := _explain(home, log, error)) not in record.problems:
                record.problems.append(problem)
        _tell(home, log, record)
    print(text(record, home))
    return home, record


def _run(
    home: Home,
    chosen: list[Source],
    record: RunRecord,
    jobs: int,
    dask: scaling.Dask | None,
    *,
    from_archive: bool,
    whole: bool,
) -> None:
    """Crawl, survey, and the nightly flow unless the published build has these very inputs."""
    record.sources = [source.source for source in chosen]
    reindexing.ensure_ledger(home, record)
    sites = [source for source in chosen if source.site is not None]
    if sites:
        crawling.note_expected(home, sites)
    if from_archive or not sites:
        if _survey(home, chosen, record, whole):
            with _prefect(home, record) as nightly:
                nightly.nightly(record.run_id, str(home.root), jobs, whole, dask)
        return
    shares = crawling.prepare(home, sites, jobs)
    # They work while Prefect and its server start.
    with crawling.started(home, shares) as running, _prefect(home, record) as nightly:
        ended = nightly.crawl(record.run_id, str(home.root), running)
        vars(record).update(vars(records.load(home, record.run_id)))
        crawling.finish(home, record, sites, ended)
        sharing.share_fetched(home)
        if _survey(home, chosen, record, whole):
            nightly.nightly(record.run_id, str(home.root), jobs, whole, dask)


def _tell(home: Home, log: Path, record: RunRecord) -> None:
    """Tells people what is wrong, and counts; that this fails is remarked on and fails nothing."""
    try:
        failed = watch(home, notifying.channels(), LATE, record)[1]
        if failed:
            record.remarks += failed
            record.save(home)
    except Exception as error:  # a night that was done is done
        record.remarks.append(_explain(home, log, error))


def _survey(home: Home, chosen: list[Source], record: RunRecord, whole: bool) -> bool:
    """Looks what the sources hold; whether a build has to be made of it."""
    store = Store(home)
    known = store.captures()
    with stage("查看来源", "survey") as advance:
        found = survey.survey([source for source in chosen if source.kind == "folder"], known, advance)
        crawled.survey_crawled(chosen, store, known, found)
        archives.survey_archives([source for source in chosen if source.kind == "warc"], store, known, found, advance)
    record.seen, record.new, record.changed, record.unknown = found.seen, found.new, found.changed, len(found.unknown)
    for path in found.unknown:
        logging.getLogger("ogi").warning("unknown kind of file, passed over: %s", path)
    record.problems += found.problems
    record.remarks += found.remarks
    record.remarks += torn(home)
    record.save(home)
    if not found.sightings and not known:
        record.problems.append(f"来源中没有可读的文件 / no document in the sources: {', '.join(record.sources)}")
        record.save(home)
        return False
    is_new = whole or found.sightings or _inputs_of(published(home.root)) != fingerprint(home, latest(known))
    if not is_new:
        record.nothing_new = True
        _repeat_counts(home, record)
        record.save(home)
        return False
    survey.save(home, found.sightings)
    return True


@contextlib.contextmanager
def _prefect(home: Home, record: RunRecord) -> Iterator[Any]:
    """The module of the flows, with a server for them; the record is what they made of it afterwards."""
    from flows.orchestrator import server

    with server(home) as await_server:
        from flows import nightly

        if await_server():
            nightly.close_killed()
        try:
            yield nightly
        finally:
            vars(record).update(vars(records.load(home, record.run_id)))


def _inputs_of(file: Path | None) -> str | None:
    """The fingerprint of the inputs of a build, which its name ends with."""
    return file.stem.rpartition("-")[2] if file else None


def _repeat_counts(home: Home, record: RunRecord) -> None:
    """What the published build holds, from the record of the run that made it."""
    build = next(build.build_id for build in builds(home.root) if build.is_published)
    for earlier in records.load_all(home):
        if earlier.build == build:
            record.documents, record.failed = earlier.documents, earlier.failed
            record.filings, record.issues = earlier.filings, earlier.issues
            record.issues_by_rule, record.docs = earlier.issues_by_rule, earlier.docs
            record.expected = earlier.expected


def _explain(home: Home, log: Path, error: Exception) -> str:
    """A failure in words; what was not foreseen goes to the log with its traceback."""
    told = disk_trouble(error, home.root) or error
    if isinstance(told, OgiError):
        return f"{told.zh} / {told.en}"
    logging.getLogger("ogi").error("a stage failed", exc_info=error)
    return f"程序出错，详见 {log} / a stage failed, see {log}: {shorten(repr(error), 400)}"
