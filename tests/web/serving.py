"""From options to hosts that answer."""

from __future__ import annotations

import socket
from typing import Any

from tests.web import records, world
from tests.web.http import Answer
from tests.web.options import Options


def reserve(port: int) -> int:
    """The port itself, or a free one where it is 0."""
    if port:
        return port
    with socket.socket() as probe:
        probe.bind(("127.77.0.1", 0))
        return int(probe.getsockname()[1])


def web(options: Options, port: int) -> dict[str, Answer]:
    """Builds the web, writes its records, and returns what each host answers."""
    sites = world.build(options, port)
    hostile: list[dict[str, Any]] = []
    records.write(sites, hostile, options)
    return {site.place.host: site.respond for site in sites}
