"""Figures of the form that a filing states in its prose."""

from extract.claims.model import Claim, ClaimsReading, Unresolved
from extract.claims.reading import read_claims

__all__ = ["Claim", "ClaimsReading", "Unresolved", "read_claims"]
