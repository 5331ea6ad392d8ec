"""How the crawler bears with hosts that are slow, busy, dead, or mean harm: each on a loopback address of its own."""

from __future__ import annotations

import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import pytest
import yaml
from scrapy.http import Response

from extract.crawl.outcomes import Outcome
from extract.crawl.pace import retry_after
from extract.crawl.round import FAILURES
from flows.home import Home
from tests.crawled import Night, crawl

LIST = "/xxgk/xxgknb/index.html"
TITLE = "示例县教育局2023年政府信息公开工作年度报告"
PAGE = f"<html><head><title>{TITLE}</title></head><body>{'<p>本报告</p>' * 200}</body></html>"
HEADERS = {"Content-Type": "text/html; charset=utf-8"}

Answer = tuple[int, dict[str, str], str] | Callable[[BinaryIO], None] | None


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_CRAWL_TIMEOUT", "1")
    monkeypatch.setenv("OGI_CRAWL_BACKOFF", "0.05")


class Host:
    """A server of which a test says how it answers, and what it was asked at what moment."""

    def __init__(
        self, address: str, answer: Callable[[Host, str], Answer], context: ssl.SSLContext | None = None
    ) -> None:
        self.asked: list[tuple[float, str]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((time.monotonic(), self.path))
                found = answer(host, self.path)
                try:
                    if found is None:
                        self.close_connection = True
                    elif callable(found):
                        found(self.wfile)  # type: ignore[arg-type]
                        self.close_connection = True
                    else:
                        status, headers, body = found
                        self.send_response(status)
                        data = body.encode()
                        for name, value in {**HEADERS, **headers, "Content-Length": str(len(data))}.items():
                            self.send_header(name, value)
                        self.end_headers()
                        self.wfile.write(data)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer((address, 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.home = f"http{'s' if context else ''}://{address}:{self.server.server_port}"

    def url(self, path: str) -> str:
        return self.home + path

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.asked if path != "/robots.txt"]


@contextmanager
def host(address: str, answer: Callable[[Host, str], Answer], context: ssl.SSLContext | None = None) -> Iterator[Host]:
    made = Host(address, answer, context)
    Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()


def night(tmp_path: Path, *homes: str, **more: Any) -> Night:
    """A crawl of a list on every host, with no delay unless one is given."""
    folder = tmp_path / "sources"
    folder.mkdir(exist_ok=True)
    for number, home in enumerate(homes):
        source = {
            "source": f"host-{number}", "kind": "site", "family": "trs", "name_zh": "此处", "name_en": "here",
            "listings": [home + LIST], "private_networks": ["127.88.0.0/16"], "delay": 0, **more,
        }  # fmt: skip
        (folder / f"{source['source']}.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), "utf-8")
    return crawl(Home(tmp_path / "home"), folder)


def reports(count: int) -> list[str]:
    return [f"/xxgk/xxgknb/202401/t20240115_{number}.html" for number in range(count)]


def listing(paths: list[str]) -> str:
    rows = "".join(
        f'<li><a href="{path}">{TITLE.replace("教育", f"第{number}")}</a><span>2024-01-15</span></li>'
        for number, path in enumerate(paths)
    )
    return f"<html><head><title>政府信息公开年报</title></head><body><ul>{rows}</ul></body></html>{' ' * 600}"


def web(paths: list[str], answer: Callable[[Host, str], Answer], robots: str = "") -> Callable[[Host, str], Answer]:
    """A host with a list of reports, which answers for the reports themselves as a test says."""

    def answered(asked: Host, path: str) -> Answer:
        if path == "/robots.txt":
            return (200, {"Content-Type": "text/plain"}, robots) if robots else (404, {}, "")
        return (200, {}, listing(paths)) if path == LIST else answer(asked, path)

    return answered


def ends(found: Night, asked: Host, paths: list[str]) -> list[Outcome]:
    return [found.addresses[asked.url(path)].outcome for path in paths]


# heads that do not end


def many_lines(out: BinaryIO) -> None:
    out.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        out.write(b"X-%d: a\r\n" % number)


def much_in_a_line(out: BinaryIO) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(10_000):
        out.write(b"a" * 65536)


def provisional(out: BinaryIO) -> None:
    for _ in range(1_000_000):
        out.write(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n")


def just_ends(out: BinaryIO) -> None:
    out.write(b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 1000 + b"Content-Length: 1\r\n\r\na")


@pytest.mark.parametrize("flood", [many_lines, much_in_a_line, provisional, just_ends])
def test_header_lines_without_end_are_too_large(flood: Callable[[BinaryIO], None], tmp_path: Path) -> None:
    paths = reports(1)
    with host("127.88.13.1", web(paths, lambda *_: flood)) as asked:
        found = night(tmp_path, asked.home)
    assert ends(found, asked, paths) == [Outcome.too_large]
    assert asked.paths == [LIST, *paths]  # it is not asked again


def test_an_answer_with_many_header_lines_is_read(tmp_path: Path) -> None:
    paths = reports(1)
    many = {f"X-{number}": "a" * 400 for number in range(400)}
    with host("127.88.13.2", web(paths, lambda *_: (200, many, PAGE))) as asked:
        found = night(tmp_path, asked.home)
    assert ends(found, asked, paths) == [Outcome.ok]


# hosts that are dead or busy


def dead(_: Host, path: str) -> Answer:
    return lambda out: time.sleep(1.5)


def test_a_host_that_answers_no_more_is_left_alone_soon(tmp_path: Path) -> None:
    """Six attempts that end by time-out, whichever pages they were for; what waits in the host's queue is let go."""
    paths = reports(60)
    with host("127.88.11.1", web(paths, dead)) as asked:
        began = time.monotonic()
        found = night(tmp_path, asked.home, delay=0.4)
        took = time.monotonic() - began
    assert len(asked.paths) <= 1 + FAILURES
    outcomes = Counter(ends(found, asked, paths))
    assert set(outcomes) <= {Outcome.timeout, Outcome.given_up} and outcomes[Outcome.given_up] >= 54
    assert took < 15  # sixty pages at its delay alone would take longer


def test_a_host_that_is_busy_is_asked_nothing_until_it_said(tmp_path: Path) -> None:
    """Retry-After holds for the whole host, not for the one page."""
    paths = reports(5)
    refused: list[float] = []

    def busy(asked: Host, path: str) -> Answer:
        if refused:
            return 200, {}, PAGE.replace("本报告", path)
        refused.append(time.monotonic())
        return 429, {"Retry-After": "2"}, ""

    with host("127.88.12.1", web(paths, busy)) as asked:
        found = night(tmp_path, asked.home, delay=0.05)
    assert ends(found, asked, paths) == [Outcome.ok] * 5
    later = [moment - refused[0] for moment, path in asked.asked if path in paths and moment > refused[0]]
    assert later and min(later) > 1.8


@pytest.mark.parametrize("value", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_host_that_is_busy_for_long_is_left_for_another_night(value: str, tmp_path: Path) -> None:
    paths = reports(5)
    with host("127.88.12.2", web(paths, lambda *_: (503, {"Retry-After": value}, ""))) as asked:
        found = night(tmp_path, asked.home, delay=0.05)
    assert len(asked.paths) == 2
    assert sorted(ends(found, asked, paths)) == [Outcome.busy] * 4 + [Outcome.server_error]


def test_busy_answers_in_a_row_count_towards_giving_up(tmp_path: Path) -> None:
    paths = reports(20)
    with host("127.88.12.3", web(paths, lambda *_: (503, {}, ""))) as asked:
        found = night(tmp_path, asked.home, delay=0.05)
    assert len(asked.paths) == 1 + FAILURES
    assert set(ends(found, asked, paths)) == {Outcome.server_error, Outcome.given_up}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0), ({"Retry-After": "90"}, 90), ({"Retry-After": "soon"}, 0), ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "Wed, 21 Oct 2015 07:26:00 GMT"}, 120),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "yesterday"}, 0),
    ],
)  # fmt: skip
def test_how_long_a_host_asks_for(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(Response("http://a/", 429, headers=headers)) == seconds


# robots.txt


@pytest.mark.parametrize("asked_for", ["Crawl-delay: 86400", "Request-rate: 1/3600"])
def test_a_host_that_wants_too_long_a_delay_does_not_hold_the_crawl(asked_for: str, tmp_path: Path) -> None:
    paths = reports(3)
    with host("127.88.2.1", web(paths, lambda *_: (200, {}, PAGE), f"User-agent: *\n{asked_for}\n")) as asked:
        found = night(tmp_path, asked.home)
    assert asked.paths == []
    assert ends(found, asked, [LIST]) == [Outcome.delay_too_long]


def test_a_crawl_whose_time_is_over_waits_for_no_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for its turn with a slow host is left for the next run, which takes it up."""
    paths = reports(30)
    monkeypatch.setenv("OGI_CRAWL_HOURS", str(2.0 / 3600))
    with host("127.88.2.2", web(paths, lambda _, path: (200, {}, PAGE.replace("本报告", path)))) as asked:
        began = time.monotonic()
        first = night(tmp_path, asked.home, delay=1.0)
        assert time.monotonic() - began < 8
        assert Outcome.waiting in ends(first, asked, paths)
        monkeypatch.delenv("OGI_CRAWL_HOURS")
        second = night(tmp_path, asked.home, delay=0.01)
    assert ends(second, asked, paths) == [Outcome.ok] * 30


@pytest.mark.parametrize("name", ["ogi", "OGI", "ogi/1.0", "ogi 1.0", "ogi*"])
def test_robots_txt_may_call_us_by_name_and_version(name: str, tmp_path: Path) -> None:
    rules = f"User-agent: *\nAllow: /\n\nUser-agent: {name}\nDisallow: /xxgk/\n"
    with host("127.88.20.1", web([], lambda *_: (200, {}, PAGE), rules)) as asked:
        found = night(tmp_path, asked.home)
    assert ends(found, asked, [LIST]) == [Outcome.robots]


@pytest.mark.parametrize("name", ["ogive", "ogi-bot", "o2", "og", "Baiduspider/2.0"])
def test_names_of_others_are_not_ours(name: str, tmp_path: Path) -> None:
    rules = f"User-agent: {name}\nDisallow: /xxgk/\n\nUser-agent: ogi\nAllow: /\n"
    with host("127.88.20.2", web([], lambda *_: (200, {}, PAGE), rules)) as asked:
        found = night(tmp_path, asked.home)
    assert ends(found, asked, [LIST]) != [Outcome.robots]


# names


def test_a_name_that_leads_into_a_private_network_is_called_so(tmp_path: Path) -> None:
    home = "http://localhost:9"
    found = night(tmp_path, home)
    ended = found.addresses[home + LIST]
    assert ended.outcome is Outcome.private_address
    assert "private_networks" in str(ended.detail)


# dead links


@pytest.mark.parametrize("target", ["/", "/index.html", LIST, "/xxgk/xxgknb/", "http://www.example.com/"])
def test_a_dead_link_that_leads_to_the_first_page_or_the_list_is_gone(target: str, tmp_path: Path) -> None:
    paths = reports(2)

    def answer(_: Host, path: str) -> Answer:
        return (302, {"Location": target}, "") if path == paths[0] else (200, {}, PAGE)

    with host("127.88.15.1", web(paths, answer)) as asked:
        found = night(tmp_path, asked.home)
    elsewhere = target.startswith("http")
    assert ends(found, asked, paths) == [Outcome.off_site if elsewhere else Outcome.gone, Outcome.ok]
    assert sorted(asked.paths) == sorted([LIST, *paths])


def test_a_report_that_moved_is_followed(tmp_path: Path) -> None:
    paths = reports(1)

    def answer(_: Host, path: str) -> Answer:
        return (301, {"Location": "/new/a.html"}, "") if path == paths[0] else (200, {}, PAGE)

    with host("127.88.15.2", web(paths, answer)) as asked:
        found = night(tmp_path, asked.home)
    assert ends(found, asked, paths) == [Outcome.ok]


def test_robots_txt_that_leads_to_the_first_page_is_none(tmp_path: Path) -> None:
    def answer(_: Host, path: str) -> Answer:
        return (302, {"Location": "/"}, "") if path == "/robots.txt" else (200, {}, listing([]))

    with host("127.88.15.3", answer) as asked:
        found = night(tmp_path, asked.home)
    assert LIST in asked.paths
    assert ends(found, asked, [LIST]) == [Outcome.ok]
