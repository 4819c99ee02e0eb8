"""Figures for docs/guarantees.md."""
