"""What a script of the lab holds beside Alembic's own lines, and how the script spells it.

A note is a comment. A statement is SQL that runs word for word, with the SQL that undoes it. An
autocommit block holds operations outside of the transaction. Types are plain `sa.` types, so that
no script needs sqlmodel. A foreign key whose name contains a dot is given as a tuple of names: in
Alembic's dotted string, the dot would separate a schema from a table.
"""

import copy
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlmodel import AutoString

from schema_lab.compare.operations import Operation, describe
from schema_lab.compat.alembic_private import foreign_key_options, render_name, render_type
from schema_lab.compat.sqlalchemy_private import tokens_of, variants, without_variants
from schema_lab.compat.sqlmodel_private import UTC_TYPES
from schema_lab.database import is_mysql
from schema_lab.history import StandInType
from schema_lab.schema import as_text
from schema_lab.schema.sql_text import sql_of


class NoteOp(ops.MigrateOperation):
    """A comment in `upgrade()`; the downgrade gets no comment.

    Parameters
    ----------
    text
        One sentence, or several lines.
    accepted
        The values that the answer loses, as "users.plan" and their number; the script records them.
    """

    def __init__(self, text: str, accepted: Mapping[str, int] | None = None) -> None:
        self.text, self.accepted = text, dict(accepted or {})

    def reverse(self) -> "NoteOp":
        """Give an empty note, which renders nothing."""
        return NoteOp("")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Describe this operation as Alembic's operations do."""
        return ("note", self.text)


class StatementOp(ops.ExecuteSQLOp):
    """Run SQL word for word.

    Parameters
    ----------
    sql
        The statement.
    back
        The statement that undoes it; "" when nothing undoes it.
    """

    def __init__(self, sql: str, back: str = "") -> None:
        super().__init__(as_text(sql))
        self.sql, self.back = sql, back

    def reverse(self) -> ops.MigrateOperation:
        """Give the statement that undoes this statement, or an empty note."""
        return StatementOp(self.back, self.sql) if self.back else NoteOp("")


class AutocommitOp(ops.OpContainer):
    """Operations outside of the transaction; the operations before them are committed."""

    def __init__(self, up: list[ops.MigrateOperation], down: list[ops.MigrateOperation]) -> None:
        super().__init__(up)
        self.down = down

    def reverse(self) -> ops.MigrateOperation:
        """Give the operations of the downgrade, outside of the transaction as well."""
        return AutocommitOp(self.down, list(self.ops)) if self.down else NoteOp("")


