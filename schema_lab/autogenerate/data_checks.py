"""Ask the rows: would what a candidate demands of them hold? Read-only, one query a demand.

A demand is a shorter text type, unique columns, or a foreign key.
What is equal is the database's to say: the queries group and join by its own collation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.operations import full_name

_SHOWN, _LONGEST = 5, 60


def obstacles_to(
    operations: Iterable[ops.MigrateOperation], connection: sa.Connection
) -> tuple[str, ...]:
    """Say which rows a migration would stumble over.

    Parameters
    ----------
    operations
        Alembic's operations; batches are opened.
    connection
        The live database, as it is before the migration.

    Returns
    -------
    tuple of str
        One sentence for each demand that the rows do not meet.
    """
    opened = list(_opened(operations))
    renamed = {
        (one.new_table_name, one.schema): one.table_name
        for one in opened
        if isinstance(one, ops.RenameTableOp)
    }
    rows = _Rows(connection, renamed)
    return tuple(found for one in opened for found in rows.against(one) if found)


def _opened(operations: Iterable[ops.MigrateOperation]) -> Iterator[ops.MigrateOperation]:
    for one in operations:
        if isinstance(one, ops.OpContainer):
            yield from _opened(one.ops)
        else:
            yield one


@dataclass(frozen=True)
class _Rows:
    """The live rows; `against` asks them about one operation."""

    connection: sa.Connection
    renamed: Mapping[tuple[str, str | None], str]

    @singledispatchmethod
    def against(self, operation: ops.MigrateOperation) -> Iterator[str | None]:
        yield from ()

    @against.register
    def _(self, operation: ops.AlterColumnOp) -> Iterator[str | None]:
        where = (operation.table_name, operation.schema)
        name = operation.column_name
        if not self._has(where, [name]):
            return
        length = _length(operation.modify_type)
        before = _length(operation.existing_type)
        if getattr(operation, "settled", False):  # a person has decided on the values
            length = None
        if length is not None and (before is None or length < before):
            yield self._too_long(where, name, length)

    @against.register
    def _(self, operation: ops.CreateUniqueConstraintOp) -> Iterator[str | None]:
        where, names = (operation.table_name, operation.schema), list(operation.columns)
        if self._has(where, names):
            strict = operation.kw.get("postgresql_nulls_not_distinct", False)
            table, columns = _named(self._live(where), names)
            yield self._repeated(table, columns, names, nulls_count=bool(strict))

    @against.register
    def _(self, operation: ops.CreateIndexOp) -> Iterator[str | None]:
        where, index = (operation.table_name, operation.schema), operation.to_index()
        parts = [_expression(part) for part in index.expressions]
        needed = {one.name for part in parts for one in _columns_in(part)}
        if not operation.unique or not self._has(where, needed):
            return
        options = index.dialect_options[self.connection.dialect.name]
        condition = options.get("where")
        assert index.table is not None
        yield self._repeated(
            index.table,
            parts,
            [one.name if isinstance(one, sa.Column) else str(one) for one in parts],
            nulls_count=bool(options.get("nulls_not_distinct")),
            condition=condition,
        )

    @against.register
    def _(self, operation: ops.CreateForeignKeyOp) -> Iterator[str | None]:
        where = (operation.source_table, operation.kw.get("source_schema"))
        goal = (operation.referent_table, operation.kw.get("referent_schema"))
        if self._has(where, operation.local_cols):
            yield self._orphans(where, operation.local_cols, goal, operation.remote_cols)

    def _live(self, where: tuple[str, str | None]) -> tuple[str, str | None]:
        """Give a table's name before the migration."""
        return self.renamed.get(where, where[0]), where[1]

    def _has(self, where: tuple[str, str | None], columns: Iterable[str]) -> bool:
        """Say whether the table and the columns are there before the migration."""
        where, there = self._live(where), sa.inspect(self.connection)
        if not there.has_table(where[0], schema=where[1]):
            return False
        return set(columns) <= {one["name"] for one in there.get_columns(*where)}

    def _too_long(self, where: tuple[str, str | None], name: str, length: int) -> str | None:
        table, (column,) = _named(self._live(where), [name])
        dialect = self.connection.dialect.name
        text: Any = sa.cast(column, sa.Text) if dialect == "postgresql" else column
        size: Any = sa.func.length(text) if dialect == "sqlite" else sa.func.char_length(text)
        found = self.connection.execute(
            sa.select(sa.func.count(), sa.func.max(size)).select_from(table).where(size > length)
        ).one()
        if not found[0]:
            return None
        return (
            f"{_values(found[0])} of {full_name(*where)}.{name} {_are(found[0])} longer than "
            f"{length} characters, the longest has {found[1]}."
        )

    def _repeated(
        self,
        table: sa.FromClause,
        expressions: list[Any],
        names: list[str],
        *,
        nulls_count: bool,
        condition: Any = None,
    ) -> str | None:
        """Group by the database's own equality; types are left aside, since values are shown."""
        raw = [sa.type_coerce(one, sa.types.NullType()) for one in expressions]
        places: list[Any] = [sa.literal_column(str(place)) for place, _ in enumerate(raw, start=1)]
        times = sa.func.count().label("times")
        query = sa.select(*raw, times, sa.func.count().over()).select_from(table)
        present = [] if nulls_count else [one.is_not(None) for one in raw]
        query = query.where(*present, *([] if condition is None else [condition]))
        query = query.group_by(*places).having(sa.func.count() > 1)
        found = self._asked(query.order_by(sa.desc("times"), *places).limit(_SHOWN))
        if not found:
            return None
        shown = [f"{_spelled(row[:-2])} ({row[-2]} rows)" for row in found]
        total = found[0][-1]
        end = ", …" if total > len(found) else "."
        verb = "stands" if total == 1 else "stand"
        what = f"{full_name(table.name, table.schema)}.{_joined(names)}"  # type: ignore[attr-defined]
        return f"{_values(total)} of {what} {verb} more than once: {', '.join(shown)}{end}"

    def _counted(self, table: sa.FromClause, *conditions: Any) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return self.connection.scalar(query) or 0

    def _asked(self, query: Any) -> Sequence[Any]:
        """Run a query; what it says as text may name a column that is only to be made."""
        try:
            with self.connection.begin_nested():
                return self.connection.execute(query).all()
        except sa.exc.DBAPIError:
            return []

    def _orphans(
        self,
        where: tuple[str, str | None],
        names: list[str],
        goal: tuple[str, str | None],
        remote: list[str],
    ) -> str | None:
        table, columns = _named(self._live(where), names)
        conditions: list[Any] = [one.is_not(None) for one in columns]
        if self._has(goal, remote):
            parent, keys = _named(self._live(goal), remote, alias="parent")
            same = (key == one for key, one in zip(keys, columns, strict=True))
            conditions.append(~sa.exists().select_from(parent).where(*same))
        found = self._counted(table, *conditions)
        if not found:
            return None
        return (
            f"{_values(found)} of {full_name(*where)}.{_joined(names)} "
            f"{'has' if found == 1 else 'have'} no row in {full_name(*goal)}."
        )


def _named(
    where: tuple[str, str | None], names: Iterable[str], alias: str | None = None
) -> tuple[sa.FromClause, list[sa.ColumnElement[Any]]]:
    """Name a live table and columns of it; SQLAlchemy quotes them."""
    table = sa.table(where[0], *(sa.column(name) for name in names), schema=where[1])
    chosen = table if alias is None else table.alias(alias)
    return chosen, [chosen.c[name] for name in names]


def _expression(part: Any) -> Any:
    return sa.literal_column(part.text) if isinstance(part, sa.TextClause) else part


def _columns_in(part: Any) -> list[sa.Column[Any]]:
    return [one for one in sa.sql.visitors.iterate(part) if isinstance(one, sa.Column)]


def _length(type_: Any) -> int | None:
    """Give the length of a text type; SQLModel's own wraps one of SQLAlchemy's."""
    plain = getattr(type_, "impl", type_)
    is_text = isinstance(plain, sa.String) and not isinstance(plain, sa.Enum)
    return plain.length if is_text else None


def _spelled(values: Iterable[Any]) -> str:
    parts = [_short(repr(one)) for one in values]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def _values(number: int) -> str:
    return f"{number} value" if number == 1 else f"{number} values"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
