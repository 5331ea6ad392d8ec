"""Which sightings of a report's contents begin a new revision of it.

Content that was never seen begins one. So does content that comes back: an
address that showed A, then B, then A again shows A, and B is no longer what
its agency says. A copy of what is known at yet another address begins none,
nor does an address that only follows what another one has shown before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Sighting:
    """Content ``sha256`` at a place (a name of a source) at an instant (naive UTC); ``url`` is what the source says
    of it."""

    retrieved_at: datetime
    sha256: str
    place: str
    url: str | None = None


def revisions(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Of all sightings of one report's contents those that begin a revision, in their order in time.

    Known content that comes to a place is a revision if it stood there before,
    or if what was the current revision now stands nowhere.
    """
    shown: dict[str, str] = {}
    stood: dict[str, set[str]] = {}
    seen: set[str] = set()
    begun: list[Sighting] = []
    for sighting in sorted(sightings, key=lambda s: (s.retrieved_at, s.sha256, s.place, s.url or "")):
        content, place = sighting.sha256, sighting.place
        is_same = shown.get(place) == content
        is_back = content in stood.get(place, ())
        shown[place] = content
        stood.setdefault(place, set()).add(content)
        current = begun[-1].sha256 if begun else None
        if is_same or content == current:
            continue
        if content not in seen or is_back or current not in shown.values():
            seen.add(content)
            begun.append(sighting)
    return begun
