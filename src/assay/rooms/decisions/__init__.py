"""What was decided, brought in from the tools where it was decided.

Owns mappings, import runs with their ledger, refused rows and the list of files that make up the decision log.
"""
