"""What one filing must be told, from its truth alone and apart from the project's rules: the two can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from extract.claims.model import Statement
from extract.forms import form_in_force
from tests.corpus import judge
from tests.corpus.model import Filing, Number
from tests.corpus.violations_world import Document

Place = tuple[str, str]
"""Rule and place."""

LEVELS_WITH_A_DAY = ("central", "province", "prefecture", "county")
MANDATES = {"province": "government", "prefecture": "government"}
GROUPS = {
    "handled": ("received_new", "received_carried_over"),
    "granted_or_partly": ("granted", "partly_granted"),
    "litigation": ("litigation_direct", "litigation_after_review"),
}
BASES = ("received_new", "handled", "concluded_total")


def of_document(document: Document, filing: Filing) -> set[Place]:
    """Rule and place of everything that the filing must be told when it stands alone."""
    found = {(item["rule"], item["where"]) for item in judge.violations(filing.cells)}
    found |= set(_blank_totals(filing)) | set(_form(filing)) | set(_powers(filing)) | set(_dates(document, filing))
    found |= set(_claims(filing)) | set(_statements(filing)) | document.told
    return found


def amount(filing: Filing, metric: str) -> Number | None:
    """The tables' figure of a metric; None where it cannot be judged."""
    table, _, rest = metric.partition(".")
    item, _, column = rest.rpartition(".")
    rows = {row for code, row, _ in filing.cells if code == table}
    single = [item] if item in rows else sorted(row for row in rows if row.startswith(f"{item}."))
    wanted: Sequence[str] = GROUPS.get(item) or single
    cells = [filing.cells[table, row, column] for row in wanted if (table, row, column) in filing.cells]
    if not cells or any(cell.status in ("missing", "unreadable") for cell in cells):
        return None
    for row in wanted:
        cell = filing.cells.get((table, row, column))
        if column == "total" and cell is not None and cell.number is None:
            row_cells = [other for (code, name, _), other in filing.cells.items() if (code, name) == (table, row)]
            if any(other.number for other in row_cells):
                return None
    numbers = [cell.number for cell in cells if cell.number is not None]
    return round(sum(numbers), 4) if numbers else None


def _blank_totals(filing: Filing) -> Iterator[Place]:
    for total, parts in _sums(filing):
        cell = filing.cells[total]
        if cell.status not in ("blank", "not_applicable"):
            continue
        numbers = [number for key in parts if (number := filing.cells[key].number) is not None]
        if numbers and (cell.status == "blank" or sum(numbers)):
            yield "total_blank", f"{total[1]}.{total[2]}"


def _sums(filing: Filing) -> Iterator[tuple[tuple[str, str, str], list[tuple[str, str, str]]]]:
    """Every total that has parts, with them."""
    if filing.form_code == "2014":
        for total, parts in judge.STATISTICS_SUMS.items():
            yield ("statistics", total, "count"), [("statistics", row, "count") for row in parts]
        return
    rows = list(dict.fromkeys(row for table, row, _ in filing.cells if table == "applications"))
    outcomes = [row for row in rows if row not in judge.OUTSIDE_THE_SUM]
    for row in rows:
        yield ("applications", row, "total"), [("applications", row, column) for column in judge.APPLICANTS]
    for column in (*judge.APPLICANTS, "total"):
        yield ("applications", "concluded_total", column), [("applications", row, column) for row in outcomes]
    for row in ("review", "litigation_direct", "litigation_after_review"):
        yield ("review_litigation", row, "total"), [("review_litigation", row, column) for column in judge.RESULTS]


def _form(filing: Filing) -> Iterator[Place]:
    in_force = form_in_force(filing.year)
    assert in_force is not None
    if filing.form_code != in_force.code:
        yield "form_era", "form"
    cited = {s.metric for s in filing.prose.statements if s.kind == "form_cited"}
    if cited and in_force.code not in cited:
        yield "form_citation", "form"
    cells = [(key, cell) for key, cell in filing.cells.items() if key[0] == "applications"]
    split = [cell for key, cell in cells if key[2] != "total"]
    if any(key[2] == "total" and (cell.number or 0) > 0 for key, cell in cells) and all(
        cell.status in ("blank", "not_applicable") for cell in split
    ):
        yield "applicant_split_missing", "applications"


