"""Rename? A dropped and an added column of the same table may be one column with a new name.

Alembic sees a drop and an add, which loses the values:
https://alembic.sqlalchemy.org/en/latest/autogenerate.html#what-does-autogenerate-detect-and-what-does-it-not-detect
The rename keeps everything on every dialect, and can be reversed. Indexes and constraints on the
column are dropped before the rename; all other changes of the table follow it. A renamed table
raises the same question.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.candidate.render.script import NoteOp, without_empty_notes
from schema_lab.compare.operations import describe
from schema_lab.compare.whole_operations import AlterTableOp
from schema_lab.compat.sqlalchemy_private import copied
from schema_lab.database import is_mysql
from schema_lab.models.tables import target_of
from schema_lab.rows import stored_family
from schema_lab.schema import as_text
from schema_lab.schema.sql_text import said_anew
from schema_lab.schema.words import column_text, full_name
from schema_lab.views.plain import count

KIND = "rename"
DROP: Value = ("drop",)
SHOWN = 5
"""The most new names that a question offers, the likeliest first."""


def new_name_question(
    drop: ops.MigrateOperation,
    lead: str,
    about: str,
    names: Sequence[str],
    held: tuple[int, str],
    evidence: Iterable[str],
    live: LiveDatabase,
) -> Question:
    """Ask whether a dropped column or table has a new name.

    Parameters
    ----------
    drop
        The operation that drops the column or table.
    lead
        The words before the name, such as "The table "; "" for a column.
    about
        The dropped column or table, such as "users.plan".
    names
        The possible new names.
    held
        What a drop loses: 12, "value".
    evidence
        How alike each new name is.
    live
        The database before the migration.
    """
    number, noun = held
    quoted = ", ".join(f"`{name}`" for name in names)
    new = quoted if not names[1:] else f"one of {quoted}"
    loss = f"Dropping `{about}` loses {count(number, noun)}."
    if not number:
        loss = f"`{about}` does not hold any {noun}s."
    renames = (
        Choice(f"rename it to `{name}`", f"candidate.rename({about!r}, {name!r})", ("rename", name))
        for name in names
    )
    return Question(
        kind=KIND,
        about=about,
        sentence=f"{lead}`{about}` is no longer in the models: was it renamed to {new}?",
        evidence=(loss, *evidence),
        choices=(*renames, Choice(f"drop it with its {noun}s", f"candidate.drop({about!r})", DROP)),
        change="; ".join(operation.sentence for operation in describe(drop, live.dialect)),
        default=DROP,
        must=number > 0,
    )


def note_the_drop(upgrade: ops.UpgradeOps, about: str) -> None:
    """Say in the script that a person chose the drop."""
    upgrade.ops.insert(0, NoteOp(f"{about} is dropped, not renamed."))


_RENAMES = {True: (10, 5, 2), False: (8, 0, 0)}
"""The first version with RENAME COLUMN, of MariaDB (True) and of MySQL.

