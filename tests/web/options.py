"""What the web is made from: size, seed, night."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """``out`` receives sources, truth, log and cache. Every host has an agency at least, so that few ``agencies``
    become some thirty. ``night`` 1 and 2 are the same web, 3 has ``changes`` changed filings (at most a third of all).
    ``delay`` (seconds) is what the sources ask for, ``crawl_delay`` what one host's robots.txt does, ``slow`` how long
    one host takes to answer, ``drip`` between two bytes of the slow-loris. ``only``: the sources that are served, as
    they are among all, and no host that means harm; all where it is empty."""

    out: Path
    agencies: int = 20
    first_year: int = 2022
    last_year: int = 2023
    seed: str = "1"
    night: int = 1
    port: int = 0
    delay: float = 0.0
    changes: int = 50
    crawl_delay: float = 2.0
    slow: float = 1.0
    drip: float = 1.0
    only: tuple[str, ...] = ()

    @property
    def years(self) -> range:
        """The report years."""
        return range(self.first_year, self.last_year + 1)
