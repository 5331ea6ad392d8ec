"""Names of hosts looked up so that none leads into a private network."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

from extract.crawl import guard
from extract.crawl.site import Network


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Hands on only the addresses to which a connection may be made."""

    def __init__(self, receiver: Any, networks: tuple[Network, ...], refused: set[str]) -> None:
        self.receiver, self.networks, self.refused = receiver, networks, refused

    def resolutionBegan(self, resolution: Any) -> None:
        """Hands on that it began."""
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        """Hands on an address that is allowed."""
        found = guard.as_address(address.host)
        if found is not None and guard.is_allowed(found, self.networks):
            self.receiver.addressResolved(address)
        else:
            self.refused.add(address.host)

    def resolutionComplete(self) -> None:
        """Hands on that it ended."""
        self.receiver.resolutionComplete()


class PublicResolver(CachingHostnameResolver):
    """Scrapy's resolver (IPv4 and IPv6), less the addresses that the sources do not allow."""

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.networks: dict[str, tuple[Network, ...]] = {}
        self.refused: dict[str, set[str]] = {}  # host → its addresses that no source allows

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> PublicResolver:
        """As Scrapy makes it; the sources' private networks are among the settings."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.networks = dict(crawler.settings["OGI_PRIVATE_NETWORKS"])
        return resolver

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *arguments: Any, **named: Any) -> Any:
        """Twisted's look-up of a name, through the filter."""
        host = hostName.lower().rstrip(".")
        refused = self.refused.setdefault(host, set())
        receiver: Any = _PublicOnly(resolutionReceiver, self.networks.get(host, ()), refused)
        return super().resolveHostName(receiver, hostName, *arguments, **named)
