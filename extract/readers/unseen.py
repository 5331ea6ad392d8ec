"""A page's tree as a browser shows it: without what is hidden or struck out,
with what form controls show, with marks of notes apart from figures."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.readers.notes import raised

_STRUCK = 'del, s, strike, [style*="line-through" i]'
_NOT_DISPLAYED = '[style*="none" i], [style*="visibility" i]'
_INVISIBLE = '[style*="visibility" i]'
_TINY = '[style*="font-size:0" i], [style*="font-size: 0" i]'
_UNPRINTED = "script, style, noscript, template, rt, rp"
_READINGS = frozenset({"rt", "rp"})  # of characters, printed over them: left out wherever they stand
_RAISED = 'sup, sub, [style*="vertical-align:super" i], [style*="vertical-align: super" i], a[href*="_ftn"]'
_CONTROLS = "select, input"
_PICTURES = "img[alt]"
# Tags that the selectors of the same names look for: to search the page's bytes for them all at once costs less
# than to search its tree for each, of which all nodes are compared with each selector.
_TAGS = re.compile(
    rb"<(?:del|s(?=[\s>/])|strike|script|style|select|su[pb]|r[tp]|noscript|template|input|img|image)(?=[\s>/]|\Z)"
)
_STRUCK_TAGS = frozenset({b"<del", b"<s", b"<strike"})
_UNPRINTED_TAGS = frozenset({b"<script", b"<style", b"<noscript", b"<template", b"<rt", b"<rp"})
_CONTROL_TAGS = frozenset({b"<select", b"<input"})
_RAISED_TAGS = frozenset({b"<sup", b"<sub"})
_PICTURE_TAGS = frozenset({b"<img", b"<image"})  # (the parser makes one of the other)

_TINY_TEXT = re.compile(rb"font-size\s*:\s*0")

_NOT_SHOWN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SHOWN_EMPTY = re.compile(r"visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\.0*)?(?![.\d])", re.IGNORECASE)
_SHOWN_AGAIN = '[style*="visibility" i], [style*="font-size" i]'
_CELLS = frozenset({"td", "th"})
_PARTS = frozenset({"table", "tr", "tbody", "thead", "tfoot", *_CELLS})
_BLOCKS = frozenset({"p", "div", "li", "body", *_PARTS})
_TYPED = frozenset({"", "text", "number", "tel", "search"})


class Source:
    """A page's bytes in lower case, to be searched for what the tree may have something of."""

    def __init__(self, page: bytes) -> None:
        self.bytes = page.lower()
        self._tags = frozenset(_TAGS.findall(self.bytes))

    def has(self, *words: bytes) -> bool:
        """Whether any of the words is in it."""
        return any(word in self.bytes for word in words)

    def holds(self, tags: frozenset[bytes]) -> bool:
        """Whether any of the tags is in it, of those that are looked for."""
        return not self._tags.isdisjoint(tags)


def show(tree: LexborHTMLParser, source: Source) -> None:
    """Changes the tree to what is shown; ``source`` is the page's.

    Hidden text goes where it stands in a table of figures, and hidden tables
    go unless there are no others. A hidden block of tables goes only if as many
    rows remain without it: some sites hide an article and show it by script.
    """
    if selectors := _hiding(source):
        _drop_hidden(tree, selectors)
    if source.holds(_STRUCK_TAGS) or source.has(b"line-through"):
        for node in _inmost_first(tree.css(_STRUCK)):
            _take_out(node)
    for node in _inmost_first(tree.css(_UNPRINTED) if source.holds(_UNPRINTED_TAGS) else ()):
        if node.tag in _READINGS or above_of(node, _CELLS) is not None:
            node.decompose()
    for node in _inmost_first(tree.css(_CONTROLS) if source.holds(_CONTROL_TAGS) else ()):
        if above_of(node, _CELLS) is not None:
            node.replace_with(_shown_by(node))
    if source.holds(_RAISED_TAGS) or source.has(b"super", b"_ftn"):
        for node in _inmost_first(tree.css(_RAISED)):
            text = node.text(deep=True)
            if (shown := raised(_before(node), text)) != text:
                node.replace_with(shown)
    for node in _inmost_first(tree.css(_PICTURES) if source.holds(_PICTURE_TAGS) else ()):
        cell = above_of(node, _CELLS)
        if cell is not None and not cell.text(deep=True).strip():
            node.replace_with(node.attributes.get("alt") or "")


