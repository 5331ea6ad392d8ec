"""What a document is that is no filing, and what to do about it.

The kinds are data (``data/kinds.yaml``), read only when a document is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import yaml

from extract.figures import squeeze
from extract.identity.listed import body_start
from extract.identity.titles import HEAD_LINES, PAGE_TITLES, Title
from extract.model import Document, ReadError
from extract.paths import DATA

KINDS = DATA / "kinds.yaml"

FILES = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|zip|rar|7z|odt|rtf)(?:[?#].*)?$", re.IGNORECASE)
"""The end of a file's name or address."""

DOWNLOADS = re.compile(r"downfile|download|attach|fileserver|UploadFile", re.IGNORECASE)
"""Addresses from which sites hand out files."""

PICTURE_FURNITURE = re.compile(
    r"logo|icon|banner|footer|header|bg|btn|nav|search|qrcode|ewm|weixin|weibo|share|arrow|dot|blank|jiucuo|slh|gov_red|ba\d*\.",
    re.IGNORECASE,
)
"""Names of pictures that belong to a page's frame rather than to its text."""

_NO_TITLE = re.compile(r"[。；;]|^(?:[(（]?[一二三四五六七八九十]{1,2}[)）、.．]|\d{1,2}[、.．])")
_TITLE_LINES = 4
_LONG_HEAD = 90
_LISTED = 5  # titles of different years or agencies that make a list of links
_BRIEF = 600


@dataclass(frozen=True, slots=True)
class Links:
    """Files and pictures that a page refers to: name or address of each."""

    files: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def refusal(document: Document, data: bytes, lines: Sequence[str], titles: Sequence[Title]) -> ReadError:
    """The error for a document that is no filing: which kind it is, and the
    remedy. ``lines``: its lines without white space."""
    text = "".join(lines)
    links = _links(data) if document.media_type == "text/html" else Links()
    own = [title for title in titles if not title.is_about]
    if not text and not document.grids and not links.pictures and b"<script" not in data.lower():
        return ReadError("empty", "页面没有内容 / the page has no content")
    if _is_list(own, text):
        return _refused(
            "年度报告的目录或链接列表",
            "a list of links to reports",
            "请读其中的各份报告",
            "read the reports that it links to",
        )
    if own and (links.files or links.pictures):
        return _elsewhere(links)
    heads = _heads(document, lines)
    kind = _kind_of_text(text + "".join(heads[:1])) or _kind_of_heads(heads)
    if kind:
        return _refused(kind["label_zh"], kind["label_en"], kind.get("remedy_zh"), kind.get("remedy_en"))
    if links.files and len(text) < _BRIEF:
        return _elsewhere(links)
    if len(text) < 40 and b"<script" in data.lower():
        return _refused(
            "由脚本生成的空页面",
            "a page that a script fills in",
            "请用浏览器打开后另存",
            "open it in a browser and save it",
        )
    if links.pictures and len(text) < _BRIEF:
        return _elsewhere(links)
    if own:
        return _refused("只有标题，没有正文和表格", "a report's title without its text and tables", None, None)
    return ReadError(
        "not_a_filing",
        "没有政府信息公开工作年度报告的标题，也没有其表格 / neither the title nor the tables of an annual report",
    )


def title_kind(document: Document, lines: Sequence[str]) -> str | None:
    """The kind that the page's title or one of its first lines says it is; None where none does."""
    kind = _kind_of_heads(_heads(document, lines))
    return str(kind["kind"]) if kind else None


def head_kind(head: str) -> str | None:
    """The kind that a title without white space says a document is, read alone (of a link); None where it says none."""
    kind = _kind_of_heads([head])
    return str(kind["kind"]) if kind else None


def kind_despite_tables(document: Document, lines: Sequence[str], titles: Sequence[Title]) -> str | None:
    """The kind of a document that has the form's tables and is no annual
    report all the same (半年报表, 关于做好…编制工作的通知); None for reports.

    The page's own title decides; where it says nothing, the last line before
    the body that is a report's title or names such a kind."""
    own = [title for title in titles if not title.is_about]
    if any(title.place == "meta" for title in own):
        return None
    kinds = [kind for kind in _kinds() if kind.get("despite_tables")]
    start = body_start(lines)
    ends = {title.at for title in own}
    stated = [squeeze(document.meta.get(name, "")) for name in PAGE_TITLES]
    head = lines[: start if start < len(lines) else HEAD_LINES]
    for at, line in [(-1, text) for text in stated if text] + list(enumerate(head))[::-1]:
        if at in ends:
            return None
        if len(line) <= _LONG_HEAD and not _NO_TITLE.search(line) and ("公开" in line or not own):
            for kind in kinds:
                if re.search(kind["title"], line):
                    return str(kind["kind"])
    return None


