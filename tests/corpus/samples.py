"""The committed samples: ``python -m tests.corpus.samples`` writes them.

Two runs give the same bytes. Without an argument the documents go to
``data/samples`` and the register to ``data/agencies/samples.yaml``.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from extract.paths import DATA
from tests.corpus import build, docx, html, pdf, text, truth
from tests.corpus.agencies import AGENCIES, history_of
from tests.corpus.judge import Violation, continuity
from tests.corpus.model import Filing
from tests.corpus.plan import SAMPLES, SEED, Layout, Sample
from tests.corpus.rendered import Rendered


def render(filing: Filing, layout: Layout) -> Rendered:
    """Renders in the medium that the layout belongs to."""
    if isinstance(layout, html.HtmlLayout):
        return html.render(filing, layout)
    if isinstance(layout, pdf.PdfLayout):
        return pdf.render(filing, layout)
    if isinstance(layout, docx.DocxLayout):
        return docx.render(filing, layout)
    return text.render(filing, layout)


def documents(samples: tuple[Sample, ...]) -> Iterator[tuple[Sample, Filing, Rendered]]:
    """Each sample with the filing that its document shows."""
    for sample in samples:
        filing = build.filing(
            AGENCIES[sample.agency_id],
            sample.year,
            SEED,
            form_code=sample.form_code,
            scope=sample.scope,
            published_on=sample.published_on,
            prose_seed=sample.prose_seed,
            title=sample.title,
        )
        for change in sample.changes:
            filing = change(filing)
        rendered = render(filing, sample.layout)
        if rendered.lost:
            filing = replace(filing.without(rendered.lost), defects=(*filing.defects, "cells_lost"))
        yield sample, filing, rendered


def write_samples(samples: tuple[Sample, ...], folder: Path, register: Path) -> list[Path]:
    """Writes documents, sidecars, truths and the register; what stood in
    ``folder`` before is removed. Returns the documents' paths."""
    made = list(documents(samples))
    if folder.exists():
        shutil.rmtree(folder)
    by_history = {(history_of(filing.agency), filing.year, filing.scope): filing for _, filing, _ in made}
    paths = []
    for sample, filing, rendered in made:
        before = by_history.get((history_of(filing.agency), filing.year - 1, filing.scope))
        between: list[Violation] = continuity(filing, before) if before is not None else []
        name = f"{sample.year}.{rendered.extension}"
        facts = truth.truth_of(filing, name, cross_year_violations=between)
        sidecar = truth.dump_sidecar(filing, _url(sample, filing, rendered.extension), _retrieved_at(filing))
        paths.append(
            truth.write_document(folder / sample.agency_id, name, rendered.data, sidecar, truth.dump_truth(facts))
        )
    register.parent.mkdir(parents=True, exist_ok=True)
    register.write_text(truth.dump_register(AGENCIES.values()), "utf-8")
    return paths


def _url(sample: Sample, filing: Filing, extension: str) -> str:
    day = filing.published_on
    place = f"https://www.example.gov.cn/{sample.slug}/zfxxgknb/{day:%Y%m}"
    serial = 100000 + 37 * sample.year + len(sample.slug)
    if extension == "html":
        return f"{place}/t{day:%Y%m%d}_{serial}.html"
    return f"{place}/P0{day:%Y%m%d}{serial}.{extension}"


def _retrieved_at(filing: Filing) -> datetime:
    """The night after the fifth day from publication, 02:10 in Shanghai."""
    return datetime.combine(filing.published_on + timedelta(days=5), time(18, 10), UTC)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DATA / "samples")
    parser.add_argument("--register", type=Path, default=DATA / "agencies" / "samples.yaml")
    options = parser.parse_args()
    paths = write_samples(SAMPLES, options.out, options.register)
    print(f"{len(paths)} documents in {options.out}")


if __name__ == "__main__":
    main()
