"""What is wrong with the nights is told once, to those who asked for it, and told to be over; and is counted."""

from __future__ import annotations

import json
import logging
import shutil
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from flows import metrics, notifying
from flows import record as records
from flows.commands.doctor import doctor_command
from flows.commands.notify import notify_command
from flows.lock import hold
from flows.logs import JsonLines
from flows.notifying import Channel, channels, send, tell
from flows.record import RunRecord
from flows.watching import Trouble, troubles
from tests.conftest import Ogi, RunHere
from warehouse.errors import OgiError
from warehouse.home import Home

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def record(hours_ago: float, **more: Any) -> RunRecord:
    began = AT - timedelta(hours=hours_ago)
    ended = (began + timedelta(minutes=30)).isoformat()
    return replace(
        RunRecord(f"{began:%Y%m%dT%H%M%S}000Z", began.isoformat(), "completed", ended, sources=["a"]), **more
    )


def keys(tmp_path: Path, *records: RunRecord, late: float = 26) -> list[str]:
    return [trouble.key for trouble in troubles(Home(tmp_path), records, AT, late)]


def test_a_home_in_order_has_no_trouble(tmp_path: Path) -> None:
    assert keys(tmp_path) == []
    assert keys(tmp_path, record(25), record(1)) == []


def test_a_run_is_late_when_none_went_well_for_long(tmp_path: Path) -> None:
    assert keys(tmp_path, record(26.4)) == []
    assert keys(tmp_path, record(26.6)) == ["late"]
    failed = record(1, state="failed", problems=["磁盘已满 / the disk is full"])
    assert keys(tmp_path, record(30), failed) == ["late", "failed"]
    assert keys(tmp_path, record(0.2, state="running", finished_at=None)) == []
    assert keys(tmp_path, record(40, state="running", finished_at=None)) == ["late"]


def test_a_broken_floor_and_jumps_are_told_apart(tmp_path: Path) -> None:
    held = record(1, state="failed", problems=["x / y"], build="b-1")
    assert keys(tmp_path, held) == ["late", "held_back", "failed"][1:]
    jumped = record(1, comparison={"issues_per_filing_growth": 0.4, "issues_before": 100, "values_changed": 0.0,
                                   "cells_reported_before": 9000})  # fmt: skip
    assert keys(tmp_path, jumped) == ["ceiling:issues_per_filing_growth"]
    few = record(1, comparison={"issues_per_filing_growth": 0.4, "issues_before": 10})
    assert keys(tmp_path, few) == []


def test_a_source_is_silent_after_three_nights_without_any_list(tmp_path: Path) -> None:
    def night(hours: float, *outcomes: str) -> RunRecord:
        rows = [{"source": "s", "role": "listing", "outcome": outcome, "addresses": 1} for outcome in outcomes]
        return record(hours, crawled=[*rows, {"source": "s", "role": "report", "outcome": "ok", "addresses": 9}])

    nights = [night(5, "ok"), night(4, "timeout"), night(3, "gone"), night(2, "forbidden", "timeout")]
    assert keys(tmp_path, *nights) == ["silent:s"]
    assert keys(tmp_path, *nights[:3]) == []
    assert keys(tmp_path, *nights, night(1, "timeout", "unchanged")) == []
    assert keys(tmp_path, *nights, record(1)) == ["silent:s"]  # a night that did not crawl says nothing


