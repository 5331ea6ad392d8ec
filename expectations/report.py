"""The report that ``ogi check`` prints: for an agency's clerk, 中文 first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from expectations.rules.labels import LANGUAGES, place_label
from extract.forms import load_forms

_SEVERITIES = {
    "error": ("错误", "Errors", "数字相互矛盾，须更正 contradictions, to be corrected"),
    "warning": ("警告", "Warnings", "可能有误，请核对 probably wrong, please check"),
    "info": ("提示", "Remarks", "供参考 for information"),
}
_SCOPES = {"own": "本机关 own", "area": "全地区汇总 whole area", "represented": "代表本级政府 for its government"}
_PLACES = {
    "published_on": "公开日期 date of publication",
    "form": "所用格式 form used",
    "agency": "机关 agency",
    "report_year": "年度 report year",
    "document": "整份文件 the document",
}
_RULE = "─" * 72


def render_report(checked: Sequence[Mapping[str, Any]]) -> str:
    """Plain text about the documents that ``check_readings`` returned: header,
    issues by severity with place and figures, and a summary as the last line."""
    return "\n".join([*(line for reading in checked for line in _document(reading)), _summary(checked)]) + "\n"


def _document(reading: Mapping[str, Any]) -> list[str]:
    lines = [_RULE, f"文件 Document：{reading['source']}"]
    if reading.get("error"):
        error = reading["error"]
        return [*lines, f"  无法读取 Could not be read（{error['code']}）：{error['message']}", ""]
    lines += _header(reading)
    issues = reading["issues"]
    if not issues:
        return [*lines, "", "  未发现问题。No issues found.", ""]
    for severity, (zh, en, meaning) in _SEVERITIES.items():
        group = [issue for issue in issues if issue["severity"] == severity]
        if group:
            lines += ["", f"{zh} {en}（{len(group)}）  {meaning}"]
        for number, issue in enumerate(group, 1):
            lines += _issue(number, issue, reading)
    return [*lines, ""]


def _header(reading: Mapping[str, Any]) -> list[str]:
    form = load_forms().get(reading["form"])
    edition = f"{form.code}年，{form.document}" if form else str(reading["form"])
    return [
        f"机关 Agency：{reading['agency'] or '未识别 unknown'}",
        f"年度 Report year：{reading['report_year'] or '未识别 unknown'}    "
        f"格式 Form：{edition}    范围 Scope：{_SCOPES.get(reading['scope'], '未说明 not stated')}",
    ]


def _issue(number: int, issue: Mapping[str, Any], reading: Mapping[str, Any]) -> list[str]:
    lead = f"  {number}. "
    lines = [f"{lead}{issue['message_zh']}", f"{' ' * len(lead)}{issue['message_en']}"]
    facts = [f"位置 where：{_where(issue, reading)}"]
    for key, label in (("expected", "应为 expected"), ("actual", "实为 actual")):
        if issue[key] is not None:
            facts.append(f"{label}：{issue[key]}")
    lines.append(f"{' ' * len(lead)}{'；'.join(facts)}  [{issue['rule']}]")
    if issue["origin"] == "extraction":
        lines.append(
            f"{' ' * len(lead)}可能是本系统读取所致，请对照原文。This may be our misreading; compare the original."
        )
    return lines


def _where(issue: Mapping[str, Any], reading: Mapping[str, Any]) -> str:
    """The place in words, with the page where the document has pages."""
    place = str(issue["where"])
    words = [place_label(reading["form"], place, language) or "" for language in LANGUAGES]
    text = " ".join(words) if all(words) else _PLACES.get(place, place)
    named = {tuple(cell) for cell in issue["cells"]}
    pages = sorted(
        {
            cell["page"]
            for cell in reading["cells"]
            if (cell["table"], cell["row"], cell["column"]) in named and cell["page"] is not None
        }
    )
    return text + (f"（第{'、'.join(map(str, pages))}页 p. {', '.join(map(str, pages))}）" if pages else "")


def _summary(checked: Sequence[Mapping[str, Any]]) -> str:
    unreadable = sum(1 for reading in checked if reading.get("error"))
    issues = Counter(issue["severity"] for reading in checked for issue in reading["issues"])
    clean = sum(1 for reading in checked if not reading.get("error") and not reading["issues"])
    return (
        f"{_RULE}\n小结 Summary：共 {len(checked)} 份文件 documents；"
        f"未发现问题 clean {clean}；无法读取 unreadable {unreadable}；"
        f"错误 errors {issues['error']}，警告 warnings {issues['warning']}，提示 remarks {issues['info']}"
    )
