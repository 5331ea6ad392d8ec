"""Hints and causes for issues: what would close a filing's broken sums, and which issues have one cause.

Works on the temporary tables that ``expectations.judge`` makes. A hint names
figures of the filing only; issues that may be our misreading get none.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from expectations.explain import Change, Explanation, Sum, apart, changes, preferred
from expectations.figures import Figures, hold, sums_of
from expectations.rules.catalogue import catalogue
from expectations.rules.labels import Language, cell_label
from extract.forms import CellKey

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "last_year": ("carry_over_continuity",),
    "split": ("applicant_split_missing", "applications_applicant_sum"),
    "edition": ("form_era", "form_citation", "form_rows_merged"),
    "copied": ("tables_repeated", "tables_copied", "narrative_copied"),
    "changed": ("filing_changed",),
    "stated": ("narrative_mismatch", "narrative_breakdown", "percentage_mismatch"),
}
"""Rules whose issues in one filing have one cause where no change of figures explains them better."""

_LEADERS = {"split": "applicant_split_missing"}  # the family has one cause only where this rule is broken too


@dataclass(frozen=True)
class Hint:
    """What is added to an issue: the hint in both languages (None where there is none) and its cause's identifier."""

    zh: str | None = None
    en: str | None = None
    cause_group: str | None = None


@dataclass(frozen=True)
class _Issue:
    issue_id: str
    filing_id: str
    rule: str
    place: str
    form: str
    expected: str | None
    actual: str | None
    cells: frozenset[CellKey]


@dataclass(frozen=True)
class Wording:
    """Puts explanations into words: the filing's form, and its blank cells."""

    form: str
    blank: frozenset[CellKey]

    def sentence(self, found: Sequence[Explanation], supported: bool, language: Language) -> str:
        """如将表三“…”由12改为11，3处不相等可同时消除: what would change, and what that closes."""
        zh = language == "zh"
        join, alternative = ("，", "；或将") if zh else (", ", "; or ")
        options = alternative.join(join.join(self._change(c, language) for c in steps) for steps in found)
        closed = len({name for steps in found for change in steps for name in change.closes})
        if zh:
            text = f"如将{options}，" + (f"{closed}处不相等可同时消除" if closed > 1 else "等式即可成立")
            text += "，且与正文所述一致" if supported else ""
            return f"{text}。仅供核对时参考，请以原始台账为准。"
        text = f"Changing {options} would close " + (f"{closed} sums" if closed > 1 else "the sum")
        text += " and agree with the text" if supported else ""
        return f"{text}. Only a hint: the agency's own records decide."

    def _change(self, change: Change, language: Language) -> str:
        name, blank = cell_label(self.form, change.cell, language), change.cell in self.blank
        if language == "zh":
            return f"{name}由{'未填' if blank else change.before}改为{change.after}"
        return f"{name} from {'no figure' if blank else change.before} to {change.after}"


def hints(con: duckdb.DuckDBPyConnection) -> dict[str, Hint]:
    """The hint of every issue of ``rule_issue`` that gets one, by issue_id."""
    by_filing: dict[str, list[_Issue]] = defaultdict(list)
    for issue in _issues(con):
        by_filing[issue.filing_id].append(issue)
    identities = {rule.code for rule in catalogue().values() if rule.computed == "identity"}
    broken = [filing for filing, issues in by_filing.items() if any(issue.rule in identities for issue in issues)]
    sums, stated = sums_of(con, broken), _stated(con, broken)
    found: dict[str, Hint] = {}
    for filing, issues in by_filing.items():
        found |= dict(_of_filing(issues, sums.get(filing, Figures()), stated.get(filing, {})))
    return found


def _issues(con: duckdb.DuckDBPyConnection) -> Iterator[_Issue]:
    """The filers' own issues, by filing."""
    rows = con.execute(
        """SELECT issue_id, filing_id, rule, place, form, expected, actual, cells FROM rule_issue
        WHERE filing_id IS NOT NULL AND origin = 'filing' ORDER BY filing_id, issue_id"""
    )
    while batch := rows.fetchmany(10_000):
        for issue_id, filing_id, rule, place, form, expected, actual, cells in batch:
            keys = frozenset(
                (cell["form_table"], cell["row_code"], cell["column_code"])
                for cell in cells or ()
                if cell["filing_id"] == filing_id
            )
            yield _Issue(issue_id, filing_id, rule, place, form, expected, actual, keys)


