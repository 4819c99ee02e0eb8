"""Rewrite Alembic's operations so that each database can run them and no row is lost."""
