"""The tables' contracts as Great Expectations suites, and Data Docs that stand alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from expectations import contract as module
from expectations.contract import ContractResult, ExpectationError, expectations_of, validate_frames
from expectations.judge import judge_frames
from expectations.residuals import expectations_of_rule
from expectations.rules import catalogue, rule_of
from extract.forms import CellKey
from tests.factories import failed_reading, reading, record, register
from transform.contracts import framed_contracts
from transform.frames import build_frames

Frames = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def frames() -> Frames:
    """All tables of two filings and a document that could not be read."""
    wrong: dict[CellKey, Any] = {("review_litigation", "review", "upheld"): 10}
    made = build_frames(
        [record(reading(cells=wrong)), record(reading(year=2023)), record(failed_reading())], register()
    )
    judged = judge_frames(made)
    return {**made, "quality_issue": judged.quality_issue, "issue_cell": judged.issue_cell}


@pytest.fixture(scope="module")
def docs(frames: Frames, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ContractResult]:
    """Data Docs of the tables, one of them broken."""
    folder = tmp_path_factory.mktemp("docs") / "data-docs"
    frames = {**frames, "claim": _claim("new-2024-own-r9")}
    return folder, validate_frames(frames, folder)


def _claim(filing_id: str) -> pd.DataFrame:
    row = (filing_id, 1, "applications.granted.total", Decimal(1), "予以公开1件", "own")
    return pd.DataFrame([row], columns=["filing_id", "claim_no", "metric", "value", "sentence", "scope"])


def _closure(table: str) -> set[str]:
    """The table and those that it refers to, directly or not."""
    names = {table}
    while more := {r.table for name in names for r in framed_contracts()[name].references} - names:
        names |= more
    return names


def _validated(frames: Frames, table: str, data: pd.DataFrame) -> list[tuple[str, tuple[str, ...], int | None]]:
    result = validate_frames({**{name: frames[name] for name in _closure(table)}, table: data})
    assert result.ok == (not result.failures)
    assert all(failure.table == table for failure in result.failures)
    return [(failure.expectation, failure.columns, failure.count) for failure in result.failures]


def test_sound_tables_keep_their_contracts(frames: Frames, docs: tuple[Path, ContractResult]) -> None:
    _, result = docs
    assert set(result.statistics) == set(framed_contracts())
    assert {table for table, numbers in result.statistics.items() if numbers.failed} == {"claim"}
    assert result.statistics["cell"].rows == len(frames["cell"])
    assert all(numbers.expectations >= 2 for numbers in result.statistics.values())
    small = validate_frames({"dim_agency": frames["dim_agency"]})
    assert small.ok and small.failures == () and not result.ok


def _breakages() -> Iterator[Any]:
    def twice(data: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([data, data.head(1)], ignore_index=True)

    def with_value(column: str, value: Any) -> Any:
        def change(data: pd.DataFrame) -> pd.DataFrame:
            data = data.astype({column: object})
            data.loc[0, column] = value
            return data

        return change

    key = ("filing_id", "form_table", "row_code", "column_code")
    unique, not_null = "expect_compound_columns_to_be_unique", "expect_column_values_to_not_be_null"
    in_set, regex = "expect_column_values_to_be_in_set", "expect_column_values_to_match_regex"
    yield pytest.param("cell", twice, [(unique, key, 2)], id="key twice")
    yield pytest.param(
        "dim_filing", twice, [("expect_column_values_to_be_unique", ("filing_id",), 2)], id="one-column key twice"
    )
    yield pytest.param("dim_agency", with_value("name", None), [(not_null, ("name",), 1)], id="lacking value")
    yield pytest.param(
        "cell", with_value("filing_id", "nobody-2024-own-r1"),
        [(in_set, ("filing_id → dim_filing.filing_id",), 1)], id="reference to nothing",
    )  # fmt: skip
    yield pytest.param(
        "cell", with_value("value", None), [(in_set, ("assert value_only_where_reported",), 1)], id="assertion"
    )
    yield pytest.param("dim_filing", with_value("sha256", "abc"), [(regex, ("sha256",), 1)], id="pattern")


@pytest.mark.parametrize(("table", "change", "expected"), list(_breakages()))
def test_a_broken_table_is_reported(frames: Frames, table: str, change: Any, expected: Any) -> None:
    assert _validated(frames, table, change(frames[table].copy())) == expected


def test_a_value_that_cannot_be_stored_is_reported(frames: Frames) -> None:
    data = frames["dim_filing"].astype({"scope": object})
    data.loc[0, "scope"] = "everywhere"
    found = _validated(frames, "dim_filing", data)
    assert [failure[0] for failure in found] == ["types", "expect_column_values_to_be_in_set"]
    assert found[1][1:] == (("scope",), 1)


def test_a_lacking_column_is_reported(frames: Frames) -> None:
    found = _validated(frames, "claim", frames["claim"].drop(columns="sentence"))
    assert [failure[0] for failure in found] == ["types", "expect_table_columns_to_match_ordered_list"]


def test_examples_name_the_key(frames: Frames) -> None:
    data = frames["cell"].astype({"filing_id": object})
    data.loc[[0, 1], "filing_id"] = "nobody-2024-own-r1"
    result = validate_frames({**{name: frames[name] for name in _closure("cell")}, "cell": data})
    (failure,) = result.failures
    assert failure.count == 2 and "nobody-2024-own-r1" in failure.examples[0]
    assert "cell" in str(failure) and "in 2 rows" in str(failure)
    assert result.statistics["cell"].failed == 1


def test_an_expectation_that_raises_is_no_finding(frames: Frames, monkeypatch: pytest.MonkeyPatch) -> None:
    original = expectations_of

    def with_a_defect(*arguments: Any, **named: Any) -> Iterator[Any]:
        yield from original(*arguments, **named)
        yield module._expectations().ExpectColumnValuesToBeInSet(column="no_such_column", value_set=[1])

    monkeypatch.setattr(module, "expectations_of", with_a_defect)
    with pytest.raises(ExpectationError, match="no_such_column"):
        validate_frames({"dim_agency": frames["dim_agency"]})


def test_tables_without_contract_or_target_are_refused(frames: Frames) -> None:
    with pytest.raises(KeyError):
        validate_frames({"no_such_table": frames["dim_agency"]})
    with pytest.raises(ValueError, match="dim_filing"):
        validate_frames({"claim": frames["claim"]})


def test_every_contract_is_expected_in_full() -> None:
    for contract in framed_contracts().values():
        names = [column.name for column in contract.columns]
        residuals = [name for name, _ in module._residual_names(contract)]
        kinds = [type(expectation).__name__ for expectation in expectations_of(contract, [*names, *residuals])]
        assert kinds.count("ExpectColumnValuesToNotBeNull") == sum(not c.nullable for c in contract.columns)
        assert kinds.count("ExpectColumnValuesToMatchRegex") == sum(c.pattern is not None for c in contract.columns)
        assert kinds.count("ExpectColumnValuesToBeInSet") == sum(c.enum is not None for c in contract.columns) + len(
            contract.references
        ) + len(contract.assertions)


def test_data_docs_stand_alone(docs: tuple[Path, ContractResult]) -> None:
    folder, _ = docs
    pages = list(folder.rglob("*.html"))
    assert len(pages) == 2 * len(framed_contracts()) + 1
    for page in pages:
        text = page.read_text("utf-8")
        assert "<script" not in text and "<img" not in text, page
        assert not re.search(r"""(src|href|srcset|action)\s*=\s*["']?\s*(https?:)?//""", text, re.I), page
        assert not re.search(r"@import|url\(", text), page
        for target in re.findall(r'href="([^"#]+)"', text):
            assert (page.parent / target).resolve().is_file(), (page, target)
    styles = list(folder.rglob("*.css"))
    assert [path.name for path in styles] == ["data_docs.css"]
    assert not re.search(r"@import|url\(", styles[0].read_text("utf-8"))


