"""How fast documents are read, and in how much memory: ``make bench``."""
