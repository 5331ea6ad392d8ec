"""The sentences of a document's prose, with the headings that they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from extract.model import Document, Paragraph

_MAX_SENTENCE = 600
"""Characters; what is longer is cut at a comma. No filing needs more, and it
bounds what one sentence can cost."""

_MAX_JOINED = 4000  # characters of a paragraph that lines may still join

_TERMINAL = "。！？!?"
_SENTENCE = re.compile(rf"[^{_TERMINAL}]+[{_TERMINAL}]?")
_CUT = re.compile(r"[；;，,、]")
_NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+[章节部]|[（(]?\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）、.．:：](?!\d)|#)"
)
_CHAPTER = re.compile(r"\s*[一二三四五六七八九十]{1,3}\s*、")
_PAGE_NUMBER = re.compile(r"[-—–\s第/]*\d{1,4}[-—–\s页/共\d]*")
_ROW_OF_FIGURES = re.compile(r"\d[\d.,]{0,15}(?:[\s|｜/—–-]{1,8}\d[\d.,]{0,15}){2}")
_PUNCTUATION = re.compile(r"[，,。；;：:]")
_HEADING_LENGTH = 42
_UNNUMBERED = re.compile(
    r"(?:关于|政府|政务|信息|工作)*(?:主动公开|依申请公开|申请公开|信息管理|平台建设|监督保障|总体|行政复议、?行政诉讼|复议、?诉讼)"
    r"(?:和|政府|信息|办理|工作|的|平台|建设|保障)*(?:情况|方面|工作|申请)?"
)
_RUN_IN = re.compile(r"[^，,。；;：:\d]{2,24}[:：]")
_LEGAL = re.compile(r"复议|诉讼")
_APPLICATIONS = re.compile(r"依\s*申\s*请|申请公开|公开申请|申请情况")
_PROACTIVE = re.compile(r"主动公开|主动信息公开")


@dataclass(slots=True)
class Sentence:
    """A sentence as filed, in one line. ``section`` is what the nearest
    heading speaks of (applications, legal, proactive, other or ""), set where
    the sentence is the first under it; ``first`` marks the first of a
    paragraph; ``prose`` is False for a line without punctuation, which may be
    navigation or a table's. A value, never changed (see ``Field``)."""

    text: str
    first: bool
    prose: bool
    section: str | None = None


def sentences(document: Document) -> Iterator[Sentence]:
    """The sentences of the paragraphs (and of one-field table rows that hold
    whole sentences), in order. Lines that a page or line break cut are joined."""
    section: str | None = None
    chapter = ""
    for paragraph in paragraphs(document):
        first = True
        prose = _PUNCTUATION.search(paragraph) is not None
        for text in _split(paragraph):
            topic = _heading(text)
            if topic is None and first:
                topic = _run_in_heading(text)
            if topic is not None:
                if _CHAPTER.match(text):
                    chapter = topic
                elif topic == "other" and chapter in ("applications", "legal"):
                    topic = chapter  # （二）办理情况 under 三、收到和处理政府信息公开申请情况
                states = len(text) > _HEADING_LENGTH or _COUNTED.search(text) is not None
                if not states or topic in ("applications", "legal", "proactive") or _has_run_in(text):
                    section = topic
                    first = True
                if not states:
                    continue
            yield Sentence(text, first, prose, section)
            section = None
            first = False


# A short line with one of these states something: it is no mere heading.
_COUNTED = re.compile(
    r"[\d：:未没无为](?:(?<=\d)\s*[件条份例起宗次项]|(?<=[：:])\s*[无零]|(?<=[未没])|(?<=无)(?!障碍)|(?<=为)零)"
)


def paragraphs(document: Document) -> Iterator[str]:
    """The paragraphs of the prose, each joined with the lines that continue it; tables are left out, but for rows of
    one field that hold whole sentences."""
    held = ""
    for line in _lines(document):
        if line is None:
            if held:
                yield held
            held = ""
            continue
        if held and _continues(held, line):
            held += line
            continue
        if held:
            yield held
        held = line
    if held:
        yield held


def _lines(document: Document) -> Iterator[str | None]:
    """The lines of the prose; None where a table stands between them."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            for line in block.text.split("\n"):
                line = line.strip()
                if line and not (_begins_page_number(line[0]) and _PAGE_NUMBER.fullmatch(line[:60])):
                    yield line if _PUNCTUATION.search(line) or not _ROW_OF_FIGURES.search(line) else None
            continue
        yield None
        for row in block.rows:
            said = [field.text for field in row if len(field.text) >= 30 and "。" in field.text]
            if said and sum(1 for field in row if field.text.strip()) == 1:
                yield said[0].replace("\n", "")
                yield None


def _begins_page_number(character: str) -> bool:
    """Whether a line that begins so may be nothing but a page's number, which hardly any is."""
    return character in "-—–第/" or character.isdecimal()


def _continues(held: str, line: str) -> bool:
    """Whether ``line`` goes on where ``held`` broke off in mid-sentence."""
    if held[-1] in "。！？!?；;：:" or len(held) > _MAX_JOINED or _NUMBERED.match(line):
        return False
    if _NUMBERED.match(held) and len(held) <= _HEADING_LENGTH and not _PUNCTUATION.search(held):
        return False
    return _PUNCTUATION.search(held) is not None or len(held) >= 25


def _split(paragraph: str) -> Iterator[str]:
    """The sentences of a paragraph, white space within them made single spaces."""
    for match in _SENTENCE.finditer(paragraph):
        text = " ".join(match.group().split())
        start = 0
        while len(text) - start > _MAX_SENTENCE:
            cuts = [cut.end() for cut in _CUT.finditer(text, start + _MAX_SENTENCE // 2, start + _MAX_SENTENCE)]
            end = cuts[-1] if cuts else start + _MAX_SENTENCE
            yield text[start:end]
            start = end
        if start < len(text):
            yield text[start:]


def _heading(text: str) -> str | None:
    """The topic that a heading announces; None for other sentences."""
    head = text.rstrip("。:： ")
    return _announced(head) if len(head) <= _HEADING_LENGTH else None


@lru_cache(maxsize=4096)
def _announced(head: str) -> str | None:
    """The same of a short line; headings are those of other filings as well."""
    numbered = _NUMBERED.match(head)
    bare = head[numbered.end() :] if numbered else head
    if numbered is None and _UNNUMBERED.fullmatch(bare) is None:
        return None
    if len(bare) > 30 or _PUNCTUATION.search(bare.replace("：", "", 1)):
        return None
    return _topic(bare)


def _run_in_heading(text: str) -> str | None:
    """The topic of a heading that a colon parts from its text (（三）信息管理：…)."""
    if ":" not in text and "：" not in text:
        return None
    numbered = _NUMBERED.match(text)
    if numbered is None:
        return None
    head = _RUN_IN.match(text, numbered.end())
    return _topic(head.group()) if head else None


def _has_run_in(text: str) -> bool:
    return (":" in text or "：" in text) and _RUN_IN.search(text) is not None


def _topic(heading: str) -> str:
    if _LEGAL.search(heading):
        return "legal"
    if _APPLICATIONS.search(heading):
        return "applications"
    return "proactive" if _PROACTIVE.search(heading) else "" if "总体情况" in heading else "other"
