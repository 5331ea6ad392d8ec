"""How the sources are shared out to processes: a host belongs to one, so that its pace holds however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from extract.crawl.site import Site


def shards(sites: Sequence[Site], count: int) -> list[list[Site]]:
    """The sources shared out to at most ``count`` processes, sources with a
    common host together, about as many lists to each."""
    groups: list[tuple[set[str], list[Site]]] = []
    for site in sites:
        hosts, members = set(site.hosts), [site]
        apart = []
        for others, theirs in groups:
            if hosts & others:
                hosts |= others
                members = theirs + members
            else:
                apart.append((others, theirs))
        groups = [*apart, (hosts, members)]
    shares: list[list[Site]] = [[] for _ in range(max(1, min(count, len(groups))))]
    for _, members in sorted(groups, key=lambda group: -sum(len(site.listings) for site in group[1])):
        min(shares, key=lambda share: sum(len(site.listings) for site in share)).extend(members)
    return [share for share in shares if share]
