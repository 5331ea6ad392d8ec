"""The rule catalogue as a page of documentation."""

from __future__ import annotations

from pathlib import Path

from expectations.rules.catalogue import Rule, catalogue

PAGE = Path(__file__).resolve().parent / "RULES.md"

_SEVERITY = {"error": "错误 error", "warning": "警告 warning", "info": "提示 info"}
_IN_PART = "部分情形单份报告即可判定 in part by one filing"
_COMPUTED = {
    "identity": "由格式文件中的勾稽关系生成 generated from the form files",
    "sql": "查询 query",
    "reading": "读取时判定 found while reading",
}
_JUDGED_ON = {
    "filing": "单份报告即可判定 one filing suffices",
    "years": "需要其他年度的报告 needs other years' filings",
    "relatives": "需要其他机关的报告 needs other agencies' filings",
    "register": "与机关名录有关 about the register of agencies",
}


_READER = "提示语由读取程序拟写 message worded by the reader"


def catalogue_markdown() -> str:
    """All rules as one Markdown page, Chinese first, in the catalogue's order."""
    lines = ["# 规则目录 Rule catalogue", ""]
    lines += ["| 规则 rule | 名称 name | 严重程度 severity |", "|---|---|---|"]
    for rule in catalogue().values():
        lines.append(f"| [`{rule.code}`](#{rule.code}) | {rule.name_zh} {rule.name_en} | {_SEVERITY[rule.severity]} |")
    for rule in catalogue().values():
        lines += ["", *_section(rule)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes the page beside this module."""
    PAGE.write_text(catalogue_markdown(), "utf-8")


def _section(rule: Rule) -> list[str]:
    lines = [f"## {rule.code}", "", f"**{rule.name_zh}** {rule.name_en}", "", rule.holds_zh, "", rule.holds_en, ""]
    lines += [f"- {label}：{text}" for label, text in facts(rule)]
    return lines


def facts(rule: Rule) -> list[tuple[str, str]]:
    """What the catalogue says of a rule beside its name and what must hold, each with its label, Chinese first."""
    judged_on = _JUDGED_ON[rule.judged_on]
    if rule.is_alone and rule.judged_on != "filing":
        judged_on += f"，{_IN_PART}"
    told = [
        ("严重程度 severity", _SEVERITY[rule.severity]),
        ("判定 judged", f"{judged_on}；{_COMPUTED[rule.computed]}"),
        ("公式 formula", f"`{rule.formula}`" if rule.formula else ""),
        ("位置 place", rule.place),
        ("格式 forms", ", ".join(rule.forms)),
        ("起始年度 first year", str(rule.first_year or "")),
        ("参数 parameters", ", ".join(f"`{name}` = {number:g}" for name, number in rule.parameters.items())),
        ("依据 source", f"{rule.source_zh}；{rule.source_en}"),
        ("适用 applies", f"{rule.applies_zh} {rule.applies_en}"),
        ("可能的误判 doubts", f"{rule.doubt_zh} {rule.doubt_en}"),
        ("提示语 message", _both(rule.message_zh, rule.message_en)),
        ("提示语（应填数不明时） message, figure unknown", _both(rule.message_unknown_zh, rule.message_unknown_en)),
        (f"{_READER}，例 for instance", _both(rule.example_zh, rule.example_en)),
        ("更正方法 to mend", _both(rule.mend_zh, rule.mend_en)),
    ]
    return [(label, text) for label, text in told if text]


def _both(zh: str | None, en: str | None) -> str:
    """A text in both languages; empty where there is none."""
    return f"{zh} {en}" if zh and en else ""
