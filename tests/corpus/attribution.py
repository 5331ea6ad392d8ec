"""Whose a broken sum is: ``python -m tests.corpus.attribution DIR [--jobs 2] [--show 20]``.

Each document of a folder with truth is read and judged as ``ogi check`` does.
A sum that the filing itself breaks (its truth does) is attributed rightly when
it is reported with origin filing, one that only our reading breaks when its
origin is extraction; a sum broken in the filing that is not reported is wrong
unless an issue of origin extraction stands against its cells. Sums over cells
that the document leaves open are not counted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from expectations.check import check_readings
from extract.figures import Figure
from extract.forms import Form, load_forms
from extract.matching.sums import residual
from extract.reading import read_bytes
from tests.corpus.score import SUFFIX

_BATCH = 100


@dataclass(frozen=True)
class Verdict:
    """One sum that is broken in the truth or in the reading: (rule, where),
    whose it is, and what was said of it (an origin, "covered" or "unseen")."""

    document: str
    rule: str
    where: str
    whose: str
    said: str

    @property
    def right(self) -> bool:
        """Whether the sum was attributed as it should be."""
        return self.said == self.whose or (self.whose == "filing" and self.said == "covered")


def broken_in_truth(form: Form, truth: dict[str, Any]) -> dict[tuple[str, str], bool]:
    """The sums (rule, where) that the filing's own figures can be judged by,
    and whether they are broken; those over open cells are left out."""
    figures, opened = {}, set()
    for cell in truth["cells"]:
        key = (cell["table"], cell["row"], cell["column"])
        value = None if cell["value"] is None else Decimal(str(cell["value"]))
        figures[key] = Figure(cell["status"], value)
        if cell.get("ambiguous"):
            opened.add(key)
    sums = {}
    for identity in form.identities:
        for where in identity.over:
            expected, actual = identity.cells(where)
            if not opened & {*expected, *actual}:
                sums[identity.rule, where] = bool(residual(form, identity, where, figures))
    return sums


def verdicts(truth: dict[str, Any], reading: dict[str, Any]) -> Iterator[Verdict]:
    """What was said of each sum that is broken in the truth or in the judged reading."""
    form = load_forms()[truth["form"]]
    sums = broken_in_truth(form, truth)
    doubted = {tuple(cell) for issue in reading["issues"] if issue["origin"] == "extraction" for cell in issue["cells"]}
    said = {(issue["rule"], issue["where"]): issue["origin"] for issue in reading["issues"]}
    cells = {
        (identity.rule, where): {*identity.cells(where)[0], *identity.cells(where)[1]}
        for identity in form.identities
        for where in identity.over
    }
    for key, broken in sums.items():
        if broken:
            unseen = "covered" if doubted & cells[key] else "unseen"
            yield Verdict(truth["source"], *key, "filing", said.get(key, unseen))
        elif key in said:
            yield Verdict(truth["source"], *key, "extraction", said[key])


def attribute(folder: Path, jobs: int) -> list[Verdict]:
    """The verdicts on all documents with truth under a folder."""
    truths = [json.loads(file.read_text("utf-8")) for file in sorted(folder.rglob(f"*{SUFFIX}"))]
    found: list[Verdict] = []
    with Pool(jobs) as pool:
        read = pool.imap(_read, ((folder, truth["source"]) for truth in truths), chunksize=8)
        for batch in _batches(list(zip(truths, read, strict=True))):
            judged = check_readings([reading for _, reading in batch])
            for (truth, _), reading in zip(batch, judged, strict=True):
                found += verdicts(truth, reading)
    return found


def _read(task: tuple[Path, str]) -> dict[str, Any]:
    folder, source = task
    return read_bytes((folder / source).read_bytes(), source)


def _batches(pairs: list[Any]) -> Iterable[list[Any]]:
    return (pairs[start : start + _BATCH] for start in range(0, len(pairs), _BATCH))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=20, help="how many wrong verdicts to list")
    options = parser.parse_args()
    found = attribute(options.folder, options.jobs)
    for whose in ("filing", "extraction"):
        group = [verdict for verdict in found if verdict.whose == whose]
        print(f"broken by the {whose}: {len(group)}, attributed rightly {sum(v.right for v in group)}")
    share = 100 * sum(verdict.right for verdict in found) / max(len(found), 1)
    print(f"together: {len(found)}, attributed rightly {share:.2f} %")
    for verdict in [verdict for verdict in found if not verdict.right][: options.show]:
        print(f"  {verdict.document}: {verdict.rule} {verdict.where} is the {verdict.whose}'s, said: {verdict.said}")


if __name__ == "__main__":
    main()
