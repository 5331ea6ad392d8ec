"""Who reports about which year: titles, names, regions, dates, and what contradicts what.

``extract.masthead`` puts these parts together.
"""
