"""Checking a few documents in memory, for an agency before it files.

Every rule that one filing can be judged by is applied, by the same queries as
in a run; a document that does not name its agency or year is judged all the
same. Great Expectations is not needed here, so that ``ogi check`` starts fast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from expectations.judge import JudgedFrames, judge_frames
from expectations.report import render_report
from expectations.rules.catalogue import Rule, catalogue, rule_of
from extract.figures import json_number
from transform.agencies import Register, load_register
from transform.corrections import Corrections, corrected, load_corrections
from transform.frames import ReadingRecord, build_frames

__all__ = ["check_readings", "render_report"]

_NO_AGENCY = "未注明机关"
_NO_YEAR = 1949  # before every edition of the form and every rule that asks for the year

_EXPLAINED = ("hint", "hint_en", "cause_group")

Issue = dict[str, Any]


def check_readings(
    readings: Iterable[Mapping[str, Any]], register: Register | None = None, corrections: Corrections | None = None
) -> list[dict[str, Any]]:
    """The readings (as ``extract.reading`` gives them) with ``issues`` completed by the rules, in order.

    Documents of the same agency, year and scope are revisions of one report, in
    the order given. Cells are corrected where ``corrections`` say that they were
    misread. One with an ``error`` is returned as it is. The register tells which
    agencies have which last day of publication; it and the corrections are the
    project's own by default. An issue has the keys of the contract and besides
    ``hint``, ``hint_en`` and ``cause_group`` (None where there is none).
    Raises RuleError for an issue of an unknown rule in a reading, CorrectionError
    where the project's corrections are malformed.
    """
    register = register or load_register()
    corrections = load_corrections() if corrections is None else corrections
    checked = [_corrected(reading, corrections) for reading in readings]
    judged = [index for index, reading in enumerate(checked) if reading.get("error") is None]
    nameless = [index for index in judged if not _identified(checked[index])]
    keys = {_key(index): index for index in judged}
    found: dict[int, list[Issue]] = {index: [] for index in judged}
    rules = [rule for rule in catalogue().values() if rule.is_alone]
    computed = [rule for rule in rules if rule.computed != "reading"]
    now = datetime.now(UTC)  # when the documents came: nothing in them can be later
    for indexes, applied, filled_in in ((judged, rules, False), (nameless, computed, True)):
        records = [_record(index, checked[index], filled_in, now) for index in indexes]
        frames = build_frames(records, register)
        for sha256, issue in _issues(judge_frames(frames, [rule.code for rule in applied], alone=True)):
            found[keys[sha256]].append(issue)
    for index in judged:
        checked[index]["issues"] = _completed(checked[index], found[index])
    return checked


def _corrected(reading: Mapping[str, Any], corrections: Corrections) -> dict[str, Any]:
    return dict(reading if reading.get("error") else corrected(reading, corrections.of(reading["sha256"])))


def _identified(reading: Mapping[str, Any]) -> bool:
    return reading["agency"] is not None and reading["report_year"] is not None


def _key(index: int) -> str:
    """Stands for the document's hash, so that the same document given twice is judged twice."""
    return hashlib.sha256(str(index).encode()).hexdigest()


def _record(index: int, reading: Mapping[str, Any], filled_in: bool, now: datetime) -> ReadingRecord:
    """The reading as a document of its own, in the order given; with
    ``filled_in`` what it does not say of its identity is filled in, so that
    its figures can be judged."""
    if filled_in:
        reading = {**reading, "agency": reading["agency"] or _NO_AGENCY}
        if reading["report_year"] is None:
            reading = {**reading, "report_year": _NO_YEAR, "published_on": None}
    return ReadingRecord(reading, _key(index), "check", None, now + timedelta(microseconds=index))


def _issues(frames: JudgedFrames) -> Iterable[tuple[str, Issue]]:
    """Each issue with its document's key, in the shape that a reading has."""
    cells: dict[str, list[list[str]]] = {}
    for row in frames.issue_cell.itertuples(index=False):
        cells.setdefault(str(row.issue_id), []).append([str(row.form_table), str(row.row_code), str(row.column_code)])
    for row in frames.quality_issue.itertuples(index=False):
        rule = rule_of(str(row.rule))
        yield (
            str(row.sha256),
            {
                "rule": rule.code,
                "severity": str(row.severity),
                "origin": str(row.origin),
                "where": "document" if rule.place == "document" else str(row.place),
                "expected": _figure(rule, row.expected),
                "actual": _figure(rule, row.actual),
                "cells": cells.get(str(row.issue_id), []),
                "message_zh": row.message_zh,
                "message_en": row.message_en,
                **{name: _text(getattr(row, name)) for name in _EXPLAINED},
            },
        )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _figure(rule: Rule, text: Any) -> int | float | str | None:
    """A figure of quality_issue as JSON has it."""
    if pd.isna(text):
        return None
    return json_number(Decimal(text)) if rule.figures == "number" and _is_number(text) else str(text)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def _completed(reading: Mapping[str, Any], found: Sequence[Issue]) -> list[Issue]:
    """The reading's own issues, explained, then those that the rules add, by rule and in the form's order."""
    explained = {(issue["rule"], issue["where"]): {name: issue[name] for name in _EXPLAINED} for issue in found}
    nothing = dict.fromkeys(_EXPLAINED)
    own = [{**issue, **explained.get((issue["rule"], issue["where"]), nothing)} for issue in reading["issues"]]
    known = {(issue["rule"], issue["where"]) for issue in own}
    rules = {code: number for number, code in enumerate(catalogue())}
    cells = {(cell["table"], cell["row"], cell["column"]): number for number, cell in enumerate(reading["cells"])}

    def order(issue: Issue) -> tuple[int, int]:
        return rules[issue["rule"]], min((cells.get(tuple(cell), -1) for cell in issue["cells"]), default=-1)

    return own + sorted((issue for issue in found if (issue["rule"], issue["where"]) not in known), key=order)