def _inmost_first(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """The nodes, each once, in reverse document order: what holds others comes
    after them, for a node that was taken out must not be touched again."""
    return list({node.mem_id: node for node in nodes}.values())[::-1]


def _hiding(source: Source) -> str:
    """The selectors of all nodes of a page that may be hidden; "" where there are none."""
    tiny = _TINY_TEXT.search(source.bytes) is not None
    selectors = ["[hidden]"] if source.has(b"hidden") else []
    if tiny or source.has(b"display", b"mso-hide"):
        selectors.append(_NOT_DISPLAYED)
    elif source.has(b"visibility"):
        selectors.append(_INVISIBLE)
    return ", ".join([*selectors, _TINY] if tiny else selectors)


def _drop_hidden(tree: LexborHTMLParser, selectors: str) -> None:
    nodes = _inmost_first(node for node in tree.css(selectors) if _is_hidden(node))
    if not nodes:
        return
    all_rows = len(tree.css("tr"))
    tables = {node.mem_id for node in nodes if node.tag == "table"}
    blocks = {node.mem_id for node in nodes if node.mem_id not in tables and node.css_first("table") is not None}
    drops_tables = _rows_in(nodes, tables) < all_rows
    drops_blocks = 2 * _rows_in(nodes, tables | blocks) <= all_rows
    for node in nodes:
        if node.mem_id in tables or node.mem_id in blocks:
            if drops_tables if node.mem_id in tables else drops_blocks:
                node.decompose()
        elif (table := above_of(node, frozenset({"table"}))) is not None and len(table.css("table")) == 1:
            _take_out(node)


def _rows_in(nodes: Iterable[LexborNode], holders: set[int]) -> int:
    return len({row.mem_id for node in nodes if node.mem_id in holders for row in node.css("tr")})


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = attributes.get("style") or ""
    if "hidden" in attributes or _NOT_SHOWN.search(style):
        return True
    if not _SHOWN_EMPTY.search(style):
        return False
    # What is within may be shown all the same.
    return all(inner.mem_id == node.mem_id for inner in node.css(_SHOWN_AGAIN))


def _take_out(node: LexborNode) -> None:
    """Takes a node out of the tree; cells that keep their place are emptied."""
    attributes = node.attributes
    if node.tag not in _PARTS or "hidden" in attributes or _NOT_SHOWN.search(attributes.get("style") or ""):
        node.decompose()
        return
    for cell in [node] if node.tag in _CELLS else node.css("td, th"):
        while (child := cell.child) is not None:
            child.decompose()


def _shown_by(control: LexborNode) -> str:
    """What a select or an input shows."""
    if control.tag == "select":
        option = control.css_first("option[selected]") or control.css_first("option")
        return option.text(deep=True) if option is not None else ""
    attributes = control.attributes
    return attributes.get("value") or "" if (attributes.get("type") or "").lower() in _TYPED else ""


def above_of(node: LexborNode, tags: frozenset[str]) -> LexborNode | None:
    """The nearest node above another that has one of these tags; None where there is none."""
    above = node.parent
    while above is not None and above.tag not in tags:
        above = above.parent
    return above


def _before(node: LexborNode) -> str:
    """The text right before a node on its line."""
    at: LexborNode | None = node
    while at is not None and at.tag not in _BLOCKS:
        before = at.prev
        while before is not None:
            text = before.text_content if before.tag == "-text" else before.text(deep=True)
            if text and text.strip():
                return text
            before = before.prev
        at = at.parent
    return ""
