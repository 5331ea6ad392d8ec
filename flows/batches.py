"""What Prefect hands from the flow to its tasks without looking into it."""

from __future__ import annotations

from collections.abc import Sequence

from flows.store import Capture
from flows.survey import Sighting


class Batch:
    """The sightings or captures that one task works off."""

    def __init__(self, sightings: Sequence[Sighting] = (), captures: Sequence[Capture] = ()) -> None:
        self.sightings = sightings
        self.captures = captures
