"""A rename in a running system, in two migrations: expand, then contract; PostgreSQL.

`expand` adds the new column beside the old column. A trigger keeps both in step while old and new
versions of the application run: an INSERT or UPDATE that writes one column writes the other too.
When no process uses the old column, the next autogenerate drops it. `contract` then drops the
trigger, which would fail at every write without the column. Nobody has to choose `contract`.
https://www.martinfowler.com/bliki/ParallelChange.html
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Value
from schema_lab.candidate.recipes.online import only_postgresql
from schema_lab.candidate.render.script import NoteOp, StatementOp
from schema_lab.errors import InputError
from schema_lab.schema.words import full_name

PREFIX = "keep_in_step_"
_LONGEST = 63


@dataclass(frozen=True)
class ColumnPair:
    """A column and the new column that replaces it."""

    table: str
    old: str
    new: str
    dialect: sa.Dialect
    schema: str | None = None

    @property
    def name(self) -> str:
        """The name of both the function and the trigger."""
        plain = f"{PREFIX}{self.table}_{self.old}_{self.new}"
        if len(plain.encode()) <= _LONGEST:
            return plain
        return PREFIX + hashlib.sha256(plain.encode()).hexdigest()[:16]

    @property
    def where(self) -> str:
        """The table, quoted for SQL."""
        return (
            f"{self.quoted(self.schema)}.{self.quoted(self.table)}"
            if self.schema
            else (self.quoted(self.table))
        )

    def quoted(self, name: str | None) -> str:
        """Quote a name for SQL."""
        return str(self.dialect.identifier_preparer.quote(name or ""))

    def trigger(self) -> list[StatementOp]:
        """Create the function and the trigger; the downgrade drops them."""
        name, old, new = self.quoted(self.name), self.quoted(self.old), self.quoted(self.new)
        function = _FUNCTION.format(name=name, old=old, new=new)
        trigger = (
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {self.where} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        return [
            StatementOp(function, f"DROP FUNCTION {name}()"),
            StatementOp(trigger, f"DROP TRIGGER {name} ON {self.where}"),
        ]

    def copy(self) -> StatementOp:
        """Copy the existing values."""
        old, new = self.quoted(self.old), self.quoted(self.new)
        return StatementOp(
            f"UPDATE {self.where} SET {new} = {old} "  # noqa: S608 - quoted
            f"WHERE {new} IS DISTINCT FROM {old}"
        )


_FUNCTION = """\
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.{new} IS NULL THEN
            NEW.{new} := NEW.{old};
        ELSE
            NEW.{old} := NEW.{new};
        END IF;
    ELSIF NEW.{old} IS DISTINCT FROM OLD.{old} THEN
        NEW.{new} := NEW.{old};
    ELSE
        NEW.{old} := NEW.{new};
    END IF;
    RETURN NEW;
