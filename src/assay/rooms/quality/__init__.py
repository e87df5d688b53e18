"""How good the decisions are, and how sure that is.

Owns measures, estimates and the pages on which they are read.
"""
