"""Modules that have a page per agency and year: Hanweb's xxgkAnnualReport, Anhui's OpennessAnnualReport."""

from __future__ import annotations

from typing import Any

from tests.web import frames
from tests.web.http import Request, Response, text
from tests.web.media import Kind
from tests.web.site import Item, Site, entry


class JcmsAnnual(Site):
    """The address of a report is its agency's code and its year, in either order; pages are made for each request, so
    they have no validators. The module itself, without fields, lists agencies and years."""

    family = "jcms_annual"
    frame = frames.ANNUAL
    validators = "none"
    decoys = 0
    moves = False
    module = "/module/xxgk/xxgkAnnualReport.jsp"

    def address(self, item: Item) -> str:
        return f"{self.module}?area={item.office.code}&fbtime={item.year}"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/module/download/downfile.jsp?classid=0&filename={item.token}{number}.{kind.extension}"

    def lists(self) -> None:
        years = self.options.years
        links = "".join(
            f'<li><a href="?area={office.code}&amp;fbtime={year}">{office.agency.name}</a> {year}</li>'
            for office in self.place.offices
            for year in years
        )
        self.add_list(self.module, f'<ul class="tree">{links}</ul>', "政府信息公开年度报告")
        self.promise(self.module, len(self.items), 1)
        self.dynamic.append((self.module, self._nothing))

    def source(self) -> dict[str, Any]:
        return {
            **super().source(),
            "agencies": {office.code: office.agency.name for office in self.place.offices},
            "years": [self.options.first_year, self.options.last_year],
        }

    def _nothing(self, request: Request) -> Response:
        return text(frames.list_page("政府信息公开年度报告", '<div class="nbcontent">暂无相关信息</div>'))


class Openness(Site):
    """A list per agency and year, ``year/<org>/<year>.html``, that leads to ``show/N.html``."""

    family = "openness"
    frame = frames.LONSUN
    decoys = 0
    module = "/openness/OpennessAnnualReport"
    shows = "/openness/OpennessAnnualReport/show"

    def address(self, item: Item) -> str:
        return f"{self.shows}/{item.serial}.html"

    def file_address(self, item: Item, number: int, kind: Kind) -> str:
        return f"/group1/M00/{item.token[:2]}/{item.token[2:4]}/{item.token}{number}.{kind.extension}".upper().replace(
            kind.extension.upper(), kind.extension
        )

    def lists(self) -> None:
        years = self.options.years
        tree = "".join(
            f'<li><a href="{self.module}/year/{office.number + 1}/{years[-1]}.html">{office.agency.name}</a></li>'
            for office in self.place.offices
        )
        self.add_list(f"{self.module}/", f'<ul class="tree">{tree}</ul>', "信息公开年报")
        self.promise(f"{self.module}/", len(self.place.offices), 1)
        for office in self.place.offices:
            for year in years:
                found = [item for item in self.listed() if (item.office, item.year) == (office, year)]
                target = f"{self.module}/year/{office.number + 1}/{year}.html"
                lines = "".join(entry(item, self.address(item)) for item in found)
                tabs = "".join(
                    f'<a href="{self.module}/year/{office.number + 1}/{other}.html">{other}</a>' for other in years
                )
                body = f'<div class="years">{tabs}</div><ul class="newsList">{lines}</ul><ul class="tree">{tree}</ul>'
                self.add_list(target, body, f"{office.agency.name}信息公开年报")
                self.promise(target, len(found), 1, below=True)

    def source(self) -> dict[str, Any]:
        return {
            **super().source(),
            "agencies": {str(office.number + 1): office.agency.name for office in self.place.offices},
            "years": [self.options.first_year, self.options.last_year],
        }
