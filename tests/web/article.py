"""What stands on a page: a report's text, links to its files, or something that only looks like a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from tests.corpus.front import signature
from tests.corpus.grid import Grid, GridStyle, Heading, Title, compose
from tests.corpus.html_table import TableMarkup, table
from tests.corpus.labels import LabelStyle
from tests.corpus.model import Filing, Front


@dataclass(frozen=True)
class Article:
    """A page's title, source, day, 索引号 and body (markup), and where it stands."""

    title: str
    source: str
    day: date
    body: str
    number: str
    serial: int
    column: str = "政府信息公开年报"
    site: str = "示例政务网"


def report_body(filing: Filing, markup: str = "plain") -> str:
    """The filing's prose and tables as an editor's markup; without its title, which the frame prints."""
    parts = []
    for block in compose(filing, LabelStyle(), GridStyle()):
        if isinstance(block, Title):
            continue
        if isinstance(block, Grid):
            parts.append(table(block, TableMarkup("word" if markup == "word" else "plain")))
        elif isinstance(block, Heading):
            parts.append(f"<p><strong>{escape(block.text)}</strong></p>")
        else:
            parts.append(f'<p style="text-indent: 2em">{escape(block.text)}</p>')
    parts += [f'<p style="text-align: right">{line}</p>' for line in signature(filing, Front())]
    return "\n".join(parts)


def linked_body(title: str, names: Sequence[str], links: Sequence[str], pictures: bool, classes: str = "") -> str:
    """What a page says whose report is a file, or pictures of its pages."""
    if pictures:
        return "\n".join(f'<p align="center"><img {classes}src="{escape(link)}" alt=""/></p>' for link in links)
    items = "".join(
        f'<p>附件：<a {classes}href="{escape(link)}" target="_blank">{escape(name)}</a></p>'
        for name, link in zip(names, links, strict=True)
    )
    return f"<p>现将{escape(title)}予以公布。</p>\n{items}"
