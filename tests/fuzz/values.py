"""Texts and numbers that break readers."""

from __future__ import annotations

import random

TEXTS = (
    *("", " ", "\u3000", "\u200b", "\ufeff", "\x00", "\ufffd", "\u0301", "\u202e", "\U0001f600"),
    *("²", "22①", "½", "٣", "十二", "-", "—", "－－", "/", "无", "０１２", "1,234", "1,23,4", "1.5.5", ".5", "-0"),
    *("1 2 3", "NaN", "Infinity", "1e999", "9" * 400, "9" * 5000, "0." + "1" * 400, "9" * 400 + ".5亿元", "1/2"),
    *("12件（其中5件）", "((((((", "）", "一、", "1.", "（一）", "第五十条", "政府信息公开工作年度报告" * 20),
    *("本年新收政府信息公开申请数量", "合计", "自然人", "总计", "行政许可", "2023年", "上年"),
    *("||||", "\t\t", "\n\n", "<td>", "&#0;", "&#xD800;", "&nbsp;"),
)

NUMBERS = (
    *("0", "1", "-1", "2", "3", "199", "1000", "65536", "2147483648", "-2147483649", "99999999999999999999"),
    *("1" + "0" * 19, "3" + "0" * 38, "0.00001", "-0", "nan", "90", "180", "270", "45", "²", "", "x"),
)
_RANGES = (range(0x20), range(0xD800), range(0x4E00, 0x9FFF))


def text(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return "".join(chr(chance.choice(chance.choice(_RANGES))) for _ in range(chance.randrange(1, 12)))
    return chance.choice(TEXTS)


def number(chance: random.Random) -> str:
    return chance.choice(NUMBERS) if chance.random() < 0.7 else str(chance.uniform(-2000, 2000))
