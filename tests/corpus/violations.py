"""A labelled corpus of violations: how many each rule finds, and what it raises that is none.

``python -m tests.corpus.violations --agencies N --seed S`` makes a world of agencies whose reports agree with each
other, injects violations of every rule, writes the documents, reads them back, judges them, and prints one table.

Injected is what the injections were made for, found those raised. Consequences are what follows from an injection in
other rules or places, by the truth; false is what was raised and is neither. Filings whose identity or tables were
read otherwise than written are left out with those that they are held against, and counted apart.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import duckdb
import pandas as pd

from expectations.judge import judge, judge_frames
from expectations.rules.catalogue import catalogue
from tests.corpus import truth
from tests.corpus.violations_across import Issue, Truth
from tests.corpus.violations_inject import Label, inject
from tests.corpus.violations_read import Read, read_all, written
from tests.corpus.violations_world import World, world
from transform.agencies import Register, load_register
from transform.frames import build_frames

READING = ("form_rows_merged", "label_altered", "form_extended", "table_missing", "cell_missing", "cell_unreadable",
           "unit_unstated", "identity_conflict")  # fmt: skip
"""Rules found while reading that are the filer's."""


def rules() -> list[str]:
    """Every rule that is measured."""
    return [code for code, rule in catalogue().items() if rule.computed != "reading" or code in READING]


@dataclass
class Corpus:
    """A world with injections, its truth and what was read of it."""

    world: World
    labels: list[Label]
    truth: Truth
    reads: list[Read]
    frames: Mapping[str, pd.DataFrame]
    excluded: set[str] = field(default_factory=set)  # lineages that were misread, and those held against them


@dataclass
class Score:
    """How one rule did."""

    injected: int = 0
    found: int = 0
    consequences: int = 0
    consequences_found: int = 0
    false: list[Issue] = field(default_factory=list)
    missed: list[Issue] = field(default_factory=list)
    clean_with_false: int = 0

    @property
    def recall(self) -> float:
        """Found of injected."""
        return self.found / self.injected if self.injected else float("nan")

    @property
    def precision(self) -> float:
        """Right of raised."""
        right = self.found + self.consequences_found
        return right / (right + len(self.false)) if right + len(self.false) else float("nan")


def make(agencies: int, seed: str, per_rule: int, jobs: int = 1) -> Corpus:
    """A corpus with up to ``per_rule`` injections for each rule."""
    made = world(agencies, seed)
    labels = inject(made, seed, per_rule)
    known = Truth(made)
    reads = read_all(made.documents, [known.filing(document) for document in made.documents], jobs)
    frames = build_frames([read.record for read in reads], register_of(made))
    return Corpus(made, labels, known, reads, frames, _excluded(made, reads))


