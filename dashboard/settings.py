"""What a dashboard is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from warehouse.home import Home


@dataclass(frozen=True)
class Settings:
    """What is shown, where, and whether it may be decided upon.

    ``base_path`` is the path under which a proxy shows the pages, without a slash at its end ("" for none);
    ``token`` the access token of reviewers, None where reviewing is off; ``prefect_url`` an address of
    Prefect's pages to link to; ``exported`` says that the pages become files, without a server behind them.
    """

    home: Home
    base_path: str = ""
    token: str | None = None
    prefect_url: str | None = None
    exported: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a base path that is none, a token that can be guessed, an address that is none."""
        path = self.base_path
        if path and (not path.startswith("/") or path.endswith("/") or "//" in path or not path.isprintable()):
            raise ValueError(f"base path must begin with a slash and end without one: {path!r}")
        if self.token is not None and len(self.token) < MIN_TOKEN:
            raise ValueError(f"an access token needs {MIN_TOKEN} characters at least")
        if self.prefect_url is not None and urlsplit(self.prefect_url).scheme not in ("http", "https"):
            raise ValueError(f"no http address: {self.prefect_url!r}")


MIN_TOKEN = 16
"""Characters of an access token: shorter ones can be guessed."""
