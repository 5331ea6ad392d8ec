"""Every rule finds what was injected for it in documents that were written and read back, and raises nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
import pytest

from expectations.judge import connect
from expectations.rules import catalogue
from tests.corpus.violations import Corpus, make, raised, rules, score
from tests.corpus.violations_across import Issue
from tests.test_rules_catalogue import fires

BESIDE = 8
"""So many rules are judged again together: the findings of none depend on another's, as the last test shows."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return make(110, "test", 2)


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> set[Issue]:
    return raised(corpus)


@pytest.fixture(scope="module")
def tables(corpus: Corpus) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(corpus.frames) as con:
        yield con


def _recalls(corpus: Corpus, found: Iterable[Issue]) -> dict[str, float]:
    return {rule: one.recall for rule, one in score(corpus, set(found)).items()}


def test_what_is_injected_follows_from_the_truth(corpus: Corpus) -> None:
    assert [label for label in corpus.labels if label.issue not in corpus.truth.issues] == []


def test_documents_are_read_as_they_were_written(corpus: Corpus) -> None:
    wrong = [read.wrong for read in corpus.reads if read.wrong]
    assert len(corpus.reads) > 400 and len(wrong) <= 0.01 * len(corpus.reads), wrong


@pytest.mark.parametrize("rule", rules())
def test_a_rule_finds_what_was_injected_and_nothing_else(corpus: Corpus, found: set[Issue], rule: str) -> None:
    _finds_what_was_injected(corpus, found, rule)


def _finds_what_was_injected(corpus: Corpus, found: set[Issue], rule: str) -> None:
    one = score(corpus, found)[rule]
    assert one.injected >= 1
    assert (one.missed, one.false) == ([], [])


@pytest.mark.parametrize("off", list(catalogue()))
def test_switching_off_any_one_rule_makes_its_test_fail(
    corpus: Corpus, found: set[Issue], tables: duckdb.DuckDBPyConnection, off: str
) -> None:
    """By the very comparisons of ``test_a_rule_finds_what_was_injected_and_nothing_else`` and, for what no filing can
    be injected with, ``test_rule_fires``; the rules that stay on still pass theirs."""
    if off not in rules():
        with pytest.raises(AssertionError):
            fires(off, [code for code in catalogue() if code != off])
        return
    start = rules().index(off) // BESIDE * BESIDE
    judged_again = rules()[start : start + BESIDE]
    without = raised(corpus, [rule for rule in judged_again if rule != off], tables)
    without |= {issue for issue in found if issue[0] not in judged_again}
    with pytest.raises(AssertionError):
        _finds_what_was_injected(corpus, without, off)
    for rule in rules():
        if rule != off:
            _finds_what_was_injected(corpus, without, rule)


def test_a_rule_that_is_switched_off_finds_nothing(corpus: Corpus) -> None:
    """One half of the rules off, then the other: those that are on still find everything."""
    for off in (set(rules()[::2]), set(rules()[1::2])):
        recalls = _recalls(corpus, raised(corpus, [rule for rule in rules() if rule not in off]))
        assert {rule for rule, recall in recalls.items() if recall == 0} == off
        assert {rule for rule, recall in recalls.items() if recall == 1} == set(rules()) - off
