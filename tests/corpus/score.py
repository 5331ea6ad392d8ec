"""How well the reader reads a folder of documents with their truth:
``python -m tests.corpus.score DIR [--jobs 2] [--show 40]``.

Counted per medium, per layout and per kind of mutation. A cell is right when
value and status are the truth's; where the document leaves the figure open
(``ambiguous``) it is right when an issue of origin extraction covers it. A
wrong cell is silent when its filing has no issue of origin extraction at all.
An alarm is false when an issue of origin extraction stands against a document
whose layout gives no reason for doubt. Of claims, what the prose states is
compared by metric, value and scope; of statements beside figures everything
but the sentence.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from extract.reading import read_bytes

SUFFIX = ".truth.json"


@dataclass(frozen=True)
class Outcome:
    """One document read and compared with its truth."""

    name: str
    groups: tuple[str, ...]  # the rows of the table in which it counts
    error: str | None
    cells: int
    right: int
    non_zero: int
    non_zero_right: int
    silent: int  # wrong cells of a filing without any issue of origin extraction
    uncovered: int  # wrong cells that no issue of origin extraction names
    false_alarm: bool  # every cell is right, and an issue of origin extraction doubts it
    agency: bool
    year: bool
    form: bool
    scope: bool
    title: bool
    date: bool
    claims: tuple[int, int, int]  # stated by the prose, found, right
    statements: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # the same by kind
    differences: tuple[str, ...] = ()

    @property
    def entire(self) -> bool:
        """Whether every cell is right."""
        return self.right == self.cells


@dataclass
class Tally:
    """Outcomes of a group, added up."""

    outcomes: list[Outcome] = field(default_factory=list)

    def sum(self, of: Callable[[Outcome], int]) -> int:
        """The sum of a figure over the outcomes."""
        return sum(of(outcome) for outcome in self.outcomes)


def compare(truth: dict[str, Any], reading: dict[str, Any]) -> Outcome:
    """Compares the reading of one document with its truth."""
    doubts = [issue for issue in reading["issues"] if issue["origin"] == "extraction"]
    true = {_key(cell): cell for cell in truth["cells"]}
    read = {_key(cell): cell for cell in reading["cells"]}
    wrong = {key for key, cell in true.items() if not _is_right(cell, read.get(key), doubts)}
    listed_besides = set(read) - set(true)
    bad = wrong | listed_besides
    non_zero = [key for key, cell in true.items() if cell["value"] and not cell.get("ambiguous")]
    facts = {name: reading[name] == truth[name] for name in ("report_year", "form", "scope", "published_on")}
    accepted = truth.get("agency_accept", [truth["agency"]])
    differences = [f"{name}: {truth[name]!r} read as {reading[name]!r}" for name, same in facts.items() if not same]
    if reading["agency"] not in accepted:
        differences.append(f"agency: {truth['agency']} read as {reading['agency']}")
    if _squeezed(truth["title"]) != _squeezed(reading["title"]):
        differences.append(f"title: {truth['title']} read as {reading['title']}")
    differences += [_difference(true.get(key), read.get(key)) for key in [*true, *listed_besides] if key in bad]
    medium = truth.get("medium") or Path(truth["source"]).suffix.lstrip(".")
    return Outcome(
        name=truth["source"],
        groups=(
            "all",
            f"medium {medium}",
            *(f"{medium} {name}" for name in dict.fromkeys(truth.get("layout") or ["plain"])),
            *(f"mutation {name}" for name in dict.fromkeys(truth["defects"])),
        ),
        error=reading["error"] and reading["error"]["code"],
        cells=len(true),
        right=max(0, len(true) - len(bad)),
        non_zero=len(non_zero),
        non_zero_right=sum(key not in wrong for key in non_zero),
        silent=0 if doubts or reading["error"] else len(bad),
        uncovered=0 if reading["error"] else sum(not _covered(key, doubts) for key in bad),
        false_alarm=bool(doubts) and not bad and not truth.get("doubtful", False),
        agency=reading["agency"] in accepted,
        year=facts["report_year"],
        form=facts["form"],
        scope=facts["scope"],
        title=_squeezed(truth["title"]) == _squeezed(reading["title"]),
        date=facts["published_on"],
        claims=_claims(truth, reading),
        statements=_statements(truth, reading),
        differences=tuple(differences),
    )


def _claims(truth: dict[str, Any], reading: dict[str, Any]) -> tuple[int, int, int]:
    stated, found = (
        {(claim["metric"], claim["value"], claim["scope"]) for claim in source.get("claims", ())}
        for source in (truth, reading)
    )
    return len(stated), len(found), len(stated & found)


def _statements(truth: dict[str, Any], reading: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """Statements beside figures by kind: made by the prose, found, right; the sentence does not count."""
    if "statements" not in truth:
        return {}
    stated, found = (
        {json.dumps({**one, "sentence": ""}, sort_keys=True) for one in source.get("statements", ())}
        for source in (truth, reading)
    )
    kinds = sorted({json.loads(one)["kind"] for one in stated | found})
    by_kind = {
        kind: [{one for one in of if json.loads(one)["kind"] == kind} for of in (stated, found)] for kind in kinds
    }
    return {kind: (len(made), len(read), len(made & read)) for kind, (made, read) in by_kind.items()}


def _key(cell: dict[str, Any]) -> tuple[str, str, str]:
    return cell["table"], cell["row"], cell["column"]


def _is_right(true: dict[str, Any], read: dict[str, Any] | None, doubts: Sequence[dict[str, Any]]) -> bool:
    if true.get("ambiguous"):
        return _covered(_key(true), doubts)
    return read is not None and (read["value"], read["status"]) == (true["value"], true["status"])


def _covered(key: tuple[str, str, str], doubts: Iterable[dict[str, Any]]) -> bool:
    """Whether an issue names the cell, or its place without naming cells."""
    places = (key[0], key[1], f"{key[1]}.{key[2]}")
    return any(list(key) in doubt["cells"] or (not doubt["cells"] and doubt["where"] in places) for doubt in doubts)


def _squeezed(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def _difference(true: dict[str, Any] | None, read: dict[str, Any] | None) -> str:
    place = ".".join(_key(true or read or {}))
    if true is not None and true.get("ambiguous"):
        return f"{place}: open, but read without doubt"
    return f"{place}: {_shown(true)} read as {_shown(read)}"


def _shown(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "(not listed)"
    return f"{cell['value']}" if cell["status"] == "reported" else f"{cell['status']} {cell['raw']!r}".strip()


def score_document(truth_file: Path) -> Outcome:
    """Reads the document beside a truth file and compares."""
    truth = json.loads(truth_file.read_text("utf-8"))
    document = truth_file.with_name(truth_file.name.removesuffix(SUFFIX))
    return compare(truth, read_bytes(document.read_bytes(), truth["source"]))


def score_folder(folder: Path, jobs: int = 1) -> list[Outcome]:
    """The outcomes of all documents with truth under a folder, by name."""
    files = sorted(folder.rglob(f"*{SUFFIX}"))
    if jobs == 1:
        return [score_document(file) for file in files]
    with Pool(jobs) as pool:
        return pool.map(score_document, files, chunksize=8)


def tally(outcomes: Iterable[Outcome]) -> dict[str, Tally]:
    """The outcomes by group: all, media, layouts, mutations."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for outcome in outcomes:
        for group in outcome.groups:
            tallies[group].outcomes.append(outcome)
    order = {"all": 0, "medium": 1, "mutation": 3}
    return dict(sorted(tallies.items(), key=lambda pair: (order.get(pair[0].split()[0], 2), pair[0])))


