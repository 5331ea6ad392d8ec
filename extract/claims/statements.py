"""What the prose states beside figures of the form: that all was concluded or
upheld, shares, lists of the parts of a sum, the period covered, fees, the
edition of the form. Every statement can be held against the tables.

Where a sentence may be meant otherwise there is no statement: 除2件外均已办结 is
not about all applications, 确保均按时答复 an aim, 建议均已答复 another matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from extract.claims import others
from extract.claims.elsewhere import for_another
from extract.claims.lexer import STOP, normalise
from extract.claims.model import Said, Statement
from extract.claims.statements_fees import fees
from extract.claims.statements_figures import breakdowns, percentages
from extract.claims.statements_period import periods
from extract.claims.statements_words import load_words
from extract.forms import load_forms

_YEAR = re.compile(r"(?<!\d)(20\d\d)年")
_NEAR, _FAR = 60, 400  # characters before a statement that may bound it
_UNTIL = re.compile(
    r"截[至止到](?:(?P<year>20\d\d)年|[^,，;。]{0,6}(?P<later>次年|目前|发稿|报告[发公]|本报告|报告编))"
)
_LAST = re.compile(r"去年|上年度?|上一年|往年|历年|近[两三五]年")
_NUMBER = r"[〔\[(【［﹝]?(20\d\d)[〕\])】］﹞]?年?第?(\d{1,3})号"
_DOCUMENT = re.compile(rf"国办[公开办函发]{{1,6}}{_NUMBER}")
_FURTHER = re.compile(rf"[、,，和及]{_NUMBER}")  # after the first, the issuer is not written again
_CLAUSE = re.compile(r"[;。]")
_LINKED = re.compile(r"信息公开|依申请|公开申请|申请公开|信息申请")
_DIRECT = re.compile(
    r"(?:未经|不经)(?:行政)?复议(?:程序)?(?:直接)?(?:提起)?(?:行政)?(?:诉讼|起诉)?|直接(?:提起)?(?:行政)?(?:诉讼|起诉)"
)
_AFTER_REVIEW = re.compile(r"复议(?:后|程序)(?:再|又)?(?:被)?(?:提起)?(?:行政)?(?:诉讼|起诉)?")
_SUIT = re.compile(r"诉讼|起诉|应诉|被诉")
_OWN_DECISIONS = re.compile(r"(?:受理|审理|办理|审结|收到|接到|承办)[\u4e00-\u9fff]{0,8}(?:行政)?复议")


def read_statements(said: Iterable[Said], agency: str, year: int | None) -> list[Statement]:
    """The statements of a filing's sentences, in their order, each once.

    ``agency`` is the filer ("" where it is unknown), ``year`` the year that it reports about.
    """
    found: dict[tuple[object, ...], Statement] = {}
    for sentence in said:
        text = normalise(sentence.text)
        for statement in _of_sentence(sentence, text, agency, year):
            found.setdefault(statement.identity, statement)
    return list(found.values())


def may_state(text: str) -> bool:
    """Whether a sentence, as filed, may make a statement."""
    return load_words().trigger.search(text) is not None


def _of_sentence(said: Said, text: str, agency: str, year: int | None) -> Iterator[Statement]:
    if said.listed:
        yield from breakdowns(said, text)
        return
    yield from periods(said, text)
    yield from _form_cited(said, text)
    if "费" in text:
        yield from fees(said, text, year)
    if _all_concluded(said, text, agency, year):
        yield Statement("all_concluded", said.text, said.scope)
    differing = {draft.item for draft in said.drafts if draft.column not in ("upheld", "total") and draft.value}
    for row in _all_upheld(said, text, agency, year):
        if row in differing:
            continue  # 复议5件，其中维持3件、纠正2件，诉讼2件，均维持: of the suits alone
        yield Statement("all_upheld", said.text, said.scope, metric=f"review_litigation.{row}.total")
    yield from percentages(said, text, year)
    yield from breakdowns(said, text)


def _all_concluded(said: Said, text: str, agency: str, year: int | None) -> bool:
    words = load_words()
    patterns = (words.all_concluded, words.concluded_rate) if words.rate.search(text) else (words.all_concluded,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            start = _clause_start(text, match.start())
            before = text[start : match.start()]
            if (
                _about_applications(said, before, match.group())
                and not words.exception.search(before)
                and not words.aim.search(before[-12:])
                and not text[match.end() :].startswith(("的", "了的"))
                and not words.or_pending.match(text, match.end())
                and not words.for_one_thing.search(before[-_NEAR:])
                and not _untimely(text, match.start(), year)
                and not _only_carried(before)
                and not _part_of_year(text[max(0, match.start() - _FAR) : match.start()])
                and not others.speaks(text, match.start(), agency, 0)
                and not for_another(text, match.start())
            ):
                return True
    return False


def _about_applications(said: Said, before: str, matched: str) -> bool:
    """Whether the last noun before "all were answered", or within it, is the application."""
    nouns = list(load_words().subject.finditer(before))
    if nouns:
        return nouns[-1].lastgroup == "application"
    return "申请公开" in matched or said.topic == "applications"


def _only_carried(before: str) -> bool:
    """上年结转3件，均已办结: all of those, not all."""
    numbered = [clause for clause in re.split(r"[，,;。]", before) if re.search(r"\d[件条份例起宗次项]", clause)]
    return len(numbered) == 1 and "结转" in numbered[0]


def _part_of_year(before: str) -> bool:
    """上半年收到9件，全部办结: all of these, not all."""
    words = load_words()
    parts = [match.end() for match in words.part_of_year.finditer(before)]
    return bool(parts) and words.whole_year.search(before, parts[-1]) is None


def _clause_start(text: str, place: int) -> int:
    """Where the train of thought begins that ``place`` stands in."""
    return max((match.end() for match in _CLAUSE.finditer(text, 0, place)), default=0)


def _untimely(text: str, place: int, year: int | None) -> bool:
    """Whether what stands at ``place`` is told of another year."""
    until = list(_UNTIL.finditer(text, 0, place))
    if until and (until[-1]["later"] or (year is not None and until[-1]["year"] and int(until[-1]["year"]) > year)):
        return True
    years = [int(match[1]) for match in _YEAR.finditer(text, 0, place)]
    if years and year is not None and years[-1] != year:
        return True
    last = [match.end() for match in _LAST.finditer(text, 0, place)]
    return bool(last) and not years and "结转" not in text[last[-1] : last[-1] + 6]


def _all_upheld(said: Said, text: str, agency: str, year: int | None) -> list[str]:
    """The rows of which the sentence says that every decision was upheld."""
    words = load_words()
    match = words.all_upheld.search(text)
    if match is None or not (_LINKED.search(text) or said.topic in ("applications", "legal")):
        return []
    before = text[: match.start()]
    if (
        words.exception.search(before)
        or words.decided.search(before)
        or words.aim.search(before[-8:])
        or _untimely(text, match.start(), year)
        or others.speaks(text, match.start(), agency, 0)
        or (_OWN_DECISIONS.search(before) and not _LINKED.search(before))
    ):
        return []
    clauses = re.split(r"[,，]", before[max(before.rfind(STOP) + 1, before.rfind("。") + 1) :])
    rows = _rows(clauses[-1] + match.group()) or _rows("，".join(clauses)) or _rows(before) or list(said.legal)
    if match["won"]:  # suits only, and not 确保行政诉讼均胜诉
        return [row for row in rows if row != "review" and not words.aim.search(clauses[-1])]
    return rows


def _rows(text: str) -> list[str]:
    """The rows of reviews and lawsuits that a text names."""
    rest = _AFTER_REVIEW.sub("", _DIRECT.sub("", text))
    rows = ["review"] if "复议" in rest else []
    routes = [row for row, pattern in (("litigation_direct", _DIRECT), ("litigation_after_review", _AFTER_REVIEW))
              if pattern.search(text)]  # fmt: skip
    if routes:
        return rows + routes
    return rows + (["litigation"] if _SUIT.search(rest) else [])


def _form_cited(said: Said, text: str) -> Iterator[Statement]:
    """The editions whose document the report cites as its form."""
    for edition in cited_editions(text):
        yield Statement("form_cited", said.text, said.scope, metric=edition)


def cited_editions(text: str) -> Iterator[str]:
    """The editions of the form whose documents a normalised text cites as what it follows."""
    if "国办" not in text or not load_words().form_cue.search(text):
        return
    for cited in _DOCUMENT.finditer(text):
        match: re.Match[str] | None = cited
        while match is not None:
            edition = _documents().get((match[1], match[2]))
            if edition is not None:
                yield edition
            match = _FURTHER.match(text, match.end())


def _documents() -> dict[tuple[str, str], str]:
    """Editions by year and number of the document that issued them."""
    found = {}
    for form in load_forms().values():
        year, number = re.findall(r"\d+", form.document)
        found[year, number] = form.code
    return found
