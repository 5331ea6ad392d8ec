"""The lines of a listing (one figure to a row, beside its unit) out of source rows.

Such a table is 统计指标 | 单位 | 统计数; filings add a column of serial numbers,
leave the unit out or print it behind the label, split the figure over several
offices' columns, or lose the table's markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from extract.figures import parse_figure, squeeze
from extract.forms import Table
from extract.labels import LISTING_NAMES, NO_FIGURES, is_label, numbering, variants, words
from extract.matching.rows import SourceRow
from extract.model import Field, Place

_UNIT = "[万亿千百]?(?:人次|场次|批次|件次|条|件|次|个|人|篇|元|项|份|场|期|家|名|起|宗|封|部|处|户|位|例)"
_UNIT_ALONE = re.compile(rf"[(\[]?(?:计量)?(?:单位)?:?({_UNIT})[)\]]?")
_UNIT_BEHIND = re.compile(rf"[(\[](?:计量)?(?:单位)?:?({_UNIT})[)\]]$")
_UNIT_APART = re.compile(rf"\s+({_UNIT})\s*$")
_WITH_UNIT = re.compile(rf"([-+]?[\d,]+(?:\.\d+)?)({_UNIT})((?:\(.*\))?)")
_AMONG = re.compile(r"^其中[:,、]?")
_SERIAL = re.compile(r"^[\u2460-\u2473]|^\d{1,2}(?![\d.、．,)）年])(?=\D)")
_ONE_CELL = re.compile(rf"^(?P<label>.*\S)\s+(?:(?P<unit>{_UNIT})\s+)?(?P<figure>[-—/]|\d[\d,]*(?:\.\d+)?)$", re.DOTALL)
_PAGE_NUMBER = re.compile(r"\s*(?:[-—–]+\s*\d{1,3}\s*[-—–]+|第\s*\d{1,3}\s*页.*)\s*")
_YEAR = re.compile(r"20[0-3]\d年度?")
_STATED = re.compile(rf"^(?P<label>[^:：]+)[:：]\s*(?P<figure>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>{_UNIT})?$")
_LONGEST_NOTE = 10  # characters of words in a figure's place
_LONGEST_HEADING = 16  # characters over a column of figures
_FIRST = 5  # serial numbers begin no later
_GAP = 3  # between the serial numbers of lines next to each other, where one's is lost
_RUN = 0.8  # share of the steps by one that tells serial numbers


@dataclass(frozen=True, slots=True)
class Line:
    """A label (None where the row has none), the unit beside it, and the
    fields after them; ``source`` is the row in which they stand."""

    source: SourceRow
    label: Field | None
    unit: str | None
    figures: tuple[Field, ...]

    @property
    def words(self) -> str:
        """The bare words of the label, "" without one."""
        return words(self.label.text) if self.label is not None else ""

    @property
    def printed(self) -> int:
        """How many of the fields are not blank."""
        return sum(1 for field in self.figures if squeeze(field.text))


def lines_of(rows: Iterable[SourceRow], known: Callable[[str], bool]) -> list[Line]:
    """The lines of all rows in order. A row holds one for each of its labels,
    or one without a label. ``known`` says whether bare words are a label of the
    table: other words beside such a label stand in its figure's place."""
    found: list[Line] = []
    for row in rows:
        parts: list[list[Field]] = [[]]
        for field in (piece for whole in row.fields for piece in _parted(whole, known)):
            if _PAGE_NUMBER.fullmatch(field.text):
                continue
            # (behind a serial number, the heading of a chapter or a whole row a piece is known by its own number)
            bare = len(parts) == 1 and not _printed(parts[0])
            behind = sum(1 for other in parts[-1] if squeeze(other.text)) <= 1 or _states(parts[-1][1:])
            begins = (bare or (behind and numbering(field.text) != "")) and _is_piece(field.text)
            if begins or (_is_name(field.text) and not _is_in_figures_place(field, parts[-1], known)):
                parts.append([field])
            else:
                parts[-1].append(field)
        named = [_line(row, part) for part in parts[1:]]
        if named:
            found += named  # what stands before the first label is a serial number or an indent
        else:
            nameless = _line(row, [Field("", 0, Place()), *parts[0]])
            if nameless.printed or nameless.unit is not None or len(parts[0]) > 1:
                found.append(replace(nameless, label=None))
    return _without_serials(found)


