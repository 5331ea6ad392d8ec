"""``ogi rules``, ``ogi form``, ``ogi dictionary`` and ``ogi sources check``: what the project's data say."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from extract.forms import Form, Row, Table, load_forms
from flows import sources
from flows.text import table
from warehouse.errors import OgiError


def form_command(edition: str | None, output: str) -> int:
    """Prints the editions, or the tables of one."""
    forms = load_forms()
    if edition is not None and edition not in forms:
        raise OgiError(
            f"没有 {edition} 版表格；可用：{'、'.join(forms)}。",
            f"There is no edition {edition} of the form; there are {', '.join(forms)}.",
            status=2,
        )
    chosen = list(forms.values()) if edition is None else [forms[edition]]
    if output == "json":
        print(json.dumps([asdict(form) for form in chosen], ensure_ascii=False))
    elif edition is None:
        rows = [
            [form.code, form.document, form.title_zh, _years(form), str(len(list(form.cells())))] for form in chosen
        ]
        print(table(["版本 edition", "文号 document", "名称 title", "报告年度 years", "格数 cells"], rows))
    else:
        print("\n\n".join([f"{chosen[0].title_zh} · {chosen[0].document} · {_years(chosen[0])}", *_tables(chosen[0])]))
    return 0


def dictionary_command(output: str) -> int:
    """Prints the data dictionary as Markdown or as a page."""
    from warehouse.dictionary import dictionary_html, dictionary_markdown

    print(dictionary_html() if output == "html" else dictionary_markdown(), end="")
    return 0


def _years(form: Form) -> str:
    return f"{form.first_year}–{form.last_year or ''}"


def _tables(form: Form) -> list[str]:
    parts = []
    for entry in form.tables:
        columns = [[column.code, column.label_zh, column.label_en, column.unit or ""] for column in entry.columns]
        rows = [_row(entry, row) for row in (*entry.rows, *entry.merged_rows)]
        parts += [
            f"{entry.heading_zh} / {entry.title_en} ({entry.code})",
            table(["列 column", "名称", "label", "单位 unit"], columns),
            table(["行 row", "名称", "label", "列 columns"], rows),
        ]
    return parts


def _row(entry: Table, row: Row) -> list[str]:
    columns = entry.columns_of(row)
    shown = "全部 all" if columns == entry.columns else ", ".join(column.code for column in columns)
    return [row.code, f"{row.number}{row.label_zh}", row.label_en, shown]


def rules_command(output: str) -> int:
    """Prints the catalogue of rules, in full as JSON."""
    from expectations.rules.catalogue import catalogue
    from expectations.rules.page import facts

    rules = list(catalogue().values())
    if output == "json":
        print(json.dumps([rule.describe() for rule in rules], ensure_ascii=False))
        return 0
    for rule in rules:
        print(f"{rule.code} · {rule.severity} · {rule.name_zh} / {rule.name_en}")
        about = [rule.holds_zh, rule.holds_en, *(f"{label}：{text}" for label, text in facts(rule))]
        print("\n".join(f"    {line}" for line in about), end="\n\n")
    return 0


def _place(source: sources.Source) -> str:
    """Where a source's documents are."""
    if source.site is None:
        return str(source.path)
    return f"{source.site.family}: {', '.join(listing.url for listing in source.site.listings)}"


def sources_command(path: Path | None) -> int:
    """Validates source files, one line each; 1 when one is invalid or they cannot be used together."""
    folder = path or sources.FOLDER
    files = [folder] if folder.is_file() else sources.files(folder)
    status, valid = 0, []
    for file in files:
        try:
            source = sources.load(file)
            sources.check_folder(source)
        except OgiError as error:
            print(error.zh, error.en, sep="\n", file=sys.stderr)
            status = 1
        else:
            valid.append(source)
            print(f"{file.name}: {source.source} · {source.name_zh} / {source.name_en} · {_place(source)}")
    if valid:
        sources.check_together([source for source in valid if not source.samples] or valid)
    return status
