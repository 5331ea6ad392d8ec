"""Worlds of fictitious agencies whose reports agree with each other, year by year and up and down.

A county has a government that reports for its whole area, departments, a township and an organ of vertical management;
every sixth is the seat of a prefecture. Some departments are renamed, some merged, some counties become districts. The
figures of an area are the sum of its departments' and its government's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from extract.forms import form_in_force
from tests.corpus import statistics
from tests.corpus.agencies import Profile
from tests.corpus.build import TITLES
from tests.corpus.figures import Figures, figures_of_form, history
from tests.corpus.model import Agency, Filing, Front, reported
from tests.corpus.prose import write
from tests.corpus.violations_offices import DEPARTMENTS, OFFICE, SYLLABLES, TOWN, VERTICAL, WHOLE
from tests.corpus.violations_styles import styles, with_unit

FIRST, LAST = 2019, 2024
CHANGE = 2022  # the year in which agencies are renamed and merged
PROCUREMENT = ("proactive", "procurement", "amount")
UNPAID, OTHER = "other.fee_not_paid_in_time", "other.other"


@dataclass
class Document:
    """One report as it stands at an address; ``figures`` are those of its tables and, unless ``said`` gives others,
    of its prose. ``changes`` turn the filing made of them into what is printed, ``edits`` the page's text.
    ``told`` are rule and place of what a reader must find, ``open_places`` of what may be found."""

    agency: Agency
    profile: Profile
    year: int
    form: str
    scope: str
    figures: Figures
    published_on: date
    retrieved_at: datetime
    url: str
    prose_seed: str
    said: Figures | None = None
    front: Front | None = None
    site_date: date | None = None
    changes: list[Callable[[Filing], Filing]] = field(default_factory=list)
    edits: list[Callable[[str], str]] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    open_places: set[tuple[str, str]] = field(default_factory=set)
    styles: tuple[Callable[[Filing], Filing], ...] = ()  # ways of filling in that are no violations
    uses: list[Document] = field(default_factory=list)  # whose figures or prose it repeats
    name: str | None = None  # the agency's other name, which the title has

    def filing(self) -> Filing:
        """The filing that the document shows."""
        made = self._statistics() if self.form == statistics.FORM else self._since_2019()
        for change in (*self.styles, *self.changes):
            made = change(made)
        return made

    def _since_2019(self) -> Filing:
        prose = write(self.agency, self.profile, self.year, self.form, self.scope, self.said or self.figures,
                      self.prose_seed, True)  # fmt: skip
        cells = {key: reported(number) for key, number in figures_of_form(self.figures, self.form).items()}
        if PROCUREMENT in cells:
            cells[PROCUREMENT] = with_unit(cells[PROCUREMENT])
        title = Random(self.agency.id).choice(TITLES).format(name=self.name or self.agency.name, year=self.year)
        named = replace(self.agency, name=self.name) if self.name else self.agency
        return Filing(named, self.year, self.form, self.scope, title, self.published_on, cells, prose,
                      front=self.front)  # fmt: skip

    def _statistics(self) -> Filing:
        random = Random(f"statistics:{self.prose_seed}")
        prose = statistics.prose(self.agency, self.profile, self.year, self.scope, self.said or self.figures, random)
        cells = {key: reported(number) for key, number in self.figures.items()}
        title = f"{self.agency.name}{self.year}年政府信息公开工作年度报告"
        return Filing(self.agency, self.year, self.form, self.scope, title, self.published_on, cells, prose,
                      front=self.front)  # fmt: skip


@dataclass
class World:
    """The agencies, in the order of a register, and their documents. ``lineages`` maps each agency to its last heir."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    own: dict[tuple[str, int], Figures] = field(default_factory=dict)  # a government's own part of its area's figures

    def lineage(self, agency: str) -> str:
        """The last heir of an agency."""
        while successor := self.agencies[agency].successor:
            agency = successor
        return agency

    def of(self, agency: str, year: int, scope: str | None = None) -> list[Document]:
        """The revisions of a report, the current one last."""
        found = [d for d in self._indexed().get((agency, year), ()) if scope in (None, d.scope)]
        return sorted(found, key=lambda document: document.retrieved_at)

    def predecessor(self, agency: str) -> str | None:
        """The only agency whose successor this one is."""
        found = [other.id for other in self.agencies.values() if other.successor == agency]
        return found[0] if len(found) == 1 else None

    def _indexed(self) -> Mapping[tuple[str, int], list[Document]]:
        if len(self.documents) != getattr(self, "_size", -1):
            self._size = len(self.documents)
            self._index: dict[tuple[str, int], list[Document]] = {}
            for document in self.documents:
                self._index.setdefault((document.agency.id, document.year), []).append(document)
        return self._index


