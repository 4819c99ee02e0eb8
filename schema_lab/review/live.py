"""What a review asks of the live database: lazily, each question once, read-only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from schema_lab.review.place import Place

T = TypeVar("T")


@dataclass(frozen=True)
class ColumnFact:
    """One live column, as SQLAlchemy reflects it."""

    name: str
    type: Any
    nullable: bool
    default: str | None = None
    comment: str | None = None
    generated: bool = False


@dataclass(frozen=True)
class Live:
    """The live tables and rows, as they are before the migration. Read-only.

    A question about a table or column that is not there gives None (or nothing); so does one
    that the database refuses.
    """

    connection: sa.Connection = field(repr=False)
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def dialect(self) -> str:
        """The name of the live database's dialect."""
        return self.connection.dialect.name

    def has_table(self, place: Place) -> bool:
        """Say whether the table is there."""
        return self._once(
            ("table", place),
            lambda: bool(self._inspector.has_table(place.name, schema=place.schema)),
        )

    def columns(self, place: Place) -> Mapping[str, ColumnFact]:
        """Give the columns of a table by name; none for a table that is not there."""

        def read() -> dict[str, ColumnFact]:
            found = self._reflected(place, "get_columns")
            return {one["name"]: _column(one) for one in found}

        return self._once(("columns", place), read)

    def columns_of_enum(self, name: Place) -> Sequence[tuple[Place, str]]:
        """List the columns of an enum type of PostgreSQL's, in its schema and the default one."""

        def read() -> list[tuple[Place, str]]:
            found = []
            for schema in dict.fromkeys((None, name.schema)):
                for (where, table), columns in self._inspector.get_multi_columns(schema).items():
                    of_it = [one["name"] for one in columns if _is_enum(one["type"], name)]
                    found += [(Place(str(table), where), column) for column in of_it]
            return sorted(found, key=str)

        return self._once(("enum", name), read)

    def rows(self, place: Place) -> int | None:
        """Count the rows of a table."""
        return self.count(place)

    def values(self, place: Place, column: str) -> int | None:
        """Count the values of a column, NULL left aside."""
        return self._counted(place, column, sa.column(column).is_not(None))

    def nulls(self, place: Place, column: str) -> int | None:
        """Count the rows in which a column is NULL."""
        return self._counted(place, column, sa.column(column).is_(None))

    def count(self, place: Place, *conditions: sa.ColumnElement[bool]) -> int | None:
        """Count the rows that meet conditions on `sa.column("…")`."""
        if not self.has_table(place):
            return None
        table = sa.table(place.name, schema=place.schema)
        query = sa.select(sa.func.count()).select_from(table).where(*conditions)
        found: int | None = self.scalar(query)
        return found

    def scalar(self, query: sa.Select[Any]) -> Any:
        """Give the first value of a query; None where the database refuses it."""
        try:
            literal = {"literal_binds": True}
            key = str(query.compile(dialect=self.connection.dialect, compile_kwargs=literal))
        except sa.exc.CompileError:  # a type that this database does not have
            return None
        return self._once(("scalar", key), lambda: self._asked(query))

    def indexes(self, place: Place) -> Sequence[Mapping[str, Any]]:
        """List the indexes of a table, as SQLAlchemy reflects them."""
        return self._once(("indexes", place), lambda: self._reflected(place, "get_indexes"))

    def unique_constraints(self, place: Place) -> Sequence[Mapping[str, Any]]:
        """List the unique constraints of a table, as SQLAlchemy reflects them."""
        return self._once(
            ("unique", place), lambda: self._reflected(place, "get_unique_constraints")
        )

    def foreign_keys(self, place: Place) -> Sequence[Mapping[str, Any]]:
        """List the foreign keys of a table, as SQLAlchemy reflects them."""
        return self._once(("keys", place), lambda: self._reflected(place, "get_foreign_keys"))

    def children(self, place: Place) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """List the foreign keys that lead to a table from others, by the table that has them."""

        def read() -> dict[str, list[Mapping[str, Any]]]:
            every = self._inspector.get_multi_foreign_keys(schema=place.schema)
            found = {
                str(Place(str(name), schema)): [
                    k for k in keys if k["referred_table"] == place.name
                ]
                for (schema, name), keys in every.items()
                if name != place.name
            }
            return {name: list(keys) for name, keys in found.items() if keys}

        return self._once(("children", place), read)

    def _counted(self, place: Place, column: str, condition: sa.ColumnElement[bool]) -> int | None:
        return self.count(place, condition) if column in self.columns(place) else None

    def _reflected(self, place: Place, name: str) -> list[Any]:
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
        """Give what `read` finds; asked the same question again, what it found then."""
        return self._once(question, read)

    def _once(self, question: Any, read: Callable[[], T]) -> T:
        if question not in self._known:
            self._known[question] = read()
        found: T = self._known[question]
        return found


def _is_enum(type_: Any, name: Place) -> bool:
    return isinstance(type_, sa.Enum) and type_.name == name.name


def _column(one: Mapping[str, Any]) -> ColumnFact:
    return ColumnFact(
        name=one["name"],
        type=one["type"],
        nullable=bool(one["nullable"]),
        default=one.get("default"),
        comment=one.get("comment"),
        generated="computed" in one,
    )
