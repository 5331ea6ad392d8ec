"""Holding the tables to their contracts with Great Expectations.

Every suite is generated from a table contract (``data/tables``): columns,
keys, required values, closed sets, patterns, references to other tables and
assertions in SQL. Great Expectations knows neither references nor SQL on
pandas, so these are computed beforehand as a column of truth values each.
A failure is about our tables; what is wrong with a filing is a quality issue.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from expectations.residuals import EMPTY, expectations_of_rule, residual_frames, suite_name
from expectations.rules.catalogue import catalogue
from transform.contracts import Reference, TableContract, codes, load_contracts
from transform.typed import FrameError, frame, to_arrow

EXAMPLES = 20
"""How many failing rows a failure names."""

FILINGS = 20_000
"""Filings whose rows are looked at here at most: what pandas can hold."""

ISSUES = 2_000_000
"""Rows that are looked at here at most of tables that do not go with filings."""


class ExpectationError(RuntimeError):
    """An expectation could not be evaluated: a defect of the suite, not of the data."""


@dataclass(frozen=True)
class ContractFailure:
    """One expectation that a table does not meet.

    ``columns`` are the columns concerned, ``count`` how many rows fail (None
    where the failure is about the table as a whole), ``examples`` the first
    of them: the key's values and the value that stands there.
    """

    table: str
    expectation: str
    columns: tuple[str, ...]
    count: int | None
    examples: tuple[str, ...]

    def __str__(self) -> str:
        rows = "" if self.count is None else f" in {self.count} rows"
        named = f": {'; '.join(self.examples[:3])}" if self.examples else ""
        return f"{self.table} ({', '.join(self.columns)}) {self.expectation}{rows}{named}"


@dataclass(frozen=True)
class TableStatistics:
    """How one table fared: the rows looked at, those that it has, the expectations evaluated and those not met."""

    rows: int
    total: int
    expectations: int
    failed: int


@dataclass(frozen=True)
class ContractResult:
    """The outcome for all tables; ``ok`` where nothing failed."""

    ok: bool
    failures: tuple[ContractFailure, ...]
    statistics: Mapping[str, TableStatistics]
    violations: Mapping[str, int] = field(default_factory=dict)  # open ones by rule, where residuals were validated


def validate_tables(
    con: duckdb.DuckDBPyConnection, docs_dir: Path | None = None, *, filings: Collection[str] | None = None
) -> ContractResult:
    """Validates every table of a warehouse against its contract, and every rule's violations
    (``expectations.residuals``); builds Data Docs in ``docs_dir`` if given.

    With ``filings``, of the tables whose rows go with a filing the rows of these
    are looked at, else those of at most ``FILINGS`` filings; the warehouse itself
    counts every row that breaks a contract (``warehouse.verify``).
    Raises ExpectationError where an expectation could not be evaluated.
    """
    frames = contract_frames(con, filings)

    def targets(reference: Reference) -> pd.DataFrame:
        return con.execute(f"SELECT DISTINCT {', '.join(reference.to)} FROM {reference.table}").df()

    violations = dict.fromkeys(catalogue(), 0)
    violations |= dict(
        con.execute("SELECT rule, count(*) FROM quality_issue WHERE resolved_at IS NULL GROUP BY 1").fetchall()
    )
    totals = {name: _count(con, name) for name in frames}
    return validate_frames(frames, docs_dir, targets=targets, violations=violations, totals=totals)


def contract_frames(con: duckdb.DuckDBPyConnection, filings: Collection[str] | None) -> dict[str, pd.DataFrame]:
    """Every table as a typed frame; of tables whose rows go with a filing those of ``filings``, at most ``FILINGS``."""
    chosen = f"SELECT filing_id FROM dim_filing ORDER BY hash(filing_id), filing_id LIMIT {FILINGS}"
    if filings is not None:
        con.register("asked", pa.table({"key": pa.array(sorted(filings)[:FILINGS], pa.string())}))
        chosen = "FROM asked"
    frames = {}
    for name, contract in load_contracts().items():
        condition = {
            "filing": f"WHERE filing_id IN ({chosen})",
            "judging": f"LIMIT {ISSUES}",
            "night": f"LIMIT {ISSUES}",
        }
        read = con.execute(f"FROM {name} {condition.get(contract.changes_with, '')}").to_arrow_table()
        columns = {column: read[column].combine_chunks() for column in read.column_names}
        frames[name] = frame(name, columns)
    if filings is not None:
        con.unregister("asked")
    return frames


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def validate_frames(
    frames: Mapping[str, pd.DataFrame],
    docs_dir: Path | None = None,
    *,
    targets: Callable[[Reference], pd.DataFrame] | None = None,
    violations: Mapping[str, int] | None = None,
    totals: Mapping[str, int] | None = None,
) -> ContractResult:
    """Validates each frame once against its table's contract; builds Data Docs in ``docs_dir`` if given.

    ``targets`` gives the keys that a reference may lead to (by default those of
    the frame of that table). With ``violations``, the open ones by rule, every
    rule's are validated too, as far as they stand in quality_issue. ``totals``
    are the rows of whole tables, of which the frames may be a part.
    Raises KeyError for a table without a contract, ValueError where a table
    that another refers to is not among ``frames``, and ExpectationError where
    an expectation could not be evaluated.
    """
    contracts = {name: load_contracts()[name] for name in frames}
    for contract in contracts.values():
        if lacking := {reference.table for reference in contract.references} - set(frames):
            raise ValueError(f"{contract.table} refers to {sorted(lacking)}, which is not given")
    targets = targets or (lambda reference: frames[reference.table][list(reference.to)])
    context = _context()
    source = context.data_sources.add_pandas("tables")
    failures: list[ContractFailure] = []
    statistics: dict[str, TableStatistics] = {}
    for name, contract in contracts.items():
        broken_type = _type_failure(frames[name], contract)
        data = frames[name] if broken_type else _with_residuals(contract, frames[name], targets)
        result = _validate(context, source, contract, data, typed=broken_type is None)
        found = [*filter(None, [broken_type]), *_failures(name, result)]
        failures += found
        rows = len(data)
        statistics[name] = TableStatistics(rows, (totals or {}).get(name, rows), len(result.results), len(found))
    for code, residual in residual_frames(frames["quality_issue"]).items() if violations is not None else ():
        failures += _validate_rule(context, source, code, residual)
    outcome = ContractResult(not failures, tuple(failures), statistics, dict(violations or {}))
    if docs_dir is not None:
        from expectations.data_docs import build_data_docs

        build_data_docs(context, docs_dir, outcome)
    return outcome


def expectations_of(contract: TableContract, columns: list[str], typed: bool = True) -> Iterator[Any]:
    """The expectations of one table, as Great Expectations objects.

    ``columns`` are those of the frame, residuals included; where they are not
    the contract's, only that is expected, since nothing else can be evaluated.
    Patterns and residuals need a frame that is ``typed``.
    """
    gxe = _expectations()
    residuals = [name for name, _ in _residual_names(contract)] if typed else []
    names = [column.name for column in contract.columns]
    yield gxe.ExpectTableColumnsToMatchOrderedList(column_list=[*names, *residuals], notes=contract.description_zh)
    if columns != [*names, *residuals]:
        return
    if len(contract.key) == 1:
        yield gxe.ExpectColumnValuesToBeUnique(column=contract.key[0], notes=contract.grain_zh)
    else:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=list(contract.key), notes=contract.grain_zh)
    for column in contract.columns:
        note = f"{column.description_zh} {column.description_en}"
        if not column.nullable:
            yield gxe.ExpectColumnValuesToNotBeNull(column=column.name, notes=note)
        if column.enum:
            yield gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(codes(column.enum)), notes=note)
        if column.pattern and typed:
            yield gxe.ExpectColumnValuesToMatchRegex(column=column.name, regex=column.pattern, notes=note)
    for residual, note in _residual_names(contract) if typed else ():
        yield gxe.ExpectColumnValuesToBeInSet(column=residual, value_set=[True], notes=note)


def _residual_names(contract: TableContract) -> list[tuple[str, str]]:
    """The columns of truth values beside the contract's own, each with a note."""
    names = [
        (f"{', '.join(r.columns)} → {r.table}.{', '.join(r.to)}", f"引用 reference: {r.table}")
        for r in contract.references
    ]
    return names + [(f"assert {a.name}", f"`{a.sql}`") for a in contract.assertions]


