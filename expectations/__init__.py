"""Judging filings: the rule catalogue, the table contracts, the clerk's report.

``expectations.rules`` defines what must hold in a filing, ``expectations.judge``
applies it set by set in DuckDB, ``expectations.contract`` holds the tables to
their contracts with Great Expectations, and ``expectations.check`` does for a
few documents in memory what a run does for all of them.
"""
