"""From what differs to the operations that make it equal, on each dialect.

An operation of Alembic's where it has one. A statement otherwise: the database has spelled both
sides, so it is known word for word in both directions.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy.sql.elements import conv

from schema_lab.compare.whole_difference import Difference
from schema_lab.compare.whole_operations import AlterTableOp
from schema_lab.compare.whole_statements import statements_for
from schema_lab.compat.sqlalchemy_private import constraint_name
from schema_lab.database import is_mysql
from schema_lab.schema import as_text
from schema_lab.schema.defaults import differs, without_casts
from schema_lab.schema.spelling import Row, Spelling
from schema_lab.schema.spelling.row import OF_COLUMNS
from schema_lab.schema.sql_text import sql_of

_ASPECTS = {
    "type": "modify_type",
    "collation": "modify_type",
    "null": "modify_nullable",
    "default": "modify_server_default",
}
"""The attribute of Alembic's operation that repairs a row of a column."""

_WORDS = {
    "unique": "unique",
    "foreignkey": "foreign key",
    "check": "check",
    "primary": "primary key",
}


@dataclass(frozen=True)
class Compared:
    """A table of both sides, the rows of both, and what Alembic has found already."""

    context: AutogenContext
    changes: ops.ModifyTableOps
    live: sa.Table
    model: sa.Table
    here: Spelling
    there: Spelling
    differing: Sequence[Difference]

    @property
    def dialect(self) -> sa.Dialect:
        """The dialect of the live database."""
        return self.context.migration_context.dialect

    def option(self, name: str) -> bool:
        """Say whether env.py leaves a comparison such as `compare_type` to Alembic."""
        return self.context.migration_context.opts.get(name) is True


def repairs(compared: Compared) -> list[ops.MigrateOperation]:
    """Give all operations of a table: Alembic's without the needless ones, and the others."""
    kept = list(_without_own(_needed(compared), compared))
    rest = [item for item in compared.differing if not _is_repaired(item, kept, compared)]
    before, after = list[ops.MigrateOperation](), list[ops.MigrateOperation]()
    for item in rest:
        copied = compared.dialect.name == "sqlite" and item.row.kind == "collation"
        if item.row.kind in _ASPECTS and not copied:
            _alter(item, kept, compared)
        elif item.row.kind in _MAKERS:
            dropped, made = _MAKERS[item.row.kind](item, compared)
            before += dropped
            after += made
        else:
            (before if _is_counter_off(item) else after).extend(_by_statements(item, compared))
    for operation in kept:
        _without_new_counter(operation, compared)
    return [*before, *kept, *sorted(after, key=_is_counter_on)]


def _is_counter_off(item: Difference) -> bool:
    """Say whether a column stops to count, which MariaDB asks for before its key goes."""
    return item.row.kind == "identity" and item.after is None


def _is_counter_on(operation: ops.MigrateOperation) -> bool:
    """Say whether a column begins to count, for which MariaDB needs its key."""
    return isinstance(operation, AlterTableOp) and operation.what == "identity"


def _without_new_counter(operation: ops.MigrateOperation, compared: Compared) -> None:
    """Let an AlterColumnOp leave AUTO_INCREMENT to the operation that comes after the key."""
    new = {item.row.name for item in compared.differing if item.row.kind == "identity"}
    if isinstance(operation, ops.AlterColumnOp) and str(operation.column_name) in new:
        operation.kw["autoincrement"] = False


def _needed(compared: Compared) -> Iterator[ops.MigrateOperation]:
    """Leave out what Alembic would change although both sides are spelled alike."""
    differing = {item.row.key for item in compared.differing}
    known = {row.key for row in compared.here & compared.there}
    for operation in compared.changes.ops:
        if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp):
            key = ("index", str(operation.index_name))
            if key in known and key not in differing:
                continue
        if _is_redundant(operation, compared):
            continue
        if isinstance(operation, ops.AlterColumnOp) and compared.option("compare_server_default"):
            default = ("default", str(operation.column_name))
            if operation.modify_server_default is not False and default not in differing:
                operation.modify_server_default = False
                if not operation.has_changes():
                    continue
        yield operation


