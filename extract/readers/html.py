"""HTML pages: paragraphs and tables in document order."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import accumulate

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from extract.charset import decode
from extract.model import Block, Document, Field, Grid, Paragraph, Place
from extract.readers.embedded import append_embedded
from extract.readers.limits import MAX_TAGS, check_count
from extract.readers.lines import read_lines
from extract.readers.spaced import regroup_all
from extract.readers.unseen import Source, above_of, show

_SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "select", "button", "iframe", "svg"})
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "em", "font", "i", "ins", "label", "mark", "o:p", "s", "small", "span", "st1:chsdate",
     "strong", "sub", "sup", "u"}
)  # fmt: skip
_NO_ELEMENT = frozenset({"-", "!"})  # comments and the like, by the beginning of their name
_CELLS = frozenset({"td", "th"})
_TABLES = frozenset({"table"})
_SPACES = re.compile(r"[ \t\r\n\f\u3000\xa0]+")
_BLANKS = re.compile(r" +")
_LEADING_NUMBER = re.compile(r"\s*(\d{1,6})")
_SPANNED = "[colspan], [rowspan]"
_PARTING = "br, p + p, div + div"
_NEIGHBOURS = "td + td"  # which nearly every table has in its first row
_TAIL = 1000  # characters at the end of a page where its last tag is expected
_OPEN_FIGURE = re.compile(r"[0-9０-９.,，]\s*\Z")  # at the end of what was cut: more digits may have followed
_MAX_SPAN = 200  # no table of the form is wider; larger spans are mistakes or attacks
_MAX_COLUMNS = 1000
_USUAL_COLUMNS = 24  # 表四, the widest of the form, has 15
_MAX_DEPTH = 400
_MAX_NESTING = 10_000
# Tags that stay open until they are closed: neither void ones nor those that the next of their kind closes.
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:p|br|hr|img|input|meta|link|col|wbr|area|base|embed|param|source|track|li|td|th|tr|tbody|thead|tfoot"
    r"|dt|dd|option)\b)[a-z][a-z0-9:_-]*(?:\s[^<>]*)?(?<!/)>",
    re.IGNORECASE,
)

_LARGE = 60  # cells

# Nothing listens to what happens to the tree; to tell nobody takes a tenth less time to build it.
_QUIETLY = int(LexborDocumentOptions.WO_EVENTS)


def read(data: bytes) -> Document:
    """The page's paragraphs and innermost tables, with its meta tags.

    A table that contains tables is layout: its cells are read as page, its
    inner tables as tables. Places are locators "table N, row R, column C",
    counted from 1 over the page's innermost tables. On a page without a table
    of the size of the form's, pictures that it carries within itself are
    recognised.
    """
    text = decode(data)
    truncated = _is_truncated(text)
    tree = _parse(_closed(text, truncated))
    blocks = _blocks(tree, 0)
    if "_CONFIG" in text and not any(map(_is_large, blocks)):
        blocks += read_fragment(_carried(text), sum(isinstance(block, Grid) for block in blocks))
    positions: list[Grid] = []
    if "data:image" in text and not any(map(_is_large, blocks)):
        append_embedded(blocks, positions, text)
    meta: dict[str, str] = {}
    for node in tree.css("meta[name]"):
        attributes = node.attributes
        name, content = attributes.get("name"), attributes.get("content")
        if name and content:
            meta.setdefault(name.strip().lower(), content.strip())
    title = tree.css_first("title")
    if title is not None:
        meta.setdefault("title", _clean(title.text()))
    headings = [text for node in tree.css("h1") if "公开" in (text := _clean(node.text()))]
    if len(headings) == 1:  # several are no title but a list
        meta.setdefault("heading", headings[0])
    return Document("text/html", blocks, meta, positions or None, truncated)


class Standing(list[tuple[Field, LexborNode]]):
    """Fields, each with the node that it was read from: a cell, or a text set with spaces that holds many fields."""


def read_nodes(data: bytes) -> list[tuple[LexborHTMLParser, list[Block], Standing]]:
    """What ``read`` reads, with the nodes it stands in: the page's tree as it was read (without what is hidden),
    its blocks, and where their fields stand; then the same of an article that the page carries in its script.
    Pictures are passed over. ReadError("too_large") as ``check_markup`` says."""
    text = decode(data)
    tree, standing = _parse(_closed(text, _is_truncated(text))), Standing()
    blocks = _blocks(tree, 0, standing)
    if "_CONFIG" not in text or any(map(_is_large, blocks)):
        return [(tree, blocks, standing)]
    article, within = _parse(_carried(text)), Standing()
    tables = sum(isinstance(block, Grid) for block in blocks)
    return [(tree, blocks, standing), (article, _blocks(article, tables, within), within)]


def _closed(text: str, truncated: bool) -> str:
    """A page with a mark after its last figure, where more digits may have followed."""
    return f"{text}\ufffd" if truncated and _OPEN_FIGURE.search(text) else text


_DETAIL = re.compile(r"""["']?DETAIL["']?\s*:\s*\{""")
_CONTENT = re.compile(r"""["']?content["']?\s*:\s*("(?:[^"\\]|\\.)*")""", re.DOTALL)
_LONGEST_SCRIPT = 4_000_000  # characters


def _carried(text: str) -> str:
    """The body of an article that a page carries in its script, as those of
    the provincial platform of Guangdong do (``window._CONFIG``, ``DETAIL``,
    ``content``), to be shown by a browser; "" where there is none."""
    detail = _DETAIL.search(text)
    content = _CONTENT.search(text, detail.end(), detail.end() + _LONGEST_SCRIPT) if detail else None
    if content is None:
        return ""
    try:
        body = json.loads(content[1], strict=False)
    except ValueError:
        return ""
    return f"<div>{body}</div>" if isinstance(body, str) and "<" in body else ""


def _is_large(block: Block) -> bool:
    """Whether this may be the form's largest table, of applications (200 cells), rather than a page's metadata."""
    return isinstance(block, Grid) and sum(map(len, block.rows)) >= _LARGE


def read_fragment(text: str, tables_before: int) -> list[Block]:
    """The blocks of a piece of HTML within another text; its tables are
    counted on from ``tables_before``."""
    return _blocks(_parse(text), tables_before)


def check_markup(text: str) -> None:
    """ReadError("too_large") for a page that would take the parser more than
    seconds (its time grows with the square of the depth)."""
    tags = text.count("<")
    check_count(tags, MAX_TAGS, "个标记", "tags")
    if tags > _MAX_NESTING:
        opened = accumulate(-1 if match[1] else 1 for match in _NESTING_TAG.finditer(text))
        check_count(max(opened, default=0), _MAX_NESTING, "层嵌套", "levels of nesting")


def _parse(text: str) -> LexborHTMLParser:
    """The page's tree; ReadError("too_large") as ``check_markup`` says."""
    check_markup(text)
    tree = LexborHTMLParser(text, options=_QUIETLY)
    show(tree, Source(tree.raw_html))
    return tree


def _is_truncated(text: str) -> bool:
    """Whether the page ends within a table, or without the end of a page that it begins."""
    if "</html" in text[-_TAIL:].lower():
        return False
    lowered = text.lower()
    if "</html" in lowered:
        return False
    return lowered.rfind("<table") > lowered.rfind("</table") or ("<html" in lowered and "</body" not in lowered)


def _blocks(tree: LexborHTMLParser, tables_before: int, standing: Standing | None = None) -> list[Block]:
    walker = _Walker(_Rarities(tree), tables_before, standing)
    if tree.body is not None:
        walker.walk(tree.body, 0)
    walker.flush()
    return regroup_all(walker.blocks)


class _Rarities:
    """What few tables or cells of a page have, as ids of nodes: looked for once for all of its tables."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.spanned = {cell.mem_id for cell in tree.css(_SPANNED)}
        self.holding_tables: set[int] = set()
        for table in tree.css("table table"):
            if (above := above_of(table, _TABLES)) is not None:
                self.holding_tables.add(above.mem_id)
        self.has_foot = tree.css_first("tfoot") is not None


class _Walker:
    """Collects blocks while walking the tree in document order, and in ``standing`` the nodes of their fields."""

    def __init__(self, rarities: _Rarities, tables_before: int = 0, standing: Standing | None = None) -> None:
        self.blocks: list[Block] = []
        self._standing = standing
        self._text: list[str] = []
        self._tables = tables_before
        self._rarities = rarities

    def flush(self) -> None:
        if not self._text:
            return
        text = "".join(self._text).strip()
        self._text.clear()
        if "\n" in text:
            text = "\n".join([bare for line in text.split("\n") if (bare := line.strip(" "))])
        if "  " in text:
            text = _BLANKS.sub(" ", text)
        if text:
            self.blocks.append(Paragraph(text))

    def walk(self, node: LexborNode, depth: int) -> None:
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                text = child.text_content or ""
                if self._text or not text.isspace():  # (a paragraph begins with what is printed)
                    self._text.append(" " if text == "\n" else _one_space(text))
            elif tag in _SKIPPED or tag is None or tag[:1] in _NO_ELEMENT:
                continue
            elif tag == "br":
                self._text.append("\n")
            elif tag == "table" and not _is_layout(child, self._rarities):
                self.flush()
                self._tables += 1
                self.blocks.append(_grid(child, self._tables, self._rarities, self._standing))
            elif tag == "pre" and (found := _preformatted(child, self._tables)):
                self.flush()
                self.blocks += found
                if self._standing is not None:
                    grids = (block for block in found if isinstance(block, Grid))
                    self._standing += [(field, child) for grid in grids for row in grid.rows for field in row]
                self._tables += sum(isinstance(block, Grid) for block in found)
            elif depth >= _MAX_DEPTH:
                self._text.append(_one_space(child.text(deep=True)))
            elif tag in _INLINE:
                self.walk(child, depth + 1)
            else:
                self.flush()
                self.walk(child, depth + 1)
                self.flush()


def _preformatted(node: LexborNode, tables: int) -> list[Block]:
    """The blocks of a text set with tabs and spaces; [] for one without tables,
    whose lines may be parts of sentences."""
    if node.css_first("table, br, pre pre") is not None:
        return []
    blocks = read_lines(node.text(deep=True), 1, tables)
    return blocks if any(isinstance(block, Grid) for block in blocks) else []


def _is_layout(table: LexborNode, rarities: _Rarities) -> bool:
    """Whether a table holds tables, or a single cell."""
    if table.mem_id in rarities.holding_tables:
        return True
    return table.css_first(_NEIGHBOURS) is None and len(table.css("td, th")) <= 1


def _grid(table: LexborNode, number: int, rarities: _Rarities, standing: Standing | None = None) -> Grid:
    """Rows of fields with their columns after span expansion.

    A cell that a row span carries down occupies its columns in the rows
    below but is not repeated there. Spans that overlap or overrun the table
    are cut, as browsers do.
    """
    rows: list[list[Field]] = []
    spanned, parted = rarities.spanned, _parted(table)
    occupied: dict[int, int] = {}  # column → rows still covered from above
    for row_number, row in enumerate(_rows(table, rarities), start=1):
        fields: list[Field] = []
        column = 0
        below: dict[int, int] = {}
        places = _places(number, row_number)
        for cell in row.iter():
            if cell.tag not in _CELLS:
                continue
            while column in occupied:
                column += 1
            if column >= _MAX_COLUMNS:
                break
            colspan = rowspan = 1
            node = cell.mem_id
            if node in spanned:
                attributes = cell.attributes
                colspan, rowspan = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
            place = places[column] if column < _USUAL_COLUMNS else _place(number, row_number, column)
            text = _parted_text(cell, rarities) if node in parted else _clean(cell.text(deep=True))
            fields.append(Field(text, column, place, colspan, rowspan))
            if standing is not None:
                standing.append((fields[-1], cell))
            if rowspan > 1:
                for covered in range(column, column + colspan):
                    below[covered] = rowspan
            column += colspan
        if occupied or below:
            occupied = {c: n - 1 for c, n in {**occupied, **below}.items() if n > 1}
        rows.append(fields)
    return Grid(rows)


def _rows(table: LexborNode, rarities: _Rarities) -> list[LexborNode]:
    """The table's rows as a browser shows them: a foot last, wherever it stands."""
    rows = table.css("tr")
    if not rarities.has_foot:
        return rows
    foot = {row.mem_id for row in table.css("tfoot tr")}
    return [row for row in rows if row.mem_id not in foot] + [row for row in rows if row.mem_id in foot]


@lru_cache(maxsize=256)
def _span(value: str | None) -> int:
    if not value:
        return 1
    match = _LEADING_NUMBER.match(value)
    return min(max(int(match.group(1)), 1), _MAX_SPAN) if match else 1


@lru_cache(maxsize=512)
def _places(table: int, row: int) -> list[Place]:
    """The places of a row's first columns: those of the rows of the form's tables are the same in every document."""
    return [_place(table, row, column) for column in range(_USUAL_COLUMNS)]


def _place(table: int, row: int, column: int) -> Place:
    return Place(None, None, f"table {table}, row {row}, column {column + 1}")


def _parted(table: LexborNode) -> set[int]:
    """The cells of a table that hold line breaks or several paragraphs, which few do; looked for once for all."""
    above = (above_of(node, _CELLS) for node in table.css(_PARTING))
    return {node.mem_id for node in above if node is not None}


def _parted_text(cell: LexborNode, rarities: _Rarities) -> str:
    """The text of a cell of several lines; figures that a line break or paragraph keeps apart stay apart."""
    text = cell.text(deep=True)
    if not any(map(str.isdigit, text)):
        return _clean(text)
    walker = _Walker(rarities)
    walker.walk(cell, 0)
    walker.flush()
    return "\n".join(block.text for block in walker.blocks if isinstance(block, Paragraph))


def _one_space(text: str) -> str:
    """The text with each run of white space made one space. Most texts have none: it is never
    printable, but for the space itself."""
    return text if text.isprintable() and " " not in text else _SPACES.sub(" ", text)


@lru_cache(maxsize=8192)
def _clean(text: str) -> str:
    return text if text.isalnum() or not text else _SPACES.sub(" ", text).strip()
