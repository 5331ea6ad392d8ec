"""What is judged again: the issues of a night's agencies in a copy of the last build.

The issues of the other agencies stay as they are: none of what their rules read
has changed. Only rules about relatives are applied to the whole each time.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pyarrow as pa

from expectations.rules.catalogue import catalogue


def lineages_of(con: duckdb.DuckDBPyConnection, agencies: Collection[str]) -> set[str]:
    """The lineages of these agencies, and the agencies themselves, of which some may be no more."""
    con.register("touched", pa.table({"key": pa.array(sorted(agencies), pa.string())}))
    rows = con.execute("SELECT DISTINCT lineage_id FROM dim_agency WHERE agency_id IN (FROM touched)").fetchall()
    con.unregister("touched")
    return {*agencies, *(row[0] for row in rows)}


def drop_issues(con: duckdb.DuckDBPyConnection, lineages: Collection[str]) -> None:
    """Removes the issues that ``judge`` finds anew when it is given these lineages: theirs, those of no
    agency, and those of rules about relatives."""
    relatives = [rule.code for rule in catalogue().values() if rule.judged_on == "relatives"]
    con.register("touched", pa.table({"key": pa.array(sorted(lineages), pa.string())}))
    con.execute(
        """DELETE FROM quality_issue WHERE agency_id IS NULL OR rule IN (SELECT unnest($relatives))
        OR agency_id IN (FROM touched)
        OR agency_id IN (SELECT agency_id FROM dim_agency WHERE lineage_id IN (FROM touched))""",
        {"relatives": relatives},
    )
    con.execute("DELETE FROM issue_cell WHERE issue_id NOT IN (SELECT issue_id FROM quality_issue)")
    con.unregister("touched")
