"""Numbers in, numbers out: sampling design, estimation, charts and agreement.

Owns the statistical methods; knows nothing of the trade and imports only the
standard library, numpy and scipy.
"""
