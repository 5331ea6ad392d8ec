"""Point corrections of readings: reviewed data files under ``data/corrections``.

A correction says what a document really prints in one cell that was misread.
It corrects our reading, never the filer's figure, and it is guarded: where the
reading no longer holds what the correction expects, it is not applied and an
issue (``correction_stale``) says so. The files' fields stand in the folder's README.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extract.figures import json_number, parse_figure
from extract.forms import CellKey, Kind, load_forms
from extract.paths import DATA
from transform.cells import cell_codes
from transform.contracts import codes
from transform.typed import LIMIT, number_text

CORRECTIONS = DATA / "corrections"
METHOD = "corrected"
"""The ``method`` of a cell that a correction filled."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTENT = {"raw", "value", "status"}
_KEYS = {"sha256", "source", "table", "row", "column", "expect", "reason", "role", "date"} | _CONTENT
_SETTLED = {"extraction_uncertain": None, "cell_missing": "missing", "cell_unreadable": "unreadable"}
"""Issues that a correction of all their cells settles, unless the corrected cells have that status."""

Issue = dict[str, Any]


class CorrectionError(ValueError):
    """A file of corrections is malformed; ``zh`` and ``en`` name the file, the entry and what is wrong."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        self.zh, self.en = f"data/corrections/{where}：{zh}", f"data/corrections/{where}: {en}"
        super().__init__(f"{self.zh}\n{self.en}")


@dataclass(frozen=True)
class Content:
    """What stands in a cell: its text (None where the cell is missing), number and status."""

    raw: str | None
    value: Decimal | None
    status: str

    def __str__(self) -> str:
        text = "–" if self.raw is None else f"“{self.raw}”"
        return f"{text} = {number_text(self.value)}" if self.value is not None else f"{text} ({self.status})"


@dataclass(frozen=True)
class Correction:
    """One entry: the cell ``key`` of the document ``sha256``, what our reading had and what is printed there."""

    sha256: str
    key: CellKey
    expect: Content
    printed: Content
    reason: str
    where: str  # file and number of the entry


@dataclass(frozen=True)
class Corrections:
    """All corrections, by document."""

    by_document: Mapping[str, Sequence[Correction]] = field(default_factory=dict)

    def of(self, sha256: str) -> Sequence[Correction]:
        """The corrections of the document with that content; none for an unknown one."""
        return self.by_document.get(sha256, ())


def load_corrections(folder: Path = CORRECTIONS) -> Corrections:
    """The corrections of every YAML list of ``folder``; none where there is no file.

    CorrectionError for an entry that is malformed or contradicts itself or another.
    """
    found: dict[str, dict[CellKey, Correction]] = {}
    for path in sorted(folder.glob("*.yaml")):
        for number, entry in enumerate(_entries(path), start=1):
            where = f"{path.name}, {number}"
            correction = _correction(entry, where)
            others = found.setdefault(correction.sha256, {})
            if correction.key in others:
                raise CorrectionError(
                    where, f"与 {others[correction.key].where} 更正的是同一格", "the same cell is corrected twice"
                )
            others[correction.key] = correction
    return Corrections({sha256: tuple(cells.values()) for sha256, cells in found.items()})


def _entries(path: Path) -> list[Any]:
    try:
        entries = yaml.load(path.read_text("utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CorrectionError(path.name, f"不是有效的 YAML：{error}", "no valid YAML") from error
    if not isinstance(entries, list | None):
        raise CorrectionError(path.name, "应为条目的列表", "it must be a list of entries")
    return entries or []


def _correction(entry: Any, where: str) -> Correction:
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        differ = sorted(map(str, set(entry) ^ _KEYS)) if isinstance(entry, dict) else "?"
        raise CorrectionError(where, f"字段缺少或多余：{differ}", "fields are lacking or unknown")
    for name in ("source", "reason", "role"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise CorrectionError(where, f"{name} 须为文字", f"{name} must be text")
    if not isinstance(entry["sha256"], str) or not re.fullmatch(r"[0-9a-f]{64}", entry["sha256"]):
        raise CorrectionError(
            where, "sha256 须为64位十六进制小写文字", "sha256 must be 64 lower-case hexadecimal digits, as text"
        )
    if not isinstance(entry["date"], date) or isinstance(entry["date"], datetime):
        raise CorrectionError(where, "date 须为日期", "date must be a date")
    key = (entry["table"], entry["row"], entry["column"])
    if not all(isinstance(part, str) for part in key) or key not in cell_codes().number:
        raise CorrectionError(where, f"没有单元格 {'.'.join(map(str, key))}", "there is no such cell")
    if not isinstance(entry["expect"], dict) or set(entry["expect"]) != _CONTENT:
        raise CorrectionError(where, "expect 须有 raw、value、status", "expect must have raw, value and status")
    expect, printed = _content(entry["expect"], where), _content(entry, where)
    _refuse_contradiction(key, printed, where)
    if expect == printed:
        raise CorrectionError(where, "更正前后相同", "it changes nothing")
    return Correction(entry["sha256"], key, expect, printed, entry["reason"].strip(), where)


def _content(entry: Mapping[str, Any], where: str) -> Content:
    raw, number, status = entry["raw"], entry["value"], entry["status"]
    if status not in codes("cell_status"):
        raise CorrectionError(where, f"未知的状态 {status!r}", "unknown status")
    if not isinstance(raw, str | None) or (raw is None) != (status == "missing"):
        raise CorrectionError(
            where, "raw 须为加引号的原文，缺格时为 null", "raw must be text in quotes, null for a missing cell"
        )
    if isinstance(number, bool) or not isinstance(number, int | float | None):
        raise CorrectionError(where, "value 须为数字或 null", "value must be a number or null")
    if (number is None) == (status == "reported"):
        raise CorrectionError(
            where, "有且仅有 reported 带数值", "a value stands where the status is reported, and only there"
        )
    value = None if number is None else Decimal(str(number))
    if value is not None and not (value.is_finite() and abs(value) < LIMIT and value == round(value, 4)):
        raise CorrectionError(where, f"数值 {number} 无法存储", "the value cannot be stored")
    return Content(raw, value, status)


def _refuse_contradiction(key: CellKey, printed: Content, where: str) -> None:
    """A slip of the corrector's: the text printed must read as the status and, but
    for amounts (whose unit may stand in the heading), as the value that is given."""
    if printed.raw is None:
        return
    kinds = _kinds()[key]
    read = [parse_figure(printed.raw, kind) for kind in kinds]
    if not any(r.status == printed.status and ("amount" in kinds or r.value == printed.value) for r in read):
        raise CorrectionError(
            where, f"原文与数值、状态不符：{printed}", "the text does not read as the value and the status"
        )


@cache
def _kinds() -> dict[CellKey, set[Kind]]:
    """The kinds of figure that each cell holds in the editions that have it."""
    kinds: dict[CellKey, set[Kind]] = {}
    for form in load_forms().values():
        for table in form.tables:
            for row in (*table.rows, *table.merged_rows):
                for column in table.columns_of(row):
                    kinds.setdefault((table.code, row.code, column.code), set()).add(column.kind)
    return kinds


def corrected(reading: Mapping[str, Any], corrections: Sequence[Correction]) -> Mapping[str, Any]:
    """The reading with its corrections applied; without any it comes back as it is.

    The reading is as its contract says. Corrected cells keep their place; issues
    of the reading that the corrections settle are dropped, stale corrections
    become issues. A reading with an error gets these issues only.
    """
    if not corrections:
        return reading
    cells = [dict(cell) for cell in reading["cells"]]
    at = {_key(cell): number for number, cell in enumerate(cells)}
    applied: dict[CellKey, Content] = {}
    added: list[Issue] = []
    for correction in corrections:
        number = at.get(correction.key)
        found = None if number is None else _held(cells[number])
        if number is None or found != correction.expect:
            added.append(_stale(correction, found))
            continue
        printed = correction.printed
        cells[number] |= {
            "raw": printed.raw, "value": json_number(printed.value), "status": printed.status, "method": METHOD
        }  # fmt: skip
        applied[correction.key] = printed
        added += _remark(correction)
    kept = [dict(issue) for issue in reading["issues"] if not _settled(issue, applied, at)]
    return {**reading, "cells": cells, "issues": kept + added}


def _key(cell: Mapping[str, Any]) -> CellKey:
    return cell["table"], cell["row"], cell["column"]


def _held(cell: Mapping[str, Any]) -> Content:
    value = cell["value"]
    return Content(cell["raw"], None if value is None else Decimal(str(value)), cell["status"])


def _settled(issue: Mapping[str, Any], applied: Mapping[CellKey, Content], cells: Iterable[CellKey]) -> bool:
    """Whether corrections cover every cell that the issue names (by its place, where it lists none)."""
    if issue["rule"] not in _SETTLED:
        return False
    where = issue["where"]
    named = {tuple(cell) for cell in issue["cells"]} or {
        key for key in cells if where in (key[0], key[1], f"{key[1]}.{key[2]}")
    }
    still = _SETTLED[issue["rule"]]
    return bool(named) and all(key in applied and applied[key].status != still for key in named)


def _stale(correction: Correction, found: Content | None) -> Issue:
    now = "–" if found is None else str(found)
    if found == correction.printed:
        zh, en = "现在的读数与更正后的内容已相同，该条更正可以删去", "the reading already says so; the entry can go"
    else:
        zh, en = (
            "现在的读数与更正所依据的不同，未作更正，请重新核对原件",
            "it was not applied; compare the original again",
        )
    return _issue(
        "correction_stale", "extraction", correction.key,
        f"更正（{correction.where}）以读数{correction.expect}为前提，现读数为{now}：{zh}。",
        f"The correction ({correction.where}) expects the reading {correction.expect}, which is now {now}: {en}.",
        str(correction.expect), None if found is None else now,
    )  # fmt: skip


def _remark(correction: Correction) -> list[Issue]:
    """What is wrong with the filing's cell itself, now that it is known what it prints."""
    printed = correction.printed
    if printed.status == "unreadable":
        zh, en = f"格内不是数字：“{printed.raw}”。", f"The cell holds no number: {printed.raw!r}."
        return [_issue("cell_unreadable", "filing", correction.key, zh, en)]
    if printed.status == "missing":
        return [_issue("cell_missing", "filing", correction.key, "报告的表格缺少此格。", "The table lacks this cell.")]
    return []


def _issue(
    rule: str, origin: str, key: CellKey, zh: str, en: str, expected: str | None = None, actual: str | None = None
) -> Issue:
    return {
        "rule": rule, "severity": "warning", "origin": origin, "where": f"{key[1]}.{key[2]}",
        "expected": expected, "actual": actual, "cells": [list(key)], "message_zh": zh, "message_en": en,
    }  # fmt: skip
