"""Any number of random filings in random layouts:
``python -m tests.corpus.render --count N --seed S --media html,pdf,docx,text --out DIR``.

``--form 2014`` makes filings with the statistical table of 2014 instead
(``statistics_render``); without it a seed gives filings of the forms since 2019.
With ``--each N`` instead of ``--count``: N documents in every layout on its
own, without mutations, so that a failure has one cause.
Each document has its sidecar and its truth beside it; the truth names the
medium, the layouts and what was done to the filing. The same arguments give
the same files. A further medium (scans, older formats) is one more entry of
MEDIA.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from extract.forms import form_in_force
from tests.corpus import build, docx, front, html, mutations, pdf, shapes, text, truth, variants
from tests.corpus.agencies import AGENCIES
from tests.corpus.grid import Block, compose
from tests.corpus.model import Filing
from tests.corpus.rendered import Rendered
from tests.corpus.variants import Variants


@dataclass(frozen=True)
class Medium:
    """A kind of document: its layouts by chance, its renderer, the names that
    its layouts can have, and which of them leave a reading in doubt.

    ``shapes`` is what can happen to its tables; ``paper`` a medium without
    meta tags.
    """

    random_layout: Callable[[Random], Any]
    plain: Any
    render: Callable[[Filing, Any, Sequence[Block]], Rendered]
    variants: Variants
    doubtful: frozenset[str]
    shapes: Variants
    paper: bool


MEDIA: dict[str, Medium] = {
    "html": Medium(
        html.random_layout, html.HtmlLayout(), html.render, html.VARIANTS, html.DOUBTFUL, shapes.VARIANTS, False
    ),
    "pdf": Medium(
        pdf.random_layout, pdf.PdfLayout(), pdf.render, pdf.VARIANTS, pdf.DOUBTFUL, shapes.PAGED_VARIANTS, True
    ),
    "docx": Medium(
        docx.random_layout, docx.DocxLayout(), docx.render, docx.VARIANTS, docx.DOUBTFUL, shapes.VARIANTS, True
    ),
    "text": Medium(
        text.random_layout, text.TextLayout(breaks=()), text.render, text.VARIANTS, text.DOUBTFUL, shapes.VARIANTS, True
    ),
}


@dataclass(frozen=True)
class Document:
    """A rendered filing: what it shows, in which medium and layouts, and
    whether these leave a reading in doubt."""

    filing: Filing
    rendered: Rendered
    medium: str
    layout: tuple[str, ...]
    doubtful: bool


def random_documents(count: int, seed: str, media: Sequence[str]) -> Iterator[Document]:
    """``count`` documents; the media take turns. KeyError for an unknown medium."""
    for index in range(count):
        random = Random(f"{seed}:{index}")
        kind = media[index % len(media)]
        medium = MEDIA[kind]
        filing = random_filing(random, f"{seed}:{index}")
        previous = _previous(filing, f"{seed}:{index}")
        filing = mutations.some(filing, random, paper=kind == "pdf")
        filing, named = front.by_chance(filing, random, paper=medium.paper)
        layout = medium.random_layout(random)
        shape = variants.vary(random, shapes.Shape(seed=f"{seed}:{index}"), medium.shapes, 2)
        yield document(filing, kind, layout, shape, previous, named)


def each_layout(count: int, seed: str, media: Sequence[str]) -> Iterator[Document]:
    """``count`` consistent filings in every single layout of the media."""
    for kind in media:
        for name, layout, shape in single_layouts(kind):
            for index in range(count):
                key = f"{seed}:{kind}:{name}:{index}"
                filing = random_filing(Random(key), key)
                yield document(filing, kind, layout, replace(shape, seed=key), _previous(filing, key))


def single_layouts(kind: str) -> Iterator[tuple[str, Any, shapes.Shape]]:
    """Every layout of a medium on its own: its name, the medium's layout, the
    shape of the tables."""
    medium = MEDIA[kind]
    for name, layout in variants.each(medium.plain, medium.variants):
        yield name, layout, shapes.Shape()
    for name, shape in variants.each(shapes.Shape(seed="single"), medium.shapes):
        yield name, medium.plain, shape


def document(
    filing: Filing,
    kind: str,
    layout: Any,
    shape: shapes.Shape,
    previous: Filing | None = None,
    named: Sequence[str] = (),
) -> Document:
    """One filing in one layout; ``named`` are departures made before."""
    medium = MEDIA[kind]
    layout, shape = _settled(filing, layout, shape)
    shaped = shapes.apply(filing, compose(filing, layout.labels, layout.grid), shape, previous)
    rendered = medium.render(filing, layout, shaped.blocks)
    shown = replace(filing, cells={**filing.cells, **shaped.changes}).without(rendered.lost)
    if any(shown.cells[key].status == "missing" != filing.cells[key].status for key in shown.cells):
        shown = replace(shown, defects=(*shown.defects, "cells_lost"))
    ambiguous = frozenset(shaped.ambiguous | rendered.ambiguous)
    names = (*variants.names(layout, medium.plain, medium.variants), *_grid_names(layout), *shaped.names, *named)
    doubtful = bool(
        ambiguous or set(names) & (medium.doubtful | shapes.DOUBTFUL) or set(shown.defects) & mutations.DOUBTFUL
    )
    return Document(shown, replace(rendered, ambiguous=ambiguous), kind, names, doubtful)


def _settled(filing: Filing, layout: Any, shape: shapes.Shape) -> tuple[Any, shapes.Shape]:
    """Layout and shape without what has no effect together, and without pairs
    of which nobody could say what the document shows."""
    flattened = False
    if isinstance(layout, html.HtmlLayout):
        layout, flattened = html.settled(layout), layout.flat != "none"
    if isinstance(layout, text.TextLayout):
        layout, flattened = text.settled(layout), layout.table_as == "lines"
    if shape.pages == "row" and flattened:
        shape = replace(shape, pages="none")  # a number between cells would pass for one of them
    if shape.figures != "whole":
        # An empty cell at the end of a row that lacks a figure would pass for the figure.
        if filing.extra_column:
            shape = replace(shape, figures="whole")
        elif shape.stray != "none":
            shape = replace(shape, stray="left")
        if isinstance(layout, text.TextLayout) and layout.labels_as == "padded":
            layout = replace(layout, labels_as="full")
    return layout, shape


def _grid_names(layout: Any) -> list[str]:
    return [name for name in ("nested_total", "separate_blocks") if getattr(layout.grid, name)]


def random_filing(random: Random, seed: str) -> Filing:
    """A consistent filing of some agency and year."""
    agency = random.choice(list(AGENCIES.values()))
    years = [
        year
        for year in build.YEARS
        if (agency.valid_to is None or year <= int(agency.valid_to[:4]))
        and (agency.valid_from is None or year >= int(agency.valid_from[:4]))
    ]
    year = random.choice(years)
    form = form_in_force(year)
    code = None if form is None or random.random() < 0.9 else random.choice(("2019", "2021"))
    scope = "represented" if agency.id == "shili-qu-bangongshi" and random.random() < 0.4 else None
    return build.filing(agency, year, seed, form_code=code, scope=scope, more=True)


def _previous(filing: Filing, seed: str) -> Filing | None:
    if filing.year - 1 not in build.YEARS:
        return None
    return build.filing(filing.agency, filing.year - 1, seed, form_code=filing.form_code)


def write_documents(count: int, seed: str, media: Sequence[str], folder: Path) -> list[Path]:
    """Writes ``count`` random documents; returns their paths."""
    return write(random_documents(count, seed, media), folder)


def write(documents: Iterable[Document], folder: Path) -> list[Path]:
    """Writes documents with sidecars and truths; returns their paths."""
    paths = []
    for index, made in enumerate(documents):
        filing, rendered = made.filing, made.rendered
        name = f"{index:05d}-{filing.agency.id}-{filing.year}.{rendered.extension}"
        retrieved = datetime.combine(filing.published_on + timedelta(days=5), time(18, 10), UTC)
        sidecar = truth.dump_sidecar(filing, f"https://www.example.gov.cn/corpus/{name}", retrieved)
        facts = truth.truth_of(
            filing,
            name,
            rendered.ambiguous,
            medium=made.medium,
            layout=list(made.layout),
            doubtful=made.doubtful,
        )
        paths.append(truth.write_document(folder, name, rendered.data, sidecar, truth.dump_truth(facts)))
    return paths


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--each", type=int, help="so many documents in every layout on its own")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--media", default=",".join(MEDIA))
    parser.add_argument("--form", choices=("since-2019", "2014"), default="since-2019")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    media = options.media.split(",")
    unknown = [medium for medium in media if medium not in MEDIA]
    if unknown:
        parser.error(f"unknown medium {', '.join(unknown)}; known are {', '.join(MEDIA)}")
    by_chance, each = random_documents, each_layout
    if options.form == "2014":
        from tests.corpus import statistics_render  # it builds on this module

        by_chance, each = statistics_render.random_documents, statistics_render.each_layout
    if options.each:
        documents = each(options.each, options.seed, media)
    else:
        documents = by_chance(options.count, options.seed, media)
    paths = write(documents, options.out)
    print(f"{len(paths)} documents in {options.out}")


if __name__ == "__main__":
    main()
