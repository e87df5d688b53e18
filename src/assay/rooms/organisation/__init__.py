"""Who works where, and who may do what there.

Owns units, vendors, people, qualifications, roles, tokens and the one way to ask for access.
"""
