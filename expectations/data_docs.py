"""Data Docs that stand alone: nothing on their pages is loaded from elsewhere.

Great Expectations' own pages take style and script from the network and fill
their index by script. Here the pages keep their content, lose every script and
foreign resource, get one local stylesheet, and the index is written anew.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import html

from expectations.residuals import suite_name
from expectations.rules.catalogue import catalogue
from transform.contracts import load_contracts

if TYPE_CHECKING:
    from expectations.contract import ContractResult

STYLESHEET = Path(__file__).resolve().parent / "data_docs.css"
MARK = ".ogi-data-docs"

# What has no function without script: banners, walkthroughs, filters, the logo.
_DROPPED = (
    "//script|//style|//link|//footer|//img|//button|//meta[@http-equiv]"
    "|//*[contains(@class,'modal')]|//*[contains(@class,'btn-group')]"
    "|//div[contains(@class,'card')][.//strong[normalize-space()='Actions']]"
)


def build_data_docs(context: Any, docs_dir: Path, result: ContractResult) -> None:
    """Builds the pages of a context's validations in ``docs_dir`` (index.html is the entry).

    The folder is replaced; a folder that holds anything but Data Docs is
    refused (FileExistsError).
    """
    if docs_dir.exists() and any(docs_dir.iterdir()) and not (docs_dir / MARK).exists():
        raise FileExistsError(f"{docs_dir} holds something else than Data Docs")
    fresh = docs_dir.with_name(f"{docs_dir.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in context.get_site_names():
        context.delete_data_docs_site(name)
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(fresh)}
    context.add_data_docs_site(
        "tables",
        {"class_name": "SiteBuilder", "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
         "store_backend": store, "show_how_to_buttons": False},
    )  # fmt: skip
    context.build_data_docs(site_names=["tables"])
    shutil.rmtree(fresh / "static", ignore_errors=True)
    shutil.copyfile(STYLESHEET, fresh / STYLESHEET.name)
    for page in fresh.rglob("*.html"):
        _make_local(page, fresh)
    (fresh / "index.html").write_text(_index(fresh, result), "utf-8")
    (fresh / "results.json").write_text(_results(result), "utf-8")
    (fresh / MARK).touch()
    if docs_dir.exists():
        shutil.rmtree(docs_dir)
    fresh.rename(docs_dir)


def _results(result: ContractResult) -> str:
    """The outcome for programs: every table and every rule."""
    tables = {name: asdict(numbers) for name, numbers in result.statistics.items()}
    failures = [str(failure) for failure in result.failures]
    outcome = {"ok": result.ok, "failures": failures, "tables": tables, "violations": dict(result.violations)}
    return json.dumps(outcome, ensure_ascii=False, indent=1) + "\n"


def _make_local(page: Path, root: Path) -> None:
    """Takes out of a page what it would load from elsewhere; links to other sites become text."""
    tree = html.document_fromstring(page.read_text("utf-8"))
    for element in tree.xpath(_DROPPED):
        if element.getparent() is not None:
            element.drop_tree()
    for link in tree.xpath("//a[starts-with(@href, 'http') or @data-toggle]"):
        link.drop_tag()
    for element in tree.xpath("//*[@onclick or @data-toggle]"):
        for attribute in ("onclick", "data-toggle"):
            element.attrib.pop(attribute, None)
    up = "../" * (len(page.relative_to(root).parts) - 1)
    tree.xpath("//head")[0].append(html.fragment_fromstring(f'<link rel="stylesheet" href="{up}{STYLESHEET.name}">'))
    page.write_bytes(html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>"))


def _index(root: Path, result: ContractResult) -> str:
    """The entry page: every table with its rows, its expectations and what failed."""
    contracts = load_contracts()
    rows = []
    for table, numbers in result.statistics.items():
        contract = contracts[table]
        validations = sorted((root / "validations" / table).rglob("*.html"))
        page = validations[-1].relative_to(root).as_posix() if validations else ""
        state = "通过 passed" if numbers.failed == 0 else f"未通过 failed: {numbers.failed}"
        rows.append(
            f'<tr class="{"passed" if numbers.failed == 0 else "failed"}">'
            f'<td><a href="{escape(page)}">{escape(table)}</a></td>'
            f"<td>{escape(contract.grain_zh)}<br>{escape(contract.grain_en)}</td>"
            f'<td class="number">{_part(numbers.rows, numbers.total)}</td>'
            f'<td class="number"><a href="expectations/{escape(table)}.html">{numbers.expectations}</a></td>'
            f"<td>{state}</td></tr>"
        )
    rules = "".join(_rule(root, code, count) for code, count in result.violations.items())
    failures = "".join(f"<li>{escape(str(failure))}</li>" for failure in result.failures)
    verdict = "全部通过 All tables keep their contracts." if result.ok else "有未通过的约定 Some contracts are broken."
    return (
        '<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>数据约定 Data contracts</title><link rel="stylesheet" href="{STYLESHEET.name}"></head><body>'
        f"<h1>数据约定检查 Data contracts</h1><p>{verdict}</p>"
        + (f'<ul class="failures">{failures}</ul>' if failures else "")
        + "<table><thead><tr><th>表 table</th><th>每行 each row is</th><th>行数 rows</th>"
        "<th>约定数 expectations</th><th>结果 outcome</th></tr></thead><tbody>"
        + "".join(rows)
        + "</tbody></table>"
        + (_RULES.format(rules=rules) if rules else "")
        + "</body></html>\n"
    )


def _part(rows: int, total: int) -> str:
    """The rows looked at, and how many there are where that is another number."""
    return f"{rows:,}" if rows == total else f"{rows:,} / {total:,}"


_RULES = (
    "<h2>规则 Rules</h2><p>违反规则是报告的问题，或可能是读取的问题，不影响发布。"
    "Violations are the filings', or our readings'; they stop nothing.</p>"
    "<table><thead><tr><th>规则 rule</th><th>须成立 what must hold</th><th>严重程度 severity</th>"
    "<th>未解决 open violations</th></tr></thead><tbody>{rules}</tbody></table>"
)


def _rule(root: Path, code: str, count: int) -> str:
    """A rule's row on the entry page."""
    rule, name = catalogue()[code], suite_name(code)
    pages = sorted((root / "validations" / name).rglob("*.html"))
    page = pages[-1].relative_to(root).as_posix() if pages else ""
    return (
        f'<tr class="{"passed" if count == 0 else "found"}"><td><a href="{escape(page)}">{escape(code)}</a></td>'
        f"<td>{escape(rule.holds_zh)}<br>{escape(rule.holds_en)}</td><td>{escape(rule.severity)}</td>"
        f'<td class="number"><a href="expectations/{escape(name)}.html">{count:,}</a></td></tr>'
    )