HEADS = ("docs", "errors", "cells right", "non-zero right", "entire", "silent cells", "silent docs", "uncovered",
         "false alarms", "agency", "year", "form", "scope", "title", "date",
         "claims found", "claims right")  # fmt: skip


def report(outcomes: Sequence[Outcome], show: int) -> str:
    """The table of all groups, and the first differences of failing documents."""
    groups = tally(outcomes)
    width = max((len(group) for group in groups), default=0)
    lines = [" " * width + "  " + "  ".join(HEADS)]
    for group, entry in groups.items():
        cells = [text.rjust(len(head)) for text, head in zip(_figures(entry), HEADS, strict=True)]
        lines.append(f"{group:<{width}}  {'  '.join(cells)}")
    lines += _statement_table(outcomes)
    if alarms := [outcome.name for outcome in outcomes if outcome.false_alarm]:
        lines.append(f"\nread right, yet doubted: {', '.join(alarms)}")
    failing = [outcome for outcome in outcomes if outcome.error or outcome.differences]
    failing.sort(key=lambda outcome: (-outcome.silent, outcome.entire, outcome.name))
    if failing:
        lines.append(f"\n{len(failing)} documents with differences, silent errors first:")
    for outcome in failing[:show]:
        state = outcome.error or ("SILENT" if outcome.silent else "")
        layouts = ", ".join(group for group in outcome.groups if not group.startswith(("all", "medium")))
        lines.append(f"{outcome.name} {state} {outcome.cells - outcome.right} cells wrong [{layouts}]")
        lines += [f"    {difference}" for difference in outcome.differences[:4]]
        if len(outcome.differences) > 4:
            lines.append(f"    and {len(outcome.differences) - 4} more")
    return "\n".join(lines)


