"""Assay: quality assurance for the moderation of online marketplaces."""

__version__ = "0.1.0"