def register_of(made: World) -> Register:
    """The register of a world's agencies."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "world.yaml").write_text(truth.dump_register(made.agencies.values()), "utf-8")
        return load_register(Path(folder))


def _excluded(made: World, reads: Iterable[Read]) -> set[str]:
    wrong = {made.lineage(d.agency.id) for d, read in zip(made.documents, reads, strict=True) if read.wrong}
    parents = {made.lineage(a.parent) for a in made.agencies.values() if a.parent and made.lineage(a.id) in wrong}
    return wrong | parents


def raised(
    corpus: Corpus, selected: Iterable[str] | None = None, con: duckdb.DuckDBPyConnection | None = None
) -> set[Issue]:
    """What the rules say of the corpus; ``con``, where given, has its tables already."""
    judged = judge_frames(corpus.frames, selected) if con is None else judge(con, selected)
    issues = judged.quality_issue
    wanted = set(rules())
    return {
        (rule, agency, int(year), "" if rule == "filings_conflict" else place)
        for rule, agency, year, place in issues[["rule", "agency_id", "report_year", "place"]].itertuples(index=False)
        if rule in wanted
    }


def score(corpus: Corpus, found: set[Issue]) -> dict[str, Score]:
    """The scores of every rule."""
    scores = {rule: Score() for rule in rules()}
    lineage = corpus.world.lineage

    def kept(issue: Issue) -> bool:
        return lineage(issue[1]) not in corpus.excluded

    targets = {label.issue for label in corpus.labels if label.issue in corpus.truth.issues and kept(label.issue)}
    due = {issue for issue in corpus.truth.issues if kept(issue) and issue[0] in scores}
    told = {issue for issue in found if kept(issue)}
    for issue in targets:
        scores[issue[0]].injected += 1
        scores[issue[0]].found += issue in told
    for issue in due - targets:
        scores[issue[0]].consequences += 1
        scores[issue[0]].consequences_found += issue in told
    for issue in (due | targets) - told:
        scores[issue[0]].missed.append(issue)
    dirty = {(lineage(agency), year) for _, agency, year, _ in due | targets | corpus.truth.open}
    for issue in sorted(told - due - targets - corpus.truth.open):
        scores[issue[0]].false.append(issue)
    for one in scores.values():
        clean = {(lineage(agency), year) for _, agency, year, _ in one.false} - dirty
        one.clean_with_false = len(clean)
    return scores


def clean_filings(corpus: Corpus) -> int:
    """How many filings say nothing that a rule should find."""
    dirty = {(agency, year) for _, agency, year, _ in corpus.truth.issues}
    return len({(d.agency.id, d.year) for d in corpus.world.documents
                if corpus.world.lineage(d.agency.id) not in corpus.excluded} - dirty)  # fmt: skip


def table(corpus: Corpus, scores: dict[str, Score]) -> str:
    """The scores as one table."""
    clean = clean_filings(corpus)
    lines = [f"{'rule':30}{'severity':>9}{'injected':>9}{'found':>7}{'recall':>8}{'conseq.':>9}{'found':>7}{'false':>7}"
             f"{'precision':>10}{'alarms/clean':>13}"]  # fmt: skip
    for rule, one in scores.items():
        severity = catalogue()[rule].severity
        alarms = "" if severity == "error" else f"{one.clean_with_false / clean:.2%}"
        lines.append(f"{rule:30}{severity:>9}{one.injected:>9}{one.found:>7}{one.recall:>8.1%}{one.consequences:>9}"
                     f"{one.consequences_found:>7}{len(one.false):>7}{one.precision:>10.1%}{alarms:>13}")  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agencies", type=int, default=300)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--per-rule", type=int, help="injections for each rule; by default as many as the world bears")
    parser.add_argument("--out", type=Path, help="where to write the documents with sidecars and truths")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", type=int, default=0, help="so many missed and false ones of each rule")
    options = parser.parse_args()
    started = perf_counter()
    per_rule = options.per_rule or max(2, min(70, options.agencies // 25))
    corpus = make(options.agencies, options.seed, per_rule, options.jobs)
    read_in = perf_counter() - started
    found = raised(corpus)
    scores = score(corpus, found)
    if options.out:
        _write(corpus, options.out)
    print(table(corpus, scores))
    void = [label for label in corpus.labels if label.issue not in corpus.truth.issues]
    wrong = Counter(read.wrong for read in corpus.reads if read.wrong)
    print(
        f"{len(corpus.world.agencies)} agencies, {len(corpus.reads)} documents, {clean_filings(corpus)} clean filings; "
        f"{sum(wrong.values())} misread, so that {len(corpus.excluded)} agencies were left out; "
        f"{len(void)} injections undone by others; "
        f"{read_in:.0f} s to make and read, {perf_counter() - started - read_in:.0f} s to judge"
    )
    for why, count in wrong.most_common(options.list):
        print(f"  misread {count}: {why}")
    for one in scores.values():
        for issue in sorted(one.missed)[: options.list]:
            print("  missed", *issue)
        for issue in one.false[: options.list]:
            print("  false", *issue)


def _write(corpus: Corpus, folder: Path) -> None:
    """Writes documents, sidecars, truths and the register."""
    for number, document in enumerate(corpus.world.documents):
        filing = corpus.truth.filing(document)
        data, extension = written(document, filing)
        due = [issue for issue in sorted(corpus.truth.issues) if issue[1:3] == (document.agency.id, document.year)]
        facts = truth.dump_truth({**truth.truth_of(filing, document.url), "issues": [list(issue) for issue in due]})
        sidecar = truth.dump_sidecar(filing, document.url, document.retrieved_at)
        name = f"{document.year}-{number:06d}.{extension}"
        truth.write_document(folder / document.agency.id, name, data, sidecar, facts)
    (folder / "register.yaml").write_text(truth.dump_register(corpus.world.agencies.values()), "utf-8")


if __name__ == "__main__":
    main()
