"""The data dictionary as a document: every table, view, macro and closed set, from the contracts and the views' files.

It says what the table ``data_dictionary`` of a warehouse says, and is made
without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import duckdb

from transform.contracts import TableContract, load_contracts, load_enums
from transform.dimensions import dictionary_frame
from transform.typed import to_arrow
from warehouse.ddl import ddl_statements
from warehouse.views import create_views

TITLE = "数据字典 Data dictionary"
_KINDS = {
    "table": "表 Tables",
    "derived": "由 SQL 从其他表算出的表 Tables derived from others",
    "view": "视图 Views",
    "macro": "表宏 Table macros",
}
_INTRODUCTION = (
    "由表定义和视图文件生成（ogi dictionary）。数据库中的同样内容在 data_dictionary 表里。",
    "Made from the table contracts and the views' files (ogi dictionary). A warehouse says the same in its table "
    "data_dictionary.",
)


@dataclass(frozen=True)
class Entry:
    """A column of a relation; ``mark`` says key or nullable, empty for views."""

    name: str
    kind: str
    mark: str
    zh: str
    en: str


@dataclass(frozen=True)
class Relation:
    """A table, view or macro with its columns."""

    name: str
    kind: str
    zh: str
    en: str
    references: tuple[str, ...]
    entries: tuple[Entry, ...]


def relations() -> list[Relation]:
    """Every relation of a warehouse, tables first, by kind and name."""
    with duckdb.connect() as con:
        con.execute("SET python_enable_replacements = false")
        for statement in ddl_statements():
            con.execute(statement)
        con.register("incoming", to_arrow(dictionary_frame(), "data_dictionary"))
        con.execute("INSERT INTO data_dictionary SELECT * FROM incoming")
        create_views(con)
        rows = con.execute(
            "SELECT table_name, column_name, relation_kind::VARCHAR, data_type, is_nullable, is_key, description_zh, "
            "description_en FROM data_dictionary ORDER BY table_name, sort_order"
        ).fetchall()
    found: dict[str, Relation] = {}
    for name, column, kind, data_type, is_nullable, is_key, zh, en in rows:
        contract = load_contracts().get(name)
        if not column:
            shown = "derived" if contract and contract.changes_with == "derived" else kind
            found[name] = Relation(name, shown, zh, en, _references(contract), ())
        else:
            mark = "" if contract is None else "键 key" if is_key else "可空 NULL" if is_nullable else ""
            entry = Entry(column, data_type or "", mark, zh, en)
            before = found[name]
            found[name] = Relation(
                before.name, before.kind, before.zh, before.en, before.references, (*before.entries, entry)
            )
    order = list(_KINDS)
    return sorted(found.values(), key=lambda relation: (order.index(relation.kind), relation.name))


def _references(contract: TableContract | None) -> tuple[str, ...]:
    if contract is None:
        return ()
    return tuple(f"{', '.join(r.columns)} → {r.table} ({', '.join(r.to)})" for r in contract.references)


def dictionary_markdown() -> str:
    """The dictionary as one Markdown page."""
    return "\n".join(_markdown()) + "\n"


def _markdown() -> Iterator[str]:
    yield from (f"# {TITLE}", "", *_INTRODUCTION)
    everything = relations()
    for kind, heading in _KINDS.items():
        chosen = [relation for relation in everything if relation.kind == kind]
        yield from ("", f"## {heading}", "", ", ".join(f"[`{r.name}`](#{r.name})" for r in chosen))
        for relation in chosen:
            yield from ("", f"### {relation.name}", "", _cell(relation.zh), "", _cell(relation.en))
            if relation.references:
                yield from ("", *(f"- {reference}" for reference in relation.references))
            yield from ("", "| 列 column | 类型 type | | 说明 | description |", "|---|---|---|---|---|")
            for entry in relation.entries:
                cells = (f"`{entry.name}`", entry.kind, entry.mark, entry.zh, entry.en)
                yield "| " + " | ".join(map(_cell, cells)) + " |"
    yield from ("", "## 代码集 Closed sets")
    for name, values in sorted(load_enums().items()):
        yield from ("", f"### enum:{name}", "", "| 代码 code | 标签 | label |", "|---|---|---|")
        for value in values:
            yield f"| `{value.code}` | {_cell(value.label_zh)} | {_cell(value.label_en)} |"


def _cell(text: str) -> str:
    """Text for a cell of a Markdown table; underscores and asterisks of names are no emphasis there."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def dictionary_html() -> str:
    """The dictionary as one HTML page that needs nothing else."""
    everything = relations()
    parts = [f"<h1>{TITLE}</h1>", *(f"<p>{escape(text)}</p>" for text in _INTRODUCTION), "<nav>"]
    for kind, heading in _KINDS.items():
        links = ", ".join(f'<a href="#{r.name}">{r.name}</a>' for r in everything if r.kind == kind)
        parts.append(f"<p><b>{heading}</b>: {links}</p>")
    parts.append("</nav>")
    for relation in everything:
        parts.append(f'<h2 id="{relation.name}">{relation.name}</h2><p>{escape(relation.zh)}</p>')
        parts.append(f"<p>{escape(relation.en)}</p>")
        parts += [f"<p>{escape(reference)}</p>" for reference in relation.references]
        parts.append(_html_table(("列 column", "类型 type", "", "说明", "description"), _rows(relation)))
    for name, values in sorted(load_enums().items()):
        rows = [(value.code, value.label_zh, value.label_en) for value in values]
        parts.append(f'<h2 id="enum-{name}">enum:{name}</h2>')
        parts.append(_html_table(("代码 code", "标签", "label"), rows))
    return _PAGE.format(title=TITLE, body="\n".join(parts))


def _rows(relation: Relation) -> list[tuple[str, ...]]:
    return [(entry.name, entry.kind, entry.mark, entry.zh, entry.en) for entry in relation.entries]


def _html_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_PAGE = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font-family: system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; line-height: 1.5 }}
table {{ border-collapse: collapse; width: 100%; font-size: .9rem }}
th, td {{ border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top }}
td:first-child {{ font-family: monospace }}
</style></head><body>
{body}
</body></html>
"""
