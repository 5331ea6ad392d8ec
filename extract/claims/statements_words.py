"""The words of ``data/prose/statements.yaml`` as patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from extract.claims.vocabulary import expand
from extract.paths import DATA


@dataclass(frozen=True, eq=False)
class Words:
    """What each pattern finds in a normalised sentence (see ``lexer.normalise``)."""

    trigger: re.Pattern[str]  # on the sentence as filed: it may make a statement
    all_concluded: re.Pattern[str]
    concluded_rate: re.Pattern[str]
    subject: re.Pattern[str]  # group "other": not an application
    exception: re.Pattern[str]
    or_pending: re.Pattern[str]
    part_of_year: re.Pattern[str]
    whole_year: re.Pattern[str]
    for_one_thing: re.Pattern[str]
    aim: re.Pattern[str]
    all_upheld: re.Pattern[str]
    decided: re.Pattern[str]
    fee: re.Pattern[str]
    fee_subject: re.Pattern[str]
    fee_foreign: re.Pattern[str]
    no_fee: re.Pattern[str]
    period_cue: re.Pattern[str]
    period_foreign: re.Pattern[str]
    growth: re.Pattern[str]
    share_foreign: re.Pattern[str]
    bases: tuple[tuple[str, re.Pattern[str]], ...]
    base_elsewhere: re.Pattern[str]
    rate: re.Pattern[str]
    open_list: re.Pattern[str]
    form_cue: re.Pattern[str]


@cache
def load_words() -> Words:
    """The project's words for statements."""
    path = DATA / "prose" / "statements.yaml"
    data: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    every, rates, whole = _any(data["all"]), _any(data["rates"]), _any(data["whole"])
    adverbs = rf"由[\u4e00-\u9fff]{{2,10}}(?:局|办|委|处|科|室|股|中心)(?:负责)?|{_any(data['adverbs'])}"
    upheld_adverbs = _any(data["upheld_adverbs"])
    subject = (
        rf"(?P<application>{_any(data['applications'])}|(?<![\u4e00-\u9fff])申请"
        rf"|(?:{_any([data['application_before']])}){data['application']}(?!人|执行|复议))"
        rf"|(?P<other>{_any(data['others'])})"
    )
    word, denied, verb = (_any([data[name]]) for name in ("fee_word", "fee_denied", "fee_verb"))
    return Words(
        trigger=re.compile(
            # Each branch begins with one character: for such a text is searched fastest.
            r"%|％|百分|均|都|悉|全\s?[部都数]|费|期\s?限|时\s?[限段间]|周\s?期|统\s?计|数\s?据|年\s?报|报\s?告|国\s?办"
        ),
        all_concluded=re.compile(
            rf"(?P<all>{every})(?:{adverbs}){{0,14}}+(?:{_any(data['concluded'])})(?!{_any(data['not_concluded_after'])})"
        ),
        concluded_rate=re.compile(
            rf"(?<!{')(?<!'.join(expand(data['timely'][0]))})(?:{rates})(?:、|和|及|与|以及|(?:{rates})){{0,6}}+"
            rf"(?:均|都|全部|继续|持续|已|保持|实现|达|到|达到|为|是|至|:){{0,4}}+(?:{whole})"
        ),
        subject=re.compile(subject),
        exception=re.compile(_any(data["exceptions"])),
        or_pending=re.compile(_any([data["or_pending"]])),
        part_of_year=re.compile(_any(data["part_of_year"])),
        whole_year=re.compile(_any(data["whole_year"])),
        for_one_thing=re.compile(
            rf"(?:{_any(data['for_one_thing'])})(?!(?:政府|政务)?信息(?:的|公开))"
            rf"(?:(?!收到|受理|接到|新收|规定|要求|法律|部门|单位)[^,，;。\d]){{2,20}}的(?:\d+[件条份宗例项起])?"
            rf"(?:政府信息公开|依申请公开|信息公开)?申请"
        ),
        aim=re.compile(_any(data["aims"])),
        all_upheld=re.compile(
            rf"(?P<all>{every})(?:{upheld_adverbs}){{0,6}}+(?:{_any(data['upheld'])}|(?P<won>{_any(data['won'])}))"
        ),
        decided=re.compile(_any(data["decided"])),
        fee=re.compile(r"费"),
        fee_subject=re.compile(_any(data["fee_subject"])),
        fee_foreign=re.compile(_any(data["fee_foreign"])),
        no_fee=re.compile(
            rf"(?:{denied})(?:因|向|对|就|以|为|被|实际|公民|申请人|申请|任何|相关|有关|政府|信息|公开|依申请|单位|个人|组织|法人|、|和|或|其他|"
            rf"产生|发生|过|收取|发出|{verb}){{0,16}}+(?:{word})"
            rf"|(?:未|没有|均未)收费|(?:申请|公开)的(?:政府)?信息(?:均|都|全部)?免费提供"
            rf"|(?:{word})(?:收取情况)?:[^。;]{{0,12}}(?:{denied})(?:收取|发生|产生)(?=[。;，,]|$)"
            rf"|(?:{word})(?:收取|收支|情况|总?金额|的|发生|产生|件数|数量){{0,4}}(?::|为|是)?(?:无|零)(?=[。;，,、]|$)"
        ),
        period_cue=re.compile(_any(data["period_cue"])),
        period_foreign=re.compile(_any(data["period_foreign"])),
        growth=re.compile(_any(data["growth"])),
        share_foreign=re.compile(_any(data["share_foreign"])),
        bases=tuple((metric, re.compile(_any(words))) for metric, words in data["base"].items()),
        base_elsewhere=re.compile(_any(data["base_elsewhere"])),
        rate=re.compile(rates),
        open_list=re.compile(_any(data["open_list"])),
        form_cue=re.compile(_any(data["form_cue"])),
    )


def _any(patterns: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    words = {word for pattern in patterns for word in expand(pattern)} - {""}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))
