"""Any number of random filings as scans:
``python -m tests.corpus.scans --count N --seed S --out DIR``.

Each is printed as a PDF in a random layout, scanned by a random scanner, and
kept as a PDF of pictures, a TIFF of several pages, or one long picture. Each
has its sidecar and truth beside it; the same arguments give the same files
under one version of the libraries. ``python -m tests.corpus.score DIR`` reads
and scores them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from PIL import Image

from tests.corpus import mutations, pdf, shapes, variants
from tests.corpus.render import Document, document, random_filing, write
from tests.corpus.scan import Scanner, image_bytes, images_pdf, scan_pages, tiff
from tests.corpus.variants import Variants

# What of a page's making shows in print.
LAYOUTS: Variants = {
    "rules": ("rectangles", "frames"),
    "open_bottom": (True,),
    "cut_rows": (True,),
    "group_label": ("cut",),
    "shaded": (True,),
    "beside": (True,),
    "orientation": ("landscape", "sideways"),
}
SHAPES: Variants = {"heads": ("split",), "group": ("fused",), "cut": ("blank", "heads_again")}


def random_scanner(random: Random) -> Scanner:
    """An office's scanner: 150 to 300 dpi, paper mostly a little askew."""
    scanner = Scanner(
        dpi=random.choice((150, 200, 200, 300)),
        angle=round(random.gauss(0, 0.9), 2),
        noise=random.choice((0.0, 4.0, 8.0, 12.0)),
        specks=random.choice((0.0, 0.0, 0.0002, 0.0005)),
        quality=random.choice((40, 60, 75, 90)),
        shade=random.random() < 0.3,
        quarters=random.choice((0, 0, 0, 0, 0, 1, 2, 3)),
        seals=random.choice((0, 0, 1, 2)),
        seed=random.randrange(1 << 30),
    )
    if scanner.dpi > 150:
        scanner = replace(scanner, blur=random.choice((0.0, 0.5, 0.9)))
        if not scanner.seals and random.random() < 0.3:
            scanner = replace(scanner, bilevel=True, shade=False)
    return scanner


def random_scans(count: int, seed: str, font: pdf.FontChoice = "bundled") -> Iterator[Document]:
    """``count`` scanned filings with what goes wrong in filings."""
    for index in range(count):
        random = Random(f"{seed}:{index}")
        filing = mutations.some(random_filing(random, f"{seed}:{index}"), random, paper=True)
        layout = variants.vary(random, replace(pdf.random_plain(random), font=font), LAYOUTS, 2)
        shape = variants.vary(random, shapes.Shape(seed=f"{seed}:{index}"), SHAPES, 1)
        scanner = random_scanner(random)
        printed = document(filing, "pdf", layout, shape)
        data, extension = _kept(scan_pages(printed.rendered.data, scanner), scanner, random)
        names = (*printed.layout, f"dpi={scanner.dpi}", *_named(scanner), f"kept={extension}")
        rendered = replace(printed.rendered, data=data, extension=extension)
        doubtful = printed.doubtful or has_letters(printed)
        yield replace(printed, rendered=rendered, medium="scan", layout=names, doubtful=doubtful)


def has_letters(printed: Document) -> bool:
    """Whether an O stands among the digits of a cell: in a picture nobody can
    tell for certain whether the filer, or a strange font, made it of a zero."""
    return any("O" in cell.raw for cell in printed.filing.cells.values())


def _kept(pages: list[Image.Image], scanner: Scanner, random: Random) -> tuple[bytes, str]:
    """The pages as a file, and its extension."""
    chance = random.random()
    if chance < 0.7:
        return images_pdf(pages, scanner), "pdf"
    if chance < 0.85:
        return tiff(pages, scanner.dpi), "tif"
    if scanner.quarters:
        return images_pdf(pages, scanner), "pdf"
    long = Image.new(pages[0].mode, (max(page.width for page in pages), sum(page.height for page in pages)), "white")
    top = 0
    for page in pages:
        long.paste(page, (0, top))
        top += page.height
    return image_bytes(long, "PNG"), "png"


def _named(scanner: Scanner) -> Iterator[str]:
    """What of a scan may make its reading harder."""
    if abs(scanner.angle) > 1:
        yield "askew"
    if scanner.quarters:
        yield f"quarters={scanner.quarters}"
    for name in ("bilevel", "seals", "shade", "specks", "blur"):
        if getattr(scanner, name):
            yield name


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--font", choices=("bundled", "installed", "cid"), default="bundled")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    paths = write(random_scans(options.count, options.seed, options.font), options.out)
    print(f"{len(paths)} scans in {options.out}")


if __name__ == "__main__":
    main()
