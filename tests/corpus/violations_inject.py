"""Puts violations into a world: of every rule several kinds, at chance agencies, years and places."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from random import Random

from tests.corpus.violations_across import Issue, beside
from tests.corpus.violations_filing import of_document
from tests.corpus.violations_kinds import Kind, Place, last_of
from tests.corpus.violations_kinds_across import ACROSS
from tests.corpus.violations_kinds_prose import PROSE
from tests.corpus.violations_kinds_reading import READING
from tests.corpus.violations_kinds_tables import TABLES
from tests.corpus.violations_kinds_versions import VERSIONS
from tests.corpus.violations_world import Document, World

TRIES = 400
BESIDE = ("carry_over_continuity", "normative_document_stock", "pending_continuity", "tables_repeated")
KINDS: tuple[Kind, ...] = (*VERSIONS, *ACROSS, *TABLES, *PROSE, *READING)


@dataclass(frozen=True)
class Label:
    """What an injection of a kind must make the rules say."""

    kind: str
    issue: Issue


def inject(world: World, seed: str, per_rule: int) -> list[Label]:
    """Changes the world; returns what must be found. An agency is touched again only two years off."""
    random = Random(f"violations:{seed}")
    site = _Site(world, random)
    counts: dict[str, int] = {}
    labels: list[Label] = []
    for turn in range(per_rule):
        for rule in dict.fromkeys(kind.rule for kind in KINDS):
            kinds = [kind for kind in KINDS if kind.rule == rule]
            if counts.get(rule, 0) >= per_rule:
                continue
            for attempt in range(len(kinds)):
                kind = kinds[(turn + attempt) % len(kinds)]
                issues = site.apply(kind)
                if issues:
                    labels += [Label(kind.name, issue) for issue in issues]
                    counts[rule] = counts.get(rule, 0) + len(issues)
                    break
    return labels


def _saved(document: Document) -> dict[str, object]:
    return {name: copy(value) for name, value in vars(document).items()}


def _restore(document: Document, saved: dict[str, object]) -> None:
    vars(document).update(saved)


class _Site:
    """Where violations can still be put."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self.touched: dict[str, set[int]] = {}

    def apply(self, kind: Kind) -> list[Issue]:
        """Puts in one violation of a kind where a document bears it; what must be said of it."""
        candidates = [document for document in self.world.documents if kind.fits(self.world, document)]
        self.random.shuffle(candidates)
        for document in candidates[:TRIES]:
            lineage = self.world.lineage(document.agency.id)
            if any(abs(document.year - year) < kind.apart for year in self.touched.get(lineage, ())):
                continue
            saved = _saved(document), None if (last := last_of(self.world, document)) is None else _saved(last)
            places = kind.put(self.world, document, self.random)
            if (kind.rule in BESIDE or kind.rule.endswith(("_sum", "_balance"))) and not self._told(
                kind.rule, document, places
            ):
                _restore(document, saved[0])
                if last is not None and saved[1] is not None:
                    _restore(last, saved[1])
                continue
            if not places:
                continue
            for used in (document, *document.uses):
                self.touched.setdefault(self.world.lineage(used.agency.id), set()).add(used.year)
            return [self._issue(kind, document, place) for place in places]
        return []

    def _told(self, rule: str, document: Document, places: list[Place]) -> bool:
        """Whether the document bears what was put in: a blank beside it may leave it open."""
        last, filing = last_of(self.world, document), document.filing()
        found = of_document(document, filing) | (set(beside(filing, last.filing())) if last else set())
        told = {place for code, place in found if code == rule}
        return bool(places) and told.issuperset(map(str, places))

    @staticmethod
    def _issue(kind: Kind, document: Document, place: Place) -> Issue:
        if isinstance(place, str):
            return kind.rule, document.agency.id, document.year, place
        return place