def refused_as(code: str) -> ReadError:
    """The error for a document of a kind (``kind`` of data/kinds.yaml)."""
    kind = next(kind for kind in _kinds() if kind["kind"] == code)
    return _refused(kind["label_zh"], kind["label_en"], kind.get("remedy_zh"), kind.get("remedy_en"))


def _kind_of_heads(heads: Sequence[str]) -> dict[str, Any] | None:
    for head in heads:
        for kind in _kinds():
            if "title" in kind and len(head) <= _LONG_HEAD and re.search(kind["title"], head):
                return kind
    return None


def _kind_of_text(text: str) -> dict[str, Any] | None:
    for kind in _kinds():
        if "text" in kind and len(text) <= kind["longest"] and re.search(kind["text"], text):
            return kind
    return None


def _heads(document: Document, lines: Sequence[str]) -> list[str]:
    """The page's titles; for a document without, the first lines that are neither sentences nor numbered headings."""
    titles = [squeeze(document.meta.get(name, "")) for name in ("articletitle", "title")]
    if any(titles):
        return [title for title in titles if title]
    return [line for line in lines if not _NO_TITLE.search(line)][:_TITLE_LINES]


def _refused(zh: str, en: str, remedy_zh: str | None, remedy_en: str | None) -> ReadError:
    more_zh, more_en = f"，{remedy_zh}" if remedy_zh else "", f"; {remedy_en}" if remedy_en else ""
    return ReadError("not_a_filing", f"不是年度报告：这是{zh}{more_zh} / no annual report: this is {en}{more_en}")


def _elsewhere(links: Links) -> ReadError:
    """The page holds the report only as a file or as pictures."""
    if links.files:
        names_zh, names_en = "、".join(links.files[:3]), ", ".join(links.files[:3])
        return ReadError(
            "not_a_filing",
            f"报告在附件中（{names_zh}），页面上没有正文，请下载附件后再读 / "
            f"the report is an attachment ({names_en}), not on the page; download and read that",
        )
    count = len(links.pictures)
    return ReadError(
        "not_a_filing",
        f"报告以图片发布（{count}幅，如{links.pictures[0]}），没有可读的文字，请取文字版或附件 / "
        f"the report is published as {count} picture(s), such as {links.pictures[0]}, without text; get a text version",
    )


def _is_list(titles: list[Title], text: str) -> bool:
    """Whether most of a page's text are titles of different reports."""
    different = {(title.who, title.year): len(title.text) for title in titles}
    return len(different) >= _LISTED or (len(different) >= 3 and 2 * sum(different.values()) > len(text))


def _links(data: bytes) -> Links:
    """Files and pictures that a page's content refers to, each once."""
    from selectolax.lexbor import LexborHTMLParser

    from extract.charset import decode

    tree = LexborHTMLParser(decode(data))
    files: dict[str, None] = {}
    for node in tree.css("a[href], iframe[src], embed[src], object[data]"):
        at = node.attributes
        address = at.get("href") or at.get("src") or at.get("data") or ""
        name = " ".join(node.text(deep=True).split())
        if FILES.search(address) or FILES.search(name) or (DOWNLOADS.search(address) and name):
            files.setdefault(name or unquote(address))
    pictures: dict[str, None] = {}
    for node in tree.css("img[src]"):
        address = node.attributes.get("src") or ""
        if not PICTURE_FURNITURE.search(address.rsplit("/", 1)[-1]) and not address.startswith("data:image/gif"):
            pictures.setdefault(address if len(address) < 120 else address[:60] + "…")
    return Links(tuple(files), tuple(pictures))


@cache
def _kinds() -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return list(yaml.load(KINDS.read_text("utf-8"), Loader=loader))
