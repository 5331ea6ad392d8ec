"""The clock of the machine: runs and builds are ordered by it, and so is what was fetched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from warehouse.errors import OgiError
from warehouse.home import Home

TOLERANCE = timedelta(hours=1)
"""By how much a clock may have been put back."""

_RUN = "%Y%m%dT%H%M%S"


def check_clock(home: Home) -> None:
    """OgiError where the clock is before the newest run of the home: what is fetched now would be taken for older than
    what was fetched then, and its figures for superseded ones."""
    moments = [(moment, path) for path in home.runs.glob("*.json") if (moment := _moment(path.stem)) is not None]
    if not moments:
        return
    newest, path = max(moments)
    now = datetime.now(UTC)
    if now < newest - TOLERANCE:
        raise OgiError(
            f"系统时钟（{now:%Y-%m-%d %H:%M} UTC）早于上一次运行（{newest:%Y-%m-%d %H:%M}）。请校正时钟后再运行；"
            f"如当时的时钟错了，请移走 {path}，并核对那次运行取得的文件。",
            f"The clock ({now:%Y-%m-%d %H:%M} UTC) is before the last run ({newest:%Y-%m-%d %H:%M}). Set it right and "
            f"run again; if it was wrong then, take {path} away, and look at what that run fetched.",
        )


def _moment(run_id: str) -> datetime | None:
    """When a run began, by its identifier."""
    try:
        return datetime.strptime(run_id[:15], _RUN).replace(tzinfo=UTC)
    except ValueError:
        return None