def without_empty_notes(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Leave out empty notes, and containers that hold nothing else."""
    kept = []
    for operation in operations:
        if isinstance(operation, ops.OpContainer):
            operation.ops = without_empty_notes(operation.ops)
            empty = not operation.ops
        else:
            empty = isinstance(operation, NoteOp) and not operation.text
        if not empty:
            kept.append(operation)
    return kept


@describe.register
def _(operation: NoteOp, dialect: sa.Dialect) -> Iterator[Operation]:
    yield from ()


@describe.register
def _(operation: StatementOp, dialect: sa.Dialect) -> Iterator[Operation]:
    text = " ".join(operation.sql.split())
    yield Operation("~", f"execute {text}", "execute", after=text)


@renderers.dispatch_for(NoteOp)
def _render_note(context: AutogenContext, operation: NoteOp) -> list[str]:
    return [f"# {line}".rstrip() for line in operation.text.splitlines()]


@renderers.dispatch_for(StatementOp)
def _render_statement(context: AutogenContext, operation: StatementOp) -> list[str]:
    return [execution(operation.sql)]


@renderers.dispatch_for(AutocommitOp)
def _render_autocommit(context: AutogenContext, operation: AutocommitOp) -> list[str]:
    lines = ["with op.get_context().autocommit_block():"]
    for inner in operation.ops:
        found = renderers.dispatch(inner)(context, inner)
        for text in [found] if isinstance(found, str) else found:
            lines += [f"    {line}" for line in text.splitlines()]
    return ["\n".join(lines)]


def record_losses(context: Any, revision: Any, directives: list[ops.MigrationScript]) -> None:
    """Record the losses that an author accepted (a `process_revision_directives` function).

    The record stands at the top of the script, where Alembic writes what a script imports.
    """
    for script in directives:
        notes = script.upgrade_ops.ops if script.upgrade_ops else ()
        accepted = {
            name: number
            for note in notes
            if isinstance(note, NoteOp)
            for name, number in note.accepted.items()
        }
        if accepted:
            script.imports = {*script.imports, _recorded(accepted)}  # Alembic's default is shared


def _recorded(accepted: Mapping[str, int]) -> str:
    items = ", ".join(
        f"{json.dumps(name, ensure_ascii=False)}: {n}" for name, n in accepted.items()
    )
    said = "# Values that the author accepted to lose, counted when this script was written."
    return f"\n{said}\naccepted_losses = {{{items}}}"


def execution(sql: str) -> str:
    """Write the code of a script that runs a statement word for word.

    Examples
    --------
    >>> print(execution("UPDATE users SET plan = 'free'"))
    op.execute("UPDATE users SET plan = 'free'")
    """
    lines = as_text(sql).splitlines(keepends=True)
    if len(lines) == 1:
        return f"op.execute({lines[0]!r})"
    # Alembic indents a script line by line, which would change a text over several lines.
    return "\n".join(["op.execute(", *(f"    {line!r}" for line in lines), ")"])


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Render SQLModel's types as SQLAlchemy's, and what Alembic cannot render.

    Examples
    --------
    >>> render_item("type", AutoString(length=50), None)
    'sa.String(length=50)'
    """
    if kind == "server_default" and _has_quotes(item):
        literal = sql_of(sa.literal(item.arg, sa.String()), context.migration_context.dialect)
        return f"sa.text({as_text(literal)!r})"
    if kind == "foreign_key" and any(_has_dot(key) for key in item.elements):
        return _with_tuples(item, context)
    return _type(item, context) if kind == "type" else False


def _type(item: Any, context: AutogenContext) -> str | Literal[False]:
    if isinstance(item, UTC_TYPES):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        length = getattr(item.impl, "length", None)
        return f"sa.String(length={length})" if length else _unlimited(context)
    if isinstance(item, sa.TypeDecorator):
        return _of_decorator(item, context)
    return _of_postgresql(item, context)


def _of_decorator(type_: Any, context: AutogenContext) -> str | Literal[False]:
    """Render a type of the project with the import that it needs; a notebook's as what it wraps.

    A script cannot import a class of a cell or of a function. A decorator may wrap another type on
    each database.
    """
    kind = type(type_)
    module = sys.modules.get(kind.__module__)
    carried = isinstance(type_, StandInType) and type_.is_importable
    there = kind.__module__ != "__main__" and getattr(module, kind.__qualname__, None) is kind
    if carried or there:
        known = kind.__module__.startswith("sqlalchemy.")
        if not known and not context.opts.get("user_module_prefix"):
            context.imports.add(f"import {kind.__module__}")
        return False
    stored: Any = type_.impl
    for name in ("mysql", "mariadb", "postgresql", "sqlite"):
        wrapped = type_.load_dialect_impl(sa.make_url(f"{name}://").get_dialect()())
        if wrapped is not type_.impl_instance:
            stored = stored.with_variant(wrapped, name)
    return render_type(stored, context)


def _has_quotes(default: Any) -> bool:
    """Say whether a default is a text in quotes, which Alembic would leave out."""
    text = getattr(default, "arg", None)
    return isinstance(text, str) and (text.startswith("'") or text.endswith("'"))


def _of_postgresql(type_: Any, context: AutogenContext | None) -> str | Literal[False]:
    """Render JSONB, ARRAY and HSTORE on other dialects as Alembic does on PostgreSQL.

    On another dialect, Alembic leaves out the `sa.` of the inner type, and the script fails.
    """
    if context is None or context.migration_context.dialect.name == "postgresql":
        return False
    known = PostgresqlImpl(postgresql.dialect(), None, True, None, None, {})  # type: ignore[no-untyped-call]
    rendered = known.render_type(without_variants(type_), context)
    if rendered is False:
        return False
    context.imports.add("from sqlalchemy.dialects import postgresql")
    found = sorted(variants(type_).items())
    said = (f".with_variant({render_type(kind, context)}, {name!r})" for name, kind in found)
    return f"{rendered}{''.join(said)}"


def _unlimited(context: AutogenContext) -> str:
    """MySQL and MariaDB have no VARCHAR without a length; SQLModel then uses 255."""
    if is_mysql(context.migration_context.dialect.name):
        return f"sa.String(length={AutoString.mysql_default_length})"
    return "sa.String()"


def _has_dot(key: sa.ForeignKey) -> bool:
    _, table, column = tokens_of(key)
    return "." in table or "." in (column or "")


def _with_tuples(constraint: sa.ForeignKeyConstraint, context: AutogenContext) -> str:
    columns = [str(key.parent.name) for key in constraint.elements]
    targets = [
        tuple(str(name) for name in tokens_of(key) if name is not None)
        for key in constraint.elements
    ]
    options = foreign_key_options(constraint)
    if constraint.name:
        options.insert(0, ("name", repr(render_name(context, constraint.name))))
    said = "".join(f", {name}={value}" for name, value in options)
    return f"sa.ForeignKeyConstraint({columns!r}, {targets!r}{said})"


# Alembic writes the table and schema of a comment in quotes without escaping them: a name with a
# quote would end the text, and the characters after the quote would run as code.

CommentOp = ops.CreateTableCommentOp | ops.DropTableCommentOp


class EscapedCommentOp(ops.CreateTableCommentOp):
    """A table's comment whose names are escaped in a script."""


class EscapedDropCommentOp(ops.DropTableCommentOp):
    """The dropping of a table's comment, whose names are escaped in a script."""


def with_escaped_comments(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Let each comment be rendered with escaped names.

    A `process_revision_directives` function; changes the directives in place.
    """
    for script in directives:
        for container in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            _escape_in(container)


def _escape_in(container: ops.OpContainer) -> None:
    for place, operation in enumerate(container.ops):
        if isinstance(operation, ops.OpContainer):
            _escape_in(operation)
        elif type(operation) is ops.CreateTableCommentOp:
            container.ops[place] = EscapedCommentOp(
                operation.table_name,
                operation.comment,
                schema=operation.schema,
                existing_comment=operation.existing_comment,
            )
        elif type(operation) is ops.DropTableCommentOp:
            container.ops[place] = EscapedDropCommentOp(
                operation.table_name,
                schema=operation.schema,
                existing_comment=operation.existing_comment,
            )


def within_quotes(name: str) -> str:
    r"""Spell a name as it stands between single quotes in Python.

    Examples
    --------
    >>> print(within_quotes("it's"))
    it\'s
    >>> within_quotes('a "b"')
    'a "b"'
    """
    return repr('"' + name)[2:-1]  # with a double quote in it, repr takes single ones around it


@renderers.dispatch_for(EscapedCommentOp)
@renderers.dispatch_for(EscapedDropCommentOp)
def _render_comment(context: AutogenContext, operation: CommentOp) -> str:
    """Render as Alembic does, with names in which no quote ends the text."""
    created = isinstance(operation, ops.CreateTableCommentOp)
    spelled = copy.copy(operation)
    spelled.table_name = within_quotes(operation.table_name)
    spelled.schema = None if operation.schema is None else within_quotes(operation.schema)
    plain: Any = renderers.dispatch(ops.CreateTableCommentOp if created else ops.DropTableCommentOp)
    rendered: str = plain(context, spelled)
    return rendered