def _with_residuals(
    contract: TableContract, data: pd.DataFrame, targets: Callable[[Reference], pd.DataFrame]
) -> pd.DataFrame:
    """The frame with a column per reference and assertion: True where it holds."""
    names = iter(name for name, _ in _residual_names(contract))
    residuals: dict[str, Any] = {}
    for reference in contract.references:
        own, target = data[list(reference.columns)], targets(reference)
        if len(reference.columns) == 1:
            known = own.iloc[:, 0].isin(target.iloc[:, 0].dropna().unique())
        else:
            keys = pd.MultiIndex.from_frame(own.astype(object))
            known = pd.Series(keys.isin(pd.MultiIndex.from_frame(target.astype(object))), index=data.index)
        residuals[next(names)] = known | own.isna().any(axis=1)
    if contract.assertions:
        con = duckdb.connect()
        con.register("data", to_arrow(data, contract.table))
        holds = ", ".join(f"coalesce({assertion.sql}, false)" for assertion in contract.assertions)
        columns = con.execute(f"SELECT {holds} FROM data").fetchnumpy()
        con.close()
        residuals |= {name: column for name, column in zip(names, columns.values(), strict=True)}
    return data.assign(**residuals)


def _type_failure(data: pd.DataFrame, contract: TableContract) -> ContractFailure | None:
    """Whether the frame can be stored as the contract says: every value fits its column's type."""
    try:
        to_arrow(data, contract.table)
    except FrameError as error:
        return ContractFailure(contract.table, "types", tuple(c.name for c in contract.columns), None, (str(error),))
    return None


