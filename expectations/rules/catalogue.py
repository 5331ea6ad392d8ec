"""Loading the rule catalogue.

``definitions/`` is the only place where a rule is defined: what must hold,
how grave a violation is, where the rule comes from, what it tells the filer.
How it is computed stands there too: ``identity`` (the sums written down in the
form files), ``sql`` (``sql/<rule>.sql``) or ``reading`` (found while reading
the document; the catalogue describes it, the reader applies it).
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from extract.forms import form_in_force, load_forms

HERE = Path(__file__).resolve().parent
DEFINITIONS = HERE / "definitions"

Severity = Literal["error", "warning", "info"]
Computed = Literal["identity", "sql", "reading"]
JudgedOn = Literal["filing", "years", "relatives", "register"]
Figures = Literal["number", "date", "text", "none"]

SLOTS = frozenset(
    {
        "table", "row", "column", "cell", "expected", "actual", "expected_sum", "actual_sum", "addends", "result",
        "year", "last_year", "next_year", "expected_form", "actual_form",
    }
)  # fmt: skip
"""What a message template may name; ``messages.py`` fills them. A query's ``detail`` may bring more."""

_DETAIL = re.compile(r"'(\w+?)(?:_zh|_en)?'\s*:")


class RuleError(ValueError):
    """The catalogue contradicts itself or the forms; the message names the rule."""


@dataclass(frozen=True)
class Rule:
    """One rule, as the catalogue defines it.

    ``place`` says what the issue's place is ("column", "row", "row.column",
    "table" …), ``figures`` what its expected and actual are. ``judged_on`` is
    "filing" where one filing suffices (such rules run in ``ogi check``, and those
    that can do with one in part, ``is_alone``), "years" where an agency's other
    filings are needed, "relatives" where other agencies' are, "register" where
    it is about the register of agencies rather than the filing. ``forms`` are the
    editions that it applies to, ``first_year`` the first report year;
    ``parameters`` are numbers that its query asks for.
    Message templates are None for rules found while reading: their issues bring
    messages of their own, of which ``example_*`` is one. ``*_unknown`` is the message where the expected figure
    cannot be computed. ``mend_*`` tell how to mend it where the message does not. ``in_prose`` rules
    find fault with the prose, so that their issues stand there whatever cell is
    named; ``actual_*`` and ``expected_*`` say whose figure each of the two is.
    ``cited_zh`` is the source as a notice about one filing cites it, ``{form}``
    standing for the one edition that binds it; None where the source is no form.
    ``cited_before`` is what it cites instead for report years before a year, since
    that source did not exist: the earliest such year that is after the filing's.
    """

    code: str
    severity: Severity
    computed: Computed
    judged_on: JudgedOn
    place: str
    figures: Figures
    name_zh: str
    name_en: str
    holds_zh: str
    holds_en: str
    source_zh: str
    source_en: str
    applies_zh: str
    applies_en: str
    doubt_zh: str
    doubt_en: str
    formula: str | None = None
    forms: tuple[str, ...] = ()
    first_year: int | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    message_zh: str | None = None
    message_en: str | None = None
    message_unknown_zh: str | None = None
    message_unknown_en: str | None = None
    example_zh: str | None = None
    example_en: str | None = None
    mend_zh: str | None = None
    mend_en: str | None = None
    cited_zh: str | None = None
    cited_before: Mapping[int, str] = field(default_factory=dict)
    in_prose: bool = False
    actual_zh: str = "报告所填"
    actual_en: str = "actual"
    expected_zh: str = "应为或对照"
    expected_en: str = "expected"

    @property
    def is_alone(self) -> bool:
        """Whether one filing suffices for all of it, or for what its query tells with ``$alone``."""
        return self.judged_on == "filing" or "$alone" in (self.sql or "")

    @property
    def sql(self) -> str | None:
        """The query that finds the violations; None for rules found while reading.

        What it yields stands in ``definitions/README.md``. Named parameters:
        ``$rule``, ``$first_year``, ``$alone`` (whether each filing is judged by
        itself) and those of ``parameters``.
        """
        if self.computed == "reading":
            return None
        name = "identity" if self.computed == "identity" else self.code
        return (HERE / "sql" / f"{name}.sql").read_text("utf-8")

    def cited(self, year: int | None, form: str) -> str:
        """The source in Chinese for a filing of a report year (None if unknown) on an edition: of the forms only
        the one in force for the year, or the one used where the rule is not about the former."""
        if self.cited_zh is None:
            return self.source_zh
        earlier = [before for before in sorted(self.cited_before) if year is not None and year < before]
        cited = self.cited_before[earlier[0]] if earlier else self.cited_zh
        binding = form_in_force(year) if year is not None else None
        if binding is None or binding.code not in self.forms:
            binding = load_forms().get(form)
        if binding is None:
            return self.source_zh
        return cited.format(form=f"{binding.document}《{binding.title_zh}》")

    def describe(self) -> dict[str, Any]:
        """The definition as a mapping that JSON can hold (for ``ogi rules``)."""
        return {"rule" if f.name == "code" else f.name: getattr(self, f.name) for f in fields(self)}


