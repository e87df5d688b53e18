"""No tables: the demo lives in the tables of the other rooms."""
