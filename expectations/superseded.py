"""Violations that a corrected report of the year before has put right.

A rule across two years judges a filing against the current report of the year
before. What it found against that report's earlier revisions, while both stood,
was an issue too, and is kept as one that is resolved. The rules' own queries
find it: ``rule_previous`` then holds earlier revisions, and ``cell``, ``claim``
and the other tables only what these filings have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from expectations.rules.catalogue import Rule

SQL = Path(__file__).resolve().parent / "rules" / "sql"

_NARROWED = ("cell", "claim", "statement", "narrative")


def find_superseded(
    con: duckdb.DuckDBPyConnection, rules: Iterable[Rule], find: Callable[[duckdb.DuckDBPyConnection, Rule], None]
) -> None:
    """Adds to ``rule_found`` what the rules find against revisions corrected since, with ``resolved_at``.

    ``find`` puts a rule's violations into ``rule_found``. ``rule_previous`` is as before when this returns.
    """
    asked = [rule for rule in rules if rule.judged_on == "years" and "rule_previous" in (rule.sql or "")]
    con.execute(f"CREATE OR REPLACE TEMP TABLE rule_superseded AS {(SQL / 'superseded_filing.sql').read_text('utf-8')}")
    try:
        ages = [age for (age,) in con.execute("SELECT DISTINCT age FROM rule_superseded ORDER BY age").fetchall()]
        if asked and ages:
            _find_by_age(con, asked, ages, find)
    finally:
        con.execute("DROP TABLE temp.rule_superseded")


def _find_by_age(
    con: duckdb.DuckDBPyConnection,
    rules: list[Rule],
    ages: list[int],
    find: Callable[[duckdb.DuckDBPyConnection, Rule], None],
) -> None:
    """One age at a time, so that a filing has one report of the year before as the queries expect."""
    con.execute("ALTER TABLE temp.rule_previous RENAME TO rule_previous_current")
    con.execute("ALTER TABLE temp.rule_found RENAME TO rule_found_current")
    hidden = [name for name in _NARROWED if _narrow(con, name)]
    try:
        for age in ages:
            con.execute("CREATE OR REPLACE TEMP TABLE rule_found AS FROM rule_found_current LIMIT 0")
            con.execute(
                "CREATE OR REPLACE TEMP TABLE rule_previous AS "
                "SELECT filing_id, previous_id FROM rule_superseded WHERE age = $age",
                {"age": age},
            )
            for rule in rules:
                find(con, rule)
            con.execute(
                "INSERT INTO rule_found_current BY NAME SELECT v.* REPLACE (p.resolved_at AS resolved_at) "
                "FROM rule_found AS v JOIN rule_superseded AS p ON p.filing_id = v.filing_id AND p.age = $age",
                {"age": age},
            )
    finally:
        for name in (*_NARROWED, "rule_previous", "rule_found"):
            con.execute(f"DROP TABLE IF EXISTS temp.{name}")
        for name in hidden:
            con.execute(f"ALTER TABLE temp.{name}_hidden RENAME TO {name}")
        con.execute("ALTER TABLE temp.rule_previous_current RENAME TO rule_previous")
        con.execute("ALTER TABLE temp.rule_found_current RENAME TO rule_found")


def _narrow(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Makes a temporary table that stands before the one of its name and holds
    the filings concerned only; says whether that one was temporary itself and
    is now called ``…_hidden``."""
    (temporary,) = con.execute(
        "SELECT count(*) > 0 FROM duckdb_tables() WHERE temporary AND table_name = $name", {"name": name}
    ).fetchall()[0]
    source = f"{name}_hidden" if temporary else name
    if temporary:
        con.execute(f"ALTER TABLE temp.{name} RENAME TO {source}")
    con.execute(
        f"CREATE TEMP TABLE {name} AS FROM {source} WHERE filing_id IN "
        "(SELECT unnest([filing_id, previous_id]) FROM rule_superseded)"
    )
    return bool(temporary)
