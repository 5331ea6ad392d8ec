"""The DuckDB warehouse: building, publishing, digesting, querying."""
