"""The markup of a table in a page, from clean to what word processors leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from tests.corpus import flat
from tests.corpus.grid import Box, Grid

WORD_CELL = "border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt"
WORD_SPAN = "font-size:10.5pt;font-family:宋体;mso-font-kerning:0pt"
ATTRIBUTES = {
    "plain": 'border="1" cellspacing="0" cellpadding="0" align="center"',
    "paragraphs": 'align="center" border="1" cellspacing="1"',
    "word": 'class="MsoNormalTable" border="0" cellspacing="0" cellpadding="0" '
    'style="border-collapse:collapse;mso-yfti-tbllook:1184"',
}


@dataclass(frozen=True)
class TableMarkup:
    """How a table is marked up; the fields are those of ``html.HtmlLayout``."""

    markup: Literal["plain", "paragraphs", "word", "heavy"] = "plain"
    empty: str = "&nbsp;"
    head_cells: bool = False
    row_heads: bool = False
    vertical_label: bool = False
    spans: Literal["right", "group_large", "group_small", "label_wide", "figure_wide", "missing"] = "right"
    sections: Literal["one", "head", "foot_first", "bodies", "none"] = "one"
    breaks_in_cells: bool = False


def table(grid: Grid, markup: TableMarkup) -> str:
    """The table element."""
    lines = ["<tr>" + "".join(_cell(box, markup) for box in boxes) + "</tr>" for boxes in grid.rows]
    attributes = ATTRIBUTES.get(markup.markup, ATTRIBUTES["word"])
    body = "\n".join(_sections(grid, lines, markup.sections))
    return f"<table {attributes}>{body}</table>"


def flattened(grid: Grid, how: str) -> str:
    """The table without its markup: one cell to a paragraph, division or line,
    or cells parted by pipes."""
    if how == "pipes":
        return "<p>" + "<br/>\n".join(" | ".join(map(_plain, row)) + " |" for row in flat.rows(grid)) + "</p>"
    texts = [_plain(text) for text in flat.cells(grid)]
    wrap: dict[str, Callable[[str], str]] = {
        "paragraphs": lambda text: f"<p>{text or '&nbsp;'}</p>",
        "divisions": lambda text: f"<div><div>{text}</div></div>",
        "pipe_lines": lambda text: f"{text} |<br/>",
        "breaks": lambda text: f"{text}<br/>",
    }
    body = "\n".join(wrap[how](text) for text in texts if text or how != "breaks")
    return body if how in ("paragraphs", "divisions") else f"<p>{body}</p>"


def _plain(text: str) -> str:
    return escape(text, quote=False)


def _sections(grid: Grid, lines: Sequence[str], sections: str) -> list[str]:
    """Rows in thead, tbody and tfoot. A section ends only where no span crosses."""
    heads = next((at for at, boxes in enumerate(grid.rows) if any(box.key for box in boxes)), 0)
    crossed = {top + down for top, _, box in grid.placed() for down in range(1, box.rows)}
    last = len(lines) - 1
    if sections == "none":
        return ["", *lines, ""]
    if sections in ("head", "foot_first") and 0 < heads < last and heads not in crossed and last not in crossed:
        head, body, foot = lines[:heads], lines[heads:last], lines[last:]
        if sections == "head":
            return ["<thead>", *head, "</thead><tbody>", *body, "</tbody><tfoot>", *foot, "</tfoot>"]
        return ["<thead>", *head, "</thead><tfoot>", *foot, "</tfoot><tbody>", *body, "</tbody>"]
    if sections == "bodies":
        parted = [
            line if at == 0 or at in crossed or at % 3 else f"</tbody><tbody>{line}" for at, line in enumerate(lines)
        ]
        return ["<tbody>", *parted, "</tbody>"]
    return ["<tbody>", *lines, "</tbody>"]


def _cell(box: Box, markup: TableMarkup) -> str:
    rows, columns = _spans(box, markup.spans)
    spans = (f' rowspan="{rows}"' if rows > 1 else "") + (f' colspan="{columns}"' if columns > 1 else "")
    text = escape(box.text, quote=False)
    if markup.vertical_label and box.vertical:
        text = "<br/>".join(text)
    elif markup.breaks_in_cells and markup.markup != "heavy":
        text = _broken(box, text)
    content = text or markup.empty
    if markup.markup == "heavy":
        return f'<td{spans} valign="top" width="57" style=\'{WORD_CELL};mso-border-alt:solid\'>{_heavy(box)}</td>'
    if markup.markup == "word":
        align = "left" if box.kind in ("label", "group") else "center"
        content = (
            f'<p class="MsoNormal" align="{align}" style="text-align:{align};mso-pagination:widow-orphan">'
            f'<span lang="EN-US" style="{WORD_SPAN}">{content}<o:p></o:p></span></p>'
        )
        return f'<td{spans} style="{WORD_CELL}">{content}</td>'
    if markup.markup == "paragraphs":
        content = f'<p align="center">{content}</p>'
    tag = "td"
    if (markup.head_cells and box.kind in ("head", "block")) or (markup.row_heads and box.kind in ("label", "group")):
        tag = "th"
    return f"<{tag}{spans}>{content}</{tag}>"


def _spans(box: Box, spans: str) -> tuple[int, int]:
    """Row and column span as the page states them."""
    rows, columns = box.rows, box.columns
    if spans == "missing":
        return 1, 1
    if spans == "group_large" and box.kind == "group" and box.vertical:
        rows += 1
    if spans == "group_small" and box.kind == "group":
        rows = max(1, rows - 1)
    if spans == "label_wide" and box.kind == "label":
        columns += 1
    if spans == "figure_wide" and box.key is not None and box.key[2] == "total":
        columns += 1
    return rows, columns


def _broken(box: Box, text: str) -> str:
    """Line breaks within words, as narrow columns were filled by hand."""
    if box.key is not None:
        return f"{text}<br/>" if text else ""
    if box.kind in ("head", "group") and len(box.text) == 4:
        return f"{text[:2]}<br/>{text[2:]}"
    return f"{text[:5]}<br/>{text[5:]}" if len(box.text) > 8 and "&" not in text else text


def _heavy(box: Box) -> str:
    """What pasting leaves: nested spans around every few characters, comments
    for old programs, empty elements."""
    if not box.text:
        inner = "<!--[if !supportEmptyParas]-->&nbsp;<!--[endif]--><o:p></o:p>"
    else:
        step = 1 if box.key is not None else 4
        pieces = [box.text[at : at + step] for at in range(0, len(box.text), step)]
        runs = "".join(
            f"<span style='{WORD_SPAN}'><font face=\"宋体\"><span style=\"mso-spacerun:'no'\">{_plain(piece)}"
            "</span></font></span>"
            for piece in pieces
        )
        inner = f"<b><span lang=EN-US>{runs}</span></b><span lang=EN-US><o:p>&nbsp;</o:p></span>"
    return f"<p class=MsoNormal style='mso-pagination:widow-orphan;mso-line-height-rule:exactly'>{inner}</p>"
