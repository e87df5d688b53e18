"""What was right: blind second judgements and how they settle.

Owns blind items, tasks, drafts, verdicts, adjudication and the settled result of each sampled decision.
"""