def _is_redundant(operation: ops.MigrateOperation, compared: Compared) -> bool:
    """Say whether PostgreSQL leaves a UNIQUE out when it creates the table, as another key has it.

    https://www.postgresql.org/docs/current/sql-createtable.html
    """
    if compared.dialect.name != "postgresql":
        return False
    if not isinstance(operation, ops.CreateUniqueConstraintOp):
        return False
    name = name_of(operation.to_constraint(), compared.dialect)
    columns = tuple(map(str, operation.columns))
    return not any(
        row.name == name or (name is None and _columns_in(row.text, _names(compared)) == columns)
        for row in compared.there
        if row.kind == "unique"
    )


def _without_own(
    operations: Iterable[ops.MigrateOperation], compared: Compared
) -> Iterator[ops.MigrateOperation]:
    """Leave out a drop of a unique constraint, and its making anew: Alembic reads no DEFERRABLE."""
    uniques = (item.before for item in compared.differing if item.row.kind == "unique")
    live = {row.name for row in uniques if row}
    for operation in operations:
        kind, name, _ = _about(operation)
        if kind != "unique" or name not in live or not name:
            yield operation


def _is_repaired(
    item: Difference, operations: Sequence[ops.MigrateOperation], compared: Compared
) -> bool:
    """Say whether an operation of Alembic's repairs a difference, or env.py does not ask for it."""
    row = item.row
    if row.kind in OF_COLUMNS:
        both = row.name in compared.live.columns and row.name in compared.model.columns
        if not both or not _is_asked(row, compared):
            return True
        return row.kind == "default" and (_casts_only(item, compared) or _means_same(row, compared))
    for operation in operations:
        kind, name, columns = _about(operation)
        if kind != row.kind and {kind, row.kind} != {"unique", "index"}:
            continue
        drops = isinstance(operation, ops.DropIndexOp | ops.DropConstraintOp)
        if (item.after is None and not drops) or (item.before is None and drops):
            continue  # making another does not drop it, and dropping another does not make it
        if row.name in (name, "") or _columns_in(row.text, _names(compared)) == columns:
            return True
    return False


def _is_asked(row: Row, compared: Compared) -> bool:
    model = compared.model.columns[row.name]
    if row.kind in ("type", "collation"):
        own = hasattr(model.type, "compare_against_backend")
        return compared.option("compare_type") and not own
    return row.kind != "default" or compared.option("compare_server_default")


def _casts_only(item: Difference, compared: Compared) -> bool:
    """Say whether a default differs by nothing but the column's type, which changes."""
    if item.before is None or item.after is None:
        return False
    types = any(d.row.key == ("type", item.row.name) for d in compared.differing)
    return types and without_casts(item.before.text) == without_casts(item.after.text)


def _means_same(row: Row, compared: Compared) -> bool:
    """Say whether SQLite, which keeps a default as it was typed, gives the same truth value."""
    live, model = compared.live.columns[row.name], compared.model.columns[row.name]
    by_meaning = isinstance(getattr(model.type, "impl", model.type), sa.Boolean | sa.JSON | sa.Uuid)
    implementation = compared.context.migration_context.impl
    kept = by_meaning and compared.dialect.name == "sqlite"
    return kept and not differs(implementation, live, model, model.server_default)


def _about(operation: Any) -> tuple[str, str, tuple[str, ...]]:
    """Give the kind, the name and the columns of an index or constraint that is added, dropped."""
    if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp):
        return "index", str(operation.index_name), ()
    if isinstance(operation, ops.CreateUniqueConstraintOp):
        return "unique", str(operation.constraint_name), tuple(map(str, operation.columns))
    if isinstance(operation, ops.CreateForeignKeyOp):
        return "foreign key", str(operation.constraint_name), tuple(operation.local_cols)
    if isinstance(operation, ops.DropConstraintOp):
        kind = _WORDS.get(operation.constraint_type or "", "")
        dropped = operation.to_constraint()
        return (
            kind,
            str(operation.constraint_name),
            tuple(map(str, getattr(dropped, "columns", ()))),
        )
    return "", "", ()


