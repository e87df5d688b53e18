"""What moderators decide by.

Owns the tree of policies, their clauses, and each clause's versions by market and date in English and Spanish.
"""
