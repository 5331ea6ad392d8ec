"""Tables without vertical rules, where rows may be blank."""

from __future__ import annotations

from random import Random

import pytest

from extract.forms import load_forms
from extract.reading import read_bytes
from tests.corpus import build, mutations
from tests.corpus.agencies import AGENCIES
from tests.corpus.pdf import PdfLayout, render


@pytest.mark.parametrize("rules", ["none", "horizontal", "outer"])
@pytest.mark.parametrize("seed", range(3))
def test_blank_rows_keep_their_labels_from_the_rows_beside_them(rules: str, seed: int) -> None:
    filing = build.filing(AGENCIES["shili-qu"], 2023, f"blank-rows-{seed}")
    table = load_forms()["2021"].table("applications")
    blank = Random(seed).sample([row.code for row in table.rows[2:23]], 6)
    filing = mutations.blank(filing, [("applications", row, column.code) for row in blank for column in table.columns])
    reading = read_bytes(render(filing, PdfLayout(rules=rules)).data, "a.pdf")  # type: ignore[arg-type]
    read = {(c["table"], c["row"], c["column"]): (c["value"], c["status"]) for c in reading["cells"]}
    doubted = any(issue["origin"] == "extraction" for issue in reading["issues"])
    for key, cell in filing.cells.items():
        if key[0] == "applications" and cell.number is not None:
            assert read[key] == (cell.number, "reported") or doubted, key
    wrong = [key for row in blank for key in read if key[1] == row and read[key][1] == "reported"]
    assert wrong == []
