"""Violations of the prose against the tables and against itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random

from extract.claims.model import Statement
from tests.corpus import mutations, stated
from tests.corpus.judge import APPLICANTS
from tests.corpus.model import Claim, Filing, Prose
from tests.corpus.violations_filing import of_document
from tests.corpus.violations_kinds import Kind, Place, Put, is_2021, mend, number
from tests.corpus.violations_world import Document, World

TOTAL = "applications.{}.total"


def says(document: Document, sentence: str, *statements: Statement, claims: tuple[Claim, ...] = ()) -> None:
    """The prose on applications ends with a further sentence."""

    def change(filing: Filing) -> Filing:
        prose = filing.prose
        paragraphs = list(prose.sections["一"])
        paragraphs[2] += sentence
        return replace(filing, prose=replace(
            prose, sections={**prose.sections, "一": tuple(paragraphs)},
            statements=(*prose.statements, *statements), claims=(*prose.claims, *claims),
        ))  # fmt: skip

    document.changes.append(change)


def _figure_off(by: tuple[int, ...]) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        filing = document.filing()
        metrics = sorted(
            {claim.metric for claim in filing.prose.claims if claim.value and not claim.metric.startswith("proactive.")}
        )
        random.shuffle(metrics)
        for metric in metrics:
            off = random.choice(by)
            try:
                changed = mutations.prose_figure(filing, metric, off)
            except ValueError:
                continue
            if any(claim.value < 0 for claim in changed.prose.claims) or changed.prose == filing.prose:
                continue
            document.changes.append(partial(mutations.prose_figure, metric=metric, by=off))
            return [metric]
        return []

    return put


def _tables_moved_on(_: World, document: Document, random: Random) -> list[Place]:
    """The tables were changed, sums and all, and the prose was not."""
    applicant, by = random.choice(APPLICANTS[:2]), random.randint(1, 4)
    document.said = dict(document.figures)
    document.figures["applications", "received_new", applicant] += by
    document.figures["applications", random.choice(("granted", "partly_granted")), applicant] += by
    mend(document.figures)
    return ["applications.received_new.total"]


def _percentage(base: str | None) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        filing = document.filing()
        if any(s.kind == "percentage" for s in filing.prose.statements):
            return []
        granted, done = (number(filing, ("applications", row, "total")) for row in ("granted", "concluded_total"))
        if granted < 1 or done < 3:
            return []
        share = round(Decimal(100 * granted) / done, 1) + random.choice((-1, 1)) * random.randint(3, 25)
        pattern, of = stated.SHARES[0] if base else stated.SHARES[1]
        if not 0 < share < 100:
            return []
        sentence = pattern.format(share=share)
        statement = Statement("percentage", sentence, document.scope, TOTAL.format("granted"), of, share)
        says(document, sentence, statement)
        if ("percentage_mismatch", TOTAL.format("granted")) not in of_document(document, document.filing()):
            document.changes.pop()  # it fits another base
            return []
        return [TOTAL.format("granted")]

    return put


def _concluded(_: World, document: Document, random: Random) -> list[Place]:
    if not document.figures["applications", "carried_forward", "total"]:
        return []
    sentence = random.choice(stated.CONCLUDED)
    says(document, sentence, Statement("all_concluded", sentence, document.scope))
    return [TOTAL.format("carried_forward")]


def _upheld(_: World, document: Document, random: Random) -> list[Place]:
    filing = document.filing()
    places: list[Place] = [f"review_litigation.review.{column}" for column in ("corrected", "other", "pending")
                           if number(filing, ("review_litigation", "review", column))]  # fmt: skip
    if not places:
        return []
    sentence = stated.UPHELD.format(name="行政复议")
    says(document, sentence, Statement("all_upheld", sentence, document.scope, "review_litigation.review.total"))
    return places[:1]


def _channels(_: World, document: Document, random: Random) -> list[Place]:
    new = number(document.filing(), ("applications", "received_new", "total"))
    if new < 5:
        return []
    post = random.randint(1, new - 3)
    parts = [new - post - 1, post, 1]
    parts[random.randrange(2)] += random.choice((1, 2, 10))
    sentence = stated.CHANNELS.format(total=new, net=parts[0], post=parts[1], visit=parts[2])
    metric = TOTAL.format("received_new")
    pieces = tuple(Decimal(part) for part in parts)
    says(document, sentence, Statement("breakdown", sentence, document.scope, metric, None, Decimal(new), pieces),
         claims=(Claim(metric, new, sentence, document.scope),))  # fmt: skip
    return [metric]


def _fees_unpaid(_: World, document: Document, random: Random) -> list[Place]:
    figures = document.figures
    if not any(s.kind == "no_fees" for s in document.filing().prose.statements):
        return []
    for applicant in APPLICANTS:
        if figures["applications", "other.other", applicant]:
            figures["applications", "other.other", applicant] -= 1
            figures["applications", "other.fee_not_paid_in_time", applicant] += 1
            mend(figures)
            return ["applications.other.fee_not_paid_in_time.total"]
    return []


def _fees_charged(_: World, document: Document, random: Random) -> list[Place]:
    if not any(s.kind == "no_fees" for s in document.filing().prose.statements):
        return []
    amount = 10 * random.randint(4, 400)
    sentence = stated.CHARGED.format(count=random.randint(1, 9), amount=amount)
    says(document, sentence, Statement("fees_charged", sentence, document.scope, value=Decimal(amount) / 10000))
    return ["fees"]


def _period(first: tuple[int, int] | None, last: tuple[int, int], place: str) -> Put:
    """The period stated begins or ends on another day; (11, 31) does not exist."""

    def put(_: World, document: Document, random: Random) -> list[Place]:
        year = document.year
        agency = document.agency
        if str(year) in (str(agency.valid_from)[:4], str(agency.valid_to)[:4]):
            return []
        begin = first or (1, 1)
        sentence = f"所列数据的统计期限为{year}年{begin[0]}月{begin[1]}日至{year}年{last[0]}月{last[1]}日。"
        end = None if last == (11, 31) else date(year, *last)
        statement = Statement("period", sentence, document.scope, first_day=date(year, *begin), last_day=end)

        def change(filing: Filing) -> Filing:
            kept = tuple(s for s in filing.prose.statements if s.kind != "period")
            law = filing.prose.introduction.split("。")[0] + "。"
            prose: Prose = replace(filing.prose, introduction=law + sentence, statements=(*kept, statement))
            prose = replace(prose, statements=tuple(s for s in prose.statements if s.kind != "form_cited"))
            return replace(filing, prose=prose)

        document.changes.append(change)
        return [place]

    return put


def _citation(_: World, document: Document, random: Random) -> list[Place]:
    if any(s.kind == "form_cited" for s in document.filing().prose.statements):
        return []
    other = "2019" if document.form == "2021" else "2021"
    sentence = stated.CITATION.format(document=stated.FORMS[other])
    says(document, sentence, Statement("form_cited", sentence, document.scope, other))
    return ["form"]


PROSE: tuple[Kind, ...] = (
    Kind("narrative_mismatch", "off_by_one", _figure_off((1, -1))),
    Kind("narrative_mismatch", "off", _figure_off((7, 10, 90))),
    Kind("narrative_mismatch", "tables_changed", _tables_moved_on),
    Kind("percentage_mismatch", "of_concluded", _percentage("concluded")),
    Kind("percentage_mismatch", "of_all", _percentage(None)),
    Kind("statement_mismatch", "all_concluded", _concluded),
    Kind("statement_mismatch", "all_upheld", _upheld),
    Kind("narrative_breakdown", "channels", _channels),
    Kind("fee_statement", "not_paid", _fees_unpaid, is_2021),
    Kind("fee_statement", "charged", _fees_charged, is_2021),
    Kind("period_mismatch", "ends_early", _period(None, (11, 30), "last_day")),
    Kind("period_mismatch", "no_day", _period(None, (11, 31), "last_day")),
    Kind("period_mismatch", "begins_late", _period((2, 1), (12, 31), "first_day")),
    Kind("form_citation", "other_edition", _citation),
)
