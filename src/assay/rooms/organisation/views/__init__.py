"""Pages of the organisation: one's own account, people and their roles, sites and teams."""
