"""Marks of notes beside figures: raised digits are no digits of the figure."""

from __future__ import annotations

import re

_MARK = re.compile(r"[\[(（【〔［]?\s*(注?[\d０-９*＊※†‡a-zA-Z①-⑳,，、]{0,7})\s*[\])）】〕］]?")


def raised(before: str, text: str) -> str:
    """The raised (or lowered) ``text`` as it is to stand after ``before``: in
    round brackets if it marks a note at a figure (12¹ is 12, not 121), else
    as it is."""
    mark = _MARK.fullmatch(text.strip())
    if mark is None or not text.strip() or not before.rstrip()[-1:].isdecimal():
        return text
    return f"({mark[1]})"
