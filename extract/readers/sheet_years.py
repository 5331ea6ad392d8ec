"""Sheets of several years in one workbook: the same tables, once for each year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.figures import looks_like_figure, squeeze
from extract.model import Block, Field, Grid, Paragraph

_YEAR = re.compile(r"(?<!\d)20[0-3]\d(?!\d)")
_TITLE_LINES = 3  # texts at a sheet's top that may name its year
_SAME = 0.6  # of an earlier sheet's words stand in the latest one too: the same tables
_FILLED = 0.5  # as many figures as an earlier sheet has, at least: no empty form for the year to come


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name as its tab shows it, and what stands in it."""

    name: str
    blocks: list[Block]

    def texts(self) -> Iterator[str]:
        """The texts of its paragraphs and cells in order, blank ones left out."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield block.text
            else:
                yield from (field.text for row in block.rows for field in row if squeeze(field.text))

    @property
    def year(self) -> int | None:
        """The only year that its name, or else its top, states."""
        for stated in (self.name, " ".join([text for text, _ in zip(self.texts(), range(_TITLE_LINES), strict=False)])):
            years = {int(year) for year in _YEAR.findall(squeeze(stated))}
            if years:
                return years.pop() if len(years) == 1 else None
        return None


def of_latest_year(sheets: Sequence[Sheet]) -> list[Block]:
    """The blocks of all sheets in order, but for those that hold the same
    tables for an earlier year than another sheet does. Where the tab alone
    names the year of the sheet that is read, its name stands as a paragraph
    before it."""
    dated = [sheet for sheet in sheets if sheet.year is not None]
    latest = max(dated, key=lambda sheet: (sheet.year or 0, _figures(sheet)), default=None)
    if latest is None:
        return [block for sheet in sheets for block in sheet.blocks]
    left_out = [sheet for sheet in dated if sheet.year != latest.year and _is_earlier(sheet, latest)]
    blocks: list[Block] = []
    for sheet in sheets:
        if sheet in left_out:
            continue
        if left_out and sheet is latest and str(sheet.year) not in " ".join(sheet.texts()):
            blocks.append(Paragraph(sheet.name if "年" in sheet.name else f"{sheet.name}年"))
        blocks += sheet.blocks
    return blocks


def _is_earlier(sheet: Sheet, latest: Sheet) -> bool:
    words, others = _words(sheet), _words(latest)
    return len(words & others) >= _SAME * len(words) and _figures(latest) >= _FILLED * _figures(sheet) > 0


def _words(sheet: Sheet) -> set[str]:
    return {squeeze(field.text) for field in _fields(sheet) if not looks_like_figure(field.text)}


def _figures(sheet: Sheet) -> int:
    return sum(any(c in "123456789" for c in f.text) for f in _fields(sheet) if looks_like_figure(f.text))


def _fields(sheet: Sheet) -> Iterator[Field]:
    return (field for block in sheet.blocks if isinstance(block, Grid) for row in block.rows for field in row)