def _is_in_figures_place(field: Field, part: Sequence[Field], known: Callable[[str], bool]) -> bool:
    """Whether words (见附件) stand where the figure of the label before them should."""
    if len(part) == 0 or _states(part[1:]):
        return False
    plain = squeeze(field.text)
    named = _is_name(part[0].text) and known(words(_bare(part[0].text)[0]))
    return named and len(plain) <= _LONGEST_NOTE and plain[-1] not in ":：" and not known(words(_bare(field.text)[0]))


def join_labels(lines: Sequence[Line], table: Table) -> list[Line]:
    """The lines with the labels that stand above or below their figures, or
    both, where just these words are a row of the table."""
    known = {label for row in table.rows for label in variants(row)}
    result = list(lines)
    for line in lines:
        if line.label is not None or not line.printed or _piece(line):
            continue
        at = next(place for place, other in enumerate(result) if other is line)
        before, after = result[max(at - 1, 0) : at], result[at + 1 : at + 2]
        beside = result[at + 2 : at + 3]
        if beside and beside[0].source is after[0].source and beside[0].words == after[0].words:
            after = []  # a chapter's heading, beside the row of the same words
        for parts in (after, before, [*before, *after]):
            label = "".join(_piece(other) for other in parts)
            if all(_piece(other) for other in parts) and words(label) in known:
                first = parts[0].label or parts[0].figures[0]
                result[at] = replace(line, label=replace(first, text=label))
                result = [other for other in result if not any(other is part for part in parts)]
                break
    return result


def join_torn_blanks(lines: Sequence[Line], table: Table) -> list[Line]:
    """The lines with the two pieces of a label joined that a page's end tore
    apart beside a blank figure."""
    known = {label for row in table.rows for label in variants(row)}
    result: list[Line] = []
    for line in lines:
        before = result[-1] if result else None
        if before is not None and before.label is not None and line.label is not None:
            label = before.label.text + line.label.text
            torn = before.figures and not before.printed and not line.printed
            if torn and words(label) in known and not {before.words, line.words} & known:
                result[-1] = replace(before, label=replace(before.label, text=label))
                continue
        result.append(line)
    return result


def _piece(line: Line) -> str:
    """The text of a line that holds a label, or a piece of one (1条）), and nothing else."""
    if line.label is not None:
        return "" if line.figures else line.label.text
    texts = [field.text for field in line.figures if squeeze(field.text)]
    return "".join(texts) if all(parse_figure(text).status == "unreadable" for text in texts) else ""


def number_in(text: str) -> str:
    """The text of a figure without the unit behind its number (12人次: 12)."""
    match = _WITH_UNIT.fullmatch(squeeze(text))
    return match[1] + match[3] if match and match[2] not in ("元", "万元", "亿元") else text


def is_scaled(unit: str | None) -> bool:
    """Whether a unit counts in thousands or more (万条); money is stated so by the form."""
    return unit is not None and len(unit) > 1 and unit[0] in "万亿千百" and not unit.endswith("元")


def leaf_headings(lines: Sequence[Line], table: Table) -> dict[int, str]:
    """For each source column the words of the lowest heading over it: of the row
    of headings that names the table's figures, and of those that follow it."""
    leaves: dict[int, str] = {}
    for row in dict.fromkeys(line.source for line in lines):
        heads = [field for field in row.fields if squeeze(field.text)]
        if any(parse_figure(field.text).status == "reported" for field in heads):
            break
        names = len(heads) > 1 and all(_is_heading(field.text) for field in heads)
        if leaves and not names:
            break
        if names and (leaves or any(_names_figures(field.text, table) for field in heads)):
            for field in heads:
                leaves.update(dict.fromkeys(range(field.column, field.column + field.colspan), words(field.text)))
    return leaves


def headings_in_sequence(lines: Sequence[Line], table: Table) -> list[str]:
    """The words of the headings over the figures in order, where the source has
    no columns: what follows the heading of the labels, down to the first row."""
    texts = [words(field.text) for row in dict.fromkeys(line.source for line in lines) for field in row.fields]
    start = next((place for place, text in enumerate(texts) if text in LISTING_NAMES), len(texts))
    known = {label for item in (*table.rows, *table.groups) for label in variants(item)}
    heads = takewhile(lambda text: text and text not in known and len(text) <= _LONGEST_HEADING, texts[start + 1 :])
    return [text for text in heads if text not in NO_FIGURES]


