"""How the crawler bears with hosts that are slow, busy, dead, or mean harm: each on a loopback address of its own."""

from __future__ import annotations

import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import pytest
import yaml
from scrapy.http import Response

from extract.crawl.outcomes import Outcome
from extract.crawl.pace import retry_after
from extract.crawl.round import FAILURES
from tests.crawled import Night, crawl
from warehouse.home import Home

LIST = "/xxgk/xxgknb/index.html"
TITLE = "示例县教育局2023年政府信息公开工作年度报告"
PAGE = f"<html><head><title>{TITLE}</title></head><body>{'<p>本报告</p>' * 200}</body></html>"
HEADERS = {"Content-Type": "text/html; charset=utf-8"}

Answer = tuple[int, dict[str, str], str] | Callable[[BinaryIO], None] | None


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OGI_CRAWL_TIMEOUT", "1")
        patch.setenv("OGI_CRAWL_BACKOFF", "0.05")
        yield


class Host:
    """A server of which a test says how it answers, and what it was asked at what moment."""

    def __init__(
        self,
        address: str,
        answer: Callable[[Host, str], Answer],
        context: ssl.SSLContext | None = None,
        protocol: str = "HTTP/1.0",
    ) -> None:
        self.asked: list[tuple[float, str]] = []
        self.connections: set[Any] = set()
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = protocol

            def do_GET(self) -> None:
                host.asked.append((time.monotonic(), self.path))
                host.connections.add(self.client_address)
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

        class Server(ThreadingHTTPServer):
            request_queue_size = 128  # with five a busy machine drops connections, which then time out

        self.server = Server((address, 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.home = f"http{'s' if context else ''}://{address}:{self.server.server_port}"

    def url(self, path: str) -> str:
        return self.home + path

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.asked if path != "/robots.txt"]


@contextmanager
def host(
    address: str,
    answer: Callable[[Host, str], Answer],
    context: ssl.SSLContext | None = None,
    protocol: str = "HTTP/1.0",
) -> Iterator[Host]:
    made = Host(address, answer, context, protocol)
    Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()


def night(tmp_path: Path, *homes: str, **more: Any) -> Night:
    """A crawl of a list on every host, with no delay unless one is given."""
    return night_of(tmp_path, {home: more for home in homes})


def night_of(tmp_path: Path, homes: Mapping[str, dict[str, Any]]) -> Night:
    """A crawl of a list on every host; what else the source of each says."""
    folder = tmp_path / "sources"
    folder.mkdir(exist_ok=True)
    for number, (home, more) in enumerate(homes.items()):
        source = {
            "source": f"host-{number}", "kind": "site", "family": "trs", "name_zh": "此处", "name_en": "here",
            "listings": [home + LIST], "private_networks": ["127.88.0.0/16"], "delay": 0, **more,
        }  # fmt: skip
        (folder / f"{source['source']}.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), "utf-8")
    return crawl(Home(tmp_path / "home"), folder)


@dataclass(frozen=True)
class Case:
    """A host of the crowd, and what else its source says."""

    answer: Callable[[Host, str], Answer]
    more: dict[str, Any] = field(default_factory=dict)
    context: Callable[[Path, str], ssl.SSLContext] | None = None


class Crowd:
    """One crawl of many hosts, each of which shows something else: a process for each would take a minute longer.
    None of them waits for a time-out, so that there is time for all."""

    def __init__(self, folder: Path, network: str, cases: Mapping[str, Case], further: Sequence[str] = ()) -> None:
        self.folder, self.home = folder, Home(folder / "home")
        with ExitStack() as stack:
            self.hosts: dict[str, Host] = {}
            for number, (name, case) in enumerate(cases.items(), 1):
                address = f"{network}.{number}"
                context = case.context(folder, address) if case.context else None
                self.hosts[name] = stack.enter_context(host(address, case.answer, context))
            homes = {asked.home: cases[name].more for name, asked in self.hosts.items()}
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("OGI_CRAWL_TIMEOUT", "10")
                patch.setenv("OGI_CRAWL_BACKOFF", "0.05")
                self.night = night_of(folder, {**homes, **{home: {} for home in further}})

    def ends(self, name: str, paths: list[str]) -> list[Outcome]:
        """What became of addresses of a host."""
        return ends(self.night, self.hosts[name], paths)


CROWD: dict[str, Case] = {}
"""Filled where the tests stand."""

NOWHERE = "http://localhost:9"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return Crowd(tmp_path_factory.mktemp("crowd"), "127.88.50", CROWD, [NOWHERE])


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


FLOODS: dict[str, Callable[[BinaryIO], None]] = {
    "many lines": many_lines, "much in a line": much_in_a_line, "provisional": provisional, "just ends": just_ends,
}  # fmt: skip
CROWD |= {name: Case(web(reports(1), lambda *_, flood=flood: flood)) for name, flood in FLOODS.items()}


@pytest.mark.parametrize("flood", FLOODS)
def test_header_lines_without_end_are_too_large(flood: str, crowd: Crowd) -> None:
    paths = reports(1)
    assert crowd.ends(flood, paths) == [Outcome.too_large]
    assert crowd.hosts[flood].paths == [LIST, *paths]  # it is not asked again


MANY = {f"X-{number}": "a" * 400 for number in range(400)}
CROWD["many header lines"] = Case(web(reports(1), lambda *_: (200, MANY, PAGE)))


def test_an_answer_with_many_header_lines_is_read(crowd: Crowd) -> None:
    assert crowd.ends("many header lines", reports(1)) == [Outcome.ok]


# bodies that do not say how long they are

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
SENT: list[int] = []


def chunks(out: BinaryIO, piece: bytes, number: int) -> None:
    out.write(CHUNKED)
    for _ in range(number):
        out.write(b"%X\r\n%b\r\n" % (len(piece), piece))
        SENT.append(len(piece))


def page_without_end(out: BinaryIO) -> None:
    chunks(out, b"<li>a</li>" * 10_000, 2000)


def long_scan(out: BinaryIO) -> None:
    out.write(CHUNKED + b"8\r\n%PDF-1.4\r\n")
    for _ in range(180):
        out.write(b"%X\r\n%b\r\n" % (100_000, bytes(100_000)))
    out.write(b"0\r\n\r\n")


CROWD["page without end"] = Case(web(reports(1), lambda *_: page_without_end))
CROWD["long scan"] = Case(web(reports(1), lambda *_: long_scan))


def test_a_page_without_end_is_cut_off_and_a_long_scan_is_not(crowd: Crowd) -> None:
    assert crowd.ends("page without end", reports(1)) == [Outcome.too_large]
    assert crowd.hosts["page without end"].paths == [LIST, *reports(1)]  # it is not asked again
    assert sum(SENT) < 64 << 20
    assert crowd.ends("long scan", reports(1)) == [Outcome.ok]


def test_connections_stay_open(tmp_path: Path) -> None:
    paths = reports(60)
    answer = web(paths, lambda _, path: (200, {}, PAGE.replace("本报告", path)))
    with host("127.88.12.1", answer, protocol="HTTP/1.1") as asked:
        night(tmp_path, asked.home)
    assert len(asked.paths) == 61
    # On a busy machine a request is often made just before the connection of the one before it is free again: how many
    # are opened says little there; without any that stays open it would be one for each request.
    assert len(asked.connections) < len(asked.paths)


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


def test_what_did_not_answer_last_night_is_asked_once(tmp_path: Path) -> None:
    """The page, and the robots.txt: with all retries, hosts that never answer would make every night long."""
    with host("127.88.13.1", web(reports(1), dead)) as page, host("127.88.13.2", dead) as whole:
        for asks in (3, 1):
            page.asked.clear()
            whole.asked.clear()
            found = night(tmp_path, page.home, whole.home)
            assert [path for path in page.paths if path != LIST] == reports(1) * asks
            assert [path for _, path in whole.asked] == ["/robots.txt"] * asks
            assert ends(found, page, reports(1)) == [Outcome.timeout]
            assert ends(found, whole, [LIST]) == [Outcome.robots_unreachable]


def slowly(_: Host, path: str) -> Answer:
    time.sleep(0.3)
    return 200, {}, PAGE.replace("本报告", path)


CROWD["takes its time"] = Case(web(reports(4), slowly), {"delay": 0.5})


def test_the_delay_counts_from_the_answer(crowd: Crowd) -> None:
    """So it holds as the host sees it, however late the request before came there."""
    moments = [moment for moment, path in crowd.hosts["takes its time"].asked if path in reports(4)]
    assert len(moments) == 4
    assert min(later - earlier for earlier, later in pairwise(moments)) > 0.78


def busy_once() -> Callable[[Host, str], Answer]:
    refused: list[str] = []

    def answer(_: Host, path: str) -> Answer:
        if refused:
            return 200, {}, PAGE.replace("本报告", path)
        refused.append(path)
        return 429, {"Retry-After": "2"}, ""

    return answer


CROWD["busy"] = Case(web(reports(5), busy_once()), {"delay": 0.05})


def test_a_host_that_is_busy_is_asked_nothing_until_it_said(crowd: Crowd) -> None:
    """Retry-After holds for the whole host, not for the one page."""
    paths = reports(5)
    assert crowd.ends("busy", paths) == [Outcome.ok] * 5
    refused, *later = [moment for moment, path in crowd.hosts["busy"].asked if path in paths]
    assert len(later) == 5 and min(later) - refused > 1.8


LONG = ("3600", "Wed, 21 Oct 2099 07:28:00 GMT")
CROWD |= {
    value: Case(web(reports(5), lambda *_, value=value: (503, {"Retry-After": value}, "")), {"delay": 0.05})
    for value in LONG
}


@pytest.mark.parametrize("value", LONG)
def test_a_host_that_is_busy_for_long_is_left_for_another_night(value: str, crowd: Crowd) -> None:
    assert len(crowd.hosts[value].paths) == 2
    assert sorted(crowd.ends(value, reports(5))) == [Outcome.busy] * 4 + [Outcome.server_error]


CROWD["always busy"] = Case(web(reports(20), lambda *_: (503, {}, "")), {"delay": 0.05})


def test_busy_answers_in_a_row_count_towards_giving_up(crowd: Crowd) -> None:
    assert len(crowd.hosts["always busy"].paths) == 1 + FAILURES
    assert set(crowd.ends("always busy", reports(20))) == {Outcome.server_error, Outcome.given_up}


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


DELAYS = ("Crawl-delay: 86400", "Request-rate: 1/3600")
CROWD |= {
    asked_for: Case(web(reports(3), lambda *_: (200, {}, PAGE), f"User-agent: *\n{asked_for}\n"))
    for asked_for in DELAYS
}


@pytest.mark.parametrize("asked_for", DELAYS)
def test_a_host_that_wants_too_long_a_delay_does_not_hold_the_crawl(asked_for: str, crowd: Crowd) -> None:
    assert crowd.hosts[asked_for].paths == []
    assert crowd.ends(asked_for, [LIST]) == [Outcome.delay_too_long]


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


OURS = ("ogi", "OGI", "ogi/1.0", "ogi 1.0", "ogi*")
OTHERS = ("ogive", "ogi-bot", "o2", "og", "Baiduspider/2.0")
RULES = {name: f"User-agent: *\nAllow: /\n\nUser-agent: {name}\nDisallow: /xxgk/\n" for name in OURS} | {
    name: f"User-agent: {name}\nDisallow: /xxgk/\n\nUser-agent: ogi\nAllow: /\n" for name in OTHERS
}
CROWD |= {name: Case(web([], lambda *_: (200, {}, PAGE), rules)) for name, rules in RULES.items()}


@pytest.mark.parametrize("name", OURS)
def test_robots_txt_may_call_us_by_name_and_version(name: str, crowd: Crowd) -> None:
    assert crowd.ends(name, [LIST]) == [Outcome.robots]


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_others_are_not_ours(name: str, crowd: Crowd) -> None:
    assert crowd.ends(name, [LIST]) != [Outcome.robots]
    assert LIST in crowd.hosts[name].paths


# names


def test_a_name_that_leads_into_a_private_network_is_called_so(crowd: Crowd) -> None:
    ended = crowd.night.addresses[NOWHERE + LIST]
    assert ended.outcome is Outcome.private_address
    assert "private_networks" in str(ended.detail)


# dead links


def leads(target: str, status: int = 302) -> Callable[[Host, str], Answer]:
    """Two reports, the first of which leads elsewhere."""
    paths = reports(2)
    return web(paths, lambda _, path: (status, {"Location": target}, "") if path == paths[0] else (200, {}, PAGE))


TARGETS = ("/", "/index.html", LIST, "/xxgk/xxgknb/", "http://www.example.com/")
CROWD |= {target: Case(leads(target)) for target in TARGETS}


@pytest.mark.parametrize("target", TARGETS)
def test_a_dead_link_that_leads_to_the_first_page_or_the_list_is_gone(target: str, crowd: Crowd) -> None:
    paths = reports(2)
    elsewhere = target.startswith("http")
    assert crowd.ends(target, paths) == [Outcome.off_site if elsewhere else Outcome.gone, Outcome.ok]
    assert sorted(crowd.hosts[target].paths) == sorted([LIST, *paths])


CROWD["moved"] = Case(leads("/new/a.html", 301))


def test_a_report_that_moved_is_followed(crowd: Crowd) -> None:
    assert crowd.ends("moved", reports(2)) == [Outcome.ok] * 2


CROWD["robots.txt leads"] = Case(
    lambda _, path: (302, {"Location": "/"}, "") if path == "/robots.txt" else (200, {}, listing([]))
)


def test_robots_txt_that_leads_to_the_first_page_is_none(crowd: Crowd) -> None:
    assert LIST in crowd.hosts["robots.txt leads"].paths
    assert crowd.ends("robots.txt leads", [LIST]) == [Outcome.ok]
