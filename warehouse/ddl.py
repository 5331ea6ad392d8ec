"""The warehouse's DDL, generated from the table contracts.

There are no primary or foreign keys: they cost ten times the space and time of
the tables themselves. ``warehouse.build`` counts what breaks a key instead.
"""

from __future__ import annotations

from transform.contracts import ColumnContract, TableContract, codes, load_contracts


def quoted(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def bilingual(zh: str, en: str) -> str:
    """Chinese and English as one comment."""
    return f"{zh} / {en}"


def sql_type(column: ColumnContract) -> str:
    """The DuckDB type of a column; a closed set is the ENUM type ``e_<set>``."""
    return f"e_{column.enum}" if column.enum else column.type


def type_statements() -> list[str]:
    """CREATE TYPE for every closed set that a stored table uses, by name."""
    used = {column.enum for contract in load_contracts().values() for column in contract.columns if column.enum}
    return [f"CREATE TYPE e_{enum} AS ENUM ({', '.join(map(quoted, codes(enum)))})" for enum in sorted(used)]


def table_statements(contract: TableContract) -> list[str]:
    """CREATE TABLE with NOT NULL where the contract says so, and a comment on the table and each column."""
    columns = ", ".join(
        f"{column.name} {sql_type(column)}{'' if column.nullable else ' NOT NULL'}" for column in contract.columns
    )
    about = bilingual(
        f"{contract.description_zh}每行：{contract.grain_zh}。",
        f"{contract.description_en} Each row: {contract.grain_en}.",
    )
    return [
        f"CREATE TABLE {contract.table} ({columns})",
        f"COMMENT ON TABLE {contract.table} IS {quoted(about)}",
        *(
            f"COMMENT ON COLUMN {contract.table}.{column.name} IS "
            + quoted(bilingual(column.description_zh, column.description_en))
            for column in contract.columns
        ),
    ]


def ddl_statements() -> list[str]:
    """Every statement that makes an empty warehouse, views excepted."""
    return [
        *type_statements(),
        *(statement for contract in load_contracts().values() for statement in table_statements(contract)),
    ]


def broken_rows(contract: TableContract, condition: str = "true") -> dict[str, str]:
    """SQL that counts the rows that break the contract, by a name of what is broken,
    among those that fulfil ``condition`` (rows of one key all do, or none).

    Keys are unique, references lead somewhere, texts match, assertions hold.
    """
    rows, key = f"(FROM {contract.table} WHERE {condition})", ", ".join(contract.key)
    counts = {f"key ({key})": f"SELECT count(*) FROM (SELECT 1 FROM {rows} GROUP BY {key} HAVING count(*) > 1)"}
    for reference in contract.references:
        pairs = [f"t.{name} = r.{to}" for name, to in zip(reference.columns, reference.to, strict=True)]
        given = " AND ".join(f"t.{name} IS NOT NULL" for name in reference.columns)
        counts[f"reference ({', '.join(reference.columns)}) to {reference.table}"] = (
            f"SELECT count(*) FROM {rows} t WHERE {given} "
            f"AND NOT EXISTS (SELECT 1 FROM {reference.table} r WHERE {' AND '.join(pairs)})"
        )
    for column in contract.columns:
        if column.pattern:
            counts[f"pattern of {column.name}"] = (
                f"SELECT count(*) FROM {rows} WHERE NOT regexp_matches({column.name}, {quoted(column.pattern)})"
            )
    for assertion in contract.assertions:
        counts[assertion.name] = f"SELECT count(*) FROM {rows} WHERE ({assertion.sql}) IS NOT TRUE"
    return counts
