"""What an issue says to the agency's clerk, in both languages.

The catalogue holds the sentences; here their slots are filled with the form's
official labels and the figures of the filing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from expectations.rules.catalogue import Rule
from expectations.rules.labels import Language, cell_label, column_label, form_of, row_label, table_label, term_label
from extract.forms import CellKey, load_forms

FULL_SUM = 6
"""Up to this many terms a sum is written out, zeros too; longer ones name what is not zero."""

QUOTED = 80
"""Characters of a sentence of the prose that a message quotes."""

_PAUSE = re.compile("[，,；;：:、]")


@dataclass(frozen=True, slots=True)
class Term:
    """A cell involved in an issue. ``figure`` is its number as text, None unless reported."""

    side: str  # expected, minus or actual
    key: CellKey
    figure: str | None
    last_year: bool = False  # the cell stands in the report of the year before


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation as the queries found it, ready to be put into words.

    ``form`` and ``year`` are None where the issue belongs to no filing. ``detail``
    brings words of the query's own: ``name_zh`` and ``name_en`` fill the slot ``name``.
    """

    rule: Rule
    form: str | None
    year: int | None
    expected: str | None
    actual: str | None
    terms: Sequence[Term]
    detail: Mapping[str, str] = field(default_factory=dict)


def message(finding: Finding, language: Language) -> str:
    """The message of a finding; its rule must have message templates."""
    rule = finding.rule
    template = rule.message_zh if language == "zh" else rule.message_en
    unknown = rule.message_unknown_zh if language == "zh" else rule.message_unknown_en
    if finding.expected is None and unknown is not None:
        template = unknown
    if template is None:
        raise ValueError(f"{rule.code} has no message of its own")
    return template.format_map(_slots(finding, language))


def _slots(finding: Finding, language: Language) -> dict[str, str]:
    slots = {"expected": finding.expected or "–", "actual": finding.actual or "–"}
    if finding.year is not None:
        slots |= {
            "year": str(finding.year),
            "last_year": str(finding.year - 1),
            "next_year": str(finding.year + 1),
        }
    if finding.rule.place == "form":
        slots |= {
            "expected_form": _form_name(finding.expected, language),
            "actual_form": _form_name(finding.actual, language),
        }
    if finding.form is not None and finding.terms:
        slots |= _cell_slots(finding, finding.form, language)
    slots |= {name: f"{number:g}" for name, number in finding.rule.parameters.items()}
    own = _own_slots(finding.detail, language)
    if "sentence" in own:
        own["sentence"] = _excerpt(own["sentence"], finding.actual)
    return slots | own


def _own_slots(detail: Mapping[str, str], language: Language) -> dict[str, str]:
    """The words that a query brings, those of the other language left out."""
    other = "_en" if language == "zh" else "_zh"
    return {
        name.removesuffix(f"_{language}"): "–" if text is None else text
        for name, text in detail.items()
        if not name.endswith(other)
    }


def _cell_slots(finding: Finding, form: str, language: Language) -> dict[str, str]:
    per = "column" if finding.rule.place in ("column", "metric") else "row"
    first = finding.terms[0].key
    result = finding.terms[-1].key
    table, row, column = first
    left = [term for term in finding.terms if term.side != "actual"]
    right = [term for term in finding.terms if term.side == "actual"]
    alone = {side: terms[0] for side, terms in (("expected", left), ("actual", right)) if len(terms) == 1}
    nothing = "空白（按0计）" if language == "zh" else "nothing (taken for 0)"
    return {side: nothing for side, term in alone.items() if term.figure is None} | {
        "table": table_label(form, table, language),
        "row": row_label(form, table, row, language),
        "column": column_label(form, table, column, language),
        "cell": cell_label(form, first, language),
        "result": _name(form, result, per, language),
        "expected_sum": _sum(left, finding.expected, form, per, language),
        "actual_sum": _sum(right, finding.actual, form, per, language),
        "addends": _addends(left, form, per, language),
    }


@cache
def _name(form: str, key: CellKey, per: str, language: Language) -> str:
    return term_label(form, key, per, language)


def _sum(terms: Sequence[Term], total: str | None, form: str, per: str, language: Language) -> str:
    """结果维持10＋结果纠正1＋其他结果0＋尚未审结0＝11: the addends that stand there, and their sum."""
    shown = _shown(terms)
    if not shown:
        return (
            f"各分项均未填写或为0，合计为{total}" if language == "zh" else f"all parts are blank or 0, in total {total}"
        )
    text = _joined(shown, form, per, language) + f"{'＝' if language == 'zh' else ' = '}{total}"
    if len(shown) < len(terms):
        text += "（其余各项未填写或为0）" if language == "zh" else " (all others blank or 0)"
    return text


def _addends(terms: Sequence[Term], form: str, per: str, language: Language) -> str:
    """The parts of a figure that is a sum, in parentheses; nothing behind a single cell."""
    shown = _shown(terms)
    if len(terms) == 1 or not shown:
        return ""
    text = _joined(shown, form, per, language)
    if len(shown) < len(terms):
        text += "，其余未填写或为0" if language == "zh" else ", all others blank or 0"
    return f"（{text}）" if language == "zh" else f" ({text})"


def _shown(terms: Sequence[Term]) -> list[Term]:
    """The terms with a figure; of a long sum those that are not zero."""
    shown = [term for term in terms if term.figure is not None]
    return [term for term in shown if term.figure != "0"] if len(terms) > FULL_SUM else shown


def _joined(terms: Sequence[Term], form: str, per: str, language: Language) -> str:
    plus, minus, space = ("＋", "－", "") if language == "zh" else (" + ", " − ", " ")
    text = ""
    for term in terms:
        sign = minus if term.side == "minus" else plus
        before = "" if not term.last_year else "上年" if language == "zh" else "last year's "
        text += (sign if text else "") + f"{before}{_name(form, term.key, per, language)}{space}{term.figure}"
    return text


def _excerpt(sentence: str, figure: str | None) -> str:
    """What of a long sentence stands about the figure, cut at its punctuation where there is some before."""
    sentence = sentence.rstrip("。")
    if len(sentence) <= QUOTED:
        return sentence
    place = max(sentence.find(figure or ""), 0)
    start = max(0, place - QUOTED // 2)
    end = min(len(sentence), start + QUOTED)
    cuts = [cut.end() for cut in _PAUSE.finditer(sentence, start, place)] if start else []
    start = cuts[0] if cuts else start
    return "……" * (start > 0) + sentence[start:end] + "……" * (end < len(sentence))


def _form_name(code: str | None, language: Language) -> str:
    """The document that prescribes an edition; its code where no form file describes it."""
    if code is None or code not in load_forms():
        return code or "–"
    document = form_of(code).document
    return f"{document}（{code}年）" if language == "zh" else f"{code} ({document})"
