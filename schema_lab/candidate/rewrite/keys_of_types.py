"""The types of columns that foreign keys join, and of columns that number themselves.

MariaDB changes no type under a foreign key, and PostgreSQL none into one that the other column
cannot be compared with. Such a key is dropped first and added again last.
https://mariadb.com/kb/en/foreign-keys/ , https://www.postgresql.org/docs/current/ddl-constraints.html

PostgreSQL numbers a SERIAL column from a sequence, which keeps its own type:
https://www.postgresql.org/docs/current/sql-altersequence.html
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.questions.asking import asks
from schema_lab.candidate.questions.live_database import altered
from schema_lab.candidate.render.script import StatementOp
from schema_lab.candidate.rewrite.mysql_keys import made_again
from schema_lab.database import is_mysql
from schema_lab.errors import ModelError
from schema_lab.rows import family
from schema_lab.rows.families import NUMBERS
from schema_lab.schema.words import full_name, type_text

Place = tuple[str | None, str, str]
"""A column: the schema of its table, the table, and its name."""

_SEQUENCE = """
SELECT CAST(CAST(pg_get_serial_sequence(:table, :column) AS regclass) AS text)
FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attname = :column
AND attidentity = ''
"""


@dataclass(frozen=True)
class _Changes:
    """The types that an upgrade changes, by column, and the live database."""

    context: MigrationContext
    types: dict[Place, ops.AlterColumnOp]

    @classmethod
    def of(cls, context: MigrationContext, upgrade: ops.UpgradeOps) -> "_Changes":
        found = {
            (operation.schema, operation.table_name, operation.column_name): operation
            for _, operation in altered(upgrade)
            if operation.modify_type is not None and operation.existing_type is not None
        }
        return cls(context, found)

    @property
    def inspector(self) -> sa.Inspector:
        assert self.context.connection is not None
        return sa.inspect(self.context.connection)

    def live_keys(self) -> Iterator[ops.CreateForeignKeyOp]:
        """Give the live foreign keys that have a changed column on either side."""
        for schema in dict.fromkeys(place[0] for place in self.types):
            listed = self.inspector.get_multi_foreign_keys(schema=schema)
            for (_, table), keys in listed.items():
                for key in keys:
                    added = made_again(table, schema, key)
                    if any(pair[side] in self.types for pair in _pairs(added) for side in (0, 1)):
                        yield added

    def type_after(self, place: Place) -> Any:
        """Give the type of a column after the upgrade."""
        if place in self.types:
            return self.types[place].modify_type
        return self.live(place).get("type")

    def live(self, place: Place) -> dict[str, Any]:
        """Give what the database says of a column; nothing where the upgrade renames it."""
        schema, table, name = place
        if not self.inspector.has_table(table, schema=schema):
            return {}
        listed = self.inspector.get_columns(table, schema=schema)
        return next((dict(column) for column in listed if column["name"] == name), {})

    def hinders(self, key: ops.CreateForeignKeyOp) -> bool:
        """Say whether a foreign key prevents a change."""
        places = [place for pair in _pairs(key) for place in pair if place in self.types]
        changes = [self.types[place] for place in places]
        return is_mysql(self.context.dialect.name) or any(
            family(change.existing_type) != family(change.modify_type) for change in changes
        )


def with_keys_of_types(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop and add foreign keys around changed types, and let sequences follow their columns.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where it does.

    Raises
    ------
    ModelError
        When the database cannot make the change.
    """
    if context.dialect.name == "sqlite" or context.connection is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            changes = _Changes.of(context, upgrade)
            if not changes.types:
                continue
            keys = staying(changes.live_keys(), upgrade)
            if asks(context, script):
                _refuse_numbered(changes)
                _refuse_unequal(changes, keys)
            around = [key for key in keys if changes.hinders(key)]
            sequences = list(_sequences(changes))
            upgrade.ops = [
                *(in_table(key, key.reverse()) for key in around),
                *upgrade.ops,
                *sequences,
                *(in_table(key, key) for key in around),
            ]
            if around or sequences:
                upgrade.reverse_into(downgrade)


def _pairs(key: ops.CreateForeignKeyOp) -> list[tuple[Place, Place]]:
    """Give the columns that a foreign key joins: the referring and the referred one."""
    return [
        ((key.kw.get("source_schema"), key.source_table, local),
         (key.kw.get("referent_schema"), key.referent_table, remote))
        for local, remote in zip(key.local_cols, key.remote_cols, strict=True)
    ]  # fmt: skip


