"""Addresses: relative ones resolved, each in one form, so that a page is asked for once."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

_CLEAN = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/(?:[A-Za-z0-9_\-~]+(?:[./][A-Za-z0-9_\-~]+)*/?)?")
_SIMPLE = re.compile(r"(?:\./|/)?[A-Za-z0-9_\-~]+(?:[./][A-Za-z0-9_\-~]+)*/?")
_TWINS = re.compile(r"(?:_wap)+(?=\.s?html?$)")
_MOBILE_POST = re.compile(r"(?<=/)m(?=post_\d+\.html$)")
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_HOST = re.compile(r"[a-z0-9_\-.]+|[0-9a-f:.]+")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?[]|"
_PORTS = {"http": 80, "https": 443}
LONGEST = 2000
"""Characters of an address at most; longer ones are mistakes or traps."""


def canonical(address: str) -> str | None:
    """The one form of an absolute http(s) address; None for any other.

    Without fragment, session, default port and dot segments; the twins for
    telephones (``…_wap.html``, ``…/content/mpost_1.html``) as the page that
    they are twins of. To do it twice changes nothing.
    """
    if _CLEAN.fullmatch(address) and "_wap." not in address and "mpost_" not in address and len(address) <= LONGEST:
        return address
    try:
        parts = urlsplit(_CONTROLS.sub("", address.strip()))
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        return None
    at = host if port is None or port == _PORTS[parts.scheme] else f"{host}:{port}"
    path = quote(_plain_path(_SESSION.sub("", parts.path.replace("\\", "/"))), safe=_PATH_SAFE, errors="replace")
    path = _MOBILE_POST.sub("", _TWINS.sub("", path))
    query = quote(parts.query, safe=_QUERY_SAFE, errors="replace")
    found = f"{parts.scheme}://{at}{path}{'?' if query else ''}{query}"
    return found if len(found) <= LONGEST else None


def resolve(base: str, reference: str) -> str | None:
    """The canonical address of a link on a page; None where it leads to no http(s) page.

    ``base``: the page's address, or what its <base href> says.
    """
    if _SIMPLE.fullmatch(reference):
        plain = base.partition("?")[0]
        if reference[0] == "/":
            return canonical(plain[: plain.find("/", 8)] + reference if plain.find("/", 8) > 0 else plain + reference)
        if "/" in plain[8:]:
            return canonical(plain[: plain.rindex("/") + 1] + reference.removeprefix("./"))
    reference = _CONTROLS.sub("", reference.strip())
    if not reference or reference.startswith("#"):
        return None
    scheme = _SCHEME.match(reference)
    if scheme and scheme.group().lower() not in ("http:", "https:"):
        return None
    try:
        return canonical(urljoin(base, reference))
    except ValueError:
        return None


def base_of(tree: LexborHTMLParser, address: str) -> str:
    """The address against which a page's links are resolved: its <base href>, else its own."""
    node = tree.css_first("base[href]")
    stated = resolve(address, node.attributes.get("href") or "") if node is not None else None
    return stated or address


def host_of(address: str) -> str:
    """The host name of an address, "" where it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def path_of(address: str) -> str:
    """The path of a canonical address."""
    slash = address.find("/", address.find("//") + 2)
    return address[slash:].partition("?")[0]


def folder_of(address: str) -> str:
    """Host and path of the folder in which a list stands, with a slash at the end: what lies below it is the list's."""
    return address.partition("//")[2].partition("?")[0].rpartition("/")[0] + "/"


def _host(name: str) -> str:
    if not name.isascii():
        name = name.encode("idna").decode("ascii")  # UnicodeError, a ValueError, where it is none
    name = name.rstrip(".")
    if not _HOST.fullmatch(name):
        return ""
    return f"[{name}]" if ":" in name else name


def _plain_path(path: str) -> str:
    """A path without dot segments; at least "/"."""
    kept: list[str] = []
    parts = path.split("/")
    for part in parts[1:]:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
