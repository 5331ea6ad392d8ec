"""Frames typed as the table contracts say, and their Arrow form.

In a frame, text is pandas' ``str``, a closed set a category with all codes of
the set, DECIMAL(18,4), DATE and lists are Arrow-backed, instants naive UTC in
microseconds. Nothing passes through a binary float on its way to a decimal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from transform.contracts import ColumnContract, TableContract, codes, load_contracts

DECIMAL = pa.decimal128(18, 4)
LIMIT = 10**11
"""Numbers are kept whose absolute value is below this: a thousandth of what DECIMAL(18,4) holds, so that a hundred
times one, or the sum of a filing's, stays within the type and no rule or view ends over it. In 万元 this is forty
times the budgets of all of China's governments."""

_QUANTUM = Decimal("0.0001")
_TYPES: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "DECIMAL(18,4)": DECIMAL,
    "DECIMAL(38,4)": pa.decimal128(38, 4),
    "DOUBLE[]": pa.list_(pa.float64()),
    "UINTEGER[]": pa.list_(pa.uint32()),
    "DECIMAL(18,4)[]": pa.list_(DECIMAL),
    "STRUCT(form_table VARCHAR, row_code VARCHAR, column_code VARCHAR)[]": pa.list_(
        pa.struct([("form_table", pa.string()), ("row_code", pa.string()), ("column_code", pa.string())])
    ),
}
_NULLABLE_PANDAS = {
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


class FrameError(ValueError):
    """A value that its column cannot hold; the message names table, column and value."""


@cache
def arrow_type(column: ColumnContract) -> pa.DataType:
    """The Arrow type of a column; a closed set is a dictionary of text."""
    return pa.dictionary(pa.int16(), pa.string()) if column.enum else _TYPES[column.type]


@cache
def arrow_schema(contract: TableContract) -> pa.Schema:
    """The Arrow schema of a table, columns in the contract's order."""
    return pa.schema([pa.field(column.name, arrow_type(column)) for column in contract.columns])


@cache
def enum_codes(enum: str) -> pa.Array:
    """The codes of a closed set as an Arrow array, in their fixed order."""
    return pa.array(codes(enum), pa.string())


def exact(value: int | float | Decimal | str) -> int | Decimal:
    """A number exactly as printed, rounded half up where it has more than four decimals.

    A float is taken for the shortest decimal that stands for it, which is what
    its JSON text said.
    """
    if type(value) is int:
        return value
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        return number.quantize(_QUANTUM, ROUND_HALF_UP)
    return number


def number_text(value: int | float | Decimal) -> str:
    """A number as text without trailing zeros or exponent: 12, 0.5, 21643.44."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def utc(moment: datetime | str) -> datetime:
    """An instant as a naive UTC datetime; one without a zone is UTC already."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def day(value: date | str | None) -> date | None:
    """A date from a date or its ISO text; ValueError where the text is none."""
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(value) if isinstance(value, str) else value


def frame(table: str, columns: Mapping[str, Sequence[Any] | pa.Array | pd.Series[Any]]) -> pd.DataFrame:
    """A typed frame of ``table`` from columns of equal length, all of the contract's.

    Raises FrameError for a value that its column cannot hold, an unknown code
    among them, and for columns that are lacking or unknown.
    """
    contract = load_contracts()[table]
    names = [column.name for column in contract.columns]
    if set(columns) != set(names):
        raise FrameError(f"{table}: columns differ from the contract: {sorted(set(columns) ^ set(names))}")
    arrays = [_array(columns[column.name], column, table) for column in contract.columns]
    return to_pandas(pa.Table.from_arrays(arrays, schema=arrow_schema(contract)), table)


def rows_frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A typed frame of ``table`` from one mapping per row; what a row lacks is NULL."""
    names = [column.name for column in load_contracts()[table].columns]
    for row in rows:
        if unknown := set(row) - set(names):
            raise FrameError(f"{table}: unknown columns {sorted(unknown)}")
    return frame(table, {name: [row.get(name) for row in rows] for name in names})


def empty(table: str) -> pd.DataFrame:
    """A typed frame of ``table`` without rows."""
    return rows_frame(table, [])


def to_pandas(data: pa.Table, table: str) -> pd.DataFrame:
    """An Arrow table of the contract's schema as a typed frame."""
    nullable = {column.name: column.nullable for column in load_contracts()[table].columns}
    columns = {}
    for field, chunks in zip(data.schema, data.columns, strict=True):
        if pa.types.is_decimal(field.type) or pa.types.is_date(field.type) or pa.types.is_nested(field.type):
            columns[field.name] = pd.Series(chunks.to_pandas(types_mapper=pd.ArrowDtype))
        elif nullable[field.name] and field.type in _NULLABLE_PANDAS:
            columns[field.name] = chunks.to_pandas(types_mapper=_NULLABLE_PANDAS.get)
        else:
            columns[field.name] = chunks.to_pandas()
    return pd.DataFrame(columns, columns=data.schema.names)


def to_arrow(data: pd.DataFrame, table: str) -> pa.Table:
    """A frame of ``table`` as an Arrow table of exactly the contract's schema.

    The frame may be less strictly typed (object columns, text for codes).
    Raises FrameError as ``frame`` does.
    """
    return pa.Table.from_arrays(
        [_from_series(data[column.name], column, table) for column in _columns_of(data, table)],
        schema=arrow_schema(load_contracts()[table]),
    )


def _columns_of(data: pd.DataFrame, table: str) -> tuple[ColumnContract, ...]:
    contract = load_contracts()[table]
    if lacking := {column.name for column in contract.columns} - set(data.columns):
        raise FrameError(f"{table}: the frame lacks {sorted(lacking)}")
    return contract.columns


def _from_series(series: pd.Series[Any], column: ColumnContract, table: str) -> pa.Array:
    if column.enum and isinstance(series.dtype, pd.CategoricalDtype):
        if tuple(series.cat.categories) == codes(column.enum):
            indices = pa.array(series.cat.codes.to_numpy(), pa.int16(), mask=(series.cat.codes < 0).to_numpy())
            return pa.DictionaryArray.from_arrays(indices, enum_codes(column.enum))
        series = series.astype(object)
    if series.dtype == object:
        values = [None if pd.api.types.is_scalar(value) and pd.isna(value) else value for value in series]
        return _array(values, column, table)
    array = pa.array(series, from_pandas=True)
    return _array(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array, column, table)


def _array(values: Sequence[Any] | pa.Array | pd.Series[Any], column: ColumnContract, table: str) -> pa.Array:
    """The values as an Arrow array of the column's type."""
    if isinstance(values, pd.Series):
        return _from_series(values, column, table)
    try:
        if column.enum:
            return _encoded(values, column.enum)
        kind = arrow_type(column)
        if isinstance(values, pa.Array):
            return values if values.type == kind else values.cast(kind)
        if kind == DECIMAL:
            return pa.array([None if value is None else exact(value) for value in values], DECIMAL)
        return pa.array(values, kind)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise FrameError(f"{table}.{column.name}: {error}") from error


def _encoded(values: Sequence[Any] | pa.Array, enum: str) -> pa.Array:
    if isinstance(values, pa.DictionaryArray) and values.dictionary.equals(enum_codes(enum)):
        return values.cast(pa.dictionary(pa.int16(), pa.string()))
    array = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    array = array.cast(pa.string())
    indices = pc.index_in(array, value_set=enum_codes(enum))
    if indices.null_count > array.null_count:
        unknown = array.filter(pc.and_(pc.is_null(indices), pc.is_valid(array))).unique()
        raise ValueError(f"unknown codes {unknown.to_pylist()[:5]} in the set {enum}")
    return pa.DictionaryArray.from_arrays(indices.cast(pa.int16()), enum_codes(enum))
