"""``ogi serve``: nights by schedule on a single machine."""

from __future__ import annotations

import os
from pathlib import Path

from flows import sources
from flows.lock import hold
from flows.orchestrator import announce, server, serving, withdraw
from warehouse import home as homes


def serve_command(
    source_option: Path | None, home_option: Path | None, jobs: int | None, cron: str, timezone: str
) -> int:
    """Serves the deployments until it is told to stop; what was wrong with a night is in that night's record."""
    chosen = sources.chosen(source_option)
    kind: homes.Kind = "samples" if chosen[0].samples else "sources"
    home = homes.for_run(home_option, kind)
    with hold(home, "ogi serve", at=serving(home)):
        home.claim(kind)
        withdraw(home)
        # Its runs tell Prefect what they print, which a run by hand tells its terminal.
        os.environ.setdefault("PREFECT_LOGGING_TO_API_ENABLED", "true")
        with server(home) as await_server:
            from flows.serving import check_schedule, offers, serve

            check_schedule(cron, timezone)
            await_server()
            announce(home)
            folder = str(source_option.absolute()) if source_option else None
            try:
                serve(home, offers(home, folder, jobs, cron), timezone)
            finally:
                withdraw(home)
    return 0