def in_table(key: ops.CreateForeignKeyOp, operation: ops.MigrateOperation) -> ops.ModifyTableOps:
    """Give an operation on a foreign key as a change of its table."""
    return ops.ModifyTableOps(key.source_table, [operation], schema=key.kw.get("source_schema"))


def staying(
    keys: Iterable[ops.CreateForeignKeyOp], upgrade: ops.UpgradeOps
) -> list[ops.CreateForeignKeyOp]:
    """Give the foreign keys that an upgrade drops neither by themselves nor with their table."""
    gone = set(_dropped(upgrade))
    return [
        key
        for key in keys
        if (key.source_table, key.constraint_name) not in gone
        and (key.source_table, None) not in gone
    ]


def _dropped(upgrade: ops.UpgradeOps) -> Iterator[tuple[str, Any]]:
    """Name the dropped constraints with their tables, and dropped tables with None."""
    for operation in upgrade.ops:
        if isinstance(operation, ops.DropTableOp):
            yield operation.table_name, None
        for part in operation.ops if isinstance(operation, ops.ModifyTableOps) else ():
            if isinstance(part, ops.DropConstraintOp):
                yield part.table_name, part.constraint_name


def _refuse_numbered(changes: _Changes) -> None:
    """Refuse another type than a number for a column that the database numbers."""
    for place, change in changes.types.items():
        if family(change.modify_type) in NUMBERS or not _is_numbered(changes.live(place)):
            continue
        before, after = (
            type_text(type_, changes.context.dialect)
            for type_ in (change.existing_type, change.modify_type)
        )
        raise ModelError(
            f"The database numbers `{_named(place)}`, so its type cannot change from {before} "
            f"to {after}.",
            "Add a column of the new type, and let the other tables refer to it; drop the former "
            "key in a later revision. Or give the new model another table name.",
        )


def _is_numbered(column: Any) -> bool:
    default = str(column.get("default") or "")
    return column.get("autoincrement") is True or default.startswith("nextval(")


def _refuse_unequal(changes: _Changes, keys: list[ops.CreateForeignKeyOp]) -> None:
    """Refuse two columns that a foreign key would join no longer."""
    dialect = changes.context.dialect
    for key in keys:
        for local, remote in _pairs(key):
            pair = changes.type_after(local), changes.type_after(remote)
            kinds, words = (
                [family(type_) for type_ in pair],
                [type_text(it, dialect) for it in pair],
            )
            joined = kinds[0] == kinds[1] or set(kinds) <= NUMBERS
            if is_mysql(dialect.name):
                joined = kinds[0] == kinds[1] and (
                    kinds[0] != "integer" or _plain(words[0]) == _plain(words[1])
                )
            if not joined:
                raise ModelError(
                    f"`{_named(local)}` refers to `{_named(remote)}`, but after this change one "
                    f"would be {words[0]} and the other {words[1]}.",
                    "Give both columns the same type in the models.",
                )


def _plain(words: str) -> str:
    """Spell an integer type without its width, which only changes how it is displayed."""
    return words.partition("(")[0].upper().replace("INTEGER", "INT")


def _named(place: Place) -> str:
    return f"{full_name(place[1], place[0])}.{place[2]}"


def _sequences(changes: _Changes) -> Iterator[ops.MigrateOperation]:
    """Let the sequence of a SERIAL column have the type of the column."""
    if changes.context.dialect.name != "postgresql":
        return
    connection = changes.context.connection
    assert connection is not None
    quoted = connection.dialect.identifier_preparer.format_table
    for (schema, table, column), change in changes.types.items():
        pair = change.existing_type, change.modify_type
        numbers = [family(type_) for type_ in pair] == ["integer", "integer"]
        if numbers and changes.live((schema, table, column)):
            where = {"table": quoted(sa.table(table, schema=schema)), "column": column}
            name = connection.scalar(sa.text(_SEQUENCE), where)
            if name is not None:
                before, after = (type_text(type_, connection.dialect) for type_ in pair)
                alter = f"ALTER SEQUENCE {name} AS"
                yield StatementOp(f"{alter} {after}", f"{alter} {before}")
