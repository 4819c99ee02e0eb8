"""The whole table: what the database spells otherwise than the model, and Alembic does not compare.

Alembic's comparators come first. What their operations repair already is taken off; what they
would change although both are spelled alike, is none. The rest becomes operations here.
"""

import itertools
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult

from schema_lab.compare.model_fingerprint import model_fingerprint
from schema_lab.compare.not_compared import why
from schema_lab.compare.scope import SCOPE, scope_in
from schema_lab.compare.spelled_models import SPELLED, can_spell, live_spelling, model_spelling
from schema_lab.compare.whole_difference import Difference, differences
from schema_lab.compare.whole_repairs import Compared, name_of, repairs
from schema_lab.compat.sqlalchemy_private import is_of_type
from schema_lab.database import is_mysql
from schema_lab.schema.spelling import Row, Spelling
from schema_lab.schema.spelling.row import OF_COLUMNS
from schema_lab.schema.sql_text import said_anew

FORMER = "schema_lab.former"
"""Where a live table that is about to be renamed keeps its name of now, in its `info`."""

PLUGIN = "schema_lab.whole"
"""The name by which `autogenerate_plugins` switches the comparators on."""

_TEXTS = re.compile(r"'(?:[^']|'')*'")

_FILTERED = {
    "check": "check_constraint",
    "unique": "unique_constraint",
    "foreign key": "foreign_key_constraint",
    "exclusion": "exclude_constraint",
    "index": "index",
}
"""What `include_object` is told about the kinds of rows that belong to a table."""


class Stated:
    """A live constraint for `include_object`, with what such a function reads."""

    def __init__(self, row: Row, table: sa.Table) -> None:
        self.name, self.table, self.text = row.name or None, table, row.text
        self.info: dict[str, Any] = {}


def compare_table(
    context: AutogenContext,
    changes: ops.ModifyTableOps,
    schema: str | None,
    name: str,
    live: sa.Table | None,
    model: sa.Table | None,
) -> PriorityDispatchResult:
    """Compare a table of both sides word for word (Alembic's comparator of a table)."""
    if live is None or model is None or not can_spell(context.migration_context.dialect):
        return PriorityDispatchResult.CONTINUE
    scope = scope_in(context.migration_context)
    place = scope.place(schema, name)
    scope.not_compared.pop(place, None)
    try:
        compared = _compared(context, changes, live, model)
    except sa.exc.SQLAlchemyError as error:
        reason = why(error, context.migration_context.dialect)
        sentence = f"{place} beyond what Alembic compares: {reason}"
        scope.not_compared[place] = (sentence,)
        if SCOPE not in context.migration_context.opts:  # nobody shows it but Alembic's own log
            logging.getLogger("alembic.autogenerate").warning("Not compared: %s", sentence)
        return PriorityDispatchResult.CONTINUE
    if compared is not None:
        changes.ops[:] = repairs(compared)
    return PriorityDispatchResult.CONTINUE


def _compared(
    context: AutogenContext, changes: ops.ModifyTableOps, live: sa.Table, model: sa.Table
) -> Compared | None:
    connection = context.connection
    assert connection is not None
    former = live.info.get(FORMER, live.name)
    here = live_spelling(connection, former, live.schema)
    if not here:
        return None
    if former != live.name:
        here = frozenset(_renamed(row, former, live.name) for row in here)
    there = _remembered(context, model)
    found = differences(here, there, _names(model, connection.dialect))
    unsaid, of_types = _unsaid(model), _of_types(found, changes, model)
    return Compared(
        context=context,
        changes=changes,
        live=live,
        model=model,
        here=here,
        there=there,
        differing=[
            item
            for item in found
            if item.row.key not in unsaid
            and item not in of_types
            and _is_included(item, context, live, model)
        ],
    )


def _renamed(row: Row, former: str, name: str) -> Row:
    """Spell a row as after the rename of its table, to which a foreign key of it may refer."""
    return replace(
        row, text=said_anew(row.text, former, name), sql=said_anew(row.sql, former, name)
    )


def _remembered(context: AutogenContext, model: sa.Table) -> Spelling:
    """Let the database spell a model once, and again when the model has changed.

    A table that stands for a model but was read from another database has been spelled there.
    """
    read: Spelling | None = model.info.get(SPELLED)
    if read is not None:
        return read
    scope = scope_in(context.migration_context)
    place, now = scope.place(model.schema, model.name), model_fingerprint(model)
    known = scope.spelled_models.get(place)
    if known is None or known[0] != now:
        assert context.connection is not None
        known = now, model_spelling(context.connection, model)
        scope.spelled_models[place] = known
    return known[1]


def _names(model: sa.Table, dialect: sa.Dialect) -> frozenset[str]:
    names = (name_of(constraint, dialect) for constraint in model.constraints)
    return frozenset(filter(None, names))


