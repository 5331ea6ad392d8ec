"""The contracts of the warehouse's tables, loaded from ``data/tables``.

A contract is the only place where a table's columns, types, key and
descriptions are written down. The frames (transform), the DDL (warehouse) and
the expectation suites (expectations) are all made from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from extract.forms import Form, load_forms
from extract.paths import DATA

TABLES = DATA / "tables"
SECTORS = DATA / "sectors.yaml"
CROSSWALK = DATA / "crosswalk.yaml"

CHANGES_WITH = ("filing", "document", "agency", "judging", "night", "form", "history", "derived")
"""What rows of a table go with when a night changes something: their filing, their
document, their agency; what the rules find; every night anew; the form, the
contracts and the code alone; nothing at all, since they are only added to; or
the tables that they are made of by SQL (``warehouse/sql/<table>.sql``)."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENUM_PREFIX = "enum:"


class ContractError(ValueError):
    """A contract file contradicts itself; the message names file and place."""


@dataclass(frozen=True)
class EnumValue:
    """One code of a closed set, with its labels."""

    code: str
    label_zh: str
    label_en: str


@dataclass(frozen=True)
class ColumnContract:
    """One column: its type is a DuckDB type, or ``enum:<name>`` for a closed set."""

    name: str
    type: str
    nullable: bool
    description_zh: str
    description_en: str
    pattern: str | None = None  # a regular expression that every value of a text column matches

    @property
    def enum(self) -> str | None:
        """Name of the closed set, or None where the column is not of one."""
        return self.type.removeprefix(_ENUM_PREFIX) if self.type.startswith(_ENUM_PREFIX) else None


@dataclass(frozen=True)
class Reference:
    """Values of ``columns`` (where none is NULL) stand in ``to`` of ``table``."""

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True)
class Assertion:
    """A condition in SQL that every row of the table fulfils."""

    name: str
    sql: str


