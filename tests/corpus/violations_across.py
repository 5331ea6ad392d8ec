"""What filings must be told beside each other (the year before, other versions, relatives), from truth alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import quantiles

from extract.forms import CellKey
from tests.corpus.judge import APPLICANTS, RESULTS
from tests.corpus.model import Filing, Number
from tests.corpus.violations_filing import of_document
from tests.corpus.violations_world import LAST, Document, World

Issue = tuple[str, str, int, str]
"""Rule, agency, report year and place."""

SUITS = ("review", "litigation_direct", "litigation_after_review")
COPIED = ("proactive", "applications", "review_litigation")
COUNTED = frozenset({"received_new", "concluded_total", *SUITS})
PEER_POWER, PEERS = 200, 20
POWER, FLOOR, JUMP, LEAST_BASE = 40, 5, 5, 20  # of the rule on magnitudes
NOT_MEASURED = frozenset({"change"})
MOST = {"township": 2_000, "county": 100_000, "zone": 100_000, "prefecture": 500_000, "vertical": 500_000}
MOST_OTHERWISE, MOST_OF_STATISTICS = 3_000_000, {"charges": 1_000, "budget": 20_000}


class Truth:
    """A world's filings and everything that must be told of them (``issues``) or may be (``open``)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.filings = {id(document): document.filing() for document in world.documents}
        self.issues: set[Issue] = set()
        self.open: set[Issue] = set()
        self.current = self._current()
        for document in world.documents:
            alone = of_document(document, self.filings[id(document)])
            self._tell(document, alone)
            self._tell(document, document.open_places, self.open)
            last = self.previous(document)
            if last is not None:
                self._tell(document, set(beside(self.filings[id(document)], self.filings[id(last)])))
        self._versions()
        self._copies()
        self._rollups()
        self._years()
        self._areas()
        self._magnitudes()

    def filing(self, document: Document) -> Filing:
        """What the document shows."""
        return self.filings[id(document)]

    def previous(self, document: Document) -> Document | None:
        """Last year's current report of the same scope; a renamed agency goes on with its only predecessor's."""
        found = self.current.get((document.agency.id, document.year - 1, document.scope))
        if found is None and document.agency.valid_from == f"{document.year}-01-01":
            before = self.world.predecessor(document.agency.id)
            found = self.current.get((before, document.year - 1, document.scope)) if before else None
        return found

    def _current(self) -> Mapping[tuple[str, int, str], Document]:
        ordered = sorted(self.world.documents, key=lambda document: document.retrieved_at)
        return {(document.agency.id, document.year, document.scope): document for document in ordered}

    def _tell(self, document: Document, places: set[tuple[str, str]], among: set[Issue] | None = None) -> None:
        issues = self.issues if among is None else among
        issues |= {(rule, document.agency.id, document.year, place) for rule, place in places}

    def _versions(self) -> None:
        reports: dict[tuple[str, int, str], list[Document]] = defaultdict(list)
        for document in sorted(self.world.documents, key=lambda found: found.retrieved_at):
            reports[document.agency.id, document.year, document.scope].append(document)
        for revisions in reports.values():
            for number, document in enumerate(revisions):
                same = [other for other in revisions[:number] if other.url == document.url]
                if same:
                    self._tell(document, set(_changed(self.filing(document), self.filing(same[-1]))))
            current = revisions[-1]
            for other in {document.url: document for document in revisions}.values():
                if other is not current and _differ(self.filing(current), self.filing(other)):
                    self._tell(current, {("filings_conflict", "")})

    def _copies(self) -> None:
        alike: dict[frozenset[tuple[CellKey, Number]], list[Document]] = defaultdict(list)
        for document in self.current.values():
            figures = _filled(self.filing(document), COPIED)
            if tells(figures, 8, 6):
                alike[figures].append(document)
        for found in alike.values():
            found.sort(key=lambda document: (document.year, document.published_on, document.retrieved_at))
            family = self.world.lineage(found[0].agency.id)
            for document in found[1:]:
                if self.world.lineage(document.agency.id) != family:
                    self._tell(document, {("tables_copied", "applications")})

    def _rollups(self) -> None:
        sums: dict[tuple[str, int], dict[CellKey, Number]] = defaultdict(lambda: defaultdict(int))
        for (name, year, scope), document in self.current.items():
            agency = self.world.agencies[name]
            if scope != "own" or agency.parent is None or agency.level == "vertical":
                continue
            for key, cell in self.filing(document).cells.items():
                if key[0] in COPIED[1:] and key[2] == "total" and cell.number:
                    sums[agency.parent, year][key] += cell.number
        for (name, year), parts in sums.items():
            area = self.current.get((name, year, "area"))
            if area is None:
                continue
            for key, number in parts.items():
                whole = self.filing(area).cells.get(key)
                if whole is not None and whole.number is not None and number > whole.number:
                    self._tell(area, {("rollup_mismatch", f"{key[1]}.total")})

    def _years(self) -> None:
        filed: dict[str, dict[int, str]] = defaultdict(dict)
        for document in self.world.documents:
            filed[self.world.lineage(document.agency.id)][document.year] = document.agency.id
        for years in filed.values():
            for year in range(min(years) + 1, max(years)):
                if year not in years and year - 1 in years and year + 1 in years:
                    self.issues.add(("filing_missing", years[year + 1], year, str(year)))
            last = max(years)
            if last < LAST and last - 1 in years:
                self.issues.add(("filing_stopped", years[last], last + 1, str(last + 1)))

    def _areas(self) -> None:
        governments = {
            a.id
            for a in self.world.agencies.values()
            if a.sector == "government" and a.level in ("county", "prefecture")
        }
        scopes: dict[tuple[str, int], set[str]] = defaultdict(set)
        for document in self.current.values():
            if document.agency.id in governments:
                scopes[self.world.lineage(document.agency.id), document.year].add(document.scope)
        for document in self.current.values():
            lineage = self.world.lineage(document.agency.id)
            if document.agency.id in governments and scopes[lineage, document.year] == {"own"}:
                around = scopes[lineage, document.year - 1] | scopes[lineage, document.year + 1]
                if around & {"area", "represented"}:
                    self._tell(document, {("area_report_missing", "scope")})

    def _magnitudes(self) -> None:
        """Figures far off the agency's other years, and jumps from one year to the next."""
        series: dict[tuple[str, str, CellKey], list[tuple[int, Document, Number]]] = defaultdict(list)
        for document in self.world.documents:
            lineage = self.world.lineage(document.agency.id)
            for key, cell in self.filing(document).cells.items():
                if cell.number and cell.number > 0 and key[2] not in NOT_MEASURED:
                    series[lineage, document.scope, key].append((document.year, document, cell.number))
        off: set[tuple[int, CellKey]] = set()
        peers = _Peers(self)
        for (_, _, key), found in series.items():
            for year, document, value in found:
                others = [
                    (y, v)
                    for y, other, v in found
                    if y != year and self.current[other.agency.id, y, other.scope] is other
                ]
                alone = len({y for y, *_ in found}) == 1 and peers.off(document, key, value)
                if alone or (others and _off(year, value, others)) or _beyond(document, key, value):
                    off.add((id(document), key))
                    self._tell(document, {("implausible_magnitude", f"{key[1]}.{key[2]}")})
        for document in self.world.documents:
            last = self.previous(document)
            for key in _jumps(self.filing(document), self.filing(last)) if last is not None else ():
                if (id(document), key) not in off and (id(last), key) not in off:
                    self._tell(document, {("implausible_magnitude", f"{key[1]}.{key[2]}")})


