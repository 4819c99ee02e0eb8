"""What a MariaDB or MySQL database holds, by name and kind, and how to drop it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Program = tuple[str, str]
"""Kind and name of what is no table, such as ("TRIGGER", "touch")."""

_TABLES = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = :database AND table_type NOT IN ('VIEW', 'SYSTEM VIEW') ORDER BY 1"""
_VERSIONED = """
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = :database AND table_type = 'SYSTEM VERSIONED'"""
_VIEWS = """
    SELECT table_name FROM information_schema.views WHERE table_schema = :database ORDER BY 1"""
_TRIGGERS = """
    SELECT 'TRIGGER', trigger_name FROM information_schema.triggers
    WHERE trigger_schema = :database"""
_ROUTINES = """
    SELECT routine_type, routine_name FROM information_schema.routines
    WHERE routine_schema = :database ORDER BY routine_type = 'PACKAGE'"""
_EVENTS = """
    SELECT 'EVENT', event_name FROM information_schema.events WHERE event_schema = :database"""
_OUTSIDE = """
    SELECT DISTINCT CONCAT(table_schema, '.', table_name)
    FROM information_schema.key_column_usage
    WHERE referenced_table_schema = :database AND table_schema <> :database ORDER BY 1"""


@dataclass(frozen=True)
class Names:
    """Reads what is in one of a server's databases."""

    connection: sa.Connection
    database: str

    @classmethod
    def of(cls, connection: sa.Connection) -> "Names":
        """Name what is in the connection's own database."""
        return cls(connection, connection.engine.url.database or "")

    def tables(self) -> list[str]:
        """List the tables and sequences. Read-only."""
        return self._column(_TABLES)

    def have_history(self) -> bool:
        """Tell whether a table keeps its former rows (WITH SYSTEM VERSIONING). Read-only."""
        return bool(self._column(_VERSIONED))

    def views(self) -> list[str]:
        """List the views. Read-only."""
        return self._column(_VIEWS)

    def triggers(self) -> list[Program]:
        """List the triggers. Read-only."""
        return self._programs(_TRIGGERS)

    def programs(self) -> list[Program]:
        """List all that is no table: triggers, views, routines and events. Read-only."""
        views = [("VIEW", name) for name in self.views()]
        return [*self.triggers(), *views, *self._programs(_ROUTINES), *self._programs(_EVENTS)]

    def tables_that_refer_from_outside(self) -> list[str]:
        """List tables of other databases with a foreign key into this one. Read-only."""
        return self._column(_OUTSIDE)

    def quoted(self, name: str) -> str:
        """Spell the name of something in this database in full."""
        return f"{self.quote(self.database)}.{self.quote(name)}"

    def quote(self, name: str) -> str:
        """Spell a name for SQL that goes straight to the driver."""
        return self.connection.dialect.identifier_preparer.quote_identifier(name)

    def drop(self, programs: Iterable[Program]) -> None:
        """Drop what is no table; changes the database."""
        for kind, name in programs:
            self.connection.exec_driver_sql(f"DROP {kind} IF EXISTS {self.quoted(name)}")

    def _column(self, sql: str) -> list[str]:
        return [str(row[0]) for row in self._rows(sql)]

    def _programs(self, sql: str) -> list[Program]:
        return [(str(row[0]), str(row[1])) for row in self._rows(sql)]

    def _rows(self, sql: str) -> Sequence[Any]:
        rows = self.connection.execute(sa.text(sql), {"database": self.database}).all()
        self.connection.rollback()
        return rows
