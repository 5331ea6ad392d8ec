"""Which addresses the crawler may ask, and with whom it shares what."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.crawl import guard
from extract.crawl.outcomes import Outcome
from extract.crawl.shards import shards
from extract.crawl.site import ListingAddress, Site


def site(source: str = "a", *hosts: str, private: tuple[str, ...] = ()) -> Site:
    hosts = hosts or ("www.example.gov.cn",)
    return Site(
        source=source,
        family="listing",
        name_zh=source,
        name_en=source,
        listings=tuple(ListingAddress(f"http://{host}/list.html") for host in hosts),
        hosts=frozenset(hosts),
        private_networks=tuple(map(ipaddress.ip_network, private)),
    )


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("ftp://www.example.gov.cn/a.pdf", Outcome.off_site),
        ("file:///etc/passwd", Outcome.off_site),
        ("javascript:void(0)", Outcome.off_site),
        ("http://elsewhere.example.com/", Outcome.off_site),
        ("http://www.example.gov.cn.evil.com/", Outcome.off_site),
        ("http://user@evil.com:80/www.example.gov.cn", Outcome.off_site),
        ("http://[::1]/", Outcome.private_address),
        ("http://[::ffff:127.0.0.1]/", Outcome.private_address),
        ("http://[64:ff9b::7f00:1]/", Outcome.private_address),
        ("http://[64:ff9b:1::a00:1]/", Outcome.private_address),
        ("http://[2002:7f00:1::]/", Outcome.private_address),
        ("http://[2002:a01:203::1]/", Outcome.private_address),
        ("http://[::127.0.0.1]/", Outcome.private_address),
        ("http://[::10.0.0.1]/", Outcome.private_address),
        ("http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", Outcome.private_address),
        ("http://[fec0::1]/", Outcome.private_address),
        ("http://[::]/", Outcome.private_address),
        ("http://127.0.0.1:8080/", Outcome.private_address),
        ("http://127.1/", Outcome.private_address),
        ("http://2130706433/", Outcome.private_address),
        ("http://0x7f.0.0.1/", Outcome.private_address),
        ("http://0177.0.0.1/", Outcome.private_address),
        ("http://10.1.2.3/", Outcome.private_address),
        ("http://169.254.169.254/latest/", Outcome.private_address),
        ("http://192.168.1.1/", Outcome.private_address),
        ("http://[fe80::1%25eth0]/", Outcome.private_address),
        ("http://[not an address]/", Outcome.off_site),
    ],
)
def test_what_may_not_be_asked(url: str, outcome: Outcome) -> None:
    with pytest.raises(guard.Refused) as refused:
        guard.check(site(), url)
    assert refused.value.outcome is outcome


@pytest.mark.parametrize(
    "url", ["http://www.example.gov.cn/", "https://WWW.Example.gov.cn:8443/a?b", "http://www.example.gov.cn./"]
)
def test_what_may(url: str) -> None:
    guard.check(site(), url)


def test_a_private_network_that_the_source_names_may() -> None:
    guard.check(site("a", "127.77.0.1", private=("127.77.0.0/16",)), "http://127.77.0.1:8000/")
    with pytest.raises(guard.Refused):
        guard.check(site("a", "127.77.0.1", "127.0.0.1", private=("127.77.0.0/16",)), "http://127.0.0.1:8000/")


def test_an_address_that_leads_to_a_public_one_is_public() -> None:
    for text in ("64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1", "2400:3200::1", "8.8.8.8"):
        assert guard.is_allowed(ipaddress.ip_address(text), ())
    assert guard.is_allowed(ipaddress.ip_address("64:ff9b::a01:203"), [ipaddress.ip_network("10.0.0.0/8")])


@given(st.text(max_size=60))
def test_no_address_is_beyond_judging(url: str) -> None:
    with pytest.raises(guard.Refused):
        guard.check(site(), url)


@given(st.ip_addresses())
def test_an_address_in_any_notation_is_itself(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert guard.as_address(str(address)) == address
    if isinstance(address, ipaddress.IPv4Address):
        assert guard.as_address(str(int(address))) == address
        assert guard.as_address(".".join(hex(part) for part in address.packed)) == address


@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3, unique=True), min_size=1, max_size=12),
    st.integers(1, 5),
)
def test_a_host_belongs_to_one_process(hosts: list[list[str]], count: int) -> None:
    sites = [site(f"s{number}", *names) for number, names in enumerate(hosts)]
    shares = shards(sites, count)
    assert len(shares) <= count
    assert sorted(one.source for share in shares for one in share) == sorted(one.source for one in sites)
    taken = [frozenset().union(*(one.hosts for one in share)) for share in shares]
    assert sum(map(len, taken)) == len(frozenset().union(*taken))
