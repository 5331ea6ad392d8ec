"""From options to hosts that answer."""

from __future__ import annotations

import socket

from tests.web import hostile, records, world
from tests.web.http import Answer, text
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
    first = len(sites)
    names = [world.host_of(first + number) for number in range(len(hostile.KINDS))]
    harmful = [] if options.only else hostile.hosts(names, port, options.drip)
    records.write(sites, [host.record() for host in harmful], options)
    hosts: dict[str, Answer] = {site.place.host: site.respond for site in sites}
    for site in sites:
        hosts.update(site.others())
    hosts.update({host.host: host.respond for host in harmful})
    hosts[hostile.FORBIDDEN] = lambda _: text("nobody may come here")
    return hosts
