"""The members of enums: how they change, and how each database makes the change."""
