"""The decision log at rest: rows in, tallies and drawn samples out. DuckDB over Parquet.

Knows columns and files, and nothing of the trade above it.
"""
