"""A corpus of synthetic filings whose true figures are known.

The agencies are fictitious. A filing is written down once as truth
(:mod:`tests.corpus.model`) and then rendered as a document in one of several
media; every document travels with its truth.
"""