class _Peers:
    """The figures above zero of agencies of one level, sector, scope and edition, by cell and year."""

    def __init__(self, truth: Truth) -> None:
        self.world = truth.world
        self.found: dict[tuple[object, ...], list[tuple[str, Number]]] = defaultdict(list)
        for document in truth.current.values():
            lineage = self.world.lineage(document.agency.id)
            for key, cell in truth.filing(document).cells.items():
                if cell.number and cell.number > 0:
                    self.found[(*self._kind(document), key, document.year)].append((lineage, cell.number))

    @staticmethod
    def _kind(document: Document) -> tuple[object, ...]:
        return document.agency.level, document.agency.sector, document.scope, document.form

    def off(self, document: Document, key: CellKey, value: Number) -> bool:
        """Whether a figure is far above those of its peers of the years around."""
        if value < PEER_POWER * FLOOR:
            return False
        kind, year = self._kind(document), document.year
        near = [one for y in (year - 1, year, year + 1) for one in self.found.get((*kind, key, y), ())]
        if len({lineage for lineage, _ in near}) <= PEERS:
            return False
        upper = quantiles([number for _, number in near], n=4, method="inclusive")[2]
        return value >= PEER_POWER * (upper + FLOOR)


def _beyond(document: Document, key: CellKey, value: Number) -> bool:
    """Whether an amount is more than an agency of its level can have, or a tenth of that and whole."""
    if key[2] != "amount":
        return False
    most = MOST_OF_STATISTICS.get(key[1])
    if most is None:
        most = MOST.get(document.agency.level, MOST_OTHERWISE)
        most *= (1 if document.scope == "own" else 2) * (3 if key[1] == "procurement" else 1)
    return value >= most or (value == int(value) and value >= most / 10)


