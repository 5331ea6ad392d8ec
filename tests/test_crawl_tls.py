"""The crawler over TLS: certificates that cannot be verified are noted and no obstacle; its bounds hold all the same."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from extract.crawl.ledger import Ledger
from extract.crawl.outcomes import Outcome
from flows.home import Home
from tests.test_crawl_manners import PAGE, Answer, Host, ends, host, many_lines, night, provisional, reports, web

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OGI_CRAWL_TIMEOUT", "2")
    monkeypatch.setenv("OGI_CRAWL_BACKOFF", "0.05")


@dataclass(frozen=True)
class Shown:
    """What a host shows, and the SHA-256 of its certificate."""

    context: ssl.SSLContext
    sha256: str


def certificate(folder: Path, address: str, until: datetime) -> Shown:
    """A certificate for an address, of an authority of its own that nobody knows, and that is not sent along."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("authority", "site")]
    made = (
        x509.CertificateBuilder()
        .issuer_name(names[0])
        .subject_name(names[1])
        .public_key(keys[1].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(keys[0], hashes.SHA256())
    )
    path = folder / "site.pem"
    path.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Shown(context, hashlib.sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest())


def shown(tmp_path: Path, address: str = "127.88.40.1", days: int = 90) -> Shown:
    return certificate(tmp_path, address, NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("named", "days"),
    [("127.88.40.1", 90), ("127.88.40.9", 90), ("127.88.40.1", -1)],
    ids=["of nobody known", "of another", "over"],
)
def test_a_site_is_crawled_whatever_its_certificate_is_worth(named: str, days: int, tmp_path: Path) -> None:
    paths, tls = reports(3), shown(tmp_path, named, days)
    refused: list[float] = []

    def answer(_: Host, path: str) -> Answer:
        if path == paths[1] and not refused:
            refused.append(time.monotonic())
            return 503, {"Retry-After": "2"}, ""
        return 200, {}, PAGE.replace("本报告", path)

    with host("127.88.40.1", web(paths, answer), tls.context) as asked:
        assert asked.home.startswith("https://")
        found = night(tmp_path, asked.home)
    assert ends(found, asked, paths) == [Outcome.ok] * 3
    again = [moment for moment, path in asked.asked if path == paths[1]]
    assert len(again) == 2 and again[1] - refused[0] > 1.8
    with closing(Ledger(Home(tmp_path / "home").ledger)) as ledger:
        noted = {fetch.certificate for _, fetch in ledger.fetches()}
    assert noted == {tls.sha256}


def test_a_site_that_has_moved_to_https_is_followed(tmp_path: Path) -> None:
    paths, tls = reports(1), shown(tmp_path)
    with (
        host("127.88.40.1", web(paths, lambda *_: (200, {}, PAGE)), tls.context) as asked,
        host("127.88.40.2", lambda _, path: (301, {"Location": asked.url(path)}, "")) as old,
    ):
        found = night(tmp_path, old.home, hosts=["127.88.40.1"])
    assert [found.addresses[asked.url(path)].outcome for path in paths] == [Outcome.ok]


def test_a_host_that_speaks_no_tls_is_unreachable(tmp_path: Path) -> None:
    with host("127.88.40.1", lambda *_: (200, {}, PAGE)) as asked:
        home = asked.home.replace("http:", "https:")
        found = night(tmp_path, home)
    (ended,) = found.addresses.values()
    assert ended.outcome is Outcome.robots_unreachable
    assert asked.asked == []


@pytest.mark.parametrize("flood", [many_lines, provisional])
def test_header_lines_without_end_are_too_large(flood: Callable[[BinaryIO], None], tmp_path: Path) -> None:
    paths, tls = reports(1), shown(tmp_path)
    with host("127.88.40.1", web(paths, lambda *_: flood), tls.context) as asked:
        found = night(tmp_path, asked.home)
    assert ends(found, asked, paths) == [Outcome.too_large]
