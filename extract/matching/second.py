"""The second, independent reading of a document, and its comparison with the first.

The first reading trusts the source's table structure (rules, spans, rows).
The second ignores it: for a PDF it has only the positions of the text, for
other media only the sequence of the cells' texts. Where both say the same,
a figure is confirmed; where they differ, the identities may decide, and the
reading says that it is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import chain, product

from extract.figures import squeeze
from extract.forms import CellKey, Form, Identity, Table
from extract.matching.confirm import confirm_order, follow_headings
from extract.matching.result import Cell, TableReading
from extract.matching.rows import SourceRow
from extract.matching.sums import closes, residual

_MOST_BROKEN = 0.6  # of the rows that can be judged and hold figures other than zero
_LEAST_BROKEN = 6
_MOST_TIED = 10  # figures in which the readings differ that stand in sums with each other
_MOST_DIFFERING = 0.3  # of the cells that two readings of one table have in common
_ELSEWHERE = 0.5  # of the form's rows: a table that shows fewer may be another one


def compare(
    form: Form,
    first: Sequence[TableReading],
    rows: Sequence[SourceRow],
    others: Sequence[SourceRow],
    second: Callable[[Table], TableReading],
) -> None:
    """Completes and questions ``first``, which was read out of ``rows``, table
    by table by what ``second`` reads out of ``others``, the rows of the second
    reading; a table that could only be confirmed is not read twice.

    A cell that only the second reading found is taken from it; where the two
    differ, the reading that closes the identities stands; every such cell is
    named in a remark unless the identities prove it.
    """
    cut = {_figures_of(row) for row in others}
    for one in first:
        one.proven = _is_proven(form, one)
        if not (one.rearranged or one.unordered) and (one.proven or _stands_again(form, one, rows, cut)):
            continue
        other = second(form.table(one.table))
        sure = {key: cell for key, cell in other.cells.items() if cell.method in ("table", "order")}
        if one.other_year or any(cell.method == "shift" for cell in one.cells.values()):
            continue  # (the sequence of the cells is what was found to be shifted)
        if not one.cells or _is_elsewhere(form, one, other):
            _adopt_table(form, one, other)
        elif one.merged == other.merged:
            _fill(form, one, sure)
            if one.rearranged:
                confirm_order(form, one, sure, other.rearranged)
            elif one.unordered and other.rearranged:
                follow_headings(form, one, sure, other.rearranged)
            _question(form, one, sure)
        elif one.rearranged:
            confirm_order(form, one, {}, {})


def doubt_spaced(form: Form, reading: TableReading) -> None:
    """Questions figures whose digits stand apart, but for those that a sum
    which holds confirms."""
    held: set[CellKey] = set()
    for identity in form.identities:
        if reading.spaced and identity.table == reading.table:
            for where in identity.over:
                if residual(form, identity, where, reading.cells) == 0:
                    held.update(*identity.cells(where))
    for key, (zh, en) in reading.spaced.items():
        if key not in held:
            reading.uncertain(zh, en, [key])


def doubt_broken(form: Form, reading: TableReading) -> None:
    """Questions a whole table of which most row sums break: a filer errs here
    and there; figures that stand in wrong columns break them everywhere."""
    if reading.proven:
        return
    figures = reading.cells
    broken = whole = 0
    for identity in form.identities:
        if identity.table != reading.table or identity.per != "row":
            continue
        for where in identity.over:
            parts = [cell for key in identity.cells(where)[0] if (cell := figures.get(key)) is not None]
            if any(cell.value for cell in parts):  # (many filers fill in totals only)
                rest = residual(form, identity, where, figures)
                whole += rest is not None
                broken += bool(rest)
    if broken >= _LEAST_BROKEN and broken > _MOST_BROKEN * whole:
        reading.uncertain(
            "多数行的合计不成立，数字可能整体错位。",
            "The sums of most rows break; the figures may stand in the wrong columns.",
            [key for key in figures if figures[key].status == "reported"],
        )


def _is_proven(form: Form, one: TableReading) -> bool:
    """Whether the table has every cell of the form and its identities hold, so
    that the second reading has nothing to add to it or to change in it."""
    table = form.table(one.table)
    return (
        one.score >= _ELSEWHERE * len(table.rows)
        and all(map(one.cells.__contains__, table.cells(frozenset(one.merged))))
        and closes(form, one.table, one.cells)
    )


def _stands_again(form: Form, one: TableReading, rows: Sequence[SourceRow], cut: Set[tuple[str, ...]]) -> bool:
    """Whether every cell of the table was read for certain out of rows that hold a figure for each column and nothing
    else, and the second reading has ``cut`` the same figures under the same labels: it can only read the same there."""
    table = form.table(one.table)
    keys = table.cells(frozenset(one.merged))
    used = [row for row in rows if row.index in one.consumed]
    return (
        not table.listing  # which is read out of lines of its own
        and len(used) == len(one.consumed) > 0
        and not any(remark.origin == "extraction" for remark in one.remarks)
        and all(row.printed == len(row.tail) and _figures_of(row) in cut for row in used)
        and sum(row.printed for row in used) == len(keys) == len(one.cells)
        and all(key in one.cells and one.cells[key].method in ("table", "order") for key in keys)
    )


def _figures_of(row: SourceRow) -> tuple[str, ...]:
    """A row's label and figures as printed, without the headings before its label."""
    return (row.item, *row.texts[row.split :])


