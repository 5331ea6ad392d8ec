"""Why a request is not answered, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

REASONS: Mapping[int, tuple[str, str]] = {
    400: ("请求的内容无法解析。", "The body of the request cannot be parsed."),
    401: ("须先以访问令牌登录。", "Sign in with the access token first."),
    403: (
        "本服务未开放复核，或请求来自别处。",
        "Reviewing is not switched on here, or the request comes from elsewhere.",
    ),
    404: ("没有这一页。", "There is no such page."),
    405: ("此处不接受这种请求。", "This address does not take such requests."),
    413: ("请求的内容过大。", "The body of the request is too large."),
}
"""By status, where the page that refuses has no words of its own."""

_WRONG: Mapping[str, str] = {
    "missing": "缺少",
    "json_invalid": "不是有效的 JSON",
    "string_type": "须为文本",
    "string_too_long": "过长，至多 {max_length} 个字符",
    "string_too_short": "过短，至少 {min_length} 个字符",
    "string_pattern_mismatch": "写法不对",
    "string_unicode": "含有无效的字符",
    "int_type": "须为整数",
    "int_parsing": "须为整数",
    "int_parsing_size": "数字过大",
    "bool_parsing": "须为 true 或 false",
    "greater_than_equal": "须不小于 {ge}",
    "less_than_equal": "须不大于 {le}",
    "literal_error": "须为 {expected} 之一",
    "model_attributes_type": "须为 JSON 对象",
    "dict_type": "须为 JSON 对象",
}
"""By the kind of error that Pydantic tells; its own words are English."""


class Words(BaseModel):
    """A message in both languages."""

    zh: str
    en: str


class Wrong(BaseModel):
    """A parameter or a part of the body that is not valid, and why: ``message`` and ``en`` are the same."""

    place: list[str | int]
    message: str
    zh: str
    en: str


class Failure(BaseModel):
    """Why a request was not answered."""

    detail: Words | list[Wrong]


def wrongs_of(error: RequestValidationError) -> list[dict[str, Any]]:
    """What is wrong with a request, as ``Wrong``."""
    return [
        {"place": list(item["loc"]), "message": item["msg"], "zh": _zh(item), "en": item["msg"]}
        for item in error.errors()
    ]


def names_of(error: RequestValidationError) -> tuple[str, str]:
    """The same in a sentence, Chinese and English."""
    items = error.errors()
    zh = "；".join(f"{_name(item)}（{_zh(item)}）" for item in items)
    en = "; ".join(f"{_name(item)} ({item['msg']})" for item in items)
    if any(item["loc"][0] == "body" for item in items):
        return f"请求的内容无效：{zh}。", f"The body of the request is not valid: {en}."
    return f"网址中的参数无效：{zh}。", f"Parameters of the address are not valid: {en}."


def _name(item: Mapping[str, Any]) -> str:
    return str(item["loc"][-1])


def _zh(item: Mapping[str, Any]) -> str:
    return _WRONG.get(item["type"], "无效").format_map(item.get("ctx") or {})