@dataclass(frozen=True)
class TableContract:
    """One table. ``key`` columns are unique together and never NULL; ``changes_with`` is one of ``CHANGES_WITH``."""

    table: str
    grain_zh: str
    grain_en: str
    description_zh: str
    description_en: str
    key: tuple[str, ...]
    columns: tuple[ColumnContract, ...]
    changes_with: str
    references: tuple[Reference, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    digest: bool = True  # False: not part of the content digest (it holds wall-clock times)

    def column(self, name: str) -> ColumnContract:
        """The column of that name; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.table} has no column {name}")


@cache
def load_contracts() -> dict[str, TableContract]:
    """All table contracts by table name; raises ContractError where one contradicts itself."""
    paths = [path for path in sorted(TABLES.glob("*.yaml")) if not path.name.startswith("_")]
    contracts = {contract.table: contract for contract in map(load_contract, paths)}
    for contract in contracts.values():
        _validate_references(contract, contracts)
    return contracts


def framed_contracts() -> dict[str, TableContract]:
    """The contracts of the tables of which a frame is made: all but the derived ones."""
    return {name: contract for name, contract in load_contracts().items() if contract.changes_with != "derived"}


def derived_contracts() -> dict[str, TableContract]:
    """The contracts of the tables that SQL fills out of other stored tables."""
    return {name: contract for name, contract in load_contracts().items() if contract.changes_with == "derived"}


def load_contract(path: Path) -> TableContract:
    """Reads one contract file; raises ContractError where it contradicts itself."""
    data = yaml.load(path.read_text("utf-8"), Loader=_LOADER)
    try:
        contract = _contract(data)
    except (KeyError, TypeError) as error:
        raise ContractError(f"{path.name}: {error!r} is lacking or misplaced") from error
    _validate(contract, path)
    return contract


def _contract(data: dict[str, Any]) -> TableContract:
    return TableContract(
        table=data["table"],
        grain_zh=data["grain_zh"],
        grain_en=data["grain_en"],
        description_zh=data["description_zh"],
        description_en=data["description_en"],
        key=tuple(data["key"]),
        columns=tuple(ColumnContract(**item) for item in data["columns"]),
        changes_with=data["changes_with"],
        references=tuple(
            Reference(tuple(item["columns"]), item["table"], tuple(item["to"])) for item in data.get("references", ())
        ),
        assertions=tuple(Assertion(**item) for item in data.get("assertions", ())),
        digest=data.get("digest", True),
    )


def _validate(contract: TableContract, path: Path) -> None:
    names = [column.name for column in contract.columns]
    if contract.table != path.stem:
        raise ContractError(f"{path.name} describes the table {contract.table}")
    if contract.changes_with not in CHANGES_WITH:
        raise ContractError(f"{path.name}: changes_with is none of {', '.join(CHANGES_WITH)}")
    if len(set(names)) != len(names):
        raise ContractError(f"{path.name}: a column is listed twice")
    for name in contract.key:
        if name not in names:
            raise ContractError(f"{path.name}: key column {name} is not listed")
        if contract.column(name).nullable:
            raise ContractError(f"{path.name}: key column {name} is nullable")
    for column in contract.columns:
        if column.enum is not None and column.enum not in load_enums():
            raise ContractError(f"{path.name}: {column.name} is of an unknown set {column.enum}")


def _validate_references(contract: TableContract, contracts: dict[str, TableContract]) -> None:
    for reference in contract.references:
        target = contracts.get(reference.table)
        if target is None or len(reference.columns) != len(reference.to):
            raise ContractError(f"{contract.table}: its reference to {reference.table} leads nowhere")
        for name, to in zip(reference.columns, reference.to, strict=True):
            _ = contract.column(name), target.column(to)


@cache
def load_enums() -> dict[str, tuple[EnumValue, ...]]:
    """Every closed set by name, its codes in their fixed order.

    The sets of the form's codes come from ``data/forms`` (all editions, newest
    first), ``sector`` from ``data/sectors.yaml``, the others from
    ``data/tables/_enums.yaml``.
    """
    data = yaml.load((TABLES / "_enums.yaml").read_text("utf-8"), Loader=_LOADER)
    enums = {name: tuple(EnumValue(**value) for value in values) for name, values in data.items()}
    sectors = yaml.load(SECTORS.read_text("utf-8"), Loader=_LOADER)["sectors"]
    enums["sector"] = tuple(EnumValue(item["sector"], item["label_zh"], item["label_en"]) for item in sectors)
    enums |= _form_enums()
    known = {value.code for value in enums["form"]}
    if lacking := set(load_forms()) - known:
        raise ContractError(f"_enums.yaml: form lacks {sorted(lacking)}")
    return enums


def codes(enum: str) -> tuple[str, ...]:
    """The codes of a closed set in their fixed order; KeyError for an unknown set."""
    return tuple(value.code for value in load_enums()[enum])


def _form_enums() -> dict[str, tuple[EnumValue, ...]]:
    forms = load_forms().values()
    return {
        "form_table": _distinct(EnumValue(t.code, t.title_zh, t.title_en) for form in forms for t in form.tables),
        "row_code": _distinct(_rows(forms)),
        "item_group": _distinct(_item_groups(forms)),
        "column_code": _distinct(column for form in forms for t in form.tables for column in _columns(form, t.code)),
        "applicant": _distinct(column for form in forms for column in _columns(form, "applications")),
        "result": _distinct(column for form in forms for column in _columns(form, "review_litigation")),
        "measure": _distinct(column for form in forms for column in _columns(form, "proactive")),
    }


def _rows(forms: Iterable[Form]) -> Iterator[EnumValue]:
    for form in forms:
        for table in form.tables:
            for row in (*table.rows, *table.merged_rows):
                yield EnumValue(row.code, row.label_zh, row.label_en)


def _item_groups(forms: Iterable[Form]) -> Iterator[EnumValue]:
    for form in forms:
        for table in form.tables:
            for row in (*table.rows, *table.merged_rows):
                yield EnumValue(row.item_group, row.item_group, row.item_group)


def _columns(form: Form, table: str) -> Iterator[EnumValue]:
    for entry in form.tables:
        if entry.code == table:
            for column in entry.columns:
                yield EnumValue(column.code, column.label_zh, column.label_en)


def _distinct(values: Iterable[EnumValue]) -> tuple[EnumValue, ...]:
    """The first value of each code (the newest edition's), in order of appearance."""
    first: dict[str, EnumValue] = {}
    for value in values:
        first.setdefault(value.code, value)
    return tuple(first.values())


@cache
def contracts_version() -> str:
    """Fingerprint of all contract files, form files, the sectors and the crosswalk: 16 hex digits."""
    digest = hashlib.sha256()
    for path in (*sorted(TABLES.glob("*.yaml")), *sorted((DATA / "forms").glob("*.yaml")), SECTORS, CROSSWALK):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