def _names(compared: Compared) -> set[str]:
    return {column.name for table in (compared.live, compared.model) for column in table.columns}


def _columns_in(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Read the columns in the first parentheses, which the database spells quoted or plain."""
    rest, found = text.partition("(")[2], list[str]()
    names = sorted(known, key=len, reverse=True)
    while True:
        forms = ((form, name) for name in names for form in _spelled(name))
        form, name = next((pair for pair in forms if _begins(rest, pair[0])), ("", ""))
        if not form:
            return tuple(found)
        found.append(name)
        rest = rest[len(form) :].removeprefix(",").removeprefix(" ")


def _spelled(name: str) -> tuple[str, ...]:
    return (*(quote + name.replace(quote, quote * 2) + quote for quote in '"`'), name)


def _begins(text: str, form: str) -> bool:
    same = text[: len(form)].lower() == form.lower()
    return same and text[len(form) :][:1] in (",", ")", " ", "")


def _alter(item: Difference, operations: list[ops.MigrateOperation], compared: Compared) -> None:
    """Let an AlterColumnOp repair a column's type, default or nullability."""
    live, model = compared.live.columns[item.row.name], compared.model.columns[item.row.name]
    found = [
        operation
        for operation in operations
        if isinstance(operation, ops.AlterColumnOp) and operation.column_name == item.row.name
    ]
    if not found:
        alter = ops.AlterColumnOp(
            compared.live.name,
            item.row.name,
            schema=compared.live.schema,
            existing_type=live.type,
            existing_nullable=live.nullable,
            existing_server_default=live.server_default or False,
        )
        if is_mysql(compared.dialect.name) and compared.model.autoincrement_column is model:
            alter.kw["autoincrement"] = True
        operations.append(alter)
        found = [alter]
    attribute = _ASPECTS[item.row.kind]
    wanted: Any = {
        "modify_type": model.type,
        "modify_nullable": bool(model.nullable),
        "modify_server_default": model.server_default,
    }[attribute]
    setattr(found[0], attribute, wanted)


Operations = list[ops.MigrateOperation]


def _check(item: Difference, compared: Compared) -> tuple[Operations, Operations]:
    return _pair(item, compared, lambda row: sa.CheckConstraint(sa.text(as_text(row.sql))))


def _unique(item: Difference, compared: Compared) -> tuple[Operations, Operations]:
    def made(row: Row) -> sa.Constraint:
        options: dict[str, Any] = {}
        if "NULLS NOT DISTINCT" in row.text:
            options["postgresql_nulls_not_distinct"] = True
        late = "INITIALLY DEFERRED" in row.text.upper()
        return sa.UniqueConstraint(
            *_columns_in(row.text, _names(compared)),
            deferrable=True if "DEFERRABLE" in row.text.upper() else None,
            initially="DEFERRED" if late else None,
            **options,
        )

    return _pair(item, compared, made)


def _pair(item: Difference, compared: Compared, make: Any) -> tuple[Operations, Operations]:
    """Drop a constraint as it is, and add it as the model has it."""
    dropped, added = list[ops.MigrateOperation](), list[ops.MigrateOperation]()
    if item.before is not None:
        constraint = make(item.before)
        name = item.before.name or item.before.given
        constraint.name = conv(name) if name else None
        _attached(constraint, compared.live)
        dropped.append(ops.DropConstraintOp.from_constraint(constraint))
    if item.after is not None:
        found = _of_model(item.after, compared)
        if found is None:
            found = make(item.after)
            found.name = conv(item.after.name or _free_name(item.after, compared))
            _attached(found, compared.model)
        elif isinstance(found, sa.CheckConstraint):
            found = _apart(found, compared)
        added.append(ops.AddConstraintOp.from_constraint(found))
    return dropped, added


def _apart(check: sa.CheckConstraint, compared: Compared) -> sa.CheckConstraint:
    """Copy a CHECK as text: a copy of its expression would attach itself to the model's table."""
    text = sql_of(check.sqltext, compared.dialect, table=False)
    copied = sa.CheckConstraint(sa.text(as_text(text)), name=conv(str(check.name)))
    _attached(copied, compared.model)
    return copied


def _free_name(row: Row, compared: Compared) -> str:
    """Name a constraint that nobody names, so that the downgrade can drop it."""
    stem = f"{compared.model.name}_{row.kind.replace(' ', '_')}".lower()
    taken = {known.name for known in compared.here}
    unnamed = sorted(known.text for known in compared.there if known.key == row.key)
    free = (name for at in count(1) if (name := f"{stem}_{at}") not in taken)
    return next(islice(free, unnamed.index(row.text), None))


def name_of(constraint: sa.Constraint, dialect: sa.Dialect) -> str | None:
    """Give a constraint's name in the database; None where the database names it."""
    return None if constraint.name is None else constraint_name(dialect, constraint)


def _attached(constraint: Any, table: sa.Table) -> None:
    """Attach a constraint to a copy of the live or the model's table, which stays as it is."""
    columns = [sa.Column(column.name, column.type) for column in table.columns]
    sa.Table(table.name, sa.MetaData(), *columns, constraint, schema=table.schema)


def _of_model(row: Row, compared: Compared) -> sa.Constraint | None:
    named = {
        name_of(constraint, compared.dialect): constraint
        for constraint in compared.model.constraints
    }
    return named.get(row.name) if row.name else None


def _foreign_key(item: Difference, compared: Compared) -> tuple[Operations, Operations]:
    """Drop and add a foreign key; Alembic has reflected the live one with its options."""
    dropped, added = list[ops.MigrateOperation](), list[ops.MigrateOperation]()
    for row, table, found in (
        (item.before, compared.live, dropped),
        (item.after, compared.model, added),
    ):
        keys = [
            key
            for key in table.foreign_key_constraints
            if row is not None and _is_key(row, key, compared.dialect)
        ]
        for key in keys[:1]:
            live = row is item.before
            if not compared.context.run_object_filters(
                key, key.name, "foreign_key_constraint", live, None
            ):
                continue  # env.py's include_object leaves it out
            wraps = ops.DropConstraintOp if live else ops.AddConstraintOp
            found.append(wraps.from_constraint(key))
    return dropped, added


def _of_key(row: Row, key: sa.ForeignKeyConstraint) -> bool:
    known = (element.parent.name for element in key.elements)
    return _columns_in(row.text, known) == tuple(key.column_keys)


def _is_key(row: Row, key: sa.ForeignKeyConstraint, dialect: sa.Dialect) -> bool:
    name = name_of(key, dialect)
    return row.name == name or (not name and _of_key(row, key))


def _index(item: Difference, compared: Compared) -> tuple[Operations, Operations]:
    """Drop and create an index that both sides have; Alembic sees those that one side lacks."""
    name = item.row.name
    live = [index for index in compared.live.indexes if index.name == name]
    model = [index for index in compared.model.indexes if index.name == name]
    if item.before is None or item.after is None or not (live and model):
        return [], []
    return [ops.DropIndexOp.from_index(live[0])], [ops.CreateIndexOp.from_index(model[0])]


_MAKERS = {"check": _check, "unique": _unique, "foreign key": _foreign_key, "index": _index}


def _by_statements(item: Difference, compared: Compared) -> Operations:
    row = item.row
    up = statements_for(item, compared.live, compared.here, compared.there, compared.dialect)
    down = statements_for(
        Difference(item.after, item.before),
        compared.live,
        compared.there,
        compared.here,
        compared.dialect,
    )
    if up is None or down is None:
        return []
    return [
        AlterTableOp(
            compared.live.name,
            compared.live.schema,
            row.kind if row.kind != "option" else row.name,
            item.before.text if item.before else "",
            item.after.text if item.after else "",
            up=up,
            down=down,
            column=row.name if row.kind in OF_COLUMNS else None,
        )
    ]