@cache
def catalogue() -> dict[str, Rule]:
    """All rules by code, in the catalogue's order; raises RuleError."""
    return load_catalogue(DEFINITIONS)


def rule_of(code: str) -> Rule:
    """The rule of that code; raises RuleError for a code that the catalogue does not know."""
    try:
        return catalogue()[code]
    except KeyError:
        raise RuleError(f"unknown rule {code!r}") from None


def load_catalogue(folder: Path) -> dict[str, Rule]:
    """Reads and checks a folder of definitions; raises RuleError where they contradict
    themselves or where their identities are not those of the form files."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = sorted(folder.glob("*.yaml"))
    rules: dict[str, Rule] = {}
    for entry in (entry for path in files for entry in yaml.load(path.read_text("utf-8"), Loader=loader) or ()):
        rule = _rule(dict(entry))
        if rule.code in rules:
            raise RuleError(f"{rule.code}: defined twice")
        _validate(rule)
        rules[rule.code] = rule
    from_forms = {identity.rule for form in load_forms().values() for identity in form.identities}
    from_catalogue = {rule.code for rule in rules.values() if rule.computed == "identity"}
    if from_forms != from_catalogue:
        raise RuleError(f"identities of the forms and of the catalogue differ: {from_forms ^ from_catalogue}")
    return rules


def _rule(entry: dict[str, Any]) -> Rule:
    code = str(entry.pop("rule", "?"))
    if entry.get("computed") == "identity":
        entry["formula"] = _identity_formula(code)
        entry["forms"] = [form.code for form in load_forms().values() if code in {i.rule for i in form.identities}]
    entry["forms"] = tuple(map(str, entry.get("forms") or load_forms()))
    try:
        return Rule(code=code, **{key: _text(value) for key, value in entry.items()})
    except TypeError as error:
        raise RuleError(f"{code}: {error}") from error


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _identity_formula(code: str) -> str:
    """The sum as the newest form that has it writes it, in codes."""
    for form in load_forms().values():
        for identity in form.identities:
            if identity.rule == code:
                merged = frozenset(row.code for row in form.table(identity.table).merged_rows)
                return f"{_side(identity.expected, merged)} = {_side(identity.actual, merged)}"
    raise RuleError(f"{code}: no form file has this identity")


def _side(terms: tuple[str, ...], merged: frozenset[str]) -> str:
    terms = tuple(term for term in terms if term not in merged)
    if len(terms) > 6:
        return f"{terms[0]} + … + {terms[-1]}"
    return " + ".join(terms)


def _validate(rule: Rule) -> None:
    for name, allowed in (
        ("severity", Severity),
        ("computed", Computed),
        ("judged_on", JudgedOn),
        ("figures", Figures),
    ):
        if getattr(rule, name) not in get_args(allowed):
            raise RuleError(f"{rule.code}: {name} is {getattr(rule, name)!r}, not one of {get_args(allowed)}")
    if unknown := set(rule.forms) - set(load_forms()):
        raise RuleError(f"{rule.code}: there is no form {sorted(unknown)}")
    templates = [getattr(rule, f.name) for f in fields(rule) if f.name.startswith("message")]
    if rule.computed != "reading" and None in (rule.message_zh, rule.message_en):
        raise RuleError(f"{rule.code}: a message is lacking")
    if rule.formula is None:
        raise RuleError(f"{rule.code}: a formula is lacking")
    if rule.computed == "reading" and None in (rule.example_zh, rule.example_en):
        raise RuleError(f"{rule.code}: an example of its message is lacking")
    if any(cited.count("{") > cited.count("{form}") for cited in (rule.cited_zh or "", *rule.cited_before.values())):
        raise RuleError(f"{rule.code}: what is cited names something other than the form")
    if (rule.mend_zh is None) != (rule.mend_en is None):
        raise RuleError(f"{rule.code}: how to mend it is said in one language only")
    sql = rule.sql or ""
    slots = SLOTS | {match[1] for match in _DETAIL.finditer(sql)} | set(rule.parameters)
    for template in filter(None, templates):
        unknown = {name for _, name, _, _ in string.Formatter().parse(template) if name} - slots
        if unknown:
            raise RuleError(f"{rule.code}: a message names {sorted(unknown)}, which nothing fills")
    asked = set(re.findall(r"\$(\w+)", sql)) - {"rule", "alone"}
    given = set(rule.parameters) | ({"first_year"} if rule.first_year is not None else set())
    if asked - given:
        raise RuleError(f"{rule.code}: the query asks for {sorted(asked - given)}, which the definition lacks")
    if set(rule.parameters) - asked:
        raise RuleError(f"{rule.code}: the query asks for none of {sorted(set(rule.parameters) - asked)}")