def _statement_table(outcomes: Sequence[Outcome]) -> list[str]:
    """Recall and precision of the statements beside figures, kind by kind."""
    kinds = sorted({kind for outcome in outcomes for kind in outcome.statements})
    lines = (
        ["", f"{'statements':<16}{'made':>8}{'found':>8}{'right':>8}{'recall':>9}{'precision':>11}"] if kinds else []
    )
    for kind in kinds:
        counts = [outcome.statements.get(kind, (0, 0, 0)) for outcome in outcomes]
        made, found, right = (sum(count[place] for count in counts) for place in range(3))
        recall, precision = (f"{100 * right / whole:.1f}%" if whole else "-" for whole in (made, found))
        lines.append(f"{kind:<16}{made:>8}{found:>8}{right:>8}{recall:>9}{precision:>11}")
    return lines


def _figures(entry: Tally) -> list[str]:
    count = len(entry.outcomes)

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.1f}%" if whole else "-"

    docs = [
        sum(getattr(outcome, name) for outcome in entry.outcomes)
        for name in ("agency", "year", "form", "scope", "title", "date")
    ]
    return [
        str(count),
        str(sum(outcome.error is not None for outcome in entry.outcomes)),
        share(entry.sum(lambda outcome: outcome.right), entry.sum(lambda outcome: outcome.cells)),
        share(entry.sum(lambda outcome: outcome.non_zero_right), entry.sum(lambda outcome: outcome.non_zero)),
        str(sum(outcome.entire for outcome in entry.outcomes)),
        str(entry.sum(lambda outcome: outcome.silent)),
        str(sum(outcome.silent > 0 for outcome in entry.outcomes)),
        str(entry.sum(lambda outcome: outcome.uncovered)),
        str(sum(outcome.false_alarm for outcome in entry.outcomes)),
        *(str(number) for number in docs),
        share(entry.sum(lambda outcome: outcome.claims[2]), entry.sum(lambda outcome: outcome.claims[0])),
        share(entry.sum(lambda outcome: outcome.claims[2]), entry.sum(lambda outcome: outcome.claims[1])),
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=40, help="how many failing documents to list")
    options = parser.parse_args()
    outcomes = score_folder(options.folder, options.jobs)
    if not outcomes:
        parser.error(f"no documents with {SUFFIX} beside them under {options.folder}")
    print(report(outcomes, options.show))


if __name__ == "__main__":
    main()
