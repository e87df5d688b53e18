"""Which decisions are looked at again, and with what probability.

Owns plans, frames, strata, draws and the sampled decisions with their inclusion probabilities.
"""
