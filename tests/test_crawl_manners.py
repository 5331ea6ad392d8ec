"""How the crawler bears with hosts that are slow, busy, dead, or mean harm: each on a loopback address of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import pytest
import yaml

from extract.crawl.outcomes import Outcome
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

    def __init__(self, address: str, answer: Callable[[Host, str], Answer]) -> None:
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
        self.home = f"http://{address}:{self.server.server_port}"

    def url(self, path: str) -> str:
        return self.home + path

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.asked if path != "/robots.txt"]


@contextmanager
def host(address: str, answer: Callable[[Host, str], Answer]) -> Iterator[Host]:
    made = Host(address, answer)
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
