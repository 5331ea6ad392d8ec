"""Every reader and the whole reading, fed with damaged documents for ten minutes (OGI_FUZZ_SECONDS)."""

from __future__ import annotations

import os
from pathlib import Path

from tests.fuzz.hunt import hunt

SECONDS = float(os.environ.get("OGI_FUZZ_SECONDS", "600"))
SEED = os.environ.get("OGI_FUZZ_SEED", "1")


def test_no_document_brings_the_reader_down(tmp_path: Path) -> None:
    found = hunt(SECONDS, SEED, tmp_path, rendered=48)
    for medium, counts in found.counts.items():
        print(f"{medium}: {sum(counts.values())} damaged documents: {dict(counts.most_common())}")
    assert not found.problems, "\n\n".join(found.problems)
    assert found.total > 2 * SECONDS
