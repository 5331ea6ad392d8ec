"""What a page's own table about a document says of it: 索引号, 发布机构, 发布日期, 名称.

Sites put these labels into a small table above the text, a label and its value side by side or in one cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from extract.figures import squeeze
from extract.model import Document, Grid

NAMES = "名称|标题|文件名称|信息名称"
_LABEL = re.compile(
    rf"(?:信息)?索引号?|索取号|发布(?:机构|机关|单位)|公开(?:主体|机构)|所属机构|信息来源|来源|(?:发布|公开|生成|成文|发文|公文生成|信息)(?:日期|时间)"
    rf"|{NAMES}"
)
_OTHER_LABEL = re.compile(
    r"文号|发文字号|.{0,4}分类|主题词|关键词|有效性|时效|.{0,3}体裁|内容概述|公开(?:方式|形式|时限|范围|目录)|序号"
)
_TABLES = 4  # the first of a page
_ROWS = 15


def stated_facts(document: Document) -> list[str]:
    """Lines "label:value" (without white space) out of the page's first small tables."""
    return [fact for grid in document.grids[:_TABLES] if len(grid.rows) <= _ROWS for fact in _of_table(grid)]


def _of_table(grid: Grid) -> Iterator[str]:
    for row in grid.rows:
        texts = [squeeze(field.text) for field in row if len(field.text) <= 120]
        for text in texts:
            label, colon, value = text.partition(":")
            if colon and value and _is_stated(label):
                yield text
        for before, value in pairwise(texts):
            label = before.rstrip(":")
            if value and _is_stated(label) and not _is_label(value):
                yield f"{label}:{value}"


@lru_cache(maxsize=4096)
def _is_stated(label: str) -> bool:
    """Whether this is a label of what is looked for; it is asked of every cell, most of them labels of the form or
    small figures."""
    return _LABEL.fullmatch(label) is not None


def _is_label(text: str) -> bool:
    bare = text.rstrip(":")
    return text.endswith(":") or bool(_is_stated(bare) or _OTHER_LABEL.fullmatch(bare))
