"""Pages of this room: imports, one import, the mapping of a new file, and the mappings."""
