"""Pages of the reviews: the workbench and the disagreements."""
