"""A simulated marketplace with planted truths, built through the same operations as everything else.

Owns the generator, its truth file and the score of what was found.
"""
