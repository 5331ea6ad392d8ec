"""Figures of the form that a filing states in its prose, and what it states beside them."""

from extract.claims.model import Claim, ClaimsReading, Statement, Unresolved
from extract.claims.reading import read_claims
from extract.claims.statements import read_statements

__all__ = ["Claim", "ClaimsReading", "Statement", "Unresolved", "read_claims", "read_statements"]
