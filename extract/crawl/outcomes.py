"""What became of a fetch: one word each, and how it is told from what came.

Nothing that fails is merely absent: every address that was asked for ends
with one of these, and the run's summary counts them.
"""

from __future__ import annotations

import re
from enum import StrEnum

from extract.charset import decode
from extract.crawl.model import Role
from extract.model import ReadError
from extract.readers.signatures import image_type, office_type


class Outcome(StrEnum):
    """How a fetch ended. Their labels stand with the warehouse's other codes (data/tables)."""

    waiting = "waiting"  # known of, not fetched yet
    ok = "ok"
    unchanged = "unchanged"  # 304, or the very same content again
    gone = "gone"  # 404, 410, or a redirect to the first page or a list
    forbidden = "forbidden"  # 401, 403
    challenge = "challenge"  # 412, or a page that wants a script or cookie run first
    login = "login"
    stub = "stub"  # a page of next to nothing
    error_page = "error_page"  # status 200, but the page says that there is none
    wrong_type = "wrong_type"  # a page where a file should be, or no page at all
    not_a_listing = "not_a_listing"  # what the family cannot read as its list
    server_error = "server_error"  # 5xx
    busy = "busy"  # 429, or it asks to be left alone for longer than a night
    timeout = "timeout"
    unreachable = "unreachable"  # no such host, refused, connection lost
    truncated = "truncated"  # ended before its end, or badly packed
    too_large = "too_large"
    redirect_loop = "redirect_loop"
    off_site = "off_site"  # leads to a host that the source does not allow
    private_address = "private_address"
    robots = "robots"  # robots.txt forbids it
    robots_unreachable = "robots_unreachable"  # robots.txt could not be had: nothing is fetched (RFC 9309)
    beyond_limits = "beyond_limits"  # the list is longer or deeper than the source allows
    delay_too_long = "delay_too_long"  # robots.txt asks for a delay with which it cannot be crawled in a night
    given_up = "given_up"  # its host failed too often tonight
    reader_failed = "reader_failed"  # our own fault
    other_status = "other_status"


GOOD = frozenset({Outcome.ok, Outcome.unchanged})

STUB = 600
"""Bytes: a page with fewer has no room for a report or a list (stubs were seen at 300 to 400)."""

# What the pages of common gate-keepers have in them: jsl, Aliyun, WZWS, C3VK.
_CHALLENGE = re.compile(
    rb"jsl_clearance|\$_ts\s*=|wzws|WZWS|C3VK|_\$jsvm|cf-chl|challenge-platform|aliyun_waf|acw_sc__v2", re.IGNORECASE
)
# These run on whatever a host sends. So each takes what it has read, closed or not, or stops at the next "<": nothing
# is read twice, however often a page begins a tag and does not end it.
_CODE = re.compile(r"<(script|style)\b.*?(?:</\1\b[^>]*>?|\Z)|<[^>]*>?", re.IGNORECASE | re.DOTALL)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_FEW = 100  # Chinese characters: a page with fewer says nothing but that one has to wait
_PASSWORD = re.compile(r"<input\b[^<>]+?\btype\s*=\s*[\"']?password", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^<>]*>([^<]{0,300})", re.IGNORECASE)
_MISSING = re.compile(
    r"\b404\b|找不到|不存在|已(?:被)?删除|页面出错|出错了|无法访问|not\s*found|系统提示|访问出错|错误页|服务器错误|系统错误"
    r"|系统繁忙|稍后(?:再试|重试)|系统维护",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"登录|登陆|统一身份认证|sign\s*in|log\s*in", re.IGNORECASE)
