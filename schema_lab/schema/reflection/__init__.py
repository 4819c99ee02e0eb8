"""Read the schema of a live database: one reader per dialect."""