Older versions need the whole column definition, which loses what Alembic does not spell.
https://mariadb.com/kb/en/alter-table/#rename-column
"""


class RenameColumnOp(ops.AlterColumnOp):
    """A column's new name; unlike Alembic's operation, its reverse knows the old name."""

    def reverse(self) -> "RenameColumnOp":
        """Give the rename to the old name."""
        assert self.modify_name is not None
        return RenameColumnOp(
            self.table_name,
            self.modify_name,
            schema=self.schema,
            modify_name=self.column_name,
            existing_type=self.existing_type,
            existing_nullable=self.existing_nullable,
            existing_server_default=self.existing_server_default,
            existing_comment=self.existing_comment,
        )


@renderers.dispatch_for(RenameColumnOp)
def _render(context: AutogenContext, operation: RenameColumnOp) -> str:
    """Render as Alembic does; on MariaDB and MySQL, where that loses AUTO_INCREMENT, as SQL."""
    dialect = context.migration_context.dialect
    if not is_mysql(dialect.name) or not _can_rename(dialect):
        rendered: str = renderers.dispatch(ops.AlterColumnOp("", ""))(context, operation)
        return rendered
    quote = dialect.identifier_preparer
    table = sa.table(operation.table_name, schema=operation.schema)
    old, new = quote.quote(operation.column_name), quote.quote(str(operation.modify_name))
    sql = f"ALTER TABLE {quote.format_table(table)} RENAME COLUMN {old} TO {new}"
    return f"op.execute({as_text(sql)!r})"


def _can_rename(dialect: sa.Dialect) -> bool:
    version = getattr(dialect, "server_version_info", None)  # None without a server
    return version is None or version >= _RENAMES[bool(getattr(dialect, "is_mariadb", False))]


Operations = list[ops.MigrateOperation]


def before_and_after(
    upgrade: ops.UpgradeOps, table: ops.ModifyTableOps, column: str
) -> tuple[Operations, Operations]:
    """Split an upgrade: dropped indexes and constraints on the column come first, all else after.

    The downgrade, in reverse, recreates them when the column has its old name again.
    """
    renamed = [
        at for at, operation in enumerate(upgrade.ops) if isinstance(operation, ops.RenameTableOp)
    ]
    start = renamed[-1] + 1 if renamed else 0
    before: Operations = upgrade.ops[:start]
    after: Operations = []
    for operation in upgrade.ops[start:]:
        if not isinstance(operation, ops.ModifyTableOps):
            after.append(operation)
            continue
        own = (operation.table_name, operation.schema) == (table.table_name, table.schema)
        first = [part for part in operation.ops if _names(part, table, column, own=own)]
        rest = [part for part in operation.ops if part not in first]
        for container, parts in ((before, first), (after, rest)):
            if parts:
                container.append(
                    ops.ModifyTableOps(operation.table_name, parts, schema=operation.schema)
                )
    return before, after


def _names(
    operation: ops.MigrateOperation, table: ops.ModifyTableOps, column: str, *, own: bool
) -> bool:
    """Say whether a dropped index or constraint contains the column, or refers to it."""
    if isinstance(operation, ops.DropIndexOp):
        return own and column in operation.to_index().columns
    if not isinstance(operation, ops.DropConstraintOp):
        return False
    constraint = operation.to_constraint()
    if own and column in getattr(constraint, "columns", ()):
        return True
    if own and isinstance(constraint, sa.CheckConstraint):
        return said_anew(str(constraint.sqltext), column, "") != str(constraint.sqltext)
    if isinstance(constraint, sa.ForeignKeyConstraint):
        target = ".".join(filter(None, (table.schema, table.table_name, column)))
        return any(target_of(key) == target for key in constraint.elements)
    return False


def alterations(
    table: ops.ModifyTableOps,
    live_column: sa.Column[Any],
    wanted: sa.Column[Any],
    live: LiveDatabase,
) -> Iterator[ops.ModifyTableOps]:
    """Compare the renamed column with the model's as Alembic compares columns."""
    old: Any = copied(live_column)
    old.name = old.key = wanted.name
    sa.Table(table.table_name, sa.MetaData(), old, schema=table.schema)
    found = ops.AlterColumnOp(table.table_name, wanted.name, schema=table.schema)
    compare = live.autogen.comparators.dispatch("column", qualifier=live.dialect.name)
    compare(live.autogen, found, table.schema, table.table_name, wanted.name, old, wanted)
    if found.has_changes():
        yield ops.ModifyTableOps(table.table_name, [found], schema=table.schema)


__all__ = ["KIND", "apply", "ask"]


@dataclass(frozen=True)
class _ColumnPair:
    """A dropped column and an added column that may be its new name."""

    drop: ops.DropColumnOp
    add: ops.AddColumnOp

    @property
    def names(self) -> float:
        """How alike the names are, from 0 to 1."""
        return SequenceMatcher(None, self.drop.column_name, self.add.column.name).ratio()

    @property
    def likeness(self) -> float:
        """How alike names, types and positions are, from 0 to 1."""
        old, new = self.drop.to_column(), self.add.column
        same_type = str(old.type).upper() == str(getattr(new.type, "impl", new.type)).upper()
        same_null = old.nullable == new.nullable
        near = 1 / (1 + abs(_place(old) - _place(new)))
        return 0.5 * self.names + 0.2 * same_type + 0.1 * same_null + 0.2 * near


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask, for each dropped column, whether it was renamed."""
    for table in upgrade.ops:
        if not isinstance(table, ops.ModifyTableOps):
            continue
        for drop in table.ops:
            if isinstance(drop, ops.DropColumnOp):
                pairs = _pairs(drop, table.ops)
                if pairs:
                    yield _question(drop, pairs, live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Replace the drop and the add with a rename, or note that the column is dropped."""
    table, drop = _dropped(upgrade, question.about)
    if value == DROP:
        note_the_drop(upgrade, question.about)
        return
    add = next(
        operation
        for operation in table.ops
        if isinstance(operation, ops.AddColumnOp) and operation.column.name == value[-1]
    )
    _rename(upgrade, table, _ColumnPair(drop, add), live)


