"""Which addresses may be asked: http and https, the source's own hosts, never into a private network.

A host's name tells little: it may resolve to an address within the operator's
own network. So names are looked up through ``resolve``, which gives out
public addresses only, and hosts that are addresses themselves are judged as
they stand.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from extract.crawl.outcomes import Outcome
from extract.crawl.site import Network, Site

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """An address that may not be asked, and why."""

    def __init__(self, outcome: Outcome, url: str) -> None:
        super().__init__(f"{outcome}: {url}")
        self.outcome, self.url = outcome, url


def host_of(url: str) -> str:
    """The host's name of an address, in lower case; "" where it has none that is valid."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def check(site: Site, url: str) -> None:
    """Refused unless the source may ask for ``url``; names of hosts are not looked up here."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        scheme = ""
    host = host_of(url)
    if scheme not in ("http", "https") or not host:
        raise Refused(Outcome.off_site, url)
    address = as_address(host)
    if address is not None and not is_allowed(address, site.private_networks):
        raise Refused(Outcome.private_address, url)
    if host not in site.hosts:
        raise Refused(Outcome.off_site, url)


def as_address(host: str) -> Address | None:
    """The IP address that a host's name is itself, in any notation that the
    system's resolver takes for one (127.1, 0x7f000001, 2130706433); None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return _old_notation(host)


def _old_notation(host: str) -> Address | None:
    parts = host.split(".")
    try:
        numbers = [
            int(part, 16 if part[:2] == "0x" else 8 if part[:1] == "0" and len(part) > 1 else 10) for part in parts
        ]
    except ValueError:
        return None
    *heads, last = numbers
    if len(numbers) > 4 or any(not 0 <= head <= 255 for head in heads) or not 0 <= last < 256 ** (5 - len(numbers)):
        return None
    value = last
    for place, head in enumerate(heads):
        value += head << (24 - 8 * place)
    return ipaddress.IPv4Address(value)


def is_allowed(address: Address, private: Iterable[Network]) -> bool:
    """Whether a connection to an address may be made: it is public, or in a
    network that the source names. An IPv6 address that leads to one of IPv4
    is judged by that one as well."""
    named = tuple(private)
    inner = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    if any(address in network or (inner is not None and inner in network) for network in named):
        return True
    if inner is not None:
        return inner.is_global and not inner.is_multicast
    if any(address in network for network in _LOCAL):
        return False
    return address.is_global and not address.is_multicast


# They count as global in Python's tables: site-local (withdrawn by RFC 3879) and a network's own NAT64 (RFC 8215).
_LOCAL = (ipaddress.IPv6Network("fec0::/10"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which an IPv6 one leads: mapped or compatible (RFC 4291),
    by NAT64 (RFC 6052), 6to4 (RFC 3056) or Teredo (RFC 4380); None where there is none."""
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def private_networks(sites: Iterable[Site]) -> Mapping[str, tuple[Network, ...]]:
    """Host → the private networks in which it may lie, of those that may at all."""
    found: dict[str, tuple[Network, ...]] = {}
    for site in sites:
        for host in site.hosts if site.private_networks else ():
            found[host] = (*found.get(host, ()), *site.private_networks)
    return found
