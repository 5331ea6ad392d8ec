"""The rule catalogue: one definition per rule, in ``definitions/``."""

from expectations.rules.catalogue import Rule, RuleError, catalogue, rule_of
from expectations.rules.page import catalogue_markdown

__all__ = ["Rule", "RuleError", "catalogue", "catalogue_markdown", "rule_of"]
