"""The project's corrections of readings, their flaws as failures that a user can mend."""

from __future__ import annotations

from transform.corrections import CorrectionError, Corrections, load_corrections
from warehouse.errors import OgiError


def corrections() -> Corrections:
    """The corrections of ``data/corrections``; OgiError names file and entry where one is malformed."""
    try:
        return load_corrections()
    except CorrectionError as error:
        raise OgiError(error.zh, error.en) from error