def _off(year: int, value: Number, others: list[tuple[int, Number]]) -> bool:
    years = {y for y, _ in others}
    high, low = max(v for _, v in others), min(v for _, v in others)
    before, after = min(years) < year, max(years) > year
    if value >= POWER * (high + FLOOR):
        return before or len(years) > 1
    return low >= POWER * (value + FLOOR) and before and after


def _jumps(this: Filing, last: Filing) -> Iterator[CellKey]:
    for key, cell in this.cells.items():
        counted = key[2] == "decisions" or (key[2] == "total" and key[1] in COUNTED)
        before = last.cells.get(key)
        if not counted or before is None or cell.number is None or (before.number or 0) < LEAST_BASE:
            continue
        if cell.number > JUMP * (before.number or 0) or cell.number * JUMP < (before.number or 0):
            yield key


def beside(this: Filing, last: Filing) -> Iterator[tuple[str, str]]:
    """What this year's report must be told beside last year's."""
    if this.year >= 2020 and last.form_code != "2014" and this.form_code != "2014":
        for column in (*APPLICANTS, "total"):
            before, now = (
                _row_figure(last, "carried_forward", column),
                _row_figure(this, "received_carried_over", column),
            )
            if before is not None and now is not None and before != now:
                yield "carry_over_continuity", column
        for row in SUITS:
            total = this.cells["review_litigation", row, "total"].number
            cells = [this.cells["review_litigation", row, column] for column in (*RESULTS, "total")]
            pending = last.cells["review_litigation", row, "pending"].number
            if total is None or pending is None or any(c.status in ("missing", "unreadable") for c in cells):
                continue
            if pending > max(total, sum(cell.number or 0 for cell in cells[:-1])):
                yield "pending_continuity", row
        figures = _filled(this, COPIED[1:])
        if tells(figures, 6, 5) and figures == _filled(last, COPIED[1:]):
            yield "tables_repeated", "applications"
    if this.year >= 2022 and this.form_code == last.form_code == "2021":
        yield from _stocks(this, last)


def _row_figure(filing: Filing, row: str, column: str) -> Number | None:
    """A figure; an applicant's blank is nothing where the row has figures for others."""
    cell = filing.cells["applications", row, column]
    split = any(filing.cells["applications", row, other].number is not None for other in APPLICANTS)
    if cell.status in ("blank", "not_applicable") and column != "total" and split:
        return 0
    return cell.number


def _stocks(this: Filing, last: Filing) -> Iterator[tuple[str, str]]:
    for row in ("regulations", "normative_documents"):
        before, now = (filing.cells["proactive", row, "in_force"] for filing in (last, this))
        change = [this.cells["proactive", row, column] for column in ("issued", "repealed")]
        if before.status not in ("reported", "not_applicable") or now.number is None:
            continue
        if any(cell.status in ("missing", "unreadable") for cell in change):
            continue
        if now.number != (before.number or 0) + (change[0].number or 0) - (change[1].number or 0):
            yield "normative_document_stock", row


def _changed(this: Filing, before: Filing) -> Iterator[tuple[str, str]]:
    changes: dict[str, list[str]] = defaultdict(list)
    for key, cell in this.cells.items():
        other = before.cells.get(key)
        if other is None or {"missing", "unreadable"} & {cell.status, other.status} or cell.number == other.number:
            continue
        changes[key[0]].append(f"{key[1]}.{key[2]}")
    for table, places in changes.items():
        for place in [table] if len(places) > 12 else places:
            yield "filing_changed", place


def _differ(this: Filing, other: Filing) -> bool:
    return any(
        (cell.number or 0) != (other.cells[key].number or 0)
        for key, cell in this.cells.items()
        if key in other.cells and not {"missing", "unreadable"} & {cell.status, other.cells[key].status}
    )


def _filled(filing: Filing, tables: tuple[str, ...]) -> frozenset[tuple[CellKey, Number]]:
    return frozenset((key, cell.number) for key, cell in filing.cells.items() if key[0] in tables and cell.number)


def tells(figures: Iterable[tuple[CellKey, Number]], cells: int, values: int) -> bool:
    """Whether so many cells, and different figures in them, are filled in that follow from no others."""
    own = [value for (_, row, column), value in figures
           if value and column != "total" and row not in ("concluded_total", "received_new")]  # fmt: skip
    return len(own) >= cells and len(set(own)) >= values