END
$$"""


def expand(upgrade: ops.UpgradeOps, about: str, value: Value, live: LiveDatabase) -> None:
    """Keep the column `about`, and add the column that `value` names beside it.

    Raises
    ------
    InputError
        When the candidate does not drop the first and add the second column, or the database is
        not PostgreSQL.
    """
    new_name = value[-1]
    cure = "Stop the service and rename the column: `candidate.rename(…)`."
    only_postgresql(live, f"expand({about!r}, {new_name!r})", cure)
    for table in upgrade.ops:
        if isinstance(table, ops.ModifyTableOps) and (pair := _pair(table, about, new_name)):
            place = upgrade.ops.index(table)
            drop, add = pair
            rest = [
                operation
                for operation in table.ops
                if operation not in pair and not _is_on(operation, drop)
            ]
            upgrade.ops[place : place + 1] = list(_expanded(table, drop, add, rest, live))
            return
    raise InputError(
        f"This candidate does not drop `{about}` and add `{new_name}`.",
        "See `candidate.operations`. A rename drops one column of a table and adds another.",
    )


def _expanded(
    table: ops.ModifyTableOps,
    drop: ops.DropColumnOp,
    add: ops.AddColumnOp,
    rest: list[ops.MigrateOperation],
    live: LiveDatabase,
) -> Iterator[ops.MigrateOperation]:
    name, schema, new = table.table_name, table.schema, str(add.column.name)
    columns = ColumnPair(name, drop.column_name, new, live.dialect, schema)
    wanted = add.column
    column = sa.Column(new, wanted.type, nullable=True, comment=wanted.comment)
    yield NoteOp(
        f"{name}.{drop.column_name} is renamed to {new} in two migrations. This migration adds "
        f"{new} and keeps both columns in step.\nWhen no process uses the old column, autogenerate "
        "again to drop it."
    )
    added = ops.AddColumnOp(name, column, schema=schema)
    yield ops.ModifyTableOps(name, [added], schema=schema)
    yield from columns.trigger()
    yield columns.copy()
    if not wanted.nullable:
        strict = ops.AlterColumnOp(
            *(name, new),
            schema=schema,
            existing_type=wanted.type,
            existing_nullable=True,
            modify_nullable=False,
        )
        rest = [strict, *rest]
    if rest:
        yield ops.ModifyTableOps(name, rest, schema=schema)


def _pair(
    table: ops.ModifyTableOps, about: str, new: str
) -> tuple[ops.DropColumnOp, ops.AddColumnOp] | None:
    where = full_name(table.table_name, table.schema)
    drops = [
        operation
        for operation in table.ops
        if isinstance(operation, ops.DropColumnOp) and f"{where}.{operation.column_name}" == about
    ]
    adds = [
        operation
        for operation in table.ops
        if isinstance(operation, ops.AddColumnOp) and operation.column.name == new
    ]
    return (drops[0], adds[0]) if drops and adds else None


def _is_on(operation: ops.MigrateOperation, drop: ops.DropColumnOp) -> bool:
    """Say whether an operation drops an index or constraint of the old column, which stays."""
    made: Any = operation
    if isinstance(operation, ops.DropIndexOp):
        return drop.column_name in {
            getattr(column, "name", column) for column in made.to_index().columns
        }
    if isinstance(operation, ops.DropConstraintOp):
        columns = getattr(made.to_constraint(), "columns", ())
        return drop.column_name in {getattr(column, "name", column) for column in columns}
    return False


_TRIGGERS = sa.text(
    "SELECT t.tgname AS name, pg_get_triggerdef(t.oid) AS trigger, pg_get_functiondef(p.oid) "
    "AS function, p.prosrc AS body FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid "
    "WHERE t.tgrelid = to_regclass(:place) AND starts_with(t.tgname, :prefix) ORDER BY 1"
)


def contract(upgrade: ops.UpgradeOps, live: LiveDatabase) -> None:
    """Drop, with each dropped column, the trigger that kept the column in step."""
    if live.dialect.name != "postgresql":
        return
    found: list[ops.MigrateOperation] = []
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            for drop in list(container.ops):
                if isinstance(drop, ops.DropColumnOp):
                    found += _without_trigger(container, drop, live)
        found.append(container)
    upgrade.ops = found


def _without_trigger(
    table: ops.ModifyTableOps, drop: ops.DropColumnOp, live: LiveDatabase
) -> Iterator[ops.MigrateOperation]:
    quote = live.dialect.identifier_preparer.quote
    place = ".".join(quote(part) for part in (table.schema, table.table_name) if part)
    old = quote(drop.column_name)
    asked = _TRIGGERS.bindparams(place=place, prefix=PREFIX)
    for trigger in live.connection.execute(asked).all():
        if f"NEW.{old} :=" not in trigger.body:
            continue
        new = trigger.body.split(f"NEW.{old} := NEW.")[1].split(";")[0]
        column = drop.to_column()
        table.ops[table.ops.index(drop)] = _nullable_after_downgrade(drop, column)
        name = quote(trigger.name)
        yield NoteOp(f"{new} has replaced {drop.column_name}, so the trigger is no longer needed.")
        back = f"UPDATE {place} SET {old} = {new} WHERE {old} IS DISTINCT FROM {new}"  # noqa: S608 - quoted
        strict = f"ALTER TABLE {place} ALTER COLUMN {old} SET NOT NULL"
        if not column.nullable:
            yield StatementOp(f"ALTER TABLE {place} ALTER COLUMN {old} DROP NOT NULL", strict)
        yield StatementOp(f"DROP TRIGGER {name} ON {place}", str(trigger.trigger))
        yield StatementOp(f"DROP FUNCTION {name}()", f"{back};\n{str(trigger.function).strip()}")


def _nullable_after_downgrade(drop: ops.DropColumnOp, column: sa.Column[Any]) -> ops.DropColumnOp:
    """Recreate the column as nullable in the downgrade; its values are copied afterwards."""
    empty = sa.Column(column.name, column.type, nullable=True, server_default=column.server_default)
    return ops.DropColumnOp.from_column_and_tablename(drop.schema, drop.table_name, empty)
