"""The page on which anybody may ask the warehouse in SQL; nothing but reading is possible there.

A query runs in a child process that has no door to the machine (``warehouse.query``). It comes in the address, which
can be passed on, or, where it is too long for one, in the body of a POST; either way nothing is changed or kept.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import pyarrow as pa
from fastapi import APIRouter, Body, Form, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from dashboard import charts
from dashboard.downloads import BOM, csv_text
from dashboard.reader import NothingPublished
from dashboard.render import page
from dashboard.settings import Settings
from dashboard.web import SettingsNow
from extract.paths import ROOT
from warehouse.dictionary import Relation, relations
from warehouse.publish import published
from warehouse.query import QueryFailed, QueryRefused, run_query

pages, api = APIRouter(include_in_schema=False), APIRouter(tags=["ask"])

SHOWN = 500
"""Rows on the page."""

MOST = 10_000
"""Rows in a file."""

SECONDS = 10.0
MEMORY_MB = 384
PATIENCE = 15.0
_turns = threading.BoundedSemaphore(2)
MOST_SERIES = 8
"""Columns that a chart draws: more cannot be told apart."""

_MOST_POINTS = 400

LONGEST = 20_000
"""Characters of a query."""

LONGEST_ADDRESS = 6000
"""Bytes of a query as an address has it; proxies take addresses of 8 KiB as a rule."""

Sql = Annotated[str, Query(max_length=LONGEST)]
PostedSql = Annotated[str, Form(max_length=LONGEST)]


class Answer(BaseModel):
    """The rows of a query; ``truncated`` where there were more."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool


class Asking(BaseModel):
    """A query in the body of a request."""

    sql: str = Field(min_length=1, max_length=LONGEST)


class Question(BaseModel):
    """A question of the cookbook."""

    title: str
    sql: str


@contextmanager
def _turn() -> Iterator[None]:
    """Waits until it is this query's turn; HTTPException 503 where that takes too long."""
    if not _turns.acquire(timeout=PATIENCE):
        zh, en = "查询的人太多，请稍后再试。", "Too many queries are under way; try again in a moment."
        raise HTTPException(503, {"zh": zh, "en": en})
    try:
        yield
    finally:
        _turns.release()


def _asked(settings: Settings, sql: str, most: int) -> tuple[pa.Table, bool]:
    """The answer's table; HTTPException 400 where the query was refused or failed, with what it said."""
    path = published(settings.home.root)
    if path is None:
        raise NothingPublished
    with _turn():
        try:
            found = run_query(path, sql, limit=most, timeout_s=SECONDS, memory_mb=MEMORY_MB, threads=1)
        except (QueryRefused, QueryFailed) as error:
            zh, _, en = str(error).partition(" / ")
            raise HTTPException(400, {"zh": zh, "en": en or zh}) from error
    return found.table, found.truncated


