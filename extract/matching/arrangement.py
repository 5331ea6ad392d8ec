"""Tables printed in another arrangement than the form's, put into the form's
before they are matched: rows for columns, or in several parts with the rows
repeated in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.forms import Table
from extract.matching.parts import join_parts
from extract.matching.result import Evidence
from extract.matching.rows import SourceRow
from extract.matching.turned import turn


def in_forms_arrangement(rows: Sequence[SourceRow], table: Table) -> tuple[Sequence[SourceRow], Evidence | None]:
    """The rows with the table's printing put into the form's arrangement, and
    by what evidence; the same rows and None where it stands in it already, or
    where its headings do not tell how it stands."""
    found = None if table.blocks else turn(rows, table) or join_parts(rows, table)
    if found is None:
        return rows, None
    arranged, evidence = found
    return [replace(row, index=index) for index, row in enumerate(arranged)], evidence
