"""Any number of random filings in random layouts:
``python -m tests.corpus.render --count N --seed S --media html,pdf,docx,text --out DIR``.

Each document has its sidecar and its truth beside it. The same arguments give
the same files.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random

from extract.forms import form_in_force
from tests.corpus import build, docx, html, mutations, pdf, text, truth
from tests.corpus.agencies import AGENCIES
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered

MEDIA: dict[str, Callable[[Filing, Random], Rendered]] = {
    "html": lambda filing, random: html.render(filing, html.random_layout(random)),
    "pdf": lambda filing, random: pdf.render(filing, pdf.random_layout(random)),
    "docx": lambda filing, random: docx.render(filing, docx.random_layout(random)),
    "text": lambda filing, random: text.render(filing, text.random_layout(random)),
}


def random_documents(count: int, seed: str, media: Sequence[str]) -> Iterator[tuple[Filing, Rendered]]:
    """``count`` documents, each with the filing that it shows; the media take
    turns. KeyError for an unknown medium."""
    for index in range(count):
        random = Random(f"{seed}:{index}")
        filing = mutations.some(_random_filing(random, f"{seed}:{index}"), random)
        rendered = MEDIA[media[index % len(media)]](filing, random)
        if rendered.lost:
            filing = replace(filing.without(rendered.lost), defects=(*filing.defects, "cells_lost"))
        yield filing, rendered


def _random_filing(random: Random, seed: str) -> Filing:
    agency = random.choice(list(AGENCIES.values()))
    years = [
        year
        for year in build.YEARS
        if (agency.valid_to is None or year <= int(agency.valid_to[:4]))
        and (agency.valid_from is None or year >= int(agency.valid_from[:4]))
    ]
    year = random.choice(years)
    form = form_in_force(year)
    code = None if form is None or random.random() < 0.95 else random.choice(("2019", "2021"))
    return build.filing(agency, year, seed, form_code=code)


def write_documents(count: int, seed: str, media: Sequence[str], folder: Path) -> list[Path]:
    """Writes the documents; returns their paths."""
    paths = []
    for index, (filing, rendered) in enumerate(random_documents(count, seed, media)):
        name = f"{index:05d}-{filing.agency.id}-{filing.year}.{rendered.extension}"
        retrieved = datetime.combine(filing.published_on + timedelta(days=5), time(18, 10), UTC)
        sidecar = truth.dump_sidecar(filing, f"https://www.example.gov.cn/corpus/{name}", retrieved)
        facts = truth.dump_truth(truth.truth_of(filing, name))
        paths.append(truth.write_document(folder, name, rendered.data, sidecar, facts))
    return paths


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--media", default=",".join(MEDIA))
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    media = options.media.split(",")
    unknown = [medium for medium in media if medium not in MEDIA]
    if unknown:
        parser.error(f"unknown medium {', '.join(unknown)}; known are {', '.join(MEDIA)}")
    paths = write_documents(options.count, options.seed, media, options.out)
    print(f"{len(paths)} documents in {options.out}")


if __name__ == "__main__":
    main()
