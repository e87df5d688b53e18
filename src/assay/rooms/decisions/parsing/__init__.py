"""Reading uploaded files, in a process of its own with limits: no database, no network, no secrets.

Whatever a file holds, the outcome is one of three: a row kept exactly, a row refused with its number, column, value
and reason, or the whole file refused with the cause.
"""
