"""The official tables in other arrangements than the form's, in every medium:
read right, by the headings, and never wrongly in silence."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.corpus.arranged import ARRANGEMENTS
from tests.corpus.render import MEDIA, document, random_filing, write
from tests.corpus.score import Outcome, score_folder
from tests.corpus.shapes import Shape
from tests.test_matching import (
    FIGURES,
    FORM,
    Lines,
    applications_lines,
    figures,
    proactive_lines,
    read,
    reviews_lines,
    uncertain,
)

COUNT = 2
# Twenty-five columns on an upright page: words wrapped at every character, and cut by the page.
ILLEGIBLE = frozenset({("transposed", "pdf")})
# Headings wrapped within words or cut by the page: the second reading cannot always tell, which is said.
UNCONFIRMED = frozenset(
    {
        ("review_results", "pdf"),
        ("review_total_first", "pdf"),
        ("review_suits_swapped", "pdf"),
        ("review_suits_first", "pdf"),
    }
)


def outcomes(arrangement: str, medium: str, folder: Path) -> list[Outcome]:
    documents = []
    for index in range(COUNT):
        key = f"test-arranged:{arrangement}:{medium}:{index}"
        filing = random_filing(Random(key), key)
        shape = Shape(seed=key, arrangement=arrangement)
        documents.append(document(filing, medium, MEDIA[medium].plain, shape))
    write(documents, folder)
    return score_folder(folder)


@pytest.mark.parametrize("medium", ["html", "docx", "text", "pdf"])
@pytest.mark.parametrize("arrangement", sorted(ARRANGEMENTS))
def test_every_arrangement_is_read_right(arrangement: str, medium: str, tmp_path: Path) -> None:
    for outcome in outcomes(arrangement, medium, tmp_path):
        if (arrangement, medium) in ILLEGIBLE:
            assert not outcome.silent
            continue
        assert outcome.differences == ()
        assert not outcome.false_alarm or (arrangement, medium) in UNCONFIRMED


PROACTIVE = proactive_lines(FORM.table("proactive"))
SUITS = reviews_lines(["2", "1", "0", "0", "3", *["0"] * 10])


def emptied(lines: Lines, text: str) -> Lines:
    return [[text if cell.isdigit() else cell for cell in line] for line in lines]


@pytest.mark.parametrize("text", ["", "0"])
@pytest.mark.parametrize("empty_first", [True, False])
def test_of_an_empty_form_and_a_filled_one_the_filled_one_is_read(text: str, empty_first: bool) -> None:
    filled = (PROACTIVE, applications_lines(), SUITS)
    empty = tuple(emptied(lines, text) for lines in filled)
    reading = read(*(empty + filled if empty_first else filled + empty))
    assert figures(reading, "applications", "received_new") == FIGURES["received_new"]
    assert figures(reading, "review_litigation", "review") == [2, 1, 0, 0, 3]
    assert figures(reading, "proactive", "normative_documents") == [7, 7, 7]
    # Nothing proves that the zeros of table 2, which has no sums, are those of a specimen.
    assert uncertain(reading) == ([] if text == "" else ["proactive"])


def test_of_two_filled_forms_that_differ_the_reading_is_in_doubt() -> None:
    other = [[cell.replace("12", "13").replace("11", "12") for cell in line] for line in applications_lines()]
    assert uncertain(read(PROACTIVE, other, applications_lines(), SUITS)) == ["applications"]


def test_the_same_form_twice_leaves_no_doubt() -> None:
    filled = (PROACTIVE, applications_lines(), SUITS)
    assert uncertain(read(*filled, *filled)) == []
