"""The data dictionary as documents: current, complete, and in need of nothing else."""

from __future__ import annotations

import re

import pytest

from extract.paths import ROOT
from tests.conftest import Ogi
from transform.contracts import load_contracts, load_enums
from warehouse.dictionary import dictionary_html, dictionary_markdown, relations
from warehouse.views import load_macros, load_views


@pytest.fixture(scope="module")
def page() -> str:
    return dictionary_html()


def test_the_document_is_current() -> None:
    kept = (ROOT / "docs" / "data-dictionary.md").read_text("utf-8")
    assert kept == dictionary_markdown(), "make dictionary"


def test_everything_stands_there(page: str) -> None:
    found = {relation.name: relation for relation in relations()}
    assert found.keys() == {*load_contracts(), *(view.name for view in (*load_views(), *load_macros()))}
    for contract in load_contracts().values():
        assert [entry.name for entry in found[contract.table].entries] == [column.name for column in contract.columns]
        assert found[contract.table].kind == ("derived" if contract.changes_with == "derived" else "table")
    assert all(relation.entries for relation in found.values())
    markdown = dictionary_markdown()
    for name, values in load_enums().items():
        assert f"### enum:{name}\n" in markdown and f'id="enum-{name}"' in page
        assert all(f"| `{value.code}` |" in markdown for value in values)


def test_the_markdown_is_sound() -> None:
    for line in dictionary_markdown().splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in (4, 6), line


def test_the_page_stands_alone(page: str) -> None:
    assert not re.search(r"<script|<link|<img|@import|url\(|https?://", page)
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets == set(re.findall(r'<h2 id="([^"]+)"', page)) - {f"enum-{name}" for name in load_enums()}


def test_the_command_prints_either(ogi: Ogi, page: str) -> None:
    done = ogi("dictionary", "--format", "html")
    assert (done.returncode, done.stdout, done.stderr) == (0, page, "")
    assert ogi("dictionary").stdout == dictionary_markdown()
