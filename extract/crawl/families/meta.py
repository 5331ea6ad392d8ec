"""What a report's page says of itself: its meta tags, the block of metadata above its text, its title."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser

from extract.crawl.model import Hint
from extract.figures import squeeze
from extract.identity.dates import ANY_DATE, parse_date
from extract.identity.names import is_organisation
from extract.identity.titles import Title, parse_title

_LABELS = {
    "index": re.compile(r"(?:信息)?索引号?|索取号"),
    "agency": re.compile(r"发布(?:机构|机关|单位)|公开(?:主体|机构)|所属机构|信息来源|来源"),
    "published": re.compile(r"(?:发布|公开|信息)(?:日期|时间)"),
    "made": re.compile(r"(?:发文|生成|成文|公文生成|产生)日期"),
    "title": re.compile(r"(?:文件|信息)?名称|标题"),
}
_ANY_LABEL = re.compile(
    "|".join(pattern.pattern for pattern in _LABELS.values())
    + r"|(?:备注/)?文号|发文字号|.{0,4}分类|主题词|关键词|有效性|(?:公文)?时效性?|公开(?:方式|形式|时限|范围|目录)"
    r"|.{0,3}体裁|内容概述"
)
_INDEX_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-/_.()]{4,60}")
_LINES = 600  # of a page's text in which the block stands
_LONGEST = 150
_BLOCK = re.compile(r"索\s*引|索取号|发布|公开|生成|成文|发文|产生|名\s*称|标\s*题|机构|来源|主体")
_META = {"articletitle": "title", "pubdate": "published", "contentsource": "agency", "maketime": "made"}


def page_hint(tree: LexborHTMLParser, base: Hint | None = None) -> Hint:
    """The hint that a report's page gives; ``base``: what other parts of an
    answer have said of it already, which counts before the page."""
    stated = _meta_tags(tree)
    block = _block(tree)
    titles = [*stated.get("title", ()), *block.get("title", ()), *_headings(tree)]
    title = _best(titles)
    text = title.text if title else next(iter([*stated.get("title", ()), *block.get("title", ())]), None)
    sources = [squeeze(name) for name in (*stated.get("agency", ()), *block.get("agency", ()))]
    found = Hint(
        title=text,
        published_on=_date(stated, block),
        agency=(title.who if title else "") or next(filter(is_organisation, sources), None),
        report_year=title.year if title else None,
        index_number=next(filter(_INDEX_NUMBER.fullmatch, map(squeeze, block.get("index", ()))), None),
    )
    return base.over(found) if base else found


def _meta_tags(tree: LexborHTMLParser) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[name][content]"):
        role = _META.get((node.attributes.get("name") or "").strip().lower())
        content = (node.attributes.get("content") or "").strip()
        if role and content:
            found.setdefault(role, []).append(content)
    return found


def _headings(tree: LexborHTMLParser) -> Iterator[str]:
    for selector in ("h1", "h2", "h3", "title"):
        for node in tree.css(selector)[:3]:
            text = squeeze(node.text(deep=True))
            yield text
            if selector == "title":
                yield from re.split(r"[_|]|--+|—", text)


def _best(titles: Sequence[str]) -> Title | None:
    """The first report's title that names a year, else the first at all."""
    parsed = [title for text in titles if (title := parse_title(squeeze(text), -1)) and not title.is_about]
    return next((title for title in parsed if title.year is not None), parsed[0] if parsed else None)


def _date(stated: dict[str, list[str]], block: dict[str, list[str]]) -> str | None:
    """The day of publication; where only that of the document's making is stated, that."""
    texts = [
        *stated.get("published", ()),
        *block.get("published", ()),
        *block.get("made", ()),
        *stated.get("made", ()),
    ]
    for text in texts:
        match = ANY_DATE.search(squeeze(text))
        found = parse_date(match.group()) if match else None
        if found is not None:
            return found.isoformat()
    return None


def _block(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """The values of the labels in a page's text, whether a value stands behind its label or in the next cell."""
    found: dict[str, list[str]] = {}
    body = tree.body
    if body is None:
        return found
    text = body.text(deep=True, separator="\n")
    if not _BLOCK.search(text):
        return found
    lines = [squeezed for line in text.split("\n", 4 * _LINES)[: 4 * _LINES] if (squeezed := squeeze(line[:_LONGEST]))][
        :_LINES
    ]
    for at, line in enumerate(lines):
        label, value = _split(line)
        role = next((role for role, pattern in _LABELS.items() if pattern.fullmatch(label)), None)
        if role is None:
            continue
        following = lines[at + 1] if at + 1 < len(lines) else ""
        value = value or ("" if _is_label(following) else following.lstrip(":"))
        if value:
            found.setdefault(role, []).append(value)
    return found


def _split(line: str) -> tuple[str, str]:
    """Label and value of a line: 索引号:123, [索引号]123, 索引号 alone."""
    bare = line.lstrip("[【·•").replace("]", ":", 1).replace("】", ":", 1) if line[:1] in "[【" else line
    label, colon, value = bare.partition(":")
    return (label, value.lstrip(":")) if colon else (bare, "")


def _is_label(text: str) -> bool:
    return not text or bool(_ANY_LABEL.fullmatch(_split(text)[0]))
