"""Names of public bodies: whether a text is one, whether two name the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(r"[\u4e00-\u9fff（）()、·〇]{3,40}")
# With what the name of a body ends, and that of a place.
_BODIES = (
    *"局厅委办院部队署司会行社处所站馆团校", "政府", "办公室", "中心", "大学", "中学", "小学", "公司", "开发区",
    "高新区", "示范区", "度假区", "街道", "苏木", "公积金",
)  # fmt: skip
_PLACES = ("省", "市", "区", "县", "旗", "州", "盟", "场", "园", "兵团", "师", "集团", "联", "社区", "关")
_IN_BRACKETS = re.compile(r"(?<=.)[(（][^()（）]*[)）]$")
_DIVISIONS = "省市州盟区县旗"
_OURSELVES = re.compile(r"[本我该](?:机关|单位|部门|局|厅|委|办|镇|乡|街道|市|县|区|省|州|旗|院|中心|办公室|级)")
_NO_BODY = re.compile(
    r"^(?:本网|本站|原创|互联网|网络|转载|管理员|编辑|匿名|未知|其他|办公室|政府|人民政府|信息中心|党政办)$|网站?$|日报|编辑部"
)


def is_organisation(name: str) -> bool:
    """Whether a short text is the name of a public body."""
    bare = _IN_BRACKETS.sub("", name)
    is_town = bare.endswith(("镇", "乡")) and "\u4e00" <= bare[-2:-1] <= "\u9fff"
    return bool((is_town or bare.endswith(_BODIES)) and _NAME.fullmatch(name) and not _NO_BODY.search(name))


def is_agency(name: str) -> bool:
    """Whether a text can be who reports: a public body, or a place for its government."""
    if _OURSELVES.fullmatch(name):
        return False
    return is_organisation(name) or (len(name) > 1 and name.endswith(_PLACES))


def common_suffix(texts: Sequence[str]) -> str:
    """The longest end that all texts have."""
    suffix = texts[0]
    for text in texts[1:]:
        while not text.endswith(suffix):
            suffix = suffix[1:]
    return suffix


def mentions_before(name: str, text: str) -> set[str]:
    """The places that stand before a name each time the text gives one: 淮安市 before 洪泽区人民政府."""
    if not any(word + name in text for word in _DIVISIONS):
        return set()
    place = re.compile(rf"([\u4e00-\u9fff]{{1,12}}[{_DIVISIONS}]){re.escape(name)}")
    return {match.group(1) for match in place.finditer(text)}