# What the title or a heading of a page of any size consists of where there is none; a report's may contain such words.
_NONE = re.compile(
    r"^\W*(?:(?:404|错误|出错|提示|系统提示|友情提示)\W*)*(?:(?:非常|很)?(?:抱歉|对不起)\W*)?"
    r"(?:您|你)?(?:所?(?:要)?(?:访问|查看|浏览|查找|请求)的)?(?:该|此|本)?(?:页面|网页|文章|信息|内容|文件|稿件|栏目|资源)?"
    r"(?:可能)?(?:找不到|不存在|(?:已经?)?(?:被)?删除|(?:已经?)?失效)(?:了|或(?:已经?)?(?:被)?(?:删除|不存在|失效))?\W*$"
    r"|^\W*(?:404\W*)?(?:page\W+)?not\W+found\W*$|^\W*404\W*$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"<h([1-3])\b[^<>]*>((?:[^<]|<(?!/?h[1-6]\b)){0,300})</h\1", re.IGNORECASE)
_SMALL_PAGE = 4096
_LOOKED_AT = 1 << 20  # bytes or characters: whatever says what a page is stands within them
_HEAD = 300  # characters at the beginning of a small page's text, which say what it is
_UNKNOWN_FILE = "application/octet-stream"


def of_status(status: int) -> Outcome:
    """What an HTTP status alone says."""
    if status == 304:
        return Outcome.unchanged
    if status in (200, 203):
        return Outcome.ok
    if status in (404, 410):
        return Outcome.gone
    if status in (401, 403):
        return Outcome.forbidden
    if status == 412:
        return Outcome.challenge
    if status == 429:
        return Outcome.busy
    if status >= 500:
        return Outcome.server_error
    return Outcome.other_status


def of_content(role: Role, body: bytes, text: str | None) -> Outcome:
    """What a body that came with status 200 is. ``text`` is the decoded page, None for what is no text."""
    if text is None:
        return Outcome.ok if role != "listing" else Outcome.wrong_type
    if not body.strip():
        return Outcome.stub
    if is_challenge(body, text):
        return Outcome.challenge
    beginning = text[:_LOOKED_AT]
    title = " ".join((match[1] if (match := _TITLE.search(beginning)) else "").split())
    if len(body) < _SMALL_PAGE and (_MISSING.search(title) or _MISSING.search(_CODE.sub("", text)[:_HEAD])):
        return Outcome.error_page
    if _NONE.search(title) or any(_NONE.search(_words(heading[2])) for heading in _HEADING.finditer(beginning)):
        return Outcome.error_page
    if _LOGIN.search(title) and _PASSWORD.search(beginning):
        return Outcome.login
    if len(body) < STUB and role != "listing" and not is_redirect(text):
        return Outcome.stub
    return Outcome.wrong_type if role == "attachment" else Outcome.ok


def _words(markup: str) -> str:
    return " ".join(_CODE.sub("", markup).split())


def is_challenge(body: bytes, text: str | None = None) -> bool:
    """Whether a page wants a script or cookie run before it shows anything. One
    with words has only been watched over."""
    beginning = body[:_LOOKED_AT]
    if not _CHALLENGE.search(beginning):
        return False
    words = decode(beginning) if text is None else text[:_LOOKED_AT]
    return len(_CHINESE.findall(_CODE.sub("", words))) < _FEW


_REFRESH = re.compile(
    r"<meta[^<>]+http-equiv\s*=\s*[\"']?refresh[^<>]+content\s*=\s*[\"']?\s*(\d+)\s*;\s*url\s*=\s*[\"']?([^\"'>\s]+)",
    re.IGNORECASE,
)
_SCRIPT_TARGET = re.compile(
    r"(?:window\.|top\.|self\.|document\.)?location(?:\.href)?\s*(?:=|\.replace\()\s*[\"']([^\"']+)[\"']", re.IGNORECASE
)
_SOON = 5  # seconds: a page that is shown longer is meant to be read


def is_redirect(text: str) -> bool:
    """Whether a page does nothing but lead on."""
    return redirect_target(text) is not None


def redirect_target(text: str) -> str | None:
    """The address (perhaps relative) to which a small page leads on by a meta
    tag or a script; None for a page that is read itself."""
    if len(text) > _SMALL_PAGE:
        return None
    match = _REFRESH.search(text)
    if match and int(match[1]) <= _SOON:
        return match[2]
    if "<a " in text.lower() or "document.cookie" in text:
        return None
    match = _SCRIPT_TARGET.search(text)
    return match[1] if match else None


def file_type(body: bytes) -> str | None:
    """The media type of a file by what it begins with, whatever was declared;
    None for pages, scripts and other text."""
    if b"%PDF-" in body[:1024]:
        return "application/pdf"
    try:
        found = image_type(body) or office_type(body)
    except ReadError:
        return _UNKNOWN_FILE  # an archive or document that no reader takes: a file all the same
    return found or (_UNKNOWN_FILE if _is_binary(body) else None)


def begins_as_page(head: bytes) -> bool:
    """Whether a body that begins so is none of a file: text, or markup that is filled up with whatever."""
    return file_type(head) in (None, _UNKNOWN_FILE) and (not _is_binary(head) or head.lstrip().startswith(b"<"))


def _is_binary(body: bytes) -> bool:
    head = body[:1024]
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
