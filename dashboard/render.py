"""Templates, and the model of a page as HTML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from dashboard import pieces, texts
from dashboard.form_html import form_tables
from dashboard.form_layout import drawn_names
from dashboard.settings import Settings
from expectations.rules.catalogue import catalogue, rule_of
from expectations.wording import stands, words

HERE = Path(__file__).resolve().parent


def _finalized(value: Any) -> Any:
    """What an expression prints: texts of filings without characters that nobody sees; nothing for None."""
    if value is None:
        return texts.NONE
    return value if isinstance(value, Markup) or not isinstance(value, str) else texts.visible(value)


def language_of(request: Request) -> texts.Language:
    """English under /en, else Chinese."""
    path = request.scope["path"]
    return "en" if path == "/en" or path.startswith("/en/") else "zh"


def address(settings: Settings, path: str, language: texts.Language = "zh", **given: Any) -> str:
    """The address of a page of ours; parameters that are None or empty are left out."""
    prefix = settings.base_path + ("/en" if language == "en" else "")
    query = urlencode({key: value for key, value in given.items() if value not in (None, "")}, doseq=True)
    return prefix + quote(path, safe="/-._~!*:@") + (f"?{query}" if query else "")


@pass_context
def _t(context: Context, zh: str, en: str) -> str:
    return zh if context["lang"] == "zh" else en


@pass_context
def _url(context: Context, path: str, **given: Any) -> str:
    return address(context["settings"], path, context["lang"], **given)


@pass_context
def _static(context: Context, name: str) -> str:
    return f"{context['settings'].base_path}/static/{name}?{context['stamp']}"


@pass_context
def _label(context: Context, code: str | None, enum: str) -> str:
    return texts.label(enum, code, context["lang"])


@pass_context
def _either(context: Context, pair: Any, name: str) -> Any:
    """``name_zh`` or ``name_en`` of a mapping or an object, by the page's language."""
    key = f"{name}_{context['lang']}"
    return pair[key] if isinstance(pair, dict) else getattr(pair, key)


@pass_context
def _measured(context: Context, name: str, value: float | None) -> tuple[str, str]:
    return texts.measured(name, value, context["lang"])


@pass_context
def _place(context: Context, issue: Any, form: str) -> str:
    """Where an issue stands, in words."""
    given = {"rule": issue.rule, "where": issue.place, "cells": issue.cells}
    return stands(given, form, context["lang"])


@pass_context
def _metric_words(context: Context, metric: str, form: str) -> str:
    """A metric in words."""
    return words(metric, form, context["lang"])


def _as_text(value: Any) -> str:
    """A value of a record as text: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@pass_context
def _rules(context: Context) -> list[tuple[str, str]]:
    """Code and name of every rule."""
    return [(rule.code, rule.name_zh if context["lang"] == "zh" else rule.name_en) for rule in catalogue().values()]


def _knows_rule(code: str) -> bool:
    """Whether the catalogue has a rule: records of old name such as are no more."""
    return code in catalogue()


def environment() -> Environment:
    """The templates with their filters and functions; every text is escaped."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=_t, url=_url, static=_static)
    made.filters.update(
        number=texts.number,
        instant=texts.instant,
        day=texts.day,
        size=texts.size,
        label=_label,
        either=_either,
        visible=texts.visible,
    )
    made.globals.update(
        percent=texts.percent,
        measured=_measured,
        rules=_rules,
        count=pieces.count,
        region=pieces.region,
        choose=pieces.choose,
        choices=pieces.choices,
        rule_of=rule_of,
        form_tables=form_tables,
        knows_rule=_knows_rule,
        drawn_names=drawn_names,
        place=_place,
        metric_words=_metric_words,
    )
    made.globals["as_text"] = _as_text
    made.filters["cell_name"] = ".".join
    return made


def page(request: Request, template: str, status: int = 200, **given: Any) -> HTMLResponse:
    """A template as an answer, in the language of the request's address."""
    state = request.app.state
    language = language_of(request)
    path = request.scope["path"]
    bare = path.removeprefix("/en") or "/" if language == "en" else path
    html = state.templates.get_template(template).render(
        settings=state.settings,
        stamp=state.stamp,
        lang=language,
        here="/" + bare.lstrip("/\\"),  # two slashes would lead to another host
        query=request.url.query,
        section=bare.split("/")[1],
        reviewer=state.is_reviewer(request, state.settings),
        samples=state.settings.home.kind() == "samples",
        **given,
    )
    return HTMLResponse(html, status)
