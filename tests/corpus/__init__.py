"""A corpus of synthetic filings whose true figures are known.

The agencies are fictitious. A filing is written down once as truth
(:mod:`tests.corpus.model`), changed on purpose (``mutations``), composed into
blocks (``grid``), damaged as any medium can show it (``shapes``), and rendered
as a document in one of several media and layouts (``html``, ``pdf``, ``docx``,
``text``); every document travels with its truth.

``python -m tests.corpus.render`` writes any number of random documents,
``python -m tests.corpus.score`` says how well they are read,
``python -m tests.corpus.samples`` writes the committed samples.

The truth of a document is what a careful reader would say who has nothing but
the document: a cell lost in rendering is ``missing``; a cell whose figure the
document leaves open carries ``ambiguous``, and a reading has to say that it is
in doubt there. ``layout`` names what is unusual in the document, ``doubtful``
says whether a reading may be in doubt at all.
"""
