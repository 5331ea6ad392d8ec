"""The crawler over TLS: certificates that cannot be verified are noted and no obstacle; its bounds hold."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from extract.crawl.ledger import Ledger
from extract.crawl.outcomes import Outcome
from tests.test_crawl_manners import (
    LIST,
    PAGE,
    Answer,
    Case,
    Crowd,
    Host,
    ends,
    host,
    many_lines,
    night,
    provisional,
    reports,
    web,
)  # fmt: skip

NOW = datetime.now(UTC)


def certificate(folder: Path, address: str, days: int = 90) -> ssl.SSLContext:
    """A certificate for an address (``site.pem`` after it), of an authority of its own that nobody knows and that is
    not sent along."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "site")]
    made = (
        x509.CertificateBuilder()
        .issuer_name(names[0])
        .subject_name(names[1])
        .public_key(keys[1].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(keys[0], hashes.SHA256())
    )
    path = folder / f"{address}.pem"
    path.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def busy_once() -> Callable[[Host, str], Answer]:
    """Reports, of which the second is not to be had at once."""
    paths, refused = reports(3), list[str]()

    def answer(_: Host, path: str) -> Answer:
        if path == paths[1] and not refused:
            refused.append(path)
            return 503, {"Retry-After": "2"}, ""
        return 200, {}, PAGE.replace("本报告", path)

    return web(paths, answer)


WORTH: dict[str, Callable[[Path, str], ssl.SSLContext]] = {
    "of an unknown authority": certificate,
    "of another address": lambda folder, _: certificate(folder, "127.88.99.9"),
    "over": lambda folder, address: certificate(folder, address, -1),
}
FLOODS = {"many lines": many_lines, "provisional": provisional}
CASES = {
    **{name: Case(busy_once(), context=context) for name, context in WORTH.items()},
    **{
        name: Case(web(reports(1), lambda *_, flood=flood: flood), context=certificate)
        for name, flood in FLOODS.items()
    },
}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return Crowd(tmp_path_factory.mktemp("tls"), "127.88.40", CASES)


@pytest.fixture(scope="module")
def noted(crowd: Crowd) -> dict[str, set[str | None]]:
    """The certificates that the ledger knows of, by host."""
    found: dict[str, set[str | None]] = {}
    with closing(Ledger(crowd.home.ledger)) as ledger:
        for _, fetch in ledger.fetches():
            found.setdefault(str(urlsplit(fetch.url).hostname), set()).add(fetch.certificate)
    return found


@pytest.mark.parametrize("name", WORTH)
def test_a_site_is_crawled_whatever_its_certificate_is_worth(
    name: str, crowd: Crowd, noted: dict[str, set[str | None]]
) -> None:
    asked = crowd.hosts[name]
    assert asked.home.startswith("https://")
    assert crowd.ends(name, reports(3)) == [Outcome.ok] * 3
    address, port = str(urlsplit(asked.home).hostname), urlsplit(asked.home).port
    shown = crowd.folder / f"{'127.88.99.9' if name == 'of another address' else address}.pem"
    der = x509.load_pem_x509_certificate(shown.read_bytes()).public_bytes(serialization.Encoding.DER)
    assert port and noted[address] == {hashlib.sha256(der).hexdigest()}


@pytest.mark.parametrize("name", WORTH)
def test_a_host_that_asks_for_seconds_gets_them(name: str, crowd: Crowd) -> None:
    refused, later = (moment for moment, path in crowd.hosts[name].asked if path == reports(3)[1])
    assert later - refused > 1.8


@pytest.mark.parametrize("flood", FLOODS)
def test_header_lines_without_end_are_too_large(flood: str, crowd: Crowd) -> None:
    assert crowd.ends(flood, reports(1)) == [Outcome.too_large]
    assert crowd.hosts[flood].paths == [LIST, *reports(1)]


def test_a_site_that_has_moved_to_https_and_one_that_speaks_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGI_CRAWL_BACKOFF", "0.05")
    paths = reports(1)
    with (
        host("127.88.41.1", web(paths, lambda *_: (200, {}, PAGE)), certificate(tmp_path, "127.88.41.1")) as asked,
        host("127.88.41.2", lambda _, path: (301, {"Location": asked.url(path)}, "")) as old,
        host("127.88.41.3", lambda *_: (200, {}, PAGE)) as plain,
    ):
        none = plain.home.replace("http:", "https:")
        found = night(tmp_path, old.home, none, hosts=["127.88.41.1"])
    assert ends(found, asked, paths) == [Outcome.ok]
    assert found.addresses[none + LIST].outcome is Outcome.robots_unreachable
    assert plain.asked == []
