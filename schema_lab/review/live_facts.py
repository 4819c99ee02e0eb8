"""What a review reads from the live database: each fact once, when it is needed. Read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from schema_lab.schema.words import TableKey

T = TypeVar("T")


@dataclass(frozen=True)
class ColumnFact:
    """A live column, as SQLAlchemy reflects it."""

    name: str
    type: Any
    nullable: bool
    default: str | None = None
    comment: str | None = None
    generated: bool = False


@dataclass(frozen=True)
class LiveFacts:
    """The live tables and rows, before the migration. Read-only.

    Each method returns None (or nothing) for a table or column that does not exist, and if the
    database refuses the query.
    """

    connection: sa.Connection = field(repr=False)
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def dialect(self) -> str:
        """The name of the live database's dialect."""
        return self.connection.dialect.name

    def has_table(self, place: TableKey) -> bool:
        """Tell whether the table exists."""
        return self._once(
            ("table", place),
            lambda: bool(self._inspector.has_table(place.name, schema=place.schema)),
        )

    def columns(self, place: TableKey) -> Mapping[str, ColumnFact]:
        """Return the columns of a table by name; none if the table does not exist."""

        def read() -> dict[str, ColumnFact]:
            found = self._reflected(place, "get_columns")
            return {column["name"]: _column(column) for column in found}

        return self._once(("columns", place), read)

    def columns_of_enum(self, name: TableKey) -> Sequence[tuple[TableKey, str]]:
        """List the columns of a PostgreSQL enum type, in its schema and the default schema."""

        def read() -> list[tuple[TableKey, str]]:
            found = []
            for schema in dict.fromkeys((None, name.schema)):
                for (where, table), columns in self._inspector.get_multi_columns(schema).items():
                    of_it = [column["name"] for column in columns if _is_enum(column["type"], name)]
                    found += [(TableKey(where, str(table)), column) for column in of_it]
            return sorted(found, key=str)

        return self._once(("enum", name), read)

    def rows(self, place: TableKey) -> int | None:
        """Count the rows of a table."""
        return self.count(place)

    def values(self, place: TableKey, column: str) -> int | None:
        """Count the values of a column, without NULL."""
        return self._counted(place, column, sa.column(column).is_not(None))

    def nulls(self, place: TableKey, column: str) -> int | None:
        """Count the rows in which a column is NULL."""
        return self._counted(place, column, sa.column(column).is_(None))

    def count(self, place: TableKey, *conditions: sa.ColumnElement[bool]) -> int | None:
        """Count the rows that meet conditions on `sa.column("…")`."""
        if not self.has_table(place):
            return None
        table = sa.table(place.name, schema=place.schema)
        query = sa.select(sa.func.count()).select_from(table).where(*conditions)
        found: int | None = self.scalar(query)
        return found

    def scalar(self, query: sa.Select[Any]) -> Any:
        """Return the first value of a query; None if the database refuses it."""
        try:
            literal = {"literal_binds": True}
            key = str(query.compile(dialect=self.connection.dialect, compile_kwargs=literal))
        except sa.exc.CompileError:  # a type that this database does not have
            return None
        return self._once(("scalar", key), lambda: self._asked(query))

    def indexes(self, place: TableKey) -> Sequence[Mapping[str, Any]]:
        """List the indexes of a table, as SQLAlchemy reflects them."""
        return self._once(("indexes", place), lambda: self._reflected(place, "get_indexes"))

    def unique_constraints(self, place: TableKey) -> Sequence[Mapping[str, Any]]:
        """List the unique constraints of a table, as SQLAlchemy reflects them."""
        return self._once(
            ("unique", place), lambda: self._reflected(place, "get_unique_constraints")
        )

    def foreign_keys(self, place: TableKey) -> Sequence[Mapping[str, Any]]:
        """List the foreign keys of a table, as SQLAlchemy reflects them."""
        return self._once(("keys", place), lambda: self._reflected(place, "get_foreign_keys"))

    def children(self, place: TableKey) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """List the foreign keys of other tables that refer to a table, by those tables."""

        def read() -> dict[str, list[Mapping[str, Any]]]:
            every = self._inspector.get_multi_foreign_keys(schema=place.schema)
            found = {
                str(TableKey(schema, str(name))): [
                    k for k in keys if k["referred_table"] == place.name
                ]
                for (schema, name), keys in every.items()
                if name != place.name
            }
            return {name: list(keys) for name, keys in found.items() if keys}

        return self._once(("children", place), read)

    def _counted(
        self, place: TableKey, column: str, condition: sa.ColumnElement[bool]
    ) -> int | None:
        return self.count(place, condition) if column in self.columns(place) else None

    def _reflected(self, place: TableKey, name: str) -> list[Any]:
        if not self.has_table(place):
            return []
        return list(getattr(self._inspector, name)(place.name, schema=place.schema))

    @property
    def _inspector(self) -> sa.Inspector:
        return self._once("inspector", lambda: sa.inspect(self.connection))

    def _asked(self, query: sa.Select[Any]) -> Any:
        try:
            with self.connection.begin_nested():
                return self.connection.scalar(query)
        except sa.exc.DBAPIError:
            return None

    def remembered(self, question: Any, read: Callable[[], T]) -> T:
        """Return the result of `read`; for the same question again, the result from before."""
        return self._once(question, read)

    def _once(self, question: Any, read: Callable[[], T]) -> T:
        if question not in self._known:
            self._known[question] = read()
        found: T = self._known[question]
        return found


def _is_enum(type_: Any, name: TableKey) -> bool:
    return isinstance(type_, sa.Enum) and type_.name == name.name


def _column(reflected: Mapping[str, Any]) -> ColumnFact:
    return ColumnFact(
        name=reflected["name"],
        type=reflected["type"],
        nullable=bool(reflected["nullable"]),
        default=reflected.get("default"),
        comment=reflected.get("comment"),
        generated="computed" in reflected,
    )
