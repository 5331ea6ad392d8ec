"""Violations within the tables of one filing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from extract.forms import CellKey, load_forms
from tests.corpus import mutations
from tests.corpus.judge import APPLICANTS, OUTSIDE_THE_SUM, RESULTS, STATISTICS_SUMS
from tests.corpus.model import BLANK, Front, TrueCell, reported
from tests.corpus.violations_kinds import Kind, Place, Put, is_2014, is_2021, is_since_2019, number, shown
from tests.corpus.violations_world import Document, World

OUTCOMES = [row.code for row in load_forms()["2019"].table("applications").rows if row.code not in OUTSIDE_THE_SUM]


def _other(random: Random, value: int, how: str) -> int | None:
    """A wrong figure for ``value``; None where it cannot be wrong so."""
    digits = str(value)
    if how == "off_by_one":
        return value + random.choice((1, -1)) if value else 1
    if how == "off":
        return value + random.randint(2, 30)
    if how == "swapped":
        wrong = int(digits[:-2] + digits[-1] + digits[-2]) if value >= 10 else value
    elif how == "digit_lost":
        wrong = int(digits[:-1]) if value >= 10 else value
    else:  # a digit printed twice
        wrong = int(digits + digits[-1]) if value else value
    return None if wrong == value else wrong


HOW = ("off_by_one", "off", "swapped", "digit_lost", "doubled")


def _changed(document: Document, random: Random, key: CellKey, how: str) -> bool:
    filing = document.filing()
    if filing.cells.get(key) is None or filing.cells[key].number is None:
        return False
    wrong = _other(random, number(filing, key), how)
    if wrong is None:
        return False
    shown(document, key, wrong)
    return True


def _balance(how: str) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        column = random.choice((*APPLICANTS[:2], "total", "total"))
        row = random.choice(("received_new", "received_carried_over", "carried_forward"))
        return [column] if _changed(document, random, ("applications", row, column), how) else []

    return put


def _outcomes(how: str) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        column = random.choice((*APPLICANTS[:2], "total", "total"))
        row = random.choice(("concluded_total", "granted", "partly_granted", "unavailable.not_held"))
        return [column] if _changed(document, random, ("applications", row, column), how) else []

    return put


def _applicants(how: str) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        row = random.choice(
            ("received_new", "granted", "unavailable.not_held", "concluded_total", "refused.state_secret")
        )
        column = random.choice(("natural_person", "commercial_enterprise", "total"))
        return [row] if _changed(document, random, ("applications", row, column), how) else []

    return put


def _shifted(_: World, document: Document, random: Random) -> list[Place]:
    """The filer wrote a row's figures one column too far to the right; the total stayed."""
    filing = document.filing()
    row = random.choice(("granted", "received_new", "unavailable.not_held"))
    figures = [number(filing, ("applications", row, column)) for column in APPLICANTS]
    if not figures[-1] or not figures[0]:
        return []
    moved = dict(zip([("applications", row, column) for column in APPLICANTS], [0, *figures[:-1]], strict=True))
    document.changes.append(lambda made: made.with_cells({key: reported(value) for key, value in moved.items()}))
    return [row]


def _suits(row: str, how: str) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        column = random.choice((*RESULTS, "total"))
        return [row] if _changed(document, random, ("review_litigation", row, column), how) else []

    return put


def _statistics(total: str, how: str) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        row = random.choice((total, *STATISTICS_SUMS[total]))
        return ["count"] if _changed(document, random, ("statistics", row, "count"), how) else []

    return put


def _blank_total(mark: str) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        filing = document.filing()
        totals: list[CellKey] = [
            ("applications", row, "total") for row in ("received_new", "granted", "concluded_total")
        ]
        totals += [("applications", "concluded_total", "natural_person"), ("review_litigation", "review", "total")]
        key = random.choice(totals)
        if not filing.cells[key].number:
            return []
        cell = TrueCell(mark, None, "not_applicable") if mark else BLANK
        document.changes.append(lambda made: made.with_cells({key: cell}))
        return [f"{key[1]}.{key[2]}"]

    return put


def _era(_: World, document: Document, random: Random) -> list[Place]:
    document.form = "2019" if document.form == "2021" else "2021"
    return ["form"]


def _no_count(figure: float) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        filing = document.filing()
        keys = [
            key for key, cell in filing.cells.items() if cell.number is not None and key[2] not in ("amount", "change")
        ]
        key = random.choice([key for key in keys if key[0] != "applications"] if random.random() < 0.6 else keys)
        value = figure if figure < 0 else number(filing, key) + figure
        shown(document, key, value)
        return [f"{key[1]}.{key[2]}"]

    return put