def _stated(con: duckdb.DuckDBPyConnection, filings: Sequence[str]) -> dict[str, dict[CellKey, frozenset[int]]]:
    """What the prose of filings says of single cells, in the filing's own scope."""
    if not filings:
        return {}
    hold(con, "rule_asked", filings)
    rows = con.execute(
        """SELECT DISTINCT k.filing_id, any_value(m.form_table)::VARCHAR, any_value(m.row_code)::VARCHAR,
                  any_value(m.column_code)::VARCHAR, k.value::DOUBLE
        FROM claim AS k
        SEMI JOIN rule_asked USING (filing_id)
        JOIN dim_filing AS f ON f.filing_id = k.filing_id AND f.scope = k.scope
        JOIN rule_metric AS m ON m.form = f.form AND m.metric = k.metric
        GROUP BY k.filing_id, k.claim_no, k.value
        HAVING count(*) = 1"""
    ).fetchall()
    con.execute("DROP TABLE rule_asked")
    stated: dict[str, dict[CellKey, set[int]]] = defaultdict(lambda: defaultdict(set))
    for filing, table, row, column, value in rows:
        if value == int(value):
            stated[filing][table, row, column].add(int(value))
    return {filing: {key: frozenset(values) for key, values in cells.items()} for filing, cells in stated.items()}


def _of_filing(
    issues: Sequence[_Issue], figures: Figures, stated: Mapping[CellKey, frozenset[int]]
) -> Iterator[tuple[str, Hint]]:
    """The hints of one filing's issues."""
    by_name = {(issue.rule, issue.place): issue for issue in issues}
    told: dict[str, Hint] = {}
    told_of = Wording(issues[0].form, frozenset(figures.blank))
    for part in _parts(figures.sums):
        # A sum that may be our misreading is no issue of the filer's: then nothing is explained.
        if any(entry.difference and entry.name not in by_name for entry in part):
            continue
        found, supported = preferred(changes(part, figures.value), stated, figures.blank)
        if not found:
            continue
        for name, hint in _hints(found, supported, told_of, issues[0].filing_id).items():
            told[by_name[name].issue_id] = hint
        if len(found) == 1:
            told |= _agreeing(issues, found[0], told)
    yield from told.items()
    yield from _families([issue for issue in issues if issue.issue_id not in told])


def _parts(sums: Sequence[Sum]) -> list[list[Sum]]:
    """The sums that share figures with one another, directly or not, where one of
    them is broken: 表三 is one such part, every row of 表四 one of its own."""
    leader = list(range(len(sums)))

    def lead(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    first: dict[CellKey, int] = {}
    for number, entry in enumerate(sums):
        for cell in entry.terms:
            leader[lead(number)] = lead(first.setdefault(cell, number))
    parts: dict[int, list[Sum]] = defaultdict(list)
    for number, entry in enumerate(sums):
        parts[lead(number)].append(entry)
    return [part for part in parts.values() if any(entry.difference for entry in part)]


def _hints(
    found: Sequence[Explanation], supported: bool, words: Wording, filing_id: str
) -> dict[tuple[str, str], Hint]:
    """Hint and cause of every broken sum (rule, place) that the explanations close.

    With one explanation each of its parts is a cause of its own; with several
    there is one cause, of which they are the possible ones.
    """
    hints: dict[tuple[str, str], Hint] = {}
    for options in [found] if len(found) > 1 else [[part] for part in apart(found[0])]:
        hint = Hint(words.sentence(options, supported, "zh"), words.sentence(options, supported, "en"),
                    _cause(filing_id, *(change.cell for change in options[0])))  # fmt: skip
        for name in (name for option in options for change in option for name in change.closes):
            hints.setdefault(name, hint)
    return hints


def _agreeing(issues: Sequence[_Issue], explanation: Explanation, told: Mapping[str, Hint]) -> dict[str, Hint]:
    """Other issues that the same change would close: prose or another year that has the new figure."""
    by_cell = {change.cell: change for change in explanation}
    joined: dict[str, Hint] = {}
    for issue in issues:
        if issue.issue_id in told or issue.rule not in ("narrative_mismatch", "carry_over_continuity"):
            continue
        changed = [by_cell[cell] for cell in issue.cells if cell in by_cell]
        wanted = issue.expected if issue.rule == "carry_over_continuity" else issue.actual
        if len(changed) == 1 and wanted == str(changed[0].after):
            closing = next(
                (told[i.issue_id] for i in issues if i.issue_id in told and (i.rule, i.place) in changed[0].closes),
                None,
            )
            if closing is not None:
                joined[issue.issue_id] = closing
    return joined


def _families(issues: Iterable[_Issue]) -> Iterator[tuple[str, Hint]]:
    """Causes of issues that no change of a figure explains: by the family of their rules."""
    issues = list(issues)
    rules = {issue.rule for issue in issues}
    for family, members in FAMILIES.items():
        of_family = [issue for issue in issues if issue.rule in members]
        if len(of_family) > 1 and (family not in _LEADERS or _LEADERS[family] in rules):
            hint = Hint(cause_group=_cause(of_family[0].filing_id, (family,)))
            yield from ((issue.issue_id, hint) for issue in of_family)


def _cause(filing_id: str, *cells: tuple[str, ...]) -> str:
    """The identifier of a cause: the same in every run."""
    named = "|".join([filing_id, *(".".join(cell) for cell in sorted(cells))])
    return hashlib.sha256(named.encode()).hexdigest()[:16]
