"""The tables that the lab keeps in a user's database; drift and autogenerate never see them."""

JOURNAL_TABLE = "schema_lab_journal"
"""On MariaDB and MySQL, and only while a migration is under way or stopped half-way."""