def _powers(filing: Filing) -> Iterator[Place]:
    if MANDATES.get(filing.agency.level) == filing.agency.sector:
        return
    for (_, row, column), cell in filing.cells.items():
        if row == "regulations" and (cell.number or 0) > 0:
            yield "regulation_power", f"{row}.{column}"


def _dates(document: Document, filing: Filing) -> Iterator[Place]:
    day = document.site_date if filing.front is not None and not filing.front.dated else filing.published_on
    found_on = (document.retrieved_at + timedelta(hours=8)).date()
    if day is None:
        return
    agency, year = filing.agency, filing.year
    if day > found_on or day < date(year, 12, 31):
        yield "publication_date_impossible", "published_on"
    if agency.level in LEVELS_WITH_A_DAY:
        last = date(year + 1, 3, 31) if agency.sector == "government" or year < 2019 else date(year + 1, 1, 31)
        if day > last:
            yield "late_publication", "published_on"


def _claims(filing: Filing) -> Iterator[Place]:
    for claim in filing.prose.claims:
        figure = amount(filing, claim.metric)
        if figure is not None and figure != claim.value:
            yield "narrative_mismatch", claim.metric


def _statements(filing: Filing) -> Iterator[Place]:
    said = filing.prose.statements
    for statement in said:
        if statement.kind == "all_concluded" and (amount(filing, "applications.carried_forward.total") or 0) > 0:
            yield "statement_mismatch", "applications.carried_forward.total"
        if statement.kind == "all_upheld":
            yield from _upheld(filing, statement)
        if statement.kind == "percentage":
            yield from _percentage(filing, statement)
        if statement.kind == "breakdown" and statement.parts and sum(statement.parts) != statement.value:
            yield "narrative_breakdown", statement.metric or "narrative"
        if statement.kind == "period":
            yield from _period(filing, statement, said)
    yield from _fees(filing, said)


def _upheld(filing: Filing, statement: Statement) -> Iterator[Place]:
    rows = ("review",) if statement.metric == "review_litigation.review.total" else GROUPS["litigation"]
    for row in rows:
        for column in ("corrected", "other", "pending"):
            cell = filing.cells.get(("review_litigation", row, column))
            if cell is not None and (cell.number or 0) > 0:
                yield "statement_mismatch", f"review_litigation.{row}.{column}"


def _percentage(filing: Filing, statement: Statement) -> Iterator[Place]:
    """The bases of which the percentage may be; it is wrong where it fits none of them."""
    assert statement.metric is not None and statement.value is not None
    bases = [statement.base] if statement.base else [f"applications.{base}.total" for base in BASES]
    if statement.base is None and statement.metric == "applications.granted.total":
        bases.append("applications.granted_or_partly.total")
    part, wholes = amount(filing, statement.metric), [amount(filing, base) for base in bases]
    if part is None or any(whole is None for whole in wholes) or not any(wholes):
        return
    step = Decimal(1).scaleb(int(statement.value.as_tuple().exponent))
    shares = [Decimal(100) * Decimal(part) / Decimal(whole) for whole in wholes if whole]
    if not any(abs(share - statement.value) <= step / 2 + Decimal("0.11") for share in shares):
        yield "percentage_mismatch", statement.metric


def _period(filing: Filing, statement: Statement, said: Iterable[Statement]) -> Iterator[Place]:
    whole = (date(filing.year, 1, 1), date(filing.year, 12, 31))
    if any(other.kind == "period" and (other.first_day, other.last_day) == whole for other in said):
        return
    agency = filing.agency
    founded = (agency.valid_from or "").startswith(str(filing.year))
    ended = (agency.valid_to or "").startswith(str(filing.year))
    if statement.first_day is not None and statement.first_day != whole[0] and not founded:
        yield "period_mismatch", "first_day"
    if statement.last_day != whole[1] and not ended:
        yield "period_mismatch", "last_day"


def _fees(filing: Filing, said: Iterable[Statement]) -> Iterator[Place]:
    kinds = {statement.kind for statement in said}
    if "no_fees" not in kinds:
        return
    if (amount(filing, "applications.other.fee_not_paid_in_time.total") or 0) > 0:
        yield "fee_statement", "applications.other.fee_not_paid_in_time.total"
    if any(statement.kind == "fees_charged" and (statement.value or 0) > 0 for statement in said):
        yield "fee_statement", "fees"
