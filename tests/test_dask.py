"""Reading on Dask: the same readings and the same warehouse as from the pool, whatever ends meanwhile."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path, PosixPath
from typing import Any

import pytest

from extract.reading import reader_version
from flows import stages
from flows.documents import Task
from flows.orders import Order, batch_size, read_order
from flows.scaling import Dask, chosen
from flows.store import Capture, Store, latest, packed
from tests.conftest import ENVIRONMENT, Ogi, RunHere
from tests.kills import assert_clean, killed_run, processes_of
from warehouse.errors import OgiError
from warehouse.home import Home

# Asked without loading it: that would load Prefect before the fixtures have set it up.
pytestmark = pytest.mark.skipif(find_spec("prefect_dask") is None, reason="the extra dask is not installed")

MARK = "OGI_TEST_MARK"
ROOT = Path(__file__).parents[1]
A_CAPTURE = Capture("tests", "a.html", "0" * 64, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a scheduler with two workers, each a process of its own, and the file that the first of them to
    meet a ``DeadlyPath`` leaves."""
    folder = tmp_path_factory.mktemp("dask")
    mark, file = folder / "mark", folder / "scheduler.json"
    common = {"env": {**ENVIRONMENT, MARK: str(mark)}, "cwd": ROOT, "stderr": subprocess.DEVNULL}
    with contextlib.ExitStack() as stack:

        def start(module: str, *arguments: str) -> None:
            command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
            process = subprocess.Popen(command, **common)  # type: ignore[call-overload]
            stack.callback(process.wait)
            stack.callback(process.kill)

        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        for _ in range(2):
            start("dask_worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard")
        yield json.loads(file.read_bytes())["address"], mark


class DeadlyPath(PosixPath):
    """A path that ends the first worker of Dask that asks for its file."""

    def __fspath__(self) -> str:
        if (mark := os.environ.get(MARK)) and not os.path.exists(mark):
            with open(mark, "w"):
                os._exit(1)
        return super().__fspath__()


def test_nothing_asks_for_dask_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OGI_DASK", raising=False)
    assert chosen(None, 3) is None
    monkeypatch.setenv("OGI_DASK", "local:4")
    assert chosen(None, 3) == Dask(workers=4)
    assert chosen("", 3) is None
    assert chosen("local", 3) == Dask(workers=3)
    assert chosen("tcp://localhost:8786", 3) == Dask(address="tcp://localhost:8786")


@pytest.mark.parametrize("text", ["local:0", "remote", "tcp://host", "http://host:1", "tcp://a b:1", "local:x"])
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(OgiError, match="tcp://host:8786") as refused:
        chosen(text, 2)
    assert refused.value.status == 2


def test_other_machines_need_a_prefect_server_that_they_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(OgiError, match="PREFECT_API_URL"):
        chosen("tcp://dask.example:8786", 2)
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.example:4200/api")
    assert chosen("tcp://dask.example:8786", 2) == Dask(address="tcp://dask.example:8786")


def test_a_lacking_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(OgiError, match=r"ogi\[dask\]"):
        chosen("local", 2)


def test_dask_is_loaded_only_where_it_is_asked_for() -> None:
    code = "import sys, flows.nightly; sys.exit(bool({'dask', 'distributed', 'prefect_dask'} & sys.modules.keys()))"
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT, cwd=ROOT)


def test_every_slot_has_work() -> None:
    assert (batch_size(100_000, 4), batch_size(80, 2), batch_size(1, 64)) == (stages.READ_BATCH, 10, 1)


def test_a_worker_with_other_readers_or_without_the_archive_reads_nothing(tmp_path: Path) -> None:
    there = tmp_path / "a.html"
    there.write_bytes(b"")
    with pytest.raises(OgiError, match="same version"):
        read_order(Order("another", [A_CAPTURE], [Task(there, "a.html")]))
    order = Order(reader_version(), [A_CAPTURE], [Task(there, "a.html")])
    there.unlink()
    with pytest.raises(OgiError, match="same path"):
        read_order(order)


def test_readings_of_other_documents_are_not_kept(tmp_path: Path) -> None:
    store = Store(Home(tmp_path))
    with pytest.raises(OgiError, match="not kept"):
        store.add_packed("reader", packed([(("a", "b"), {})]), [("a", "c")])
    assert store.read_keys("reader") == set()


@pytest.mark.slow
def test_what_a_lost_worker_was_reading_another_reads(
    run_here: RunHere,
    scheduler: tuple[str, Path],
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from flows import apart  # once the fixture's server is set up, since Prefect reads its settings when it is loaded

    address, mark = scheduler
    known, store = Store(Home(published)), Store(Home(tmp_path))
    captures = latest(known.captures())
    tasks_of = stages.tasks

    def deadly(_: Store, batch: Sequence[Capture]) -> list[Task]:
        return [dataclasses.replace(task, path=DeadlyPath(task.path)) for task in tasks_of(known, batch)]

    monkeypatch.setattr(stages, "tasks", deadly)
    done: list[None] = []
    apart.read_apart(Dask(address=address), store, captures, lambda: done.append(None))
    assert mark.exists()
    assert len(done) == len(captures)
    assert store.readings(reader_version()) == known.readings(reader_version())


def test_prefect_is_not_told_of_every_document(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server refuses a flow run with parameters of half a megabyte."""
    from flows import apart

    many = [Capture("a", f"{number}.html", f"{number:064}", datetime.now(UTC)) for number in range(20_000)]
    seen: list[int] = []

    def parcels(_: Store, captures: Sequence[Capture], *__: object) -> Iterator[Any]:
        seen.append(len(captures))
        yield from ()

    monkeypatch.setattr(apart, "_parcels", parcels)
    apart.read_apart(Dask(workers=1), Store(Home(tmp_path)), many, lambda: None)
    assert seen == [20_000]


def test_a_night_on_a_scheduler_makes_the_same_warehouse(
    ogi: Ogi, scheduler: tuple[str, Path], published: Path, few_samples: Path, tmp_path: Path
) -> None:
    done = ogi("run", "--sources", few_samples, "--home", tmp_path / "home", "--dask", scheduler[0])
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same(ogi, tmp_path / "home", published)


@pytest.mark.slow
def test_a_killed_night_on_local_workers_is_made_up_for(
    ogi: Ogi, published: Path, few_samples: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert killed_run(few_samples, home, after="archive", seconds=4, OGI_DASK="local:2") is not None
    deadline = time.monotonic() + 30
    while processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(home) == []
    done = ogi("run", "--sources", few_samples, "--home", home, OGI_DASK="local:2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same(ogi, home, published)
    assert_clean(home)


def assert_same(ogi: Ogi, home: Path, other: Path) -> None:
    digests = [ogi("warehouse", "digest", "--home", place).stdout for place in (home, other)]
    assert digests[0] == digests[1] != ""