def _of_types(
    found: list[Difference], changes: ops.ModifyTableOps, model: sa.Table
) -> list[Difference]:
    """Give the CHECKs that come with a new column, its changed type or its changed members.

    A CHECK that only one side has, and one whose members have another order, is none of these. Of
    a type's CHECK the name alone is no difference: Alembic does not create it by the convention.
    """
    told = {
        operation.column_name
        for operation in changes.ops
        if isinstance(operation, ops.AlterColumnOp) and operation.modify_type is not None
    } | {op.column.name for op in changes.ops if isinstance(op, ops.AddColumnOp)}
    checks = [item for item in found if item.row.kind == "check"]
    result: list[Difference] = []
    for constraint in model.constraints:
        if isinstance(constraint, sa.CheckConstraint) and is_of_type(constraint):
            for column in constraint.columns:
                listing = [item for item in checks if _lists(item.row, column.name)]
                live = {(_members(row), row.text) for item in listing if (row := item.before)}
                wanted = {(_members(row), row.text) for item in listing if (row := item.after)}
                reordered = live != wanted and {m for m, _ in live} == {m for m, _ in wanted}
                if column.name in told or (live and wanted and not reordered):
                    result += listing
    return result


def _is_included(
    item: Difference, context: AutogenContext, live: sa.Table, model: sa.Table
) -> bool:
    """Ask the `include_object` of an env.py about what differs, as Alembic does."""
    if item.row.kind in OF_COLUMNS:
        name = item.row.name
        sides = [table.columns.get(name) for table in (live, model)]
    elif item.row.kind in _FILTERED:
        rows = ((item.before, live), (item.after, model))
        sides = [None if row is None else _object_of(row, table) for row, table in rows]
    else:
        return True
    before, after = sides
    found, other = (before, None) if after is None else (after, before)
    if found is None:
        return True
    kind: Any = "column" if item.row.kind in OF_COLUMNS else _FILTERED[item.row.kind]
    return context.run_object_filters(found, item.row.name or None, kind, after is None, other)


def _object_of(row: Row, table: sa.Table) -> Any:
    """Give the constraint or index of a row; a stand-in where SQLAlchemy has reflected none."""
    parts: Iterator[Any] = itertools.chain(table.constraints, table.indexes)
    known = (part for part in parts if part.name == row.name)
    return next(known, None) or Stated(row, table)


def _lists(row: Row, column: str) -> bool:
    """Say whether a CHECK lists the values of a column; a list of one is spelled with `=`."""
    text = _TEXTS.sub("", row.text.lower())
    name = re.escape(column.lower())
    if not re.search(rf"(?<!\w){name}(?!\w)", text):
        return False
    alone = re.fullmatch(
        rf"(check)?[\s()]*[`\"]?{name}[`\"]?[\s()]*(::text)?[\s()]*=[\s()\w:]*", text
    )
    return bool(alone) or bool({"in", "any"} & set(re.findall(r"\w+", text)))


def _members(row: Row) -> frozenset[str]:
    return frozenset(_TEXTS.findall(row.sql))


def _unsaid(model: sa.Table) -> set[tuple[str, str]]:
    """Name the storage options that are the server's own choice where the model says nothing."""
    said = {str(name).partition("_")[2].removeprefix("default_") for name in model.dialect_kwargs}
    choices = {"engine": {"engine"}, "charset": {"charset"}, "collate": {"charset", "collate"}}
    return {("option", name) for name, words in choices.items() if not words & said}


def compare_generated(
    context: AutogenContext,
    alter: ops.AlterColumnOp,
    schema: str | None,
    table: str,
    column: str,
    live: sa.Column[Any],
    model: sa.Column[Any],
) -> PriorityDispatchResult:
    """Leave computed columns and identities to `compare_table` (a comparator of a default).

    Alembic warns that it cannot change the one, and cannot render the change of the other.
    """
    generated = (sa.Computed, sa.Identity)
    if not any(isinstance(side.server_default, generated) for side in (live, model)):
        return PriorityDispatchResult.CONTINUE
    of_mysql = is_mysql(context.migration_context.dialect.name)
    if of_mysql and model.table.autoincrement_column is model:
        alter.kw["autoincrement"] = True
    return PriorityDispatchResult.STOP


def setup(plugin: Plugin) -> None:
    """Register the comparators with a plugin of Alembic's."""
    plugin.add_autogenerate_comparator(
        compare_table, "table", "schema_lab", priority=DispatchPriority.LAST
    )
    plugin.add_autogenerate_comparator(
        compare_generated, "column", "server_default", priority=DispatchPriority.FIRST
    )


setup(Plugin(PLUGIN))