def test_data_docs_tell_what_failed(docs: tuple[Path, ContractResult]) -> None:
    folder, result = docs
    assert [failure.table for failure in result.failures] == ["claim"]
    index = (folder / "index.html").read_text("utf-8")
    for table in framed_contracts():
        assert f">{table}</a>" in index
    assert "new-2024-own-r9" in index and "未通过 failed: 1" in index
    (page,) = (folder / "validations" / "claim").rglob("*.html")
    text = page.read_text("utf-8")
    assert "Statistics" in text and "Unsuccessful Expectations" in text


def test_rules_are_asserted_on_their_residuals(frames: Frames, tmp_path: Path) -> None:
    """Violations fail their suite with the rule's severity, are shown and kept, and stop nothing."""
    few = {name: frames[name] for name in _closure("quality_issue")}
    known = dict.fromkeys(catalogue(), 0) | {"review_sum": 1, "document_unreadable": 1}
    result = validate_frames(few, tmp_path / "docs", violations=known)
    assert result.ok and set(result.violations) == set(catalogue())
    assert {code: count for code, count in result.violations.items() if count} == {
        "review_sum": 1, "document_unreadable": 1
    }  # fmt: skip
    kept = json.loads((tmp_path / "docs" / "results.json").read_text("utf-8"))
    assert kept["ok"] and kept["violations"] == result.violations and set(kept["tables"]) == set(few)
    for code, share in (("review_sum", "75%"), ("not_a_count", "100%")):
        (page,) = (tmp_path / "docs" / "validations" / f"rule_{code}").rglob("*.html")
        assert f">{share}<" in page.read_text("utf-8")
    index = (tmp_path / "docs" / "index.html").read_text("utf-8")
    assert rule_of("review_sum").holds_zh in index


def test_a_residual_frame_that_is_malformed_is_our_defect(frames: Frames) -> None:
    few = {name: frames[name] for name in _closure("quality_issue")}
    twice = pd.concat([few["quality_issue"]] * 2, ignore_index=True)
    result = validate_frames({**few, "quality_issue": twice}, violations={})
    assert "rule_review_sum" in {failure.table for failure in result.failures}


def test_severities_of_rules_are_those_of_their_expectations() -> None:
    for rule in catalogue().values():
        first = next(iter(expectations_of_rule(rule)))
        assert str(first.severity.value) == {"error": "critical"}.get(rule.severity, rule.severity)


def test_data_docs_replace_only_data_docs(frames: Frames, tmp_path: Path) -> None:
    few = {"dim_agency": frames["dim_agency"]}
    folder = tmp_path / "docs"
    validate_frames(few, folder)
    (folder / "old.html").write_text("old", "utf-8")
    validate_frames(few, folder)
    assert not (folder / "old.html").exists() and (folder / "index.html").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep", "utf-8")
    with pytest.raises(FileExistsError):
        validate_frames(few, mine)
    assert (mine / "letter.txt").exists()