def _rename(
    upgrade: ops.UpgradeOps, table: ops.ModifyTableOps, pair: _ColumnPair, live: LiveDatabase
) -> None:
    """Replace the drop and the add of a pair with a rename."""
    drop, add = pair.drop, pair.add
    table.ops = [
        operation for operation in table.ops if operation is not drop and operation is not add
    ]
    live_column, name = drop.to_column(), str(add.column.name)
    table.ops = list(_following(table.ops, drop.column_name, name))
    before, after = before_and_after(upgrade, table, drop.column_name)
    upgrade.ops = [
        *before,
        NoteOp(f"{_about(drop)} is renamed to {name}. Its values are kept."),
        ops.ModifyTableOps(
            table.table_name, [_renaming(drop, live_column, name)], schema=table.schema
        ),
        *alterations(table, live_column, add.column, live),
        *after,
    ]


def _following(
    operations: Iterable[ops.MigrateOperation], old: str, new: str
) -> Iterator[ops.MigrateOperation]:
    """Leave out what follows the new name by itself, such as a primary key.

    The rest follows the rename, and is undone before the rename is: both ways it says the new name.
    """
    for operation in operations:
        if isinstance(operation, AlterTableOp):
            operation.before = said_anew(operation.before, old, new)
            operation.down = tuple(said_anew(sql, old, new) for sql in operation.down)
            if operation.before == operation.after:
                continue
        yield operation


def rename_in_case(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Rename a column whose new name differs in case alone, where the database takes both for one.

    SQLite, MariaDB and MySQL cannot add the new name beside the old one, so nobody is asked. A
    `process_revision_directives` function; changes the directives in place.
    """
    if context.dialect.name == "postgresql" or context.connection is None:
        return
    live = LiveDatabase(context)
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            found = 0
            while (same := next(_same_names(upgrade), None)) is not None:
                found += 1
                _rename(upgrade, *same, live)
            if found:
                upgrade.reverse_into(downgrade)
                downgrade.ops = without_empty_notes(downgrade.ops)


def _same_names(upgrade: ops.UpgradeOps) -> Iterator[tuple[ops.ModifyTableOps, _ColumnPair]]:
    for table in upgrade.ops:
        if isinstance(table, ops.ModifyTableOps):
            dropped = {
                operation.column_name.lower(): operation
                for operation in table.ops
                if isinstance(operation, ops.DropColumnOp)
            }
            for add in table.ops:
                if isinstance(add, ops.AddColumnOp) and add.column.name.lower() in dropped:
                    yield table, _ColumnPair(dropped[add.column.name.lower()], add)


def _renaming(drop: ops.DropColumnOp, column: sa.Column[Any], name: str) -> ops.AlterColumnOp:
    return RenameColumnOp(
        drop.table_name,
        drop.column_name,
        schema=drop.schema,
        modify_name=name,
        existing_type=column.type,
        existing_nullable=column.nullable,
        existing_server_default=column.server_default,
        existing_comment=column.comment,
    )


def _pairs(drop: ops.DropColumnOp, operations: list[Any]) -> list[_ColumnPair]:
    found = [
        _ColumnPair(drop, operation)
        for operation in operations
        if isinstance(operation, ops.AddColumnOp) and _compatible(drop, operation)
    ]
    return sorted(found, key=lambda pair: (-pair.likeness, pair.add.column.name))[:SHOWN]


def _compatible(drop: ops.DropColumnOp, add: ops.AddColumnOp) -> bool:
    """Say whether the values can be kept as they are: the types belong to the same family."""
    old, new = drop.to_column(), add.column
    if old.computed is not None or new.computed is not None:
        return False
    return stored_family(old.type) == stored_family(new.type)


def _place(column: sa.Column[Any]) -> int:
    table: Any = column.table
    names = list(table.columns.keys()) if table is not None else []
    return names.index(column.key) if column.key in names else len(names)


def _question(drop: ops.DropColumnOp, pairs: list[_ColumnPair], live: LiveDatabase) -> Question:
    return new_name_question(
        drop,
        "",
        _about(drop),
        [pair.add.column.name for pair in pairs],
        (live.values(drop.table_name, drop.schema, drop.column_name), "value"),
        [_alike(pair, live) for pair in pairs],
        live,
    )


def _about(drop: ops.DropColumnOp) -> str:
    return f"{full_name(drop.table_name, drop.schema)}.{drop.column_name}"


def _alike(pair: _ColumnPair, live: LiveDatabase) -> str:
    old, new = pair.drop.to_column(), pair.add.column
    before, after = column_text(old, live.dialect), column_text(new, live.dialect)
    types = f"`{old.name}` is {before}, `{new.name}` is {after}."
    return f"{types} The names are {pair.names:.0%} alike."


def _dropped(upgrade: ops.UpgradeOps, about: str) -> tuple[ops.ModifyTableOps, ops.DropColumnOp]:
    return next(
        (table, operation)
        for table in upgrade.ops
        if isinstance(table, ops.ModifyTableOps)
        for operation in table.ops
        if isinstance(operation, ops.DropColumnOp) and _about(operation) == about
    )
