"""Ask the rows: would what a candidate demands of them hold? Read-only, one query a demand.

A demand is a shorter text type, unique columns, a foreign key, or a CHECK.
What is equal is the database's to say: the queries group and join by its own collation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.obstacle import SHOWN as ROWS_SHOWN
from schema_lab.autogenerate.obstacle import Obstacle
from schema_lab.autogenerate.operations import full_name
from schema_lab.autogenerate.sql_parts import Where, columns_in, condition_of, expression, named
from schema_lab.autogenerate.wording import are, joined, spelled, values
from schema_lab.database.truth import as_truth, truths

_SHOWN = 5
Found = Iterator[Obstacle | None]


def obstacles_to(
    operations: Iterable[ops.MigrateOperation], connection: sa.Connection
) -> tuple[Obstacle, ...]:
    """Find the rows that a migration would stumble over.

    Parameters
    ----------
    operations
        Alembic's operations; batches are opened. One that is `settled` is left out: a person
        decides on its values, or has decided.
    connection
        The live database, as it is before the migration.

    Returns
    -------
    tuple of Obstacle
        One for each demand that the rows do not meet, with the first of these rows.
    """
    opened = list(_opened(operations))
    renamed = {
        (one.new_table_name, one.schema): one.table_name
        for one in opened
        if isinstance(one, ops.RenameTableOp)
    }
    rows = _Rows(connection, renamed)
    unsettled = [one for one in opened if not getattr(one, "settled", False)]
    return tuple(found for one in unsettled for found in rows.against(one) if found)


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
    def against(self, operation: ops.MigrateOperation) -> Found:
        yield from ()

    @against.register
    def _(self, operation: ops.AlterColumnOp) -> Found:
        where = (operation.table_name, operation.schema)
        name = operation.column_name
        if not self._has(where, [name]):
            return
        length = _length(operation.modify_type)
        before = _length(operation.existing_type)
        if length is not None and (before is None or length < before):
            yield self._too_long(where, name, length)

    @against.register
    def _(self, operation: ops.CreateUniqueConstraintOp) -> Found:
        where, names = (operation.table_name, operation.schema), list(operation.columns)
        if self._has(where, names):
            strict = operation.kw.get("postgresql_nulls_not_distinct", False)
            table, columns = named(self._live(where), names)
            yield self._repeated(table, columns, names, nulls_count=bool(strict))

    @against.register
    def _(self, operation: ops.CreateIndexOp) -> Found:
        where, index = (operation.table_name, operation.schema), operation.to_index()
        parts = [expression(part) for part in index.expressions]
        needed = {one.name for part in parts for one in columns_in(part)}
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
    def _(self, operation: ops.CreateForeignKeyOp) -> Found:
        where = (operation.source_table, operation.kw.get("source_schema"))
        goal = (operation.referent_table, operation.kw.get("referent_schema"))
        if self._has(where, operation.local_cols):
            yield self._orphans(where, operation.local_cols, goal, operation.remote_cols)

    @against.register
    def _(self, operation: ops.CreateCheckConstraintOp) -> Found:
        where = (operation.table_name, operation.schema)
        condition = condition_of(operation.condition)
        if self._has(where, {one.name for one in columns_in(condition)}):
            name = str(operation.constraint_name or "without a name")
            yield self._broken(where, name, condition)

    def _live(self, where: Where) -> tuple[str, str | None]:
        """Give a table's name before the migration."""
        return self.renamed.get(where, where[0]), where[1]

    def _has(self, where: Where, columns: Iterable[str]) -> bool:
        """Say whether the table and the columns are there before the migration."""
        where, there = self._live(where), sa.inspect(self.connection)
        if not there.has_table(where[0], schema=where[1]):
            return False
        return set(columns) <= {one["name"] for one in there.get_columns(*where)}

    def _too_long(self, where: Where, name: str, length: int) -> Obstacle | None:
        table, (column,) = named(self._live(where), [name])
        dialect = self.connection.dialect.name
        text: Any = sa.cast(column, sa.Text) if dialect == "postgresql" else column
        size: Any = sa.func.length(text) if dialect == "sqlite" else sa.func.char_length(text)
        found = self.connection.execute(
            sa.select(sa.func.count(), sa.func.max(size)).select_from(table).where(size > length)
        ).one()
        if not found[0]:
            return None
        said = (
            f"{values(found[0])} of {full_name(*where)}.{name} {are(found[0])} longer than "
            f"{length} characters, the longest has {found[1]}."
        )
        return self._with_rows(said, where, sa.select(table).where(size > length))

    def _repeated(
        self,
        table: sa.FromClause,
        expressions: list[Any],
        names: list[str],
        *,
        nulls_count: bool,
        condition: Any = None,
    ) -> Obstacle | None:
        """Group by the database's own equality; types are left aside, since values are shown."""
        raw = [sa.type_coerce(one, sa.types.NullType()) for one in expressions]
        places: list[Any] = [sa.literal_column(str(place)) for place, _ in enumerate(raw, start=1)]
        times = sa.func.count().label("schema_lab_times")
        present = [] if nulls_count else [one.is_not(None) for one in raw]
        conditions = [*present, *([] if condition is None else [condition])]
        keys = [one.label(f"schema_lab_{place}") for place, one in enumerate(raw)]
        groups = sa.select(*keys, times).select_from(table).where(*conditions).group_by(*places)
        groups = groups.having(sa.func.count() > 1)
        query = groups.add_columns(sa.func.count().over()).order_by(
            sa.desc("schema_lab_times"), *places
        )
        found = self._asked(query.limit(_SHOWN))
        if not found:
            return None
        shown = [f"{spelled(row[:-2])} ({row[-2]} rows)" for row in found]
        total = found[0][-1]
        end = ", …" if total > len(found) else "."
        verb = "stands" if total == 1 else "stand"
        where: Where = (table.name, table.schema)  # type: ignore[attr-defined]
        what = f"{full_name(*where)}.{joined(names)}"
        said = f"{values(total)} of {what} {verb} more than once: {', '.join(shown)}{end}"
        again = groups.subquery("again")
        same = (key.is_not_distinct_from(one) for key, one in zip(again.c, raw, strict=False))
        rows = sa.select().select_from(table.join(again, sa.and_(*same))).where(*conditions)
        return self._with_rows(said, where, rows, *raw)

    def _asked(self, query: Any) -> Sequence[Any]:
        """Run a query; what it says as text may name a column that is only to be made."""
        try:
            with self.connection.begin_nested():
                return self.connection.execute(query).all()
        except sa.exc.DBAPIError:
            return []

    def _orphans(
        self,
        where: Where,
        names: list[str],
        goal: Where,
        remote: list[str],
    ) -> Obstacle | None:
        table, columns = named(self._live(where), names)
        conditions: list[Any] = [one.is_not(None) for one in columns]
        if self._has(goal, remote):
            parent, keys = named(self._live(goal), remote, alias="parent")
            same = (key == one for key, one in zip(keys, columns, strict=True))
            conditions.append(~sa.exists().select_from(parent).where(*same))
        found = self.connection.scalar(
            sa.select(sa.func.count()).select_from(table).where(*conditions)
        )
        if not found:
            return None
        said = (
            f"{values(found)} of {full_name(*where)}.{joined(names)} "
            f"{'has' if found == 1 else 'have'} no row in {full_name(*goal)}."
        )
        return self._with_rows(said, where, sa.select().select_from(table).where(*conditions))

    def _broken(self, where: Where, name: str, condition: Any) -> Obstacle | None:
        """Count the rows for which a condition is false; NULL passes a CHECK."""
        table = sa.table(self._live(where)[0], schema=where[1])
        rows = sa.select().select_from(table).where(sa.not_(condition))
        found = self._asked(rows.add_columns(sa.func.count()))
        total = found[0][0] if found else 0
        if not total:
            return None
        said = f"{total} {'row' if total == 1 else 'rows'} of {full_name(*where)} "
        said += f"{'breaks' if total == 1 else 'break'} CHECK {name}."
        return self._with_rows(said, where, rows)

    def _with_rows(self, said: str, where: Where, query: Any, *order: Any) -> Obstacle:
        """Add the first rows, whole, and how many there are of them."""
        live, inspector = self._live(where), sa.inspect(self.connection)
        columns = inspector.get_columns(live[0], live[1])
        names = [str(one["name"]) for one in columns]
        keys = inspector.get_pk_constraint(live[0], live[1])["constrained_columns"]
        whole = query.with_only_columns(*map(sa.column, names), sa.func.count().over())
        found = self._asked(whole.order_by(*order, *map(sa.column, keys)).limit(ROWS_SHOWN))
        truth = truths(self.connection, (live[1], live[0]), columns)
        rows = map(tuple, as_truth(names, [row[:-1] for row in found], truth))
        return Obstacle(said, tuple(names), tuple(rows), found[0][-1] if found else 0)


def _length(type_: Any) -> int | None:
    """Give the length of a text type; SQLModel's own wraps one of SQLAlchemy's."""
    plain = getattr(type_, "impl", type_)
    is_text = isinstance(plain, sa.String) and not isinstance(plain, sa.Enum)
    return plain.length if is_text else None
