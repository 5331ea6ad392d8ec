"""A document without pages as its reader sees it: paragraphs and tables, cells marked. Runs in the child alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.original.contacts import APART, cuts, replaced
from dashboard.original.lines import Counter, Line, stands_in
from dashboard.original.marks import How, Mark, Why, standing_as
from extract.model import Document, Field, Grid
from extract.readers.signatures import DOC, DOCX, ODT, RTF
from transform.privacy import masked

MOST_COLUMNS = 300
_MERGING = frozenset({DOCX, DOC, RTF, ODT})
_NEAR = "  "  # between the cells of a row: a contact may be named in one cell and stand in the next

Cell = dict[str, Any]


def view(document: Document, marks: Sequence[Mark]) -> dict[str, Any]:
    """``blocks``: paragraphs (``lines`` of ``text`` and ``marks``) and tables (``rows`` of cells: ``text``,
    ``colspan``, ``rowspan``, ``marks``), marks as [id, kind, how]; ``marked`` and ``unmarked`` as of an archived page.
    Contacts are masked."""
    texts = iter(_masked(document))
    marked: dict[str, How] = {}
    unmarked: dict[str, Why] = {mark.id: "not_found" if mark.locator else "no_place" for mark in marks}
    wanted: dict[str, list[Mark]] = {}
    for mark in marks:
        wanted.setdefault(mark.locator or "", []).append(mark)
    wanted.pop("", None)
    blocks: list[dict[str, Any]] = []
    counted = Counter()
    for block in document.blocks:
        if not isinstance(block, Grid):
            lines = []
            for line in counted.paragraph(block):
                held_here = _marks_of_line(line, wanted, marked, unmarked)
                lines.append({"text": next(texts), "marks": held_here})
            blocks.append({"kind": "paragraph", "lines": lines})
            continue
        rows = [[(field, next(texts)) for field in row] for row in block.rows]
        held = {
            id(field): _marks(field, wanted, marked, unmarked)
            for row in rows
            for field, _ in row
            if field.place.locator in wanted
        }
        blocks.append({"kind": "table", "rows": _rows(rows, held, merging=document.media_type in _MERGING)})
    return {"blocks": blocks, "marked": marked, "unmarked": unmarked}


def _masked(document: Document) -> list[str]:
    """Every text of the document in order (paragraphs, fields), without contacts."""
    texts: list[str] = []
    gaps: list[str] = []
    for block in document.blocks:
        if isinstance(block, Grid):
            for row in block.rows:
                texts += [field.text for field in row]
                gaps += [_NEAR] * len(row)
                if row:
                    gaps[-1] = APART
        else:
            lines = block.text.split("\n")
            texts += lines
            gaps += [*("\n" for _ in lines[1:]), APART]
    found = cuts(texts, gaps)
    return [replaced(text, found[number]) if number in found else text for number, text in enumerate(texts)]


def _marks(
    field: Field, wanted: dict[str, list[Mark]], marked: dict[str, How], unmarked: dict[str, Why]
) -> list[list[str]]:
    """The marks of a field's place that stand in it."""
    held = []
    text = masked(field.text)
    for mark in wanted[field.place.locator or ""]:
        how = standing_as(mark, text)
        if how == "cell" or how == "around":
            held.append([mark.id, mark.kind, how])
            marked[mark.id] = how
            unmarked.pop(mark.id, None)
        elif mark.id in unmarked:
            unmarked[mark.id] = "differs"
    return held


def _marks_of_line(
    line: Line, wanted: dict[str, list[Mark]], marked: dict[str, How], unmarked: dict[str, Why]
) -> list[list[str]]:
    """The marks of cells that stand in a line of text."""
    held = []
    for locator, texts in line.cells.items():
        for mark in wanted.get(locator, ()):
            if stands_in(mark, texts):
                held.append([mark.id, mark.kind, "line"])
                marked[mark.id] = "line"
                unmarked.pop(mark.id, None)
            else:
                unmarked[mark.id] = "differs"
    return held


def _rows(
    rows: Sequence[Sequence[tuple[Field, str]]], held: dict[int, list[list[str]]], *, merging: bool
) -> list[list[Cell]]:
    """The rows as HTML has them: every place filled, by a cell, by one that spans it, or by an empty one. Where the
    medium tells of a merged cell only that nothing stands below it (``merging``), headings and labels span that."""
    width = max((field.column + max(field.colspan, 1) for row in rows for field, _ in row), default=0)
    made: list[list[Cell]] = []
    above: dict[int, tuple[int, int, Cell | None]] = {}  # column → rows covered below, first column, the cell there
    for row in rows:
        cells: list[Cell] = []
        below: dict[int, tuple[int, int, Cell | None]] = {}
        covered = {column for column, (rest, _, _) in above.items() if rest > 0}
        taken = set(covered)
        column = 0
        for field, text in row:
            start = field.column if field.colspan else column
            column = _fill(cells, below, above if merging else {}, taken, column, start)
            wide, high = min(max(field.colspan, 1), MOST_COLUMNS), max(field.rowspan, 1)
            cell: Cell = {"text": text, "colspan": wide, "rowspan": high, "marks": held.get(id(field), [])}
            cells.append(cell)
            for place in range(column, column + wide):
                below[place] = high - 1, column, cell
            column += wide
        if merging:
            _fill(cells, below, above, taken, column, width)
        for place in covered:
            rest, first, over = above[place]
            below.setdefault(place, (rest - 1, first, over))
        made.append(cells)
        above = below
    return made


def _fill(
    cells: list[Cell],
    below: dict[int, tuple[int, int, Cell | None]],
    above: dict[int, tuple[int, int, Cell | None]],
    taken: set[int],
    column: int,
    start: int,
) -> int:
    """Fills the places of a row before ``start``; the column at which to go on."""
    while column < min(start, MOST_COLUMNS):
        if column in taken:
            column += 1
            continue
        _, first, over = above.get(column, (0, column, None))
        wide = over["colspan"] if over is not None else 1
        if over is not None and first == column and column + wide <= start and not over["marks"]:
            over["rowspan"] += 1
            for place in range(column, column + wide):
                below[place] = 0, column, over
            column += wide
        else:
            cells.append({"text": "", "colspan": 1, "rowspan": 1, "marks": []})
            column += 1
    while column in taken:
        column += 1
    return column
