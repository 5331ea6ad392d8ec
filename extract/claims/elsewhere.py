"""Figures that a sentence's wording takes off the filing's own tables: counts of
another body's work, of the whole of which a part is about disclosure, of what was published.

What these patterns find is reported as unresolved: the words beside the number
alone would tie it to a figure of the form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from extract.claims.model import Draft

_FOR_OTHERS = re.compile(
    r"(?:协助|配合)[^,，;。\d]{0,16}(?:办理|处理|答复|办结|开展)"
    r"|(?:政府|部门|上级|机关|单位|[局办厅委])[^,，;。\d]{0,4}(?:转办|转来|交办|转送|移送|转交|批转|分办)(?:了|的|来)?"
    r"|(?<![及和与、含])(?:下属|所属|下辖|直属)(?:各|的|二级|事业|基层|单位|学校|医院|机构|部门|乡|镇|街道)+"
    r"(?:共|累计|全年|本年|今年)*(?:收到|受理|接到|新收|办理)"
)
_CLAUSE = ",，;。"
_SENTENCE = ";。"
_LOOK_BACK = 300  # characters before a number that may tell of it: time must not grow with the square of a text
_PART = re.compile(r"其中[,，:]?[^,，;。\d]{0,6}(?:政府信息|信息公开|依申请公开)[^,，;。\d]{0,12}(?=\d)")
_NOT_ABOUT = re.compile(r"[,，(](?:均|都|全部)?(?:不涉及|未涉及|不属于|非|与)(?:政府)?信息公开")
_HANDLING = re.compile(r"收到|受理|接到|接收|新收|办结|办理|共收")
_OFFICE = re.compile(r"其中[,，:]?[\u4e00-\u9fff]{0,6}政府(?:办公厅|办公室|办)")
_LINKED = re.compile(r"信息公开|依申请|公开申请|申请公开|信息申请")
_ROW_AFTER = re.compile(r"(?:的)?(?:行政)?(?P<row>复议|诉讼)")
_REVIEWING = re.compile(
    r"(?<!被)作为(?:行政)?复议机关|以(?:行政)?复议机关|履行(?:行政)?复议(?:机关)?职责|审理(?!中)(?:了|的)?[^,，;。\d]{0,16}复议"
    r"|(?:政府|复议局|司法局|复议机构)[^,，;。\d被]{0,6}受理[^,，;。\d被]{0,16}复议"
)
_REVIEWED = re.compile(r"被(?:申请|提起|诉|复议)|被申请人|;")
_PUBLISHED = re.compile(
    r"(?P<publish>(?<!信息)(?<!政务)公开(?!工作|情况|平台|专栏|栏|目录|方面|申请|网|内容|制度)"
    r"|公示(?!栏|系统|网|平台|率|制)|(?:发布|公布|公告|上传|归集|推送|录入)(?!会|平台|栏|系统))"
    r"|(?:作出|做出|下达|实施|办理|办结|采取|开展|核发|颁发|完成|制发|下发)(?!的)"
)
_DECISIONS = frozenset({"licensing", "penalties", "coercion", "other_services"})


def for_another(text: str, place: int) -> bool:
    """Whether what stands at ``place`` of a normalised sentence was done for another
    body, or by one below the filer (协助县政府办理, 县政府转办的, 下属学校收到)."""
    start = begins(_SENTENCE, text, place)
    found = list(_FOR_OTHERS.finditer(text, start, place))
    # 收到县政府转办的申请3件，均已办结: what follows a comma is still about these.
    return bool(found) and len(re.findall(r"\d+[件条份宗例项起]", text[found[-1].end() : place])) <= 1


def set_apart(text: str, drafts: Sequence[Draft], agency: str) -> None:
    """Gives the drafts of a normalised sentence that are no figures of the tables
    of ``agency`` ("" where it is unknown) their reason, and those of a part that is
    one (其中政府信息公开类1件) their row."""
    _part_about_disclosure(text, drafts)
    _kinds_of_reviews(text, drafts)
    if agency and "办" not in agency:
        _part_of_the_office(text, drafts)
    for draft in drafts:
        if draft.place < 0 or draft.reason:
            continue
        for reason, applies in _REASONS.items():
            if applies(text, draft):
                draft.reason, draft.doubt = reason, ""
                break


def _other_body(text: str, draft: Draft) -> bool:
    if draft.table == "proactive":
        return False
    start = begins(_CLAUSE, text, draft.place)
    return _FOR_OTHERS.search(text, start, draft.place) is not None


def _reviewing(text: str, draft: Draft) -> bool:
    """县政府作为复议机关审理4件: reviews that the filer decides, not those of its own answers."""
    if draft.table != "review_litigation":
        return False
    found = list(_REVIEWING.finditer(text, max(0, draft.place - _LOOK_BACK), draft.place))
    return bool(found) and _REVIEWED.search(text, found[-1].end(), draft.place) is None


def _published(text: str, draft: Draft) -> bool:
    """公开行政处罚决定100条: what was published was not necessarily decided in the year."""
    if draft.table != "proactive" or draft.item not in _DECISIONS:
        return False
    found = list(_PUBLISHED.finditer(text, begins(_SENTENCE, text, draft.place), draft.place))
    return bool(found) and found[-1]["publish"] is not None


_REASONS: dict[str, Callable[[str, Draft], bool]] = {
    "other_body": _other_body,
    "unlinked": _reviewing,
    "published": _published,
}


def _kinds_of_reviews(text: str, drafts: Sequence[Draft]) -> None:
    """行政复议5件，其中申请答复类3件、投诉举报类2件: reviews by what they are about, no applications."""
    for draft in drafts:
        whole = None if draft.parent is None else drafts[draft.parent]
        if whole is None or whole.table != "review_litigation" or draft.table != "applications":
            continue
        if not draft.reason and not _HANDLING.search(text, begins(_CLAUSE, text, draft.place), draft.place):
            draft.reason, draft.doubt = "unclear", ""


def _part_of_the_office(text: str, drafts: Sequence[Draft]) -> None:
    """全县共收到20件，其中县政府办公室受理8件: the office is not the government that files."""
    area = any(draft.scope == "area" for draft in drafts)
    for draft in drafts if area else ():
        if draft.scope == "own" and draft.place >= 0 and not draft.reason:
            start = begins(_SENTENCE, text, draft.place)
            if _OFFICE.search(text, start, draft.place):
                draft.reason, draft.doubt = "other_body", ""


def _part_about_disclosure(text: str, drafts: Sequence[Draft]) -> None:
    """行政复议5件，其中政府信息公开类1件: the part counts, the whole does not."""
    if (none := _NOT_ABOUT.search(text)) is not None:
        start = begins(_SENTENCE, text, none.start())
        for draft in drafts:
            if draft.table == "review_litigation" and start <= draft.place < none.start() and not draft.reason:
                draft.reason, draft.doubt = "unlinked", ""
    part = _PART.search(text)
    if part is None:
        return
    start = begins(_SENTENCE, text, part.start())
    whole = [draft for draft in drafts if draft.table == "review_litigation" and start <= draft.place < part.start()]
    if not whole or _LINKED.search(text, start, whole[0].place):
        return
    for draft in whole:
        draft.reason, draft.doubt = "unlinked", ""
    rows = {draft.item for draft in whole}
    for draft in drafts:
        if draft.place == part.end() and draft.reason == "unclear":
            after = _ROW_AFTER.match(text, draft.end)
            if after is not None:
                rows = {"review" if after["row"] == "复议" else "litigation"}
            if len(rows) == 1:
                draft.table, draft.item, draft.column, draft.reason = "review_litigation", rows.pop(), "total", ""
    told = {draft.item for draft in drafts if draft.place == part.end() and not draft.reason}
    for draft in drafts:
        later = draft.table == "review_litigation" and draft.place > part.end() and draft.item not in told
        if later and not _LINKED.search(text, part.end(), draft.place):
            draft.reason, draft.doubt = "unlinked", ""  # 复议5件（其中信息公开类1件），诉讼3件


def begins(stops: str, text: str, place: int) -> int:
    """Where what ``place`` stands in begins, a clause or a train of thought by the
    punctuation that ends them (``stops``); no more than _LOOK_BACK characters before."""
    least = max(0, place - _LOOK_BACK)
    return max(least, *[text.rfind(stop, least, place) + 1 for stop in stops])
