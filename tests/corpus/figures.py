"""Seeded figures of an agency over the years, in which every sum holds.

What is carried forward in one year is carried over in the next, documents in
force roll on, the projects of the 2019 form do as well, and cases pending in one
year are among those of the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from extract.forms import CellKey, load_forms
from tests.corpus.agencies import Profile
from tests.corpus.judge import APPLICANTS, RESULTS
from tests.corpus.model import Number

Figures = dict[CellKey, Number]

# Who applies, out of a hundred; natural persons are by far the most.
APPLICANT_WEIGHTS = (86, 8, 1, 1, 2, 2)

# How applications end, out of a thousand.
OUTCOME_WEIGHTS: Mapping[str, int] = {
    "granted": 360,
    "partly_granted": 62,
    "refused.state_secret": 4,
    "refused.prohibited_by_law": 9,
    "refused.security_and_stability": 3,
    "refused.third_party_rights": 14,
    "refused.internal_affairs": 22,
    "refused.process_information": 20,
    "refused.enforcement_case_file": 17,
    "refused.administrative_inquiry": 16,
    "unavailable.not_held": 262,
    "unavailable.must_be_created": 38,
    "unavailable.still_unclear": 16,
    "not_processed.petition_or_complaint": 48,
    "not_processed.repeated": 28,
    "not_processed.publication": 3,
    "not_processed.excessive": 2,
    "not_processed.confirm_or_reissue": 6,
    "other.not_corrected_in_time": 32,
    "other.fee_not_paid_in_time": 2,
    "other.other": 36,
}


def history(profile: Profile, seed: str, years: range) -> Iterator[tuple[int, Figures]]:
    """The figures of each year: all cells of both editions of the form, keyed
    by table, row and column (where both have a cell they share its figure)."""
    random = Random(f"figures:{seed}")
    carried = dict.fromkeys(APPLICANTS, 0)
    pending: dict[str, int] = {}
    stock = {"regulations": _about(random, 40) if profile.rules else 0, "normative_documents": profile.stock}
    disclosed = {row: count + _about(random, 12) * bool(count) for row, count in stock.items()}
    projects = {
        "licensing": _about(random, 30) if profile.licensing else 0,
        "other_services": _about(random, 18) if profile.licensing else 0,
        "penalties": _about(random, 90) if profile.penalties else 0,
        "coercion": _about(random, 11) if profile.coercion else 0,
        "fees": _about(random, 4) if profile.fees else 0,
    }
    for year in years:
        figures: Figures = {}
        _documents(random, profile, stock, disclosed, figures)
        _decisions(random, profile, projects, figures)
        _applications(random, profile, carried, figures)
        _legal(random, profile, pending, figures)
        yield year, figures


def figures_of_form(figures: Figures, form_code: str) -> Figures:
    """The figures of the cells of one edition, in its order."""
    return {key: figures[key] for key in load_forms()[form_code].cells()}


def _about(random: Random, mean: float) -> int:
    """A whole number near ``mean``: 0 for 0, scattered by some 30 per cent."""
    if mean <= 0:
        return 0
    spread = max(0.3 * mean, mean**0.5)
    return max(0, round(random.gauss(mean, spread)))


def _documents(
    random: Random, profile: Profile, stock: dict[str, int], disclosed: dict[str, int], figures: Figures
) -> None:
    for row in ("regulations", "normative_documents"):
        usual = profile.documents if row == "normative_documents" else 3 * profile.rules
        issued = _about(random, usual)
        repealed = min(stock[row] + issued, _about(random, issued * 0.7))
        stock[row] += issued - repealed
        disclosed[row] += issued
        figures["proactive", row, "issued"] = issued
        figures["proactive", row, "repealed"] = repealed
        figures["proactive", row, "in_force"] = stock[row]
        figures["proactive", row, "newly_made"] = issued
        figures["proactive", row, "newly_disclosed"] = issued
        figures["proactive", row, "total_disclosed"] = disclosed[row]


def _decisions(random: Random, profile: Profile, projects: dict[str, int], figures: Figures) -> None:
    means = {
        "licensing": profile.licensing,
        "other_services": profile.licensing / 9,
        "penalties": profile.penalties,
        "coercion": profile.coercion,
    }
    for row, before in projects.items():
        change = random.choice((0, 0, 0, 1, 2, -1, -3)) if before > 4 else 0
        figures["proactive", row, "items_last_year"] = before
        figures["proactive", row, "change"] = change
        projects[row] = before + change
        if row in means:
            figures["proactive", row, "decisions"] = _about(random, means[row])
    figures["proactive", "fees", "amount"] = _amount(random, profile.fees)
    bought = _about(random, min(40.0, profile.documents * 1.4 + 1)) if profile.applications > 2 else 0
    figures["proactive", "procurement", "projects"] = bought
    figures["proactive", "procurement", "amount"] = _amount(random, bought * 31.7)


def _amount(random: Random, mean: float) -> Number:
    """An amount in 万元 with up to two decimals; 0 where there is none."""
    if not mean:
        return 0
    amount = round(mean * random.uniform(0.75, 1.25), 2)
    return int(amount) if amount == int(amount) else amount


def _applications(random: Random, profile: Profile, carried: dict[str, int], figures: Figures) -> None:
    received = dict.fromkeys(APPLICANTS, 0)
    # Few applications are kept whole for one applicant, as in small agencies.
    for _ in range(_about(random, profile.applications)):
        received[random.choices(APPLICANTS, APPLICANT_WEIGHTS)[0]] += 1
    rows = ["received_new", "received_carried_over", *OUTCOME_WEIGHTS, "other", "concluded_total", "carried_forward"]
    counts = {row: dict.fromkeys(APPLICANTS, 0) for row in rows}
    outcomes, weights = list(OUTCOME_WEIGHTS), list(OUTCOME_WEIGHTS.values())
    for applicant in APPLICANTS:
        pool = received[applicant] + carried[applicant]
        left = min(pool, sum(random.random() < 0.045 for _ in range(pool)))
        counts["received_new"][applicant] = received[applicant]
        counts["received_carried_over"][applicant] = carried[applicant]
        counts["concluded_total"][applicant] = pool - left
        counts["carried_forward"][applicant] = left
        for outcome in random.choices(outcomes, weights, k=pool - left):
            counts[outcome][applicant] += 1
        counts["other"][applicant] = sum(counts[row][applicant] for row in outcomes if row.startswith("other."))
        carried[applicant] = left
    for row, by_applicant in counts.items():
        for applicant, count in by_applicant.items():
            figures["applications", row, applicant] = count
        figures["applications", row, "total"] = sum(by_applicant.values())


def _legal(random: Random, profile: Profile, pending: dict[str, int], figures: Figures) -> None:
    shares = {"review": 0.6, "litigation_direct": 0.25, "litigation_after_review": 0.15}
    for row, share in shares.items():
        cases = random.choices(RESULTS, (62, 9, 20, 9), k=_about(random, profile.legal * share))
        # What was pending is decided at last where nothing else has come of it.
        cases += ["upheld"] * (pending.get(row, 0) - len(cases))
        pending[row] = cases.count("pending")
        for result in RESULTS:
            figures["review_litigation", row, result] = cases.count(result)
        figures["review_litigation", row, "total"] = len(cases)
