"""How a script changes what Alembic has no operation for: plain SQL, and on SQLite a copy.

A copy is the way that SQLite's documentation describes:
https://www.sqlite.org/lang_altertable.html#otheralter
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from schema_lab.candidate.render.script import execution
from schema_lab.compare.whole_operations import AlterTableOp, CopyTableOp
from schema_lab.compat.sqlalchemy_private import affinity
from schema_lab.history import COPY_OF, FORGETS
from schema_lab.schema.reflection.sqlite_losses import with_what_goes
from schema_lab.schema.reflection.sqlite_schema import parts_of
from schema_lab.schema.spelling.sqlite import table_rows


@renderers.dispatch_for(AlterTableOp)
def _render_alter(context: AutogenContext, operation: AlterTableOp) -> list[str]:
    return [execution(statement) for statement in operation.up]


@renderers.dispatch_for(CopyTableOp)
def _render_copy(context: AutogenContext, operation: CopyTableOp) -> list[str]:
    return [execution(statement) for statement in copy_statements(operation, context.dialect)]


def copy_statements(operation: CopyTableOp, dialect: sa.Dialect) -> Iterator[str]:
    """Give the statements of a copy, in order."""
    name, copied = _quoted(operation.table_name), _quoted(f"{COPY_OF}{operation.table_name}")
    rows = table_rows(operation.after)
    computed = {row.name for row in rows if row.kind == "computed"}
    added = {column.casefold() for column in operation.added}
    columns = [
        row.name
        for row in rows
        if row.kind == "type" and row.name not in computed and row.name.casefold() not in added
    ]
    casts = dict(_casts(operation, dialect))
    listed = ", ".join(map(_quoted, columns))
    values = ", ".join(casts.get(column, _quoted(column)) for column in columns)
    gone = with_what_goes(operation.table_name, operation.before, operation.after)
    before = table_rows(operation.before)
    plain = {row.name for row in before if row.kind == "type"} - {
        row.name for row in before if row.kind == "computed"
    }
    lost = [f"{FORGETS}{name}.{_quoted(column)}" for column in sorted(computed & plain)]
    yield "\n".join([*gone, *lost, f"CREATE TABLE {copied} {_body(operation.after)}"])
    yield f"INSERT INTO {copied} ({listed}) SELECT {values} FROM {name}"  # noqa: S608 - quoted
    if _counts(operation.before) and _counts(operation.after):
        yield (
            f"UPDATE sqlite_sequence SET seq = (SELECT max(seq) FROM sqlite_sequence "  # noqa: S608
            f"WHERE name = {_text(operation.table_name)}) WHERE name = {_text(copied[1:-1])}"
        )
    yield f"DROP TABLE {name}"
    yield f"ALTER TABLE {copied} RENAME TO {name}"
    yield from operation.kept


def _casts(operation: CopyTableOp, dialect: sa.Dialect) -> Iterator[tuple[str, str]]:
    """Cast the values of columns whose type changes, where Alembic's batch mode would."""
    for change in operation.ops:
        if not isinstance(change, ops.AlterColumnOp) or change.modify_type is None:
            continue
        before, after = change.existing_type, change.modify_type
        if before is None or affinity(before) is affinity(after) or isinstance(after, sa.JSON):
            continue
        name = str(change.column_name)
        type_ = after.compile(dialect=dialect)
        yield name.lower(), f"CAST({_quoted(name)} AS {type_})"


def _counts(sql: str) -> bool:
    return any(row.text == "autoincrement" for row in table_rows(sql))


def _body(sql: str) -> str:
    """Give a CREATE TABLE from its first parenthesis on."""
    terms, _ = parts_of(sql)
    start = sql.rindex("(", 0, terms[0][0].start)
    return sql[start:].strip()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(name: str) -> str:
    return "'" + name.replace('""', '"').replace("'", "''") + "'"