def _context() -> Any:
    """An ephemeral context that keeps quiet and calls nobody."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


@cache
def _expectations() -> Any:
    import great_expectations.expectations as gxe

    return gxe


def _validate(context: Any, source: Any, contract: TableContract, data: pd.DataFrame, typed: bool) -> Any:
    """Runs the suite of one table over its frame."""
    expectations = list(expectations_of(contract, list(data.columns), typed))
    return _run(context, source, contract.table, expectations, data, contract.key)


def _validate_rule(context: Any, source: Any, code: str, residual: pd.DataFrame) -> list[ContractFailure]:
    """Runs the suite of one rule; returns what is a defect of ours, violations are none."""
    name, expectations = suite_name(code), list(expectations_of_rule(catalogue()[code]))
    result = _run(context, source, name, expectations, residual, ("issue_id",))
    failures = _failures(name, result)
    return [failure for failure in failures if failure.expectation != EMPTY]


def _run(context: Any, source: Any, name: str, expectations: list[Any], data: pd.DataFrame, key: Sequence[str]) -> Any:
    """Runs a suite over a frame; examples of failing rows are named by their key where the frame has it."""
    import great_expectations as gx

    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations))
    asset = source.add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    result_format: dict[str, Any] = {"result_format": "SUMMARY", "partial_unexpected_count": EXAMPLES}
    if set(key) <= set(data.columns):
        result_format["unexpected_index_column_names"] = list(key)
    with warnings.catch_warnings():
        # A pattern may have groups; nobody wants what they match.
        warnings.filterwarnings("ignore", "This pattern is interpreted as a regular expression", UserWarning)
        return definition.run(batch_parameters={"dataframe": data}, result_format=result_format)


def _failures(name: str, result: Any) -> Iterator[ContractFailure]:
    """The expectations that were not met; raises ExpectationError for one that could not be evaluated."""
    for outcome in result.results:
        config = outcome.expectation_config
        if problem := _exception(outcome.exception_info):
            raise ExpectationError(f"{name}: {config.type} {config.kwargs}: {problem}")
        if outcome.success:
            continue
        found = outcome.result or {}
        columns = config.kwargs.get("column_list") or [config.kwargs.get("column", "*")]
        rows = found.get("partial_unexpected_index_list") or found.get("partial_unexpected_list") or ()
        examples = [str(row) for row in rows[:EXAMPLES]]
        if not examples and "observed_value" in found:
            examples = [f"observed {found['observed_value']}"]
        yield ContractFailure(name, config.type, tuple(columns), found.get("unexpected_count"), tuple(examples))


def _exception(info: Any) -> str | None:
    """The message of an exception that an expectation raised; the information
    is either flat or one mapping per metric."""
    if not info:
        return None
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else None
    for metric in info.values():
        if isinstance(metric, dict) and metric.get("raised_exception", True):
            return str(metric.get("exception_message"))
    return None
