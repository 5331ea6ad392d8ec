"""Crawling: from a list of sites to archived documents."""
