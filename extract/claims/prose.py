"""The sentences of a document's prose, with the headings that they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.model import Document, Paragraph

_MAX_SENTENCE = 600
"""Characters; what is longer is cut at a comma. No filing needs more, and it
bounds what one sentence can cost."""

_MAX_JOINED = 4000  # characters of a paragraph that lines may still join

_TERMINAL = "。！？!?"
_SENTENCE = re.compile(rf"[^{_TERMINAL}]+[{_TERMINAL}]?")
_CUT = re.compile(r"[；;，,、]")
_SPACES = re.compile(r"\s+")
_NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+[章节部]|[（(]?\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）、.．:：]|#)"
)
_PAGE_NUMBER = re.compile(r"[-—–\s第/]*\d{1,4}[-—–\s页/共\d]*")
_ROW_OF_FIGURES = re.compile(r"\d[\d.,]{0,15}(?:[\s|｜/—–-]{1,8}\d[\d.,]{0,15}){2}")
_PUNCTUATION = re.compile(r"[，,。；;：:]")
_HEADING_LENGTH = 42
_TITLE = re.compile(r"(?:情况|方面|工作|事项|问题|措施|申请|公开|信息管理|平台建设|监督保障)[:：]?$")
_LEGAL = re.compile(r"复议|诉讼")
_APPLICATIONS = re.compile(r"依\s*申\s*请|申请公开|公开申请|申请情况")
_PROACTIVE = re.compile(r"主动公开|主动信息公开")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as filed, in one line. ``section`` is what the nearest
    heading speaks of (applications, legal, proactive, other or ""), set where
    the sentence is the first under it; ``first`` marks the first of a
    paragraph; ``prose`` is False for a line without punctuation, which may be
    navigation or a table's."""

    text: str
    first: bool
    prose: bool
    section: str | None = None


def sentences(document: Document) -> Iterator[Sentence]:
    """The sentences of the paragraphs (and of one-field table rows that hold
    whole sentences), in order. Lines that a page or line break cut are joined."""
    section: str | None = None
    for paragraph in _paragraphs(document):
        first = True
        for text in _split(paragraph):
            topic = _heading(text)
            if topic is not None:
                section = topic
                first = True
                if not _COUNTED.search(text):
                    continue
            yield Sentence(text, first, bool(_PUNCTUATION.search(paragraph)), section)
            section = None
            first = False


# A short line with one of these states something: it is no mere heading.
_COUNTED = re.compile(r"\d\s*[件条份例起宗次项]|[：:]\s*[无零]|[未没]|无(?!障碍)|为零")


def _paragraphs(document: Document) -> Iterator[str]:
    """Paragraphs, each joined with the line that continues it."""
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
                if line and not _PAGE_NUMBER.fullmatch(line[:60]):
                    yield None if _ROW_OF_FIGURES.search(line) and not _PUNCTUATION.search(line) else line
            continue
        yield None
        for row in block.rows:
            filled = [field.text for field in row if field.text.strip()]
            if len(filled) == 1 and len(filled[0]) >= 30 and "。" in filled[0]:
                yield filled[0].replace("\n", "")
                yield None


def _continues(held: str, line: str) -> bool:
    """Whether ``line`` goes on where ``held`` broke off in mid-sentence."""
    if held[-1] in "。！？!?；;：:" or len(held) > _MAX_JOINED or _NUMBERED.match(line):
        return False
    if _NUMBERED.match(held) and len(held) <= _HEADING_LENGTH and not _PUNCTUATION.search(held):
        return False
    return _PUNCTUATION.search(held) is not None or len(held) >= 25


def _split(paragraph: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(paragraph):
        text = _SPACES.sub(" ", match.group()).strip()
        while len(text) > _MAX_SENTENCE:
            cuts = [cut.end() for cut in _CUT.finditer(text, _MAX_SENTENCE // 2, _MAX_SENTENCE)]
            end = cuts[-1] if cuts else _MAX_SENTENCE
            yield text[:end]
            text = text[end:]
        if text:
            yield text


def _heading(text: str) -> str | None:
    """The topic that a heading announces; None for other sentences."""
    head = text.rstrip("。:： ")
    numbered = _NUMBERED.match(head)
    if len(head) > _HEADING_LENGTH or not (numbered or (len(head) <= 14 and not _COUNTED.search(head))):
        return None
    bare = head[numbered.end() :] if numbered else head
    if _PUNCTUATION.search(bare.replace("：", "", 1)) or not (_TITLE.search(bare) or (numbered and len(bare) <= 30)):
        return None
    if _LEGAL.search(bare):
        return "legal" if not _APPLICATIONS.search(bare) or "情况" in bare else "applications"
    if _APPLICATIONS.search(bare):
        return "applications"
    return "proactive" if _PROACTIVE.search(bare) else "" if "总体情况" in bare else "other"
