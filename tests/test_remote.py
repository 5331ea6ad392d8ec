"""A home whose archive, captures and readings stand on object storage too: the same warehouse, from there alone."""

from __future__ import annotations

import contextlib
import hashlib
import io
import pickle
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashboard.original.places import OriginalMissing, find_original
from extract.crawl.warc import Exchange, Writer
from extract.paths import ROOT
from extract.reading import reader_version
from flows import stages, store
from flows.commands.doctor import _store
from flows.commands.run import run_command
from flows.documents import read
from flows.orders import Order, read_order
from flows.sharing import share, share_fetched
from flows.store import Capture, Store
from flows.verifying import sound_sample
from tests.conftest import ENVIRONMENT, Ogi, RunHere
from tests.nights import rows
from tests.storage import storage as storage_server
from warehouse.digest import digest
from warehouse.errors import OgiError
from warehouse.home import Home
from warehouse.remote import MARK, VARIABLE, _Pieces, remote_of

PAGE = "<html><body><p>某区2023年政府信息公开工作年度报告</p></body></html>".encode()


@pytest.fixture(scope="module")
def storage() -> Iterator[dict[str, str]]:
    """The environment that leads to a server of object storage on this machine."""
    with storage_server() as leads_there:
        yield leads_there


@pytest.fixture
def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in a folder, by the same setting: its failures are those of files."""
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path / 'store'}")
    return tmp_path / "store"


def a_home(root: Path) -> Home:
    home = Home(root)
    home.claim("sources")
    return home


def filled(root: Path, *pages: bytes) -> tuple[Home, list[Capture]]:
    """A home that shares its store, with these documents archived and seen."""
    home = a_home(root)
    share(home)
    kept = Store(home)
    captures = [
        Capture("tests", f"{number}.html", kept.archive_bytes(page), datetime(2026, 1, 1, tzinfo=UTC))
        for number, page in enumerate(pages)
    ]
    kept.add_captures(captures)
    return home, captures


def taken(root: Path) -> Home:
    """A new home that takes the store over."""
    home = a_home(root)
    share(home, take=True)
    return home


def test_a_night_and_a_new_home_from_the_store_alone(
    storage: dict[str, str],
    published: Path,
    few_samples: Path,
    tmp_path: Path,
    run_here: RunHere,
    contracts_hold: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**storage, VARIABLE: "s3://bucket/nightly"}.items():
        monkeypatch.setenv(name, value)
    first = Home(tmp_path / "first")
    assert run_here(few_samples, first.root)[0] == 0
    same = digest(Home(published).published.resolve())
    assert digest(first.published.resolve()) == same
    (tmp_path / "nothing").mkdir()
    second = Home(tmp_path / "second")
    status, output = run_here(tmp_path / "nothing", second.root)
    assert status == 1 and "--take-store" in output
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert run_command(tmp_path / "nothing", second.root, None, take_store=True) == 0, printed.getvalue()
    assert digest(second.published.resolve()) == same
    assert not second.archive.exists()  # its documents were read already
    (document, *_) = rows(second, "SELECT sha256 FROM document ORDER BY 1")
    assert sound_sample(second, 100)[1] == [] and Store(second).archived(document["sha256"]).is_file()
    status, output = run_here(few_samples, first.root)
    assert status == 1 and "--take-store" in output  # it was taken over
    secret = storage["AWS_SECRET_ACCESS_KEY"].encode()
    assert not [path for path in second.root.rglob("*.json*") if secret in path.read_bytes()]


def test_without_the_setting_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from flows.store import Store; from warehouse.home import Home;"
        f"store = Store(Home(pathlib.Path({str(tmp_path)!r}))); store.archive_bytes(b'1'); store.add_captures([]);"
        "print(store.remote, {'fsspec.implementations.arrow', 'warehouse.object_store'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.strip() == "None set()", run.stderr


def test_a_home_does_not_forget_its_store(on_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, _ = filled(tmp_path / "home", PAGE)
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path / 'other'}")
    with pytest.raises(OgiError, match=r"but OGI_STORE says"):
        remote_of(home)
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(OgiError, match=r"set the environment variable OGI_STORE"):
        remote_of(home)
    monkeypatch.setenv(VARIABLE, f"file://{on_disk}")
    shutil.rmtree(on_disk)
    with pytest.raises(OgiError, match="is empty, though"):
        share(home)


def test_a_home_that_had_none_fills_its_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    home, captures = filled(tmp_path / "home", PAGE, b"another")
    Store(home).add_readings(reader_version(), [(captures[0].key, {"error": None})])
    home.reviews.mkdir()
    (home.reviews / "decisions-0001.jsonl").write_text("{}\n")
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path / 'store'}")
    share(home)
    (home.reviews / "decisions-0001.jsonl").write_text("{}\n{}\n")
    share(home)
    other = taken(tmp_path / "other")
    assert Store(other).captures() == captures
    assert Store(other).read_keys(reader_version()) == {captures[0].key}
    assert (other.reviews / "decisions-0001.jsonl").read_text() == "{}\n{}\n"
    Store(other).fetch(captures)
    assert [Store(other).archived(capture.sha256).read_bytes() for capture in captures] == [PAGE, b"another"]


def test_samples_and_sources_do_not_share_a_store(on_disk: Path, tmp_path: Path) -> None:
    filled(tmp_path / "home", PAGE)
    samples = Home(tmp_path / "samples")
    samples.claim("samples")
    with pytest.raises(OgiError, match="holds sources, this home samples"):
        share(samples, take=True)


def test_two_archives_are_not_joined(on_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "home", PAGE)
    monkeypatch.delenv(VARIABLE)
    apart, _ = filled(tmp_path / "apart", b"of its own")
    monkeypatch.setenv(VARIABLE, f"file://{on_disk}")
    with pytest.raises(OgiError, match="cannot be joined"):
        share(apart, take=True)


def test_two_homes_never_write_the_same_file(on_disk: Path, tmp_path: Path) -> None:
    """The second has taken over while the first was at work."""
    first, captures = filled(tmp_path / "first", PAGE)
    second = taken(tmp_path / "second")
    Store(second).add_captures([captures[0]])
    with pytest.raises(OgiError, match="another home writes to it"):
        Store(first).add_captures([captures[0], captures[0]])
    assert len(Store(first).captures()) == 1
    table = pq.read_table(first.captures / "00000001.parquet")
    pq.write_table(table, first.captures / "00000002.parquet", compression="none")
    with pytest.raises(OgiError, match="another home has written to it"):
        share(first, take=True)


@pytest.mark.parametrize("what", ["document", "captures", "readings"])
def test_what_a_kill_leaves_is_made_up_for(
    what: str, on_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the store, which is written first, and the home."""
    home, captures = filled(tmp_path / "home", PAGE)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def work() -> None:
        kept = Store(home)
        if what == "document":
            kept.add_captures([Capture("tests", "b.html", kept.archive_bytes(b"b"), captures[0].retrieved_at)])
        elif what == "captures":
            kept.add_captures(captures)
        else:
            kept.add_readings(reader_version(), [(captures[0].key, {"error": None})])

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(store, "write_atomically", killed)
        work()
    share(home)
    other = taken(tmp_path / "other")
    for place in (home, other):
        assert len(Store(place).captures()) == (2 if what == "captures" else 1)
        assert len(Store(place).read_keys(reader_version())) == (what == "readings")
    share(home, take=True)
    if what == "document":
        work()
        share(taken(tmp_path / "third"))
        assert len(Store(Home(tmp_path / "third")).captures()) == 2


