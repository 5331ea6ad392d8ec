"""The redrawn form as HTML: what belongs to the form is made once, a filing fills in its cells.

A form has two hundred cells; a template takes several times as long for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from dashboard import texts
from dashboard.form_layout import Box, drawn
from dashboard.pieces import shown
from extract.forms import CellKey

_ABSENT = {
    status: {"zh": f'<span class="absent">{zh}</span>\n', "en": f'<span class="absent">{en}</span>\n'}
    for status, zh, en in (("missing", "缺", "none"), ("blank", "空", "blank"))
}

Tips = Callable[[Sequence[tuple[int, Any]]], Markup]
"""What is printed beside a cell for the issues that involve it."""


@dataclass(frozen=True)
class _Slot:
    """A cell of the form: what stands before it (headings, other rows' ends), its name and its width."""

    before: str
    key: CellKey
    name: str
    width: str


@dataclass(frozen=True)
class _Table:
    title: str
    slots: tuple[_Slot, ...]
    end: str


@cache
def _tables(form: str, merged: frozenset[str], language: texts.Language) -> tuple[_Table, ...]:
    """The tables of an edition, without a filing's figures."""
    return tuple(
        _Table(shown(table.title_zh if language == "zh" else table.title_en), *_slots(table.rows, language))
        for table in drawn(form, merged)
    )


def _slots(rows: Sequence[Sequence[Box]], language: texts.Language) -> tuple[tuple[_Slot, ...], str]:
    slots, before = [], ""
    for row in rows:
        before += "<tr>"
        for box in row:
            wide = f' colspan="{box.colspan}"' if box.colspan > 1 else ""
            if box.key is None:
                high = f' rowspan="{box.rowspan}"' if box.rowspan > 1 else ""
                words = shown(box.zh if language == "zh" else box.en or box.zh)
                before += f'<th scope="{shown(box.scope)}"{high}{wide}>{words}</th>\n'
            else:
                slots.append(_Slot(before, box.key, shown(".".join(box.key)), wide))
                before = ""
        before += "</tr>\n"
    return tuple(slots), before


def form_tables(data: Any, language: texts.Language, source: str | None, tips: Tips) -> Iterator[tuple[Markup, Markup]]:
    """Title and rows of each table of a filing's form (``data`` is its page). ``source`` is the address of the
    original that figures lead to, None where they lead nowhere."""
    link = None if source is None else shown(source)
    cells, marks, last = data.by_key, data.marks, data.last_year
    for table in _tables(data.form, data.merged, language):
        pieces: list[str] = []
        for slot in table.slots:
            found = marks.get(slot.key)
            flag = f" flagged {shown(found[0][1].kind)}" if found else ""
            cell = cells.get(slot.key)
            status = shown(cell.status) if cell else "missing"
            pieces += (
                f'{slot.before}<td id="cell-{slot.name}" class="{status}{flag}"{slot.width}>\n',
                _figure(cell, slot.name, link, language),
                _last_year(last.get(slot.name), language),
                tips(found) if found else "",
                "</td>\n",
            )
        pieces.append(table.end)
        yield Markup(table.title), Markup("".join(pieces))


def _figure(cell: Any, name: str, link: str | None, language: texts.Language) -> str:
    if cell is None or cell.status == "missing":
        words = _ABSENT["missing"][language]
    elif cell.status == "blank":
        words = _ABSENT["blank"][language]
    else:
        words = shown(cell.raw)
    if link is not None and cell and (cell.page or cell.locator):
        return f'<a class="figure" href="{link}#cell-{name}" target="source">{words}</a>'
    return f'<span class="figure">{words}</span>'


def _last_year(figure: Any, language: texts.Language) -> str:
    if figure is None or figure.value is None:
        return ""
    title = "上年" if language == "zh" else "last year"
    return f'<span class="last-year" title="{title}">{texts.number(figure.value)}</span>'
