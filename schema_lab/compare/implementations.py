"""How a dialect's types, indexes, defaults and unnamed constraints are compared.

`compare_with_ours` puts the lab's implementation on one migration context. Alembic's own stay in
their registry: a class that defines `__dialect__` would replace one for the whole process, so the
classes here inherit it. Seen with Alembic 1.20.1:
https://alembic.sqlalchemy.org/en/latest/api/ddl.html

A script names unnamed constraints, so that it can drop what it created. A database names such a
constraint itself, or not at all (SQLite). The names are those of the naming convention:
https://alembic.sqlalchemy.org/en/latest/naming.html
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.ddl.impl import ComparisonResult, DefaultImpl
from alembic.ddl.mysql import MariaDBImpl, MySQLImpl
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.sql.elements import conv

from schema_lab.compat.alembic_private import DefaultsOfSQLite, IndexesOfPostgresql
from schema_lab.compat.sqlalchemy_private import cut_name
from schema_lab.models.naming import NAMING_CONVENTION
from schema_lab.rows import plain_type
from schema_lab.schema import next_of, words_of
from schema_lab.schema.defaults import differs
from schema_lab.schema.sql_text import sql_of

BATCH_NAMES = {kind: NAMING_CONVENTION[kind] for kind in ("uq", "fk")}
"""The names that a batch gives SQLite's unnamed constraints, so that it can drop them."""


class Unnamed(conv):
    """A placeholder for the name of an unnamed constraint, until a script names it."""


class NamingTableOps(ops.ModifyTableOps):
    """Operations of a table whose unnamed constraints are named while it is copied."""


