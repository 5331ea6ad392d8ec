"""Reading filings: a document in, every cell of the official form out.

The layers, from the outside in: a *reader* (``extract.readers``) turns one
medium into paragraphs and grids; the *matcher* (``extract.matching``) aligns
the grids to an edition of the form (``extract.forms``); ``extract.reading``
joins both into the JSON of one document.
"""
