"""A web of mock government sites, served over real HTTP on loopback addresses."""

from tests.web.client import Web, serve
from tests.web.options import Options

__all__ = ["Options", "Web", "serve"]