def _is_heading(text: str) -> bool:
    plain = squeeze(text)
    return len(plain) <= _LONGEST_HEADING and (_is_name(text) or _YEAR.fullmatch(plain) is not None)


def _names_figures(text: str, table: Table) -> bool:
    plain = squeeze(text)
    return "统计数" in plain or is_total_heading(words(text), table) or _YEAR.fullmatch(plain) is not None


def is_total_heading(label: str, table: Table) -> bool:
    """Whether a heading names the figures of the table."""
    return any(label in variants(column) for column in table.columns)


def _parted(field: Field, known: Callable[[str], bool]) -> list[Field]:
    """A field that holds a label, its unit and its figure parted into them
    (收到申请数 件 12, 收到申请数：12件)."""
    text = field.text.strip()
    match = _ONE_CELL.match(text)
    if match is not None and (not is_label(match["label"]) or _WITH_UNIT.fullmatch(squeeze(text))):
        return [field]
    if match is None:
        match = _STATED.match(text)
        if match is None or not known(words(_bare(match["label"])[0])):
            return [field]
    parts = [match["label"], *filter(None, (match["unit"],)), match["figure"]]
    return [replace(field, text=part) for part in parts]


def _is_name(text: str) -> bool:
    """Whether a field names something: words, but neither a unit nor 其中 alone."""
    plain = squeeze(text)
    unit = _UNIT_ALONE.fullmatch(plain) or _WITH_UNIT.fullmatch(plain)
    if not is_label(text) or unit or parse_figure(text).status != "unreadable":  # 暂无 is a figure's place filled
        return False
    return bool(words(_AMONG.sub("", plain)))


def _is_piece(text: str) -> bool:
    """Whether a field holds the first characters of a label that a page's end cut (2.延)."""
    plain = squeeze(text)
    unit = _UNIT_ALONE.fullmatch(plain) or _WITH_UNIT.fullmatch(plain)
    return len(words(text)) == 1 and not unit and parse_figure(text).status == "unreadable"


def _line(row: SourceRow, part: Sequence[Field]) -> Line:
    label, unit = _bare(part[0].text)
    rest = list(part[1:])
    place = next((i for i, field in enumerate(rest) if _UNIT_ALONE.fullmatch(squeeze(field.text))), None)
    if place is not None:
        unit = _UNIT_ALONE.fullmatch(squeeze(rest[place].text))[1]  # type: ignore[index]
        after, before = rest[place + 1 :], rest[:place]
        rest = before if not after or (_printed(before) and not _printed(after)) else after
    return Line(row, replace(part[0], text=label), unit, tuple(rest))


def _bare(text: str) -> tuple[str, str | None]:
    """A label without 其中, serial number and unit, and the unit."""
    apart = _UNIT_APART.search(text)
    plain = squeeze(text[: apart.start()] if apart else text)
    behind = _UNIT_BEHIND.search(plain)
    plain = plain[: behind.start()] if behind else plain
    unit = behind[1] if behind else apart[1] if apart else None
    return _AMONG.sub("", _SERIAL.sub("", plain)), unit


def _states(fields: Iterable[Field]) -> bool:
    return any(parse_figure(field.text).status == "reported" for field in fields)


def _printed(fields: Iterable[Field]) -> bool:
    return any(squeeze(field.text) for field in fields)


def _without_serials(lines: Sequence[Line]) -> list[Line]:
    """The lines without the serial number of the next row, which ends a line
    where the bounds of the rows are lost."""
    last = [next((field for field in reversed(line.figures) if squeeze(field.text)), None) for line in lines]
    numbers = [_serial(field) for field in last]
    known = [number for number, line in zip(numbers, lines, strict=True) if number is not None and line.printed == 2]
    steps = sum(1 for one, other in pairwise(known) if 1 <= other - one <= _GAP)
    if len(known) < 3 or known[0] > _FIRST or steps < _RUN * (len(known) - 1):
        return list(lines)
    result = []
    expected = known[0]
    for line, number, field in zip(lines, numbers, last, strict=True):
        # Beside a blank figure the next row's number stands alone.
        if number is not None and (line.printed == 2 or expected <= number < expected + _GAP):
            line = replace(line, figures=tuple(other for other in line.figures if other is not field))
            expected = number + 1
        result.append(line)
    return result


def _serial(field: Field | None) -> int | None:
    plain = squeeze(field.text) if field is not None else ""
    return int(plain) if re.fullmatch(r"\d{1,3}", plain) else None
