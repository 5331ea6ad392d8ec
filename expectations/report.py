"""The report that ``ogi check`` prints: for an agency's clerk, 中文 first, in lines of 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from expectations.rules.catalogue import rule_of
from expectations.wording import SCOPES, causes, edition, figure, figure_name, hints, place
from expectations.wrapping import WIDTH, wrapped

_SEVERITIES = {
    "error": ("错误", "Errors", "数字相互矛盾，须更正 contradictions, to be corrected"),
    "warning": ("警告", "Warnings", "可能有误，请核对 probably wrong, please check"),
    "info": ("提示", "Remarks", "供参考 for information"),
}
_RULE = "─" * (WIDTH - 8)
_OURS = "可能是本系统读取所致，请对照原文。This may be our misreading; compare the original."

Issue = Mapping[str, Any]


def render_report(checked: Sequence[Mapping[str, Any]]) -> str:
    """Plain text about the documents that ``check_readings`` returned: header, issues
    by severity (those of one cause together) with place and figures, and a summary."""
    return "\n".join([*(line for reading in checked for line in _document(reading)), *_summary(checked)]) + "\n"


def _document(reading: Mapping[str, Any]) -> list[str]:
    lines = [_RULE, f"文件 Document：{reading['source']}"]
    if reading.get("error"):
        error = reading["error"]
        text = f"无法读取 Could not be read（{error['code']}）：{error['message']}"
        return [*lines, *wrapped(text, "  ", "  "), ""]
    lines += [line for text in _header(reading) for line in wrapped(text, rest="  ")]
    if not reading["issues"]:
        return [*lines, "", "  未发现问题。No issues found.", ""]
    for severity, groups in _sections(reading["issues"]).items():
        zh, en, meaning = _SEVERITIES[severity]
        lines += ["", f"{zh} {en}（{sum(map(len, groups))}）  {meaning}"]
        number = 0
        for group in groups:
            shared = _shared_hints(group)
            lines += _cause(group, shared)
            for issue in group:
                number += 1
                lines += _issue(number, issue, reading, severity, shared)
    return [*lines, ""]


def _header(reading: Mapping[str, Any]) -> list[str]:
    zh, en = SCOPES.get(reading["scope"], ("未说明", "not stated"))
    return [
        f"机关 Agency：{reading['agency'] or '未识别 unknown'}",
        f"年度 Report year：{reading['report_year'] or '未识别 unknown'}；范围 Scope：{zh} {en}",
        f"格式 Form：{edition(reading['form'])}",
    ]


def _sections(issues: Iterable[Issue]) -> dict[str, list[Sequence[Issue]]]:
    """The issues by severity and cause; those of one cause stand where the gravest of them does."""
    order = list(_SEVERITIES)
    sections: dict[str, list[Sequence[Issue]]] = {severity: [] for severity in order}
    for group in causes(issues):
        sections[min((issue["severity"] for issue in group), key=order.index)].append(group)
    return {severity: groups for severity, groups in sections.items() if groups}


def _shared_hints(group: Sequence[Issue]) -> list[str]:
    """The hint that all issues of a cause have; none where it is not the same for all, or an issue stands alone."""
    own = [hints(issue) for issue in group]
    return own[0] if len(group) > 1 and all(each == own[0] for each in own) else []


def _cause(group: Sequence[Issue], shared: Sequence[str]) -> list[str]:
    if len(group) == 1:
        return []
    text = f"以下{len(group)}处可能出于同一原因。These {len(group)} may have one cause."
    return [*wrapped(text, "  ◆ ", "    "), *_possible(shared, "    ")]


def _possible(texts: Sequence[str], indent: str) -> list[str]:
    """The hint, 中文 and English on lines of their own."""
    labels = ("可能的改法：", "Possible change: ")
    return [
        line
        for label, text in zip(labels, texts, strict=False)
        for line in wrapped(label + text, indent, f"{indent}  ")
    ]


def _issue(number: int, issue: Issue, reading: Mapping[str, Any], section: str, shared: Sequence[str]) -> list[str]:
    lead = f"  {number}. "
    indent = " " * len(lead)
    figures = [
        f"{figure_name(issue, side, 'zh')} {figure_name(issue, side, 'en')}：{figure(issue, side)}"
        for side in ("actual", "expected")
        if issue[side] is not None
    ]
    zh, en, _ = _SEVERITIES[issue["severity"]]
    tag = f"[{issue['rule']}]" if issue["severity"] == section else f"[{issue['rule']} · {zh} {en}]"
    lines = [*wrapped(issue["message_zh"], lead, indent), *wrapped(issue["message_en"], indent, indent)]
    lines += wrapped(f"位置 where：{place(issue, reading)}", indent, f"{indent}  ")
    lines += wrapped("；".join(figures), indent, indent) if figures else []
    rule = rule_of(issue["rule"])
    if issue["origin"] == "extraction":
        lines += wrapped(_OURS, indent, indent)
    elif rule.mend_zh:
        lines += wrapped(f"更正方法 to mend：{rule.mend_zh}{rule.mend_en}", indent, f"{indent}  ")
    if not shared:
        lines += _possible(hints(issue), indent)
    return [*lines, f"{indent}{tag}"]


def _summary(checked: Sequence[Mapping[str, Any]]) -> list[str]:
    unreadable = sum(1 for reading in checked if reading.get("error"))
    issues = Counter(issue["severity"] for reading in checked for issue in reading["issues"])
    clean = sum(1 for reading in checked if not reading.get("error") and not reading["issues"])
    return [
        _RULE,
        f"小结 Summary：文件 documents {len(checked)}，未发现问题 clean {clean}，无法读取 unreadable {unreadable}；",
        f"错误 errors {issues['error']}，警告 warnings {issues['warning']}，提示 remarks {issues['info']}",
    ]
