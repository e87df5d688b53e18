"""SQLite for Django, with a fair queue for writers."""
