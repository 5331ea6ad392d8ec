"""Reports that a page does not show as they stand: in its script, or as pictures beside small tables."""

from __future__ import annotations

import json

import pytest

from extract.model import Grid
from extract.readers import html
from extract.reading import read_bytes
from tests.corpus.render import each_layout


@pytest.fixture(scope="module")
def report() -> bytes:
    made = next(made for made in each_layout(1, "carried", ["html"]) if not made.doubtful)
    return made.rendered.data


def page(script: str, body: str = "") -> bytes:
    script = script.replace("</", "<\\/")  # as scripts have to write it
    return f"<html><head><title>公开目录</title></head><body>{body}<script>{script}</script></body></html>".encode()


def test_the_body_in_a_pages_script_is_read(report: bytes) -> None:
    text = report.decode()
    detail = json.dumps({"id": 1, "title": "年度报告", "content": text})
    carried = read_bytes(page(f"window._CONFIG = {{SID:'755041', DETAIL:{detail}}};"), "a.html")
    plain = read_bytes(report, "a.html")
    assert carried["error"] is None
    assert [(cell["row"], cell["column"], cell["value"]) for cell in carried["cells"]] == [
        (cell["row"], cell["column"], cell["value"]) for cell in plain["cells"]
    ]


def test_a_body_that_the_page_shows_too_is_read_once(report: bytes) -> None:
    text = report.decode()
    script = f"window._CONFIG = {{DETAIL:{json.dumps({'content': text})}}};"
    once = html.read(page("", text))
    twice = html.read(page(script, text))
    assert [type(block) for block in twice.blocks] == [type(block) for block in once.blocks]


@pytest.mark.parametrize(
    "script", ["window._CONFIG={DETAIL:{content:12}}", 'window._CONFIG={DETAIL:{"content":"\\u12"}}', "_CONFIG"]
)
def test_a_script_without_a_body_adds_nothing(script: str) -> None:
    assert not any(isinstance(block, Grid) for block in html.read(page(script, "<p>x</p>")).blocks)
