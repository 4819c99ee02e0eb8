"""Engines, the pool of short-lived connections, the migration lock, waiting."""