def _plain(value: Any) -> Any:
    """A value as JSON and pages have it."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(str(float(value))) == value else str(value.normalize())
    if isinstance(value, datetime | date | timedelta):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _answer(table: pa.Table, truncated: bool) -> Answer:
    columns = [column.to_pylist() for column in table.columns]
    rows = [[_plain(value) for value in row] for row in zip(*columns, strict=True)] if columns else []
    return Answer(columns=table.column_names, rows=rows, truncated=truncated)


def _chart(answer: Answer) -> Literal["bar", "line"] | None:
    """Whether the answer can be drawn: a first column of names or years, and columns of numbers."""
    if not 2 <= len(answer.rows) <= _MOST_POINTS or len(answer.columns) < 2:
        return None
    if not _numeric(answer):
        return None
    first = [row[0] for row in answer.rows]
    if any(isinstance(value, list | dict | None) for value in first) or len(set(map(str, first))) != len(first):
        return None
    return "line" if all(isinstance(value, int) and 1990 <= value <= 2100 for value in first) else "bar"


def _numeric(answer: Answer) -> list[int]:
    """The columns after the first that hold numbers alone."""
    return [
        number
        for number in range(1, len(answer.columns))
        if any(row[number] is not None for row in answer.rows)
        and all(row[number] is None or type(row[number]) in (int, float) for row in answer.rows)
    ]


@cache
def questions() -> list[Question]:
    """The questions of the cookbook with their SQL."""
    text = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    parts = re.findall(r"^## (\d+\. .*?)$(.*?)```sql\n(.*?)```", text, re.M | re.S)
    return [Question(title=title, sql=sql.strip()) for title, _, sql in parts]


@cache
def _relations() -> list[Relation]:
    return relations()


@pages.get("/ask", response_class=HTMLResponse)
def ask_page(request: Request, settings: SettingsNow, sql: Sql = "") -> HTMLResponse:
    """The page: the query, the dictionary beside it, and the answer."""
    return _page(request, settings, sql)


@pages.post("/ask", response_class=HTMLResponse)
def ask_page_posted(request: Request, settings: SettingsNow, sql: PostedSql = "") -> HTMLResponse:
    """The same of a query that an address would not hold."""
    return _page(request, settings, sql)


def _page(request: Request, settings: Settings, sql: str) -> HTMLResponse:
    given: dict[str, Any] = {"sql": sql, "answer": None, "error": None, "chart": None, "numeric": []}
    status = 200
    if sql.strip():
        try:
            answer = _answer(*_asked(settings, sql, SHOWN))
            numeric = [answer.columns[number] for number in _numeric(answer)]
            given |= {"answer": answer, "chart": _chart(answer), "numeric": numeric}
        except HTTPException as error:
            given["error"], status = error.detail, error.status_code
    return page(
        request, "ask.html", status, **given, questions=questions(), relations=_relations(), shown=SHOWN, most=MOST,
        seconds=SECONDS, memory=MEMORY_MB, longest=LONGEST, most_series=MOST_SERIES, most_points=_MOST_POINTS,
        fits=len(urlencode({"sql": sql})) <= LONGEST_ADDRESS,
    )  # fmt: skip


@api.get("/ask", responses={400: {"description": "refused or failed"}})
def ask(settings: SettingsNow, sql: Annotated[str, Query(min_length=1, max_length=LONGEST)]) -> Answer:
    """One read-only query; at most 10,000 rows, 10 seconds and 384 MB of memory."""
    return _answer(*_asked(settings, sql, MOST))


@api.post("/ask", responses={400: {"description": "refused or failed"}})
def ask_posted(settings: SettingsNow, given: Annotated[Asking, Body()]) -> Answer:
    """The same of a query that an address would not hold; nothing is changed."""
    return _answer(*_asked(settings, given.sql, MOST))


@pages.get("/ask.csv")
def ask_csv(settings: SettingsNow, sql: Sql) -> Response:
    """The answer as CSV."""
    return _csv(settings, sql)


@pages.post("/ask.csv")
def ask_csv_posted(settings: SettingsNow, sql: PostedSql) -> Response:
    """The same of a query that an address would not hold."""
    return _csv(settings, sql)


def _csv(settings: Settings, sql: str) -> Response:
    table, truncated = _asked(settings, sql, MOST)
    # Decimals stay what they are: a number of JSON would lose digits.
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    exact = [[value if isinstance(value, Decimal) else _plain(value) for value in row] for row in rows]
    name = f"answer-first-{MOST}-rows.csv" if truncated else "answer.csv"
    return Response(
        BOM + csv_text([table.column_names, *exact]),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Truncated": str(truncated).lower()},
    )


@pages.get("/ask.svg")
def ask_svg(settings: SettingsNow, sql: Sql) -> Response:
    """The answer as a chart, of its first ``MOST_SERIES`` columns of numbers."""
    answer = _answer(*_asked(settings, sql, SHOWN))
    kind = _chart(answer)
    if kind is None:
        raise HTTPException(404, {"zh": "这个结果画不成图。", "en": "This answer makes no chart."})
    x, numeric = answer.columns[0], _numeric(answer)[:MOST_SERIES]
    rows = [
        {"x": row[0], "series": answer.columns[number], "y": row[number]} for row in answer.rows for number in numeric
    ]
    draw = charts.line_chart if kind == "line" else charts.bar_chart
    series = "series" if len(numeric) > 1 else None
    svg = draw(
        rows,
        "x",
        "y",
        series,
        {"x": x, "y": answer.columns[numeric[0]] if series is None else "", "series": ""},
    )
    return Response(svg, media_type="image/svg+xml")


@pages.get("/dictionary", response_class=HTMLResponse)
def dictionary_page(request: Request) -> HTMLResponse:
    """The data dictionary."""
    return page(request, "dictionary.html", relations=_relations())
