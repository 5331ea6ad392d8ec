"""What the report and the correction notice say of an issue: place, figures, edition, cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from expectations.rules.catalogue import rule_of
from expectations.rules.labels import LANGUAGES, Language, place_label
from expectations.rules.metrics import metrics
from extract.forms import load_forms
from transform.typed import number_text

SCOPES = {
    "own": ("本机关", "own"),
    "area": ("全地区汇总", "whole area"),
    "represented": ("代表本级政府", "for its government"),
}
_PLACES = {
    "published_on": ("公开日期", "date of publication"),
    "form": ("所用格式", "form used"),
    "agency": ("机关", "agency"),
    "report_year": ("年度", "report year"),
    "scope": ("口径", "scope"),
    "document": ("整份文件", "the document"),
    "narrative": ("正文", "the prose"),
    "text": ("文字", "the text"),
}

Issue = Mapping[str, Any]


def place(issue: Issue, reading: Mapping[str, Any]) -> str:
    """The issue's place in both languages, with the pages where the document has pages."""
    words = [stands(issue, str(reading["form"]), language) for language in LANGUAGES]
    numbers = "、".join(map(str, pages(issue, reading)))
    return " ".join(dict.fromkeys(words)) + (f"（第{numbers}页 p. {numbers.replace('、', ', ')}）" if numbers else "")


def place_zh(issue: Issue, reading: Mapping[str, Any]) -> str:
    """The same in Chinese alone."""
    numbers = "、".join(map(str, pages(issue, reading)))
    return stands(issue, str(reading["form"]), "zh") + (f"（第{numbers}页）" if numbers else "")


def stands(issue: Issue, form: str, language: Language) -> str:
    """Where the fault stands: for a rule on the prose there, beside what of the tables it is compared with."""
    where = words(str(issue["where"]), form, language)
    if not rule_of(issue["rule"]).in_prose:
        return where
    prose = _PLACES["narrative"][LANGUAGES.index(language)]
    if not issue["cells"]:
        return prose
    return f"{prose}，对照{where}" if language == "zh" else f"{prose}, against {where}"


def words(where: str, form: str, language: Language) -> str:
    """A place of the form, a metric of the prose or another place in words; as it is where it has none."""
    number = LANGUAGES.index(language)
    if where in _PLACES:
        return _PLACES[where][number]
    label = place_label(form, where, language) if form in load_forms() else None
    return label or _metrics().get((form, where), (where, where))[number]


@cache
def _metrics() -> dict[tuple[str, str], tuple[str, str]]:
    return {(metric.form, metric.code): (metric.label_zh, metric.label_en) for metric in metrics()}


def pages(issue: Issue, reading: Mapping[str, Any]) -> list[int]:
    """The pages on which the issue's cells stand."""
    named = {tuple(cell) for cell in issue["cells"]}
    cells = (cell for cell in reading["cells"] if (cell["table"], cell["row"], cell["column"]) in named)
    return sorted({cell["page"] for cell in cells if cell["page"] is not None})


def figure(issue: Issue, side: str) -> str:
    """The issue's ``expected`` or ``actual`` as text; – where it has none."""
    value = issue[side]
    if value is None:
        return "–"
    if issue["where"] == "form":
        return f"{value}年格式"
    return number_text(value) if isinstance(value, int | float | Decimal) else str(value)


def figure_name(issue: Issue, side: str, language: Language) -> str:
    """Whose figure the issue's ``expected`` or ``actual`` is, as its rule defines it (正文所述, 表格所填 …)."""
    name: str = getattr(rule_of(issue["rule"]), f"{side}_{language}")
    return name


def edition(form: str | None) -> str:
    """An edition of the form by year and document."""
    known = load_forms().get(str(form))
    return f"{known.code}年，{known.document}" if known else str(form)


def hints(issue: Issue) -> list[str]:
    """The hint, 中文 and English; empty where there is none."""
    zh, en = issue.get("hint"), issue.get("hint_en")
    return [zh, en or zh] if zh else []


def causes(issues: Iterable[Issue]) -> list[Sequence[Issue]]:
    """The issues in order, those of one cause together where the first of them stands."""
    groups: dict[Any, list[Issue]] = {}
    for number, issue in enumerate(issues):
        groups.setdefault(issue.get("cause_group") or number, []).append(issue)
    return list(groups.values())
