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

COUNT = 2
# Twenty-five columns on an upright page: words wrapped at every character, and cut by the page.
ILLEGIBLE = frozenset({("transposed", "pdf")})
# Headings wrapped within words or cut by the page: the second reading cannot always tell, which is said.
UNCONFIRMED = frozenset({("review_results", "pdf"), ("review_total_first", "pdf"), ("review_suits_swapped", "pdf")})


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
