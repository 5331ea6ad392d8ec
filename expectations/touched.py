"""What has to be judged again: the agencies of which anything changed since the last judging.

Every lineage of agencies gets a fingerprint of all that its rules read. The
issues of a lineage whose fingerprint is the same stay as they are; only rules
about relatives are applied to the whole each time.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pandas as pd

from expectations.judge import READ, JudgedFrames, joined
from expectations.rules.catalogue import catalogue

COLUMNS = ("lineage_id", "fingerprint")


def fingerprints(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """lineage_id and fingerprint (text), a row per lineage with a filing; of the tables of ``READ``.

    Equal fingerprints mean equal rows whatever their order; they compare only
    within one version of DuckDB, whose hash they use.
    """
    parts = [
        f"""SELECT f.lineage, sum(hash('{name}', t)::HUGEINT) AS part
        FROM (SELECT {columns} FROM {name}) AS t JOIN filed AS f USING (filing_id) GROUP BY f.lineage"""
        for name, columns in READ.items()
        if name != "dim_agency"
    ]
    return con.execute(
        f"""WITH filed AS (
            SELECT f.filing_id, coalesce(a.lineage_id, a.agency_id) AS lineage
            FROM dim_filing AS f JOIN dim_agency AS a USING (agency_id)
        ), part AS (
            {" UNION ALL ".join(parts)}
            UNION ALL
            SELECT coalesce(a.lineage_id, a.agency_id), sum(hash('dim_agency', a)::HUGEINT) FROM dim_agency AS a
            GROUP BY ALL
        )
        SELECT lineage AS lineage_id, sum(part)::VARCHAR AS fingerprint FROM part
        WHERE lineage IN (SELECT lineage FROM filed)
        GROUP BY lineage ORDER BY lineage"""
    ).df()


def touched(before: pd.DataFrame, now: pd.DataFrame) -> set[str]:
    """The lineages that are new, changed or gone, by their fingerprints."""
    old = dict(zip(before["lineage_id"], before["fingerprint"], strict=True))
    new = dict(zip(now["lineage_id"], now["fingerprint"], strict=True))
    return {lineage for lineage in old.keys() | new.keys() if old.get(lineage) != new.get(lineage)}


def kept(last: JudgedFrames, lineage_of: dict[str, str], lineages: Collection[str]) -> JudgedFrames:
    """The issues of the last judging that stay as they are.

    ``lineage_of`` has the lineage of every agency that was judged then;
    ``lineages`` are those that are judged again.
    """
    relatives = {rule.code for rule in catalogue().values() if rule.judged_on == "relatives"}
    agencies = last.quality_issue["agency_id"].astype(object)
    stays = (
        agencies.notna() & ~agencies.map(lineage_of).isin(set(lineages)) & ~last.quality_issue["rule"].isin(relatives)
    )
    issues = last.quality_issue[stays]
    cells = last.issue_cell[last.issue_cell["issue_id"].isin(issues["issue_id"])]
    return joined([JudgedFrames(issues, cells)])
