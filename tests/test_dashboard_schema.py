"""Whatever is asked of the dashboard, nothing fails, and answers are as its description (OpenAPI) says."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks

from dashboard.app import create_app
from dashboard.settings import Settings
from tests.dashboards import TOKEN
from warehouse.home import Home

EXAMPLES = int(os.environ.get("OGI_EXAMPLES", "6"))
"""Of each operation, and 25 times as many of the pages; more are asked for in the environment."""

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]


@pytest.fixture(scope="module")
def app(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("asked") / "home"
    shutil.copytree(published, home, symlinks=True, ignore=shutil.ignore_patterns("prefect", "docs", "logs"))
    return create_app(Settings(Home(home), token=TOKEN))


@pytest.fixture(scope="module")
def described(app: Any) -> Any:
    return schemathesis.openapi.from_asgi("/api/openapi.json", app)


CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


OPERATIONS = [
    f"{method.upper()} {path}"
    for path, item in create_app(Settings(Home(Path("nowhere")))).openapi()["paths"].items()
    for method in item
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_as_described(described: Any, operation: str) -> None:
    method, path = operation.split()

    @given(case=described[path][method].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET, database=None)
    def holds(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)

    holds()


PATHS = ["/", "/filings", "/filings/{}", "/filings/{}/source", "/filings/{}/prose", "/filings/{}/pages/{}", "/rules/{}",
         "/agencies", "/agencies/{}", "/agencies/{}/trend.svg",
         "/ask.csv", "/ask.svg?sql=SELECT+'{}',1+UNION+ALL+SELECT+'{}',2", "/runs/{}", "/data-docs/{}/{}",
         "/filings.csv", "/{}", "/static/{}", "/charts/errors.svg"]  # fmt: skip
NAMES = ["q", "province", "prefecture", "county", "level", "sector", "year", "scope", "form", "rule", "severity",
         "origin", "review", "sort", "direction", "after", "before", "whole", "x"]  # fmt: skip
PIECE = st.text(max_size=40) | st.sampled_from(
    [
        "\x00",
        "../../home.json",
        "%2e%2e",
        "' OR 1=1 --",
        "{{7*7}}",
        "<script>",
        "9" * 400,
        "-1",
        "\ud800",
        "en",
        "",
        ".",
    ]
)


@given(
    path=st.sampled_from(PATHS),
    pieces=st.lists(PIECE, min_size=2, max_size=2),
    query=st.dictionaries(st.sampled_from(NAMES), PIECE, max_size=4),
    english=st.booleans(),
)
@settings(max_examples=EXAMPLES * 25, deadline=None, suppress_health_check=QUIET)
def test_no_page_fails(app: Any, path: str, pieces: list[str], query: dict[str, str], english: bool) -> None:
    def quoted(text: str) -> str:
        return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))

    asked = ("/en" if english else "") + path.format(*map(quoted, pieces))
    asked += ("&" if "?" in asked else "?") + "&".join(f"{name}={quoted(value)}" for name, value in query.items())
    answer = TestClient(app, raise_server_exceptions=True, follow_redirects=False).get(asked)
    assert answer.status_code < 500, asked
    assert "Traceback" not in answer.text and "/home" not in answer.text.replace("/home.json", "")