def _is_elsewhere(form: Form, one: TableReading, other: TableReading) -> bool:
    """Whether the first reading took some other table for this one, of which
    the second shows far more rows."""
    return one.score < _ELSEWHERE * len(form.table(one.table).rows) and other.score > 2 * one.score


def _adopt_table(form: Form, one: TableReading, other: TableReading) -> None:
    """The first reading saw no table where the second did."""
    if not other.cells:
        return
    one.cells = {key: _as_text(cell) for key, cell in other.cells.items()}
    one.merged, one.lost, one.score, one.remarks = other.merged, other.lost, other.score, other.remarks
    one.spaced = other.spaced
    if other.rearranged or not (closes(form, one.table, one.cells) or _is_entire(form, other)):
        one.uncertain(
            "表格没有可用的框线或行列标记，按文字的位置和顺序读取，勾稽关系不足以证实。",
            "The table has no usable rules or markup; it was read by the position and order of its text, "
            "and the sums do not prove the reading.",
            [key for key in form.cells(frozenset(one.merged)) if key[0] == one.table],
        )


def _is_entire(form: Form, reading: TableReading) -> bool:
    """Whether every row of the form was found by its label, with just as many
    figures as the form has columns, and nothing besides: labels and count say
    the same, though no sums do (表二 has none)."""
    keys = {key for key in form.cells(frozenset(reading.merged)) if key[0] == reading.table}
    return (
        not any(remark.origin == "extraction" for remark in reading.remarks)
        and set(reading.cells) == keys
        and all(cell.method == "table" for cell in reading.cells.values())
    )


def _fill(form: Form, one: TableReading, sure: Mapping[CellKey, Cell]) -> None:
    lacking = [
        key
        for key, cell in sure.items()
        if key not in one.cells and cell.status == "reported" and not _contradicted(key, one.cells, sure)
    ]
    if not lacking:
        return
    filled = {**one.cells, **{key: _as_text(sure[key]) for key in lacking}}
    one.cells = {key: filled[key] for key in form.cells(frozenset(one.merged)) if key in filled}
    one.lost -= set(lacking)
    if not closes(form, one.table, one.cells):
        names = _names(form, lacking)
        one.uncertain(
            f"按表格结构没有读到、按文字位置读到的格：{names[0]}。",
            f"Cells not found by the table's structure but by the position of their text: {names[1]}.",
            lacking,
        )


def _contradicted(key: CellKey, first: Mapping[CellKey, Cell], second: Mapping[CellKey, Cell]) -> bool:
    """Whether the readings differ in another cell of the same row, so that the
    second has shifted what the first knows to be lost."""
    beside = [other for other in second if other[:2] == key[:2] and other in first]
    return any(squeeze(first[other].raw) != squeeze(second[other].raw) for other in beside)