def test_a_document_that_is_lost_or_changed_there_is_not_taken(on_disk: Path, tmp_path: Path) -> None:
    _, captures = filled(tmp_path / "home", PAGE, b"changed", b"lost", *[b"%d" % number for number in range(8)])
    place = [on_disk / "archive" / capture.sha256[:2] / capture.sha256 for capture in captures]
    place[1].write_bytes(b"chamged")
    place[2].unlink()
    other = taken(tmp_path / "other")
    good, changed, lost = (read(task) for task in stages.tasks(Store(other), captures[:3]))
    assert good["sha256"] == captures[0].sha256
    assert changed["error"]["code"] == lost["error"]["code"] == "unreadable"
    shutil.rmtree(on_disk / "archive")
    with pytest.raises(OgiError, match="The archive cannot be read"):
        stages.tasks(Store(taken(tmp_path / "third")), captures)


def crawled(home: Home, bodies: list[bytes]) -> list[Capture]:
    """Captures of what a crawl has archived in one WARC file."""
    writer = Writer(home.warc, "ogi-test", "ogi/0")
    captures = []
    for number, body in enumerate(bodies):
        url = f"http://a.example/{number}.html"
        head = [("Content-Type", "text/html")]
        exchange = Exchange(url, "2026-01-01T00:00:00Z", "GET", [], b"", 200, "OK", head, body)
        place = writer.write(exchange)
        sha256 = hashlib.sha256(body).hexdigest()
        captures.append(Capture("site", url, sha256, datetime(2026, 1, 1, tzinfo=UTC), None, place.file, place.offset))
    writer.close()
    return captures


