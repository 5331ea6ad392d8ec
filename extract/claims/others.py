"""Sentences whose subject is another body than the filer: 各乡镇共收到30件, 县教育局新收8件."""

from __future__ import annotations

import re

_DOES = r"(?=20\d\d年|全年|本年|今年|共|累计|新收|收到|受理|接收|接到|办结|办理|答复)"
_SUBJECT = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=其中))"
    r"(?:(?P<each>各(?:乡镇街道|镇街道|乡镇|镇街|乡|镇|街道))|(?P<body>[\u4e00-\u9fff]{0,8}?[省市区县州旗盟]"
    r"[\u4e00-\u9fff]{1,12}?(?:局|委员会|委|厅|院|街道|镇|乡)))" + _DOES
)
_BODY = re.compile(r"[局会委厅院街道镇乡]")  # with one of which every subject ends, and few sentences have one
_END = re.compile(r"(?:局|委员会|委|厅|院|街道|镇|乡)$")
_PLACE = re.compile(r"^.{0,8}?[省市区县州旗盟](?!场|政|容)")


def speaks(text: str, place: int, agency: str, own: int) -> bool:
    """Whether the number at ``place`` of a normalised sentence belongs to
    another body than ``agency``, by the last subject before it; ``own``: where
    the last word ended that names the filer or its area. False where the filer is unknown."""
    if not agency or not _BODY.search(text, own, place):
        return False
    subjects = list(_SUBJECT.finditer(text, own, place))
    return bool(subjects) and (subjects[-1]["each"] is not None or not _is_own(subjects[-1]["body"], agency))


def _is_own(body: str, agency: str) -> bool:
    """Whether a body's name, shortened or not, may be the filer's (县卫健局: 青山县卫生健康局)."""
    bare = _END.sub("", _PLACE.sub("", body)) or body
    rest = iter(_PLACE.sub("", agency) or agency)
    return all(character in rest for character in bare)
