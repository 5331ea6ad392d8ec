"""Small pieces of pages that stand on them hundreds of times; a template's macros take several times as long.

Every text is escaped here as the templates do it, by ``shown``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from dashboard import texts


def shown(value: Any) -> str:
    """A text as a page prints it: escaped, each character that nobody sees as a sign; a dash for none."""
    if value is None:
        return texts.NONE
    text = str(value)
    return text if text.isascii() and text.isalnum() else str(escape(texts.visible(text)))


def count(value: int, kind: str) -> Markup:
    """A number of issues, coloured where there are any."""
    coloured = f" {shown(kind)}" if value else ""
    return Markup(f'<span class="count{coloured}">{shown(value)}</span>\n')


def region(row: Any) -> Markup:
    """Province, prefecture and county of a row, as far as there are any."""
    return Markup(shown(" ".join(filter(None, (row.province, row.prefecture, row.county)))) + "\n")


@pass_context
def choose(
    context: Context, name: str, title: str, options: Iterable[Any], now: Any, enum: str | None = None
) -> Markup:
    """A filter: all, or one of the options, in words where they are codes of a closed set."""
    language: texts.Language = context["lang"]
    pairs = ((option, texts.label(enum, option, language) if enum else option) for option in options)
    return Markup(
        f'<label>{shown(title)}\n<select name="{shown(name)}">\n{choices(pairs, now, language)}</select></label>\n'
    )


def choices(pairs: Iterable[tuple[Any, Any]], now: Any, language: texts.Language) -> Markup:
    """The options of a filter, from their values and words."""
    every = "全部" if language == "zh" else "all"
    lines = (
        f'<option value="{shown(value)}"{" selected" if value == now else ""}>{shown(words)}</option>\n'
        for value, words in pairs
    )
    return Markup(f'<option value="">{every}</option>\n{"".join(lines)}')
