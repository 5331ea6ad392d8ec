"""``ogi archive``: what the crawler has archived."""

from __future__ import annotations

from pathlib import Path

from extract.crawl.reindex import files
from flows.lock import hold
from flows.reindexing import reindex, told
from warehouse import home as homes
from warehouse.errors import OgiError


def reindex_command(home_option: Path | None) -> int:
    """Makes the crawler's ledger again from the WARC files; 1 where something could not be had again."""
    home = homes.for_run(home_option, "sources")  # the samples are not crawled
    if not files(home.warc):
        raise OgiError(f"{home.warc} 中没有 WARC 文件。", f"There are no WARC files in {home.warc}.")
    with hold(home, "ogi archive reindex"):
        rebuilt = reindex(home)
    print("\n".join(told(rebuilt)))
    return 1 if rebuilt.remarks else 0