def world(agencies: int, seed: str) -> World:
    """A clean world of about so many agencies."""
    made, random, number = World(), Random(f"world:{seed}"), 0
    while len(made.agencies) < agencies:
        _Place(made, random, number, seed).settle()
        number += 1
    return made


@dataclass
class _Place:
    """A county, or the prefecture that has its seat there, and who governs it."""

    world: World
    random: Random
    number: int
    seed: str
    has_merger: bool = False

    def settle(self) -> None:
        """Adds its agencies and their documents."""
        self.level = "prefecture" if self.number % 6 == 0 else "county"
        self.kind = "prefecture" if self.level == "prefecture" else "district" if self.number % 4 == 1 else "county"
        self.rezoned = self.kind == "county" and self.number % 9 == 2
        first, second = divmod(self.number, len(SYLLABLES))
        self.syllables = f"{SYLLABLES[first % len(SYLLABLES)]}{SYLLABLES[second]}"
        if first >= len(SYLLABLES):
            self.syllables += SYLLABLES[first // len(SYLLABLES) % len(SYLLABLES)]
        children = [self._department(*department) for department in self._departments()]
        if self.level == "county":
            children.append(self._child("zhen", f"{self.syllables[0]}家镇人民政府", "township", "government", TOWN))
            self._vertical()
        self._government(children)

    def _departments(self) -> list[tuple[str, str, str, Profile]]:
        return self.random.sample(DEPARTMENTS, 7 if self.level == "prefecture" else 6)

    def _area(self, kind: str) -> str:
        return f"示例{self.syllables}{ {'prefecture': '市', 'district': '区', 'county': '县'}[kind] }"

    def _agency(self, slug: str, name: str, level: str, sector: str, kind: str, **more: str | None) -> Agency:
        code = f"99{self.number // 90 % 90 + 10:02d}{self.number % 90 + 10:02d}"
        agency = Agency(
            f"shili-{self.number}-{slug}", self._area(kind) + name, level, sector, code,
            (f"{self._area(kind)}人民政府办公室",) if slug.startswith("zhengfu") else (), "示例省",
            self._area("prefecture") if self.level == "prefecture" else "示例市",
            None if self.level == "prefecture" else self._area(kind), **more,
        )  # fmt: skip
        self.world.agencies[agency.id] = agency
        return agency

    def _names(self, slug: str, name: str, level: str, sector: str, **more: str | None) -> list[Agency]:
        """An agency, or two where its county became a district."""
        if not self.rezoned:
            return [self._agency(slug, name, level, sector, self.kind, **more)]
        parents = {key: value for key, value in more.items() if key == "parent"}
        new = {key: f"{value}-qu" for key, value in parents.items()}
        old = self._agency(slug, name, level, sector, "county", **parents, valid_to=f"{CHANGE - 1}-12-31",
                           successor=f"shili-{self.number}-{slug}-qu")  # fmt: skip
        return [old, self._agency(f"{slug}-qu", name, level, sector, "district", **new, valid_from=f"{CHANGE}-01-01")]

    def _government(self, children: list[Mapping[int, Figures]]) -> None:
        names = self._names("zhengfu", "人民政府", self.level, "government")
        years = range(FIRST, LAST + 1)
        own = dict(history(OFFICE[self.level], f"{self.seed}:{self.number}:own", years))
        area = {year: total([_settled(own[year]), *(child[year] for child in children)]) for year in years}
        for agency in names:
            for year in years:
                self.world.own[agency.id, year] = _settled(own[year])
        size = 6 if self.level == "prefecture" else 4
        profile = Profile(40 * size, 8 * size, 5 * size, 40 * size, 900, 300, 40, 100, False, *self._whole(names[0]))
        self._file(names, profile, area, "area")

    def _whole(self, agency: Agency) -> tuple[str, str, str]:
        whole, we = WHOLE[self.kind]
        return whole, we, "government"

    def _department(self, sector: str, name: str, topic: str, usual: Profile) -> Mapping[int, Figures]:
        return self._child(sector, name, self.level, sector, replace(usual, whole=None, we="我局", field=topic))

    def _child(self, slug: str, name: str, level: str, sector: str, usual: Profile) -> Mapping[int, Figures]:
        government = f"shili-{self.number}-zhengfu"
        size = self.random.uniform(0.6, 1.8)
        profile = replace(usual, applications=max(3, round(usual.applications * size)),
                          licensing=round(usual.licensing * size), penalties=round(usual.penalties * size))  # fmt: skip
        if level == "township" and self.number % 2:  # hardly anyone asks there
            profile = replace(profile, applications=1, legal=0, licensing=2, penalties=0, coercion=0)
        years = range(FIRST, LAST + 1)
        figures = {
            year: _settled(found) for year, found in history(profile, f"{self.seed}:{self.number}:{slug}", years)
        }
        chance = self.random.random()
        if self.rezoned or chance > 0.14 or level == "township":
            names = self._names(slug, name, level, sector, parent=government)
        elif chance > 0.07 or self.has_merger:
            names = self._renamed(slug, name, level, sector, government)
        else:
            return self._merged(slug, name, level, sector, government, profile, figures)
        self._file(names, profile, figures, "own")
        return figures

    def _renamed(self, slug: str, name: str, level: str, sector: str, government: str) -> list[Agency]:
        old = self._agency(slug, name, level, sector, self.kind, parent=government, valid_to=f"{CHANGE - 1}-12-31",
                           successor=f"shili-{self.number}-{slug}-xin")  # fmt: skip
        newer = f"{name[:-1]}和服务局" if name.endswith("局") else "卫生健康局"
        new = self._agency(f"{slug}-xin", newer, level, sector, self.kind, parent=government,
                           valid_from=f"{CHANGE}-01-01")  # fmt: skip
        return [old, new]

    def _merged(
        self, slug: str, name: str, level: str, sector: str, government: str, profile: Profile,
        figures: Mapping[int, Figures],
    ) -> Mapping[int, Figures]:  # fmt: skip
        """Two departments that become one, which goes on with the figures of both."""
        years = range(FIRST, LAST + 1)
        partner = {y: _settled(found) for y, found in history(profile, f"{self.seed}:{self.number}:{slug}:2", years)}
        both = {year: total([figures[year], partner[year]]) for year in years}
        heir, end = f"shili-{self.number}-{slug}-he", f"{CHANGE - 1}-12-31"
        self.has_merger = True
        for part, label, found in ((slug, name, figures), (f"{slug}-er", "科学技术局", partner)):
            agency = self._agency(
                part, label, level, sector, self.kind, parent=government, valid_to=end, successor=heir
            )
            self._file([agency], profile, found, "own")
        stem = name.removesuffix("局").removesuffix("委员会")
        joined = self._agency(f"{slug}-he", f"{stem}和科学技术局", level, sector, self.kind, parent=government,
                              valid_from=f"{CHANGE}-01-01")  # fmt: skip
        self._file([joined], profile, both, "own")
        return both

    def _vertical(self) -> None:
        agency = self._agency("shuiwu", "税务局", "vertical", "taxation", self.kind)
        figures = dict(history(VERTICAL, f"{self.seed}:{self.number}:shuiwu", range(FIRST, LAST + 1)))
        self._file([agency], VERTICAL, {year: _settled(found) for year, found in figures.items()}, "own")

    def _file(self, names: list[Agency], profile: Profile, figures: Mapping[int, Figures], scope: str) -> None:
        """The documents of an agency under its names; some agencies have filed since 2015, some since 2021."""
        first = self.random.choice((FIRST, FIRST, FIRST, FIRST, 2020, 2021, 2016, 2015))
        for agency in names:
            began = int(agency.valid_from[:4]) if agency.valid_from else first
            ended = int(agency.valid_to[:4]) if agency.valid_to else LAST
            for year in range(began, ended + 1):
                found = figures[year] if year >= FIRST else self._statistics(profile, agency, year)
                self.world.documents.append(self._document(agency, profile, year, scope, found))

    def _statistics(self, profile: Profile, agency: Agency, year: int) -> Figures:
        return statistics.figures(profile, Random(f"{self.seed}:{agency.id}:{year}"))

    def _document(self, agency: Agency, profile: Profile, year: int, scope: str, figures: Figures) -> Document:
        form = form_in_force(year)
        assert form is not None
        government = agency.sector == "government" and agency.level in ("prefecture", "county")
        month = self.random.choice((2, 3)) if government else 1
        published = date(year + 1, month, self.random.randint(8, 28))
        retrieved = datetime.combine(published + timedelta(days=5), time(18, 10), UTC)
        url = f"https://www.example.gov.cn/{agency.id}/{year}.html"
        own = self.world.own.get((agency.id, year)) if year >= FIRST else None
        return Document(agency, profile, year, form.code, scope, dict(figures), published, retrieved, url,
                        f"{self.seed}:{agency.id}:{year}", site_date=published,
                        styles=styles(self.random, form.code, own))  # fmt: skip


def total(parts: Iterable[Figures]) -> Figures:
    """The sum of figures cell by cell."""
    found = list(parts)
    return {key: round(sum(part[key] for part in found), 2) for key in found[0]}


def _settled(figures: Figures) -> Figures:
    """Figures of an agency that charges no fees: nobody left one unpaid. What is left out of the row stands in 其他."""
    moved = dict(figures)
    for table, row, column in figures:
        if row == UNPAID:
            moved[table, OTHER, column] = figures[table, OTHER, column] + figures[table, row, column]
            moved[table, row, column] = 0
    return moved
