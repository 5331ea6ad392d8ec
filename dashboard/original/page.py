"""An archived page made harmless, with the cells of its filing marked.

Runs in the child process alone (``dashboard.original.child``). What is shown is the tree that the reader reads, so
that tables, rows and columns are counted alike; each mark is compared with the text where it is put.

Marks are set as signs in the text and as an attribute of cells, both of a number that the page cannot know;
``nh3`` then lets through what is allowed alone, and only after that do the signs become ids, classes and links.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from dashboard.original.contacts import APART, Cut, cuts
from dashboard.original.lines import Counter, Line, stands_in
from dashboard.original.marks import How, Mark, Why, bare, standing_as
from extract.model import Field
from extract.readers.html import Standing, read_nodes
from transform.privacy import masked

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "title", "iframe", "frame", "frameset", "noframes", "object",
     "embed", "applet", "param", "svg", "math", "select", "button", "textarea", "datalist", "audio", "video", "source",
     "track", "canvas", "picture", "img", "map", "area", "link", "meta", "base", "xmp", "plaintext", "noembed",
     "marquee", "dialog", "portal", "slot"}
)  # fmt: skip
_WITHIN = frozenset(
    {"b", "big", "center", "code", "em", "font", "i", "ins", "mark", "small", "span", "strong", "sub", "sup", "tt", "u"}
)
_TAGS = _WITHIN | {
    "article", "aside", "blockquote", "br", "caption", "col", "colgroup", "dd", "div", "dl", "dt", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
# What does not end a line of text, as the reader has it (``extract.readers.html``).
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "em", "font", "i", "ins", "label", "mark", "o:p", "s", "small", "span", "st1:chsdate",
     "strong", "sub", "sup", "u"}
)  # fmt: skip
_CELL = {"colspan", "rowspan", "width", "height", "align", "valign", "bgcolor", "nowrap"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "align"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor", "bordercolor", "rules", "frame"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"height", "valign", "bgcolor"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "size"},
    "ol": {"start", "type"},
}
_SIDES = ("", "-top", "-right", "-bottom", "-left")
_STYLES = {
    "text-align", "vertical-align", "text-indent", "text-decoration", "font-weight", "font-style", "font-size",
    "line-height", "color", "background-color", "width", "height", "white-space", "border-collapse", "border-spacing",
    *(f"border{side}{part}" for side in _SIDES for part in ("", "-width", "-style", "-color")),
    *(f"padding{side}" for side in _SIDES),
}  # fmt: skip
_HARM = re.compile(r"url|expression|import|@|\\|[<>&]|/\*", re.IGNORECASE)
_SIGNS = re.compile("[\ue0f0-\ue0f2]")
_BEGIN, _END, _STOP = "\ue0f0", "\ue0f1", "\ue0f2"
_DATA = "data-cell"

STYLE = """
body{margin:1em;font-family:"Noto Serif CJK SC","Songti SC",SimSun,serif;line-height:1.6;color:#111;background:#fff}
table{border-collapse:collapse}td,th{padding:2px 4px}
a.cell{color:inherit;text-decoration:none;display:inline-block;min-width:1em;min-height:1em}
.held{outline:1px solid #6b7280;outline-offset:-2px}
.held.error,.held.warning,.held.info{outline-width:2px}
.held.error{outline-color:#b91c1c;background:#fee2e2}
.held.warning{outline-color:#b45309;background:#fef3c7}
.held.info{outline-color:#1d4ed8;background:#dbeafe}
.held.around{outline-style:dashed}
.held,.held :target{scroll-margin:30vh}
.held:target,.held:has(:target){outline:4px solid #7c3aed;outline-offset:-3px;background:#ede9fe}
"""
"""How an archived page is set, and its frames: ``held`` with the mark's kind, and ``around`` where more is framed."""


@dataclass
class MarkedPage:
    """``html`` is the whole document. Which marks it has, by their ids, and why it lacks the others."""

    html: str
    marked: dict[str, How] = field(default_factory=dict)
    unmarked: dict[str, Why] = field(default_factory=dict)


@dataclass
class _Frame:
    """What is framed together: the marks whose place it is."""

    marks: list[Mark] = field(default_factory=list)
    how: How = "cell"


def marked_page(data: bytes, marks: Sequence[Mark], back: str) -> MarkedPage:
    """The page with its marks; each leads back to ``back`` + "#" + its id, in the window around the page.

    ReadError("too_large") for a page that is no report's.
    """
    page = MarkedPage("")
    nonce = secrets.token_hex(8)
    frames: list[_Frame] = []
    parts: list[str] = []
    wanted = [mark for mark in marks if mark.locator]
    counted = Counter()
    for tree, blocks, standing in read_nodes(data):
        if tree.body is None:
            continue
        for node in tree.css(f"[{_DATA}]"):
            del node.attrs[_DATA]
        runs = list(_runs(tree.body))
        edits = _contacts(runs)
        _mark_cells(standing, wanted, page, frames, nonce)
        _mark_lines(counted.lines(blocks), _free(runs, standing), wanted, page, frames, edits, nonce)
        _edit(runs, edits)
        parts.append(_harmless(tree, nonce))
    for mark in marks:
        if mark.id not in page.marked and mark.id not in page.unmarked:
            page.unmarked[mark.id] = "not_found" if mark.locator else "no_place"
    body = _framed("\n".join(parts), frames, nonce, back)
    page.html = (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>原文 Original</title>'
        f"<style>{STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )
    return page


@dataclass(slots=True)
class _Run:
    """Texts that go on from one to the next; ``gap`` parts them from the next run."""

    nodes: list[LexborNode]
    texts: list[str]


def _runs(body: LexborNode) -> Iterator[_Run]:
    """The page's texts that are shown, in order."""
    run = _Run([], [])
    for node, entering in _walk(body):
        if node.tag == "-text":
            if entering and (text := node.text_content):
                run.nodes.append(node)
                run.texts.append(_SIGNS.sub("\ufffd", text))
        elif run.nodes and node.tag not in _INLINE and (node.tag or "-")[0] not in "-!":
            yield run
            run = _Run([], [])
    if run.nodes:
        yield run


def _walk(top: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below another, when it begins and when it ends; without calling itself, for a page may be deep."""
    node: LexborNode | None = top.child
    while node is not None:
        yield node, True
        if node.child is not None and node.tag not in _UNSEEN:
            node = node.child
            continue
        yield node, False
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == top.mem_id:
                return
            yield node, False
        node = node.next if node is not None else None


_Edits = dict[tuple[int, int], list[Cut]]
"""What is replaced, by the number of the run and of the text in it."""


def _contacts(runs: Sequence[_Run]) -> _Edits:
    places = [(number, place) for number, run in enumerate(runs) for place in range(len(run.texts))]
    texts = [text for run in runs for text in run.texts]
    gaps = [APART if place + 1 == len(runs[number].texts) else "" for number, place in places]
    return {places[piece]: found for piece, found in cuts(texts, gaps).items()}


def _edit(runs: Sequence[_Run], edits: _Edits) -> None:
    """Writes the texts back: without contacts, with signs, each where it belongs."""
    for number, run in enumerate(runs):
        for place, (node, text) in enumerate(zip(run.nodes, run.texts, strict=True)):
            found = sorted(edits.get((number, place), ()))
            last, shown = 0, list[str]()
            for start, end, instead in found:
                if end >= last or start == end:
                    shown += (text[last : max(start, last)], instead)
                    last = max(end, last)
            shown.append(text[last:])
            if found or _SIGNS.search(node.text_content or ""):
                node.replace_with("".join(shown))


def _mark_cells(standing: Standing, wanted: Sequence[Mark], page: MarkedPage, frames: list[_Frame], nonce: str) -> None:
    """Frames the cells of the page's tables whose text is that of a mark."""
    marks = _by_locator(wanted)
    held: dict[int, int] = {}
    for read, node in standing:
        for mark in marks.get(read.place.locator or "", ()):
            how = _how(mark, read, node, page)
            if how is None:
                continue
            if node.mem_id not in held:
                held[node.mem_id] = len(frames)
                frames.append(_Frame())
                node.attrs[_DATA] = f"{nonce}-{len(frames) - 1}"
                inside = node.tag in ("td", "th")
                if inside:
                    _enclose(node, len(frames) - 1)
            frame = frames[held[node.mem_id]]
            frame.marks.append(mark)
            frame.how = how if frame.how == "cell" else frame.how
            page.marked[mark.id] = how


def _how(mark: Mark, read: Field, node: LexborNode, page: MarkedPage) -> How | None:
    """How a mark stands in the node that its field was read from; None, and noted why, where it does not."""
    found = standing_as(mark, masked(read.text))
    if found not in ("cell", "around"):
        page.unmarked[mark.id] = "differs"
        return None
    return "cell" if found == "cell" and node.tag in ("td", "th") else "around"


def _by_locator(wanted: Sequence[Mark]) -> Mapping[str, list[Mark]]:
    marks: dict[str, list[Mark]] = {}
    for mark in wanted:
        marks.setdefault(mark.locator or "", []).append(mark)
    return marks


def _enclose(node: LexborNode, number: int) -> None:
    """Puts signs at the beginning and the end of what a node holds."""
    begin, end = f"{_BEGIN}{number}{_STOP}", f"{_END}{number}{_STOP}"
    node.insert_child(end)
    if (first := node.child) is not None:
        first.insert_before(begin)


def _free(runs: Sequence[_Run], standing: Standing) -> list[tuple[int, _Run]]:
    """The runs, with their numbers, that stand in no table that the reader read as one."""
    held = {node.mem_id for _, node in standing}
    found = []
    for number, run in enumerate(runs):
        above = run.nodes[0].parent
        while above is not None and above.mem_id not in held:
            above = above.parent
        if above is None:
            found.append((number, run))
    return found


def _mark_lines(
    lines: Sequence[Line], runs: Sequence[tuple[int, _Run]], wanted: Sequence[Mark], page: MarkedPage,
    frames: list[_Frame], edits: _Edits, nonce: str,
) -> None:  # fmt: skip
    """Frames lines of text in which cells stand. Only where the page's lines are those of the reader, one by one, is
    it certain which is which: a line that holds a figure alone has many like it."""
    marks = _by_locator([mark for mark in wanted if (mark.locator or "").startswith("line ")])
    if not marks:
        return
    printed = [(number, run) for number, run in runs if bare("".join(run.texts))]
    if [bare("".join(run.texts)) for _, run in printed] != [line.text for line in lines]:
        return
    for line, (number, run) in zip(lines, printed, strict=True):
        good = []
        for locator, texts in line.cells.items():
            for mark in marks.get(locator, ()):
                if stands_in(mark, texts):
                    good.append(mark)
                else:
                    page.unmarked[mark.id] = "differs"
        if good:
            _frame_line(good, number, run, page, frames, edits, nonce)


def _frame_line(
    marks: list[Mark], number: int, run: _Run, page: MarkedPage, frames: list[_Frame], edits: _Edits, nonce: str
) -> None:
    """Frames a line, or what holds it where it is set in several pieces."""
    if len(run.texts) == 1:
        how: How = "line"
        signs = f"{_BEGIN}{len(frames)}{_STOP}", f"{_END}{len(frames)}{_STOP}"
        end = len(run.texts[0])
        edits.setdefault((number, 0), []).extend([(0, 0, signs[0]), (end, end, signs[1])])
    elif (holder := _holder(run.nodes[0])) is not None and _DATA not in holder.attributes:
        how = "around"
        holder.attrs[_DATA] = f"{nonce}-{len(frames)}"
        _enclose(holder, len(frames))
    else:
        return
    frames.append(_Frame(marks, how))
    page.marked.update({mark.id: how for mark in marks})


def _holder(node: LexborNode) -> LexborNode | None:
    """The nearest node above a text that is a block of the page."""
    above = node.parent
    while above is not None and (above.tag in _INLINE or above.tag not in _TAGS):
        above = above.parent
    return above


def _harmless(tree: LexborHTMLParser, nonce: str) -> str:
    """The page's body with what is allowed alone."""
    sign = re.compile(rf"{nonce}-\d+")

    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == _DATA:
            return value if sign.fullmatch(value) else None
        return None if _HARM.search(value) else value

    body = tree.body
    return nh3.clean(
        (body.inner_html or "") if body is not None else "",
        tags=set(_TAGS),
        clean_content_tags=set(_UNSEEN) - _TAGS,
        attributes={**_ATTRIBUTES, "*": {*_ATTRIBUTES["*"], _DATA}},
        attribute_filter=allowed,
        filter_style_properties=_STYLES,
        url_schemes=set(),
        link_rel=None,
    )


def _framed(html: str, frames: Sequence[_Frame], nonce: str, back: str) -> str:
    """The page with its signs made ids, classes and links."""

    def link(mark: Mark) -> str:
        return f'href="{escape(back)}#{mark.id}" target="_top"'

    def attribute(match: re.Match[str]) -> str:
        frame = frames[int(match[1])]
        first = frame.marks[0]
        kind = "around " if frame.how != "cell" else ""
        return f'id="{first.id}" class="held {kind}{first.kind}"'

    def begin(match: re.Match[str]) -> str:
        frame = frames[int(match[1])]
        others = "".join(f'<span id="{mark.id}"></span>' for mark in frame.marks[1:])
        first = frame.marks[0]
        if frame.how == "line":
            return f'<a id="{first.id}" class="cell held {first.kind}" {link(first)}>{others}'
        return f'{others}<a class="cell" {link(first)}>'

    html = re.sub(rf'{_DATA}="{nonce}-(\d+)"', attribute, html)
    html = re.sub(f"{_BEGIN}(\\d+){_STOP}", begin, html)
    return re.sub(f"{_END}\\d+{_STOP}", "</a>", html)