def with_names(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Name each unnamed constraint that a script adds to or drops from a table.

    A `process_revision_directives` function; changes the directives in place.
    """
    for script in directives:
        for container in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            container.ops = [_named(operation, context.dialect) for operation in container.ops]


def _named(operation: Any, dialect: sa.Dialect) -> Any:
    if not isinstance(operation, ops.ModifyTableOps):
        return operation
    unnamed = list(_unnamed(operation))
    for part in unnamed:
        part.constraint_name = _name(part.to_constraint(), dialect)
    if not any(isinstance(part, ops.DropConstraintOp) for part in unnamed):
        return operation
    return NamingTableOps(operation.table_name, operation.ops, schema=operation.schema)


def _unnamed(table: ops.ModifyTableOps) -> Iterator[Any]:
    for operation in table.ops:
        added = isinstance(operation, ops.CreateUniqueConstraintOp | ops.CreateForeignKeyOp)
        dropped = isinstance(operation, ops.DropConstraintOp) and operation.constraint_type in (
            "unique",
            "foreignkey",
        )
        name = getattr(operation, "constraint_name", None)
        if (added or dropped) and (not name or isinstance(name, Unnamed)):
            yield operation


def _name(constraint: Any, dialect: sa.Dialect) -> str:
    parts = {
        "table_name": constraint.table.name,
        "column_0_N_name": "_".join(column.name for column in constraint.columns),
    }
    kind = "uq"
    if isinstance(constraint, sa.ForeignKeyConstraint):
        kind, parts["referred_table_name"] = "fk", constraint.referred_table.name
    return conv(cut_name(dialect, conv(BATCH_NAMES[kind] % parts)))


@renderers.dispatch_for(NamingTableOps)
def _render(context: AutogenContext, operation: NamingTableOps) -> list[str]:
    plain: Any = renderers.dispatch(ops.ModifyTableOps)
    lines: list[str] = plain(context, operation)
    if lines and context.opts.get("render_as_batch"):
        table, schema = operation.table_name, operation.schema
        lines[0] = (
            f"with op.batch_alter_table({table!r}, schema={schema!r}, "
            f"naming_convention={BATCH_NAMES!r}) as batch_op:"
        )
    return lines


_SERIAL = (sa.INTEGER, sa.BIGINT)
"""The types that a SERIAL column has for Alembic."""


_BRACKETS = re.compile("[()]")


class DefaultsAsText(DefaultImpl):
    """A dialect whose server defaults are compared as text.

    Alembic has a function for it in `configure`, and calls it for generated columns too, where
    there is no default to read: AttributeError in alembic/autogenerate/compare/server_defaults.py.
    """

    def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
        """Say whether a type changed. Types with the same spelling are equal.

        Alembic compares the members of MariaDB's enums alone, also where the models want text, and
        takes an array of an enum for the enum.
        """
        live, wanted = inspector_column.type, metadata_column.type
        if isinstance(live, sa.Enum) and isinstance(wanted, sa.Enum) and not wanted.native_enum:
            return True
        spell = self.dialect.type_compiler_instance.process
        if spell(live).lower() == spell(wanted).lower():
            return False
        if isinstance(live, sa.ARRAY) != isinstance(plain_type(wanted), sa.ARRAY):
            return True
        return bool(super().compare_type(inspector_column, metadata_column))

    def compare_server_default(
        self, inspector_column: Any, metadata_column: Any, rendered: Any, live: Any
    ) -> bool:
        """Say whether a default changed, without executing it."""
        return differs(self, inspector_column, metadata_column, metadata_column.server_default)


class MariaDB(DefaultsAsText, MariaDBImpl):
    """MariaDB."""


class MySQL(DefaultsAsText, MySQLImpl):
    """MySQL."""


class WholeSQLite(DefaultsAsText, DefaultsOfSQLite):
    """SQLite, which keeps the text of indexes on expressions, so that they can be compared."""

    def correct_for_autogen_constraints(
        self, live: Any, live_indexes: Any, models: Any, model_indexes: Any
    ) -> None:
        """Keep all constraints. A placeholder lets Alembic see that an unnamed one is dropped."""
        wanted = {_columns(constraint) for constraint in models}
        for constraint in live:
            if constraint.name is None and _columns(constraint) not in wanted:
                constraint.name = Unnamed("(unnamed)" + "|".join(sorted(_columns(constraint))))

    def compare_indexes(self, metadata_index: sa.Index, reflected_index: sa.Index) -> Any:
        """Compare the text of both indexes, token by token."""
        said = [self._said(index) for index in (reflected_index, metadata_index)]
        if said[0] == said[1]:
            return ComparisonResult.Equal()
        return ComparisonResult.Different(f"{said[0]} to {said[1]}")

    def needs_brackets(self, default: str) -> bool:
        """Say whether a default needs brackets: it is neither a literal nor in brackets."""
        words = words_of(default, brackets=True)
        signed = words[1:] if words[:1] in (("-",), ("+",)) else words
        return len(signed) > 1 and not (words[0] == "(" and words_of(default) != words)

    def _said(self, index: sa.Index) -> tuple[Any, ...]:
        terms = [self._words(term) for term in index.expressions]
        where = index.dialect_options["sqlite"]["where"]
        condition = None if where is None else sql_of(where, self.dialect, table=False)
        return (bool(index.unique), *terms, condition and words_of(condition))

    def _words(self, expression: Any) -> tuple[str, ...]:
        if isinstance(expression, sa.Column):  # its name without quotes
            return (expression.name.lower(),)
        return words_of(sql_of(expression, self.dialect, table=False))


def _columns(constraint: sa.UniqueConstraint) -> frozenset[str]:
    return frozenset(str(column.name) for column in constraint.columns)


class PlainPercents(DefaultsAsText, IndexesOfPostgresql):
    """PostgreSQL, whose expressions contain a single `%`, as in the database."""

    def autogen_column_reflect(
        self, inspector: sa.Inspector, table: sa.Table, column_info: Any
    ) -> None:
        """Remove the default of a SERIAL; Alembic would query the database for each column."""
        known = next_of(inspector, column_info.get("default"))
        if known is None:
            super().autogen_column_reflect(  # type: ignore[no-untyped-call]
                inspector, table, column_info
            )
        elif known.owner == column_info["name"] and isinstance(column_info["type"], _SERIAL):
            del column_info["default"]

    def correct_for_autogen_foreignkeys(self, live: Any, models: Any) -> None:
        """Leave out equal keys of which only the models name the default schema."""
        default = self.dialect.default_schema_name
        wanted = {_plain_key(key, default): key for key in models}
        for key in list(live):
            same = wanted.get(_plain_key(key, default))
            if same is not None and _schemas(key) != _schemas(same):
                live.remove(key)
                models.remove(same)

    def index_text(self, element: Any) -> str:
        """Spell an expression of an index without its table."""
        if isinstance(element, str):
            return element
        return sql_of(element, self.dialect, table=False)

    def plain_index_text(self, index: sa.Index, text: str) -> str:
        """Remove line breaks, and the brackets of a CASE, which PostgreSQL adds itself."""
        found = super().plain_index_text(index, " ".join(text.split()))
        return _BRACKETS.sub("", found) if "casewhen" in found else found


def _plain_key(key: sa.ForeignKeyConstraint, default: str | None) -> tuple[Any, ...]:
    """Spell a foreign key without the default schema."""
    targets = [element.target_tokens for element in key.elements]
    actions = ((said or "NO ACTION").upper() for said in (key.onupdate, key.ondelete))
    deferred = (bool(key.deferrable), (key.initially or "IMMEDIATE").upper())
    return (
        str(key.name),
        tuple(key.column_keys),
        *((None if schema == default else schema, *rest) for schema, *rest in targets),
        *(*actions, *deferred),
    )


def _schemas(key: sa.ForeignKeyConstraint) -> tuple[str | None, str | None]:
    return key.parent.schema, key.elements[0].target_tokens[0]


_OURS: dict[type[DefaultImpl], type[DefaultImpl]] = {
    MariaDBImpl: MariaDB,
    MySQLImpl: MySQL,
    PostgresqlImpl: PlainPercents,
    SQLiteImpl: WholeSQLite,
}
"""The lab's implementation by Alembic's; that of somebody else is left as it is."""


def compare_with_ours(context: MigrationContext) -> None:
    """Let one context compare and render as the lab does; changes that context alone.

    The implementation stays the same object, since `alembic.op` may hold it already.
    """
    implementation: Any = context.impl
    implementation.__class__ = _OURS.get(type(implementation), type(implementation))
