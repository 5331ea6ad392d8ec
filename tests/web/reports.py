"""A site's filings: what each says, in which medium, and what becomes of it by the third night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from typing import Literal

from extract.forms import form_in_force
from tests.corpus.build import TITLES
from tests.corpus.figures import Figures, figures_of_form, history
from tests.corpus.model import Filing, Front, reported
from tests.corpus.prose import write
from tests.web.offices import Office

State = Literal["same", "figures", "correction", "attachment", "moved", "gone"]
"""What the third night brings: other figures; figures with a note that they were corrected; another attachment under
the same address; the page (with other figures) at another address; no page at all."""

FIRST = 2019
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Report:
    """One agency's annual report as its site publishes it."""

    office: Office
    year: int
    seed: str
    serial: int  # the site's number of it
    token: str  # 32 hexadecimal digits, for sites that name pages so
    medium: str = "html"
    state: State = "same"

    @property
    def key(self) -> str:
        """What tells it from all others, whatever becomes of it."""
        return f"{self.office.agency.id}-{self.year}"

    @property
    def scope(self) -> str:
        """As the corpus has it: ``area`` for a government that reports for all of its area."""
        return "area" if self.office.profile.whole else "own"

    @property
    def title(self) -> str:
        """As its agency words it every year."""
        pattern = Random(f"title:{self.seed}:{self.office.agency.id}").choice(TITLES)
        return pattern.format(name=self.office.agency.name, year=self.year)

    @property
    def published_on(self) -> date:
        """The day on its page: in time."""
        random = Random(f"day:{self.seed}:{self.key}")
        month = random.choice((2, 3)) if self.scope == "area" else 1
        return date(self.year + 1, month, random.randint(8, 28))

    @property
    def changed(self) -> bool:
        """Whether the third night has another document."""
        return self.state not in ("same", "gone")

    def modified(self) -> datetime:
        """When its file was last written."""
        if self.changed:
            return datetime(self.year + 3, 5, 20, 16, 4, tzinfo=CHINA)
        day = self.published_on
        return datetime(day.year, day.month, day.day, 9, 30, tzinfo=CHINA)

    def filing(self) -> Filing:
        """What it says: figures in which every sum holds."""
        form = form_in_force(self.year)
        if form is None:
            raise ValueError(f"no edition of the form for {self.year}")
        agency, profile = self.office.agency, self.office.profile
        figures = _history(self.office, self.seed, max(self.year, FIRST + 4))[self.year]
        if self.changed:
            # A figure that belongs to no sum, so that the filing stays consistent.
            figures = dict(figures)
            figures["proactive", "licensing", "decisions"] += 3
        seed = f"{self.seed}:{self.key}"
        prose = write(agency, profile, self.year, form.code, self.scope, figures, seed)
        if self.state == "correction":
            note = "更正说明：原公布的报告中行政许可处理决定数量有误，现予更正。"
            prose = replace(prose, introduction=note + prose.introduction)
        cells = {key: reported(number) for key, number in figures_of_form(figures, form.code).items()}
        front = Front(style=Random(f"front:{seed}").choice(("cn", "cn", "iso")))
        return Filing(agency, self.year, form.code, self.scope, self.title, self.published_on, cells, prose,
                      front=front)  # fmt: skip


@lru_cache(maxsize=4)
def _history(office: Office, seed: str, last: int) -> dict[int, Figures]:
    return dict(history(office.profile, f"{seed}:{office.agency.id}", range(FIRST, last + 1)))
