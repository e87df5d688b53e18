"""No tables: estimates are computed from settled reviews, never stored."""