def _question(form: Form, one: TableReading, sure: Mapping[CellKey, Cell]) -> None:
    differing = [
        key for key, cell in sure.items() if key in one.cells and not _same(one.cells[key], cell) and _is_figure(cell)
    ]
    if not differing or closes(form, one.table, one.cells):
        return
    one.cells, differing = _settled(form, one, sure, differing)
    if not differing:
        return
    # What differs everywhere is another table, not another reading of this one.
    same_table = len(differing) <= _MOST_DIFFERING * len(sure)
    changed = {**one.cells, **{key: _as_text(sure[key]) for key in differing}}
    readings = [(one.cells[key].raw, sure[key].raw) for key in differing]
    taken = "first"
    if same_table and closes(form, one.table, changed):
        one.cells, taken = changed, "second"
    zh_taken = "按文字位置的读法使勾稽关系成立，已采用" if taken == "second" else "按表格结构的读法保留"
    shown_zh, shown_en = _names(form, differing)
    pairs = "; ".join(f"{a!r} / {b!r}" for a, b in readings[:6])
    one.uncertain(
        f"两种读法不一致的格：{shown_zh}（按结构/按位置：{pairs}）；{zh_taken}。",
        f"The two readings differ in {shown_en} (by structure / by position: {pairs}); the {taken} stands.",
        differing,
    )


def _same(one: Cell, other: Cell) -> bool:
    """Whether two readings of a cell are one: the same text or, of a picture
    (where one takes this and one that stroke for a dash), the same figure."""
    if one.raw == other.raw or squeeze(one.raw) == squeeze(other.raw):
        return True
    seen = one.place.recognised and other.place.recognised and one.status in ("reported", "not_applicable")
    return seen and (one.status, one.value) == (other.status, other.value)


def _settled(
    form: Form, one: TableReading, sure: Mapping[CellKey, Cell], differing: Sequence[CellKey]
) -> tuple[dict[CellKey, Cell], list[CellKey]]:
    """The cells with those figures of a picture, and which of ``differing``
    stay open: of figures that stand in sums with each other one choice between
    the two readings is taken if it is the only one that closes all their sums."""
    cells, still_open = one.cells, list(differing)
    seen = [key for key in differing if one.cells[key].place.recognised]
    for keys, sums in _tied(form, one, seen):
        closing: list[dict[CellKey, Cell]] = []
        for taken in product((False, True), repeat=len(keys)) if len(keys) <= _MOST_TIED else ():
            chosen = {key: _as_text(sure[key]) for key, second in zip(keys, taken, strict=True) if second}
            figures = {**cells, **chosen}
            if all(residual(form, identity, where, figures) == 0 for identity, where in sums):
                closing.append(chosen)
        if len(closing) == 1:
            cells = {**cells, **closing[0]}
            still_open = [key for key in still_open if key not in keys]
    return cells, still_open


def _tied(
    form: Form, one: TableReading, keys: Sequence[CellKey]
) -> list[tuple[list[CellKey], list[tuple[Identity, str]]]]:
    """Groups of cells that stand in sums together, with all sums in which they stand."""
    groups: list[tuple[list[CellKey], list[tuple[Identity, str]]]] = []
    for identity, where in _sums_of(form, one):
        terms = set(chain(*identity.cells(where)))
        members = [key for key in keys if key in terms]
        if members:
            tied = [group for group in groups if not set(group[0]).isdisjoint(members)]
            groups = [group for group in groups if group not in tied]
            together = dict.fromkeys([*members, *chain(*(group[0] for group in tied))])
            groups.append((list(together), [(identity, where), *chain(*(group[1] for group in tied))]))
    return groups


def _sums_of(form: Form, one: TableReading) -> Iterator[tuple[Identity, str]]:
    """The sums of the table, each row's and column's."""
    for identity in form.identities:
        if identity.table == one.table:
            yield from ((identity, where) for where in identity.over)


def _is_figure(cell: Cell) -> bool:
    """Whether the second reading saw a figure there, known or unknown to the
    font. (It takes words of labels for figures now and then, for it sees no
    rules; and a figure that it misses here it has somewhere else.)"""
    return cell.status in ("reported", "not_applicable") or "\ufffd" in cell.raw


def _as_text(cell: Cell) -> Cell:
    return Cell(cell.key, cell.raw, cell.status, cell.value, cell.place, "text")


def _names(form: Form, keys: Sequence[CellKey]) -> tuple[str, str]:
    """The cells' names in Chinese and English, at most six of them."""
    zh, en = [], []
    for table, row, column in keys[:6]:
        found = form.table(table)
        zh.append(f"“{found.row(row).label_zh}”{found.column(column).label_zh}")
        en.append(f"{found.row(row).label_en} / {found.column(column).label_en}")
    more = len(keys) - 6
    return (
        "、".join(zh) + (f"等{len(keys)}格" if more > 0 else ""),
        ", ".join(en) + (f" and {more} more" if more > 0 else ""),
    )