def test_a_document_within_a_warc_file_is_fetched_alone(
    storage: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**storage, VARIABLE: "s3://bucket/crawled"}.items():
        monkeypatch.setenv(name, value)
    home, _ = filled(tmp_path / "home", PAGE)
    captures = crawled(home, [PAGE + random.Random(number).randbytes(3 << 20) for number in range(3)])
    share_fetched(home)
    remote = remote_of(home)
    assert remote is not None
    assert list(remote.sizes("crawl/warc")) == ["ogi-test-00001.warc.gz"]
    asked: list[int] = []
    readinto = _Pieces.readinto

    def counted(self: _Pieces, buffer: Any) -> int:
        asked.append(readinto(self, buffer))
        return asked[-1]

    monkeypatch.setattr(_Pieces, "readinto", counted)
    assert remote.fetch([captures[1].document], lambda sha256: tmp_path / sha256) == [captures[1].sha256]
    assert sum(asked) < 5 << 20 and max(asked) == 1 << 20
    damaged = replace(captures[1].document, warc_offset=(captures[1].warc_offset or 0) + 7)
    assert remote.fetch([damaged], lambda sha256: tmp_path / "no") == []


def test_a_worker_elsewhere_fetches_what_it_does_not_see(on_disk: Path, few_samples: Path, tmp_path: Path) -> None:
    pages = [path.read_bytes() for path in sorted(few_samples.rglob("*.html"))[:3]]
    home, captures = filled(tmp_path / "home", *pages)
    captures += crawled(home, [pages[0] + b"<!-- crawled -->"])
    share_fetched(home)
    order = Order(reader_version(), captures, stages.order(Store(home), captures), f"file://{on_disk}")
    here = read_order(order)
    shutil.rmtree(home.archive)
    shutil.rmtree(home.warc)
    assert read_order(pickle.loads(pickle.dumps(order))) == here
    (on_disk / "archive" / captures[0].sha256[:2] / captures[0].sha256).unlink()
    with pytest.raises(OgiError, match=VARIABLE):  # the run could read it
        read_order(order)


def test_what_is_only_in_the_store_is_shown(on_disk: Path, tmp_path: Path) -> None:
    home, captures = filled(tmp_path / "home", PAGE)
    captures += crawled(home, [b"crawled"])
    share_fetched(home)
    other = taken(tmp_path / "other")
    shutil.rmtree(other.warc)

    def stated(_: str, parameters: Sequence[Any]) -> list[dict[str, Any]]:
        return [vars(capture) for capture in captures if capture.sha256 == parameters[0] and capture.warc_file]

    for capture in captures:
        original = find_original(other, stated, capture.sha256, "text/html")
        assert original.places[0].path.read_bytes() in (PAGE, b"crawled")
    with pytest.raises(OriginalMissing):
        find_original(other, stated, "0" * 64, "text/html")


def test_a_storage_that_cannot_be_reached_is_said_and_loses_nothing(
    storage: dict[str, str], ogi: Ogi, few_samples: Path, tmp_path: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
    home = tmp_path / "home"
    for changed, said in (
        ({"AWS_ENDPOINT_URL": nowhere}, "cannot be used"),
        ({VARIABLE: "s3://no-such-bucket/store"}, "cannot be used"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY"),
        ({VARIABLE: "s3://"}, "OGI_STORE cannot be"),
        ({VARIABLE: "gopher://a/b"}, "OGI_STORE cannot be"),
    ):
        environment = {**storage, VARIABLE: "s3://bucket/unreached", **changed}
        done = ogi("run", "--sources", few_samples, "--home", home, **environment)
        assert done.returncode == 1, changed
        assert said in done.stdout and "Traceback" not in done.stdout + done.stderr, (changed, done.stdout)
        assert not (home / MARK).exists() and not (home / "captures").exists()


@pytest.mark.slow
@pytest.mark.skipif(find_spec("prefect_dask") is None, reason="the extra dask is not installed")
def test_a_night_on_dask_from_the_store_has_the_same_digest(
    storage: dict[str, str], ogi: Ogi, published: Path, few_samples: Path, tmp_path: Path
) -> None:
    environment = {**storage, VARIABLE: "s3://bucket/dask"}
    home = Home(tmp_path / "home")
    done = ogi("run", "--sources", few_samples, "--home", home.root, "--dask", "local:2", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert digest(home.published.resolve()) == digest(Home(published).published.resolve())


def test_doctor_looks_at_the_store(on_disk: Path, tmp_path: Path) -> None:
    home, _ = filled(tmp_path / "home", PAGE)
    assert [finding[0] for finding in _store(home)] == ["ok"]
    taken(tmp_path / "other")
    assert [finding[0] for finding in _store(home)] == ["wrong"]
    shutil.rmtree(on_disk)
    assert [finding[0] for finding in _store(home)] == ["remark"]
    shutil.rmtree(on_disk)
    on_disk.write_bytes(b"")
    assert [finding[0] for finding in _store(home)] == ["wrong"]