@contextmanager
def webhook(status: int = 200, delay: float = 0.0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web server that takes JSON: its address, and what came."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(delay)
            got.append(json.loads(body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/hook", got
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mail() -> Iterator[tuple[str, list[str]]]:
    """A mail server that takes everything: its address for Apprise, and the messages."""
    messages: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 mail\r\n")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (line := self.rfile.readline()) != b".\r\n":
                        lines.append(line)
                    messages.append(b"".join(lines).decode())
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
                if verb == b"QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_address[1]
        yield f"mailto://127.0.0.1:{port}?from=ogi@example.org&to=operator@example.org&mode=insecure", messages
    finally:
        server.shutdown()
        server.server_close()


DISK = Trouble("failed", "运行未能完成：磁盘已满 7", "The run failed: the disk is full 7")


def test_a_trouble_is_told_once_and_its_end_too(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with webhook() as (address, got), mail() as (mailbox, messages):
        given = channels({"OGI_NOTIFY": f"{address}\n {mailbox}"})
        assert tell(home, [DISK], given) == []
        assert tell(home, [replace(DISK, zh="运行未能完成：磁盘已满 8")], given) == []
        assert len(got) == len(messages) == 1
        assert "磁盘已满" in got[0]["message"] and "the disk is full" in got[0]["message"]
        assert "operator@example.org" in messages[0]
        other = Trouble("failed", "运行未能完成：断网", "The run failed: no network")
        assert tell(home, [other], given) == [] and len(got) == 2
        assert tell(home, [], given) == [] and len(got) == len(messages) == 3
        assert "已恢复" in got[2]["message"] and "断网" in got[2]["message"]
        assert tell(home, [], given) == [] and len(got) == 3


def test_what_nobody_took_is_told_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with webhook(500) as (address, got):
        (failed,) = tell(home, [DISK], channels({"OGI_NOTIFY": address}))
        assert "未能送出" in failed and "127.0.0.1" not in failed and got
    with webhook() as (address, got):
        assert tell(home, [DISK], channels({"OGI_NOTIFY": address})) == [] and len(got) == 1


def test_without_channels_nothing_counts_as_told(tmp_path: Path) -> None:
    assert tell(Home(tmp_path), [DISK], []) == []
    assert not Home(tmp_path).notified.exists()


def test_a_channel_that_hangs_costs_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "SECONDS", 0.3)
    began = time.monotonic()
    hanging = Channel("slow", lambda *_: time.sleep(20) or True)  # type: ignore[func-returns-value]
    (failed,) = send([hanging, Channel("quick", lambda *_: True)], "t", "b")
    assert "slow" in failed and time.monotonic() - began < 5


def test_secrets_are_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OgiError) as caught:
        channels({"OGI_NOTIFY": "nonsense-with-hunter2"})
    assert "hunter2" not in caught.value.zh + caught.value.en and "第 1 个" in caught.value.zh
    (channel,) = channels({"OGI_NOTIFY": "json://user:hunter2@127.0.0.1:9/x"})
    with caplog.at_level(logging.DEBUG):
        assert len(send([channel], "t", "b")) == 1
    assert "hunter2" not in caplog.text + channel.name


def test_a_block_without_a_server_is_a_failed_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert len(send(channels({"OGI_NOTIFY": "prefect-block:slack-webhook/ops"}), "t", "b")) == 1


def test_a_block_of_a_server_is_told(run_here: RunHere) -> None:
    """On a real server: the block is saved there and loaded by its name."""
    from prefect.blocks.notifications import CustomWebhookNotificationBlock

    with webhook() as (address, got):
        block = CustomWebhookNotificationBlock(
            name="x",
            url=address.replace("json:", "http:"),
            json_data={"said": "{{subject}} {{body}}"},
            headers=None,
            cookies=None,
        )
        block.save("ops", overwrite=True)
        assert send(channels({"OGI_NOTIFY": "prefect-block:custom-webhook/ops"}), "标题", "正文") == []
    assert got == [{"said": "标题 正文"}]


@given(st.binary(max_size=40) | st.from_type(int).map(lambda n: json.dumps({"failed": n}).encode()))
def test_a_damaged_note_of_what_was_told_is_no_trouble(content: bytes) -> None:
    class Damaged:
        def read_bytes(self) -> bytes:
            return content

    class Place:
        notified = Damaged()

    assert isinstance(notifying._told(Place()), dict)  # type: ignore[arg-type]


def test_the_metrics_are_read_by_prometheus() -> None:
    last = record(
        1, filings=12, seen=9, stages={"extract": 1.5}, bytes=100,
        expected=[{"source": 's"\n', "expected": 5, "found": 4}],
        issues_by_rule=[{"severity": "error", "rule": "a", "origin": "filing", "issues": 3},
                        {"severity": "error", "rule": "b", "origin": "filing", "issues": 4}],
    )  # fmt: skip
    content = metrics.render([record(9), last], [DISK, Trouble("silent:s", "x", "y")]).decode()
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(content)
        for sample in family.samples
    }
    assert found["ogi_filings",] == 12 and found["ogi_stage_seconds", "extract"] == 1.5
    assert found["ogi_open_issues", "error", "filing"] == 7
    assert found["ogi_filings_expected", 's"\n'] == 5 and found["ogi_filings_found", 's"\n'] == 4
    assert (
        found["ogi_troubles", "failed"] == found["ogi_troubles", "silent"] == 1 and found["ogi_troubles", "late"] == 0
    )
    assert found["ogi_last_success_timestamp_seconds",] == datetime.fromisoformat(str(last.finished_at)).timestamp()
    assert metrics.render([], []) and metrics.render([record(1, state="failed", finished_at=None)], [])


def test_the_command_tells_writes_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    record(1, state="failed", problems=["断网 / no network"]).save(home)
    with webhook() as (address, got):
        monkeypatch.setenv("OGI_NOTIFY", address)
        assert notify_command(home.root, 26, test=True) == 0 and len(got) == 1
        assert notify_command(home.root, 26, test=False) == 1 and len(got) == 2
    out = capsys.readouterr().out
    assert "断网" in out
    assert b'ogi_troubles{kind="failed"} 1.0' in home.metrics.read_bytes()
    monkeypatch.setenv("OGI_METRICS", str(tmp_path / "elsewhere.prom"))
    notify_command(home.root, 26, test=False)
    assert (tmp_path / "elsewhere.prom").exists()


def test_a_failed_run_is_told_and_a_good_one_after_it(few_samples: Path, tmp_path: Path, ogi: Ogi) -> None:
    """The whole command: a source that is not there, then there."""
    home, source = tmp_path / "home", tmp_path / "source.yaml"
    source.write_text("source: some-county\nkind: folder\npath: reports\nname_zh: 一\nname_en: a\n")
    with webhook() as (address, got):
        failed = ogi("run", "--sources", source, "--home", home, OGI_NOTIFY=address)
        assert failed.returncode == 1 and len(got) == 1 and "运行未能完成" in got[0]["message"]
        assert b'ogi_troubles{kind="failed"} 1.0' in Home(home).metrics.read_bytes()
        few_samples_here = tmp_path / "reports"
        few_samples_here.mkdir()
        (few_samples_here / "a.txt").write_text("不是报告")
        good = ogi("run", "--sources", source, "--home", home, OGI_NOTIFY=address)
        assert good.returncode == 0, good.stdout + good.stderr
        assert len(got) == 2 and "已恢复" in got[1]["message"]
    assert address.rpartition("/")[0].partition("//")[2] not in "".join(
        path.read_text() for path in Home(home).runs.iterdir()
    )


def test_a_log_is_one_object_a_line() -> None:
    made = logging.LogRecord("ogi", logging.ERROR, __file__, 1, "第 %s 行\n换行", ("一",), None)
    try:
        raise ValueError("why")
    except ValueError as error:
        made.exc_info = (type(error), error, error.__traceback__)
    line = JsonLines("run-1").format(made)
    assert "\n" not in line
    told = json.loads(line)
    assert told["run"] == "run-1" and told["message"] == "第 一 行\n换行" and "ValueError: why" in told["exception"]


def test_a_damaged_record_stops_no_night_and_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home(tmp_path)
    record(3).save(home)
    sound = record(1)
    sound.save(home)
    began = b'"run_id": "a", "started_at": "2026-01-01T00:00:00+00:00"'
    contents = (
        b"",
        b"{",
        b"[]",
        b'{"run_id": 1}',
        b'{"run_id": "a", "started_at": "soon"}',
        b'{%s, "stages": 5}' % began,
    )
    for number, content in enumerate(contents):
        (home.runs / f"20250101T00000000{number}Z.json").write_bytes(content)
    assert [each.run_id for each in records.load_all(home)][-1] == sound.run_id
    assert len(records.load_all(home)) == 2 and len(records.damaged(home)) == 6
    doctor_command(home.root)
    out = capsys.readouterr().out
    assert "6 份已损坏" in out and "20250101T000000000Z.json" in out


def test_the_doctor_looks_at_nights_archive_and_channels(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published, home.root, symlinks=True)
    monkeypatch.setenv("OGI_NOTIFY", "nonsense")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    for path in home.archive.rglob("*"):
        if path.is_file():
            path.write_bytes(b"decayed")
    with hold(home, "ogi run"):
        assert doctor_command(home.root) == 1
    lines = capsys.readouterr().out.splitlines()
    wrong, well = ("存档 archive", "通知 notifications", "Prefect 服务"), ("lock: ogi run, pid", "run that went well")
    for sign, words in [*(("✗", words) for words in wrong), *(("✓", words) for words in well)]:
        assert any(line.startswith(sign) and words in line for line in lines), (sign, words)
