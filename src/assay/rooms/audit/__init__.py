"""The append-only, hash-chained trail of everything that changed.

Owns the entries, their chain and the check that names the first bad one.
"""