def _totals_only(_: World, document: Document, random: Random) -> list[Place]:
    if not document.figures["applications", "received_new", "total"]:
        return []
    document.changes.append(mutations.totals_only)
    return ["applications"]


def _totals_dashed(_: World, document: Document, random: Random) -> list[Place]:
    if not document.figures["applications", "received_new", "total"]:
        return []
    rows = {row for table, row, _ in document.filing().cells if table == "applications"}
    keys = [("applications", row, column) for row in sorted(rows) for column in APPLICANTS]
    document.changes.append(lambda made: mutations.dash(made, keys, "/"))
    return ["applications"]


def _powerless(_: World, document: Document) -> bool:
    government = document.agency.level == "prefecture" and document.agency.sector == "government"
    return is_since_2019(_, document) and not government


def _power(_: World, document: Document, random: Random) -> list[Place]:
    columns = (
        ("issued", "in_force") if document.form == "2021" else ("newly_made", "newly_disclosed", "total_disclosed")
    )
    column = random.choice(columns)
    document.figures["proactive", "regulations", column] = random.randint(1, 9)
    return [f"regulations.{column}"]


def _dated(document: Document, day: date, weeks: int = 0) -> None:
    document.published_on, document.site_date = day, day
    document.retrieved_at = datetime.combine(day + timedelta(days=5 + 7 * weeks), time(18, 10), UTC)


def _has_day(_: World, document: Document) -> bool:
    return document.agency.level in ("prefecture", "county")


def _late(most: int) -> Put:
    def put(_: World, document: Document, random: Random) -> list[Place]:
        government = document.agency.sector == "government" or document.year < 2019
        last = date(document.year + 1, 3, 31) if government else date(document.year + 1, 1, 31)
        _dated(document, last + timedelta(days=random.randint(1, most)))
        return ["published_on"]

    return put


def _before_the_year_was_over(_: World, document: Document, random: Random) -> list[Place]:
    document.published_on = document.site_date = date(document.year, random.randint(1, 11), random.randint(1, 28))
    document.edits.append(str)  # a page, whose own date counts; a signature of that day would not be believed
    document.open_places |= {("identity_conflict", "report_year"), ("identity_conflict", "published_on")}
    return ["published_on"]


def _after_it_was_found(_: World, document: Document, random: Random) -> list[Place]:
    found = document.published_on - timedelta(days=random.randint(2, 40))
    document.retrieved_at = datetime.combine(found, time(3, 0), UTC)
    return ["published_on"]


def _epoch(_: World, document: Document, random: Random) -> list[Place]:
    """The document is undated; its site says 1 January 1970."""
    document.front, document.site_date = Front(False, False, False), date(1970, 1, 1)
    return ["published_on"]


TABLES: tuple[Kind, ...] = (
    *(Kind("applications_balance", how, _balance(how)) for how in HOW),
    *(Kind("applications_outcome_sum", how, _outcomes(how)) for how in HOW),
    *(Kind("applications_applicant_sum", how, _applicants(how)) for how in HOW),
    Kind("applications_applicant_sum", "shifted", _shifted),
    *(Kind(f"{row}_sum", how, _suits(row, how))
      for row in ("review", "litigation_direct", "litigation_after_review") for how in HOW),
    *(Kind(f"statistics_{total.removeprefix('replied.')}_sum", how, _statistics(total, how), is_2014, 1)
      for total in STATISTICS_SUMS for how in HOW),
    Kind("total_blank", "blank", _blank_total("")),
    Kind("total_blank", "dash", _blank_total("/")),
    Kind("form_era", "other_edition", _era),
    Kind("not_a_count", "negative", _no_count(-3)),
    Kind("not_a_count", "broken", _no_count(0.5)),
    Kind("applicant_split_missing", "blank", _totals_only),
    Kind("applicant_split_missing", "dashes", _totals_dashed),
    Kind("regulation_power", "rules", _power, _powerless),
    Kind("late_publication", "days", _late(9), _has_day, 1),
    Kind("late_publication", "months", _late(150), _has_day, 1),
    Kind("publication_date_impossible", "year_not_over", _before_the_year_was_over, apart=1),
    Kind("publication_date_impossible", "found_before", _after_it_was_found, apart=1),
    Kind("publication_date_impossible", "epoch", _epoch, is_2021, 1),
)  # fmt: skip
