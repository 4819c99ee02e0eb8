"""Whether the user may do what the steps need, where a half-done migration cannot be taken back."""

import ast
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from schema_lab.errors import MigrationError

PROBES = {
    "CREATE": "CREATE TABLE {name} LIKE {name}_",
    "ALTER": "ALTER TABLE {name} ADD COLUMN x INT",
    "INDEX": "CREATE INDEX x ON {name} (x)",
    "DROP": "DROP TABLE {name}",
}
"""Statements that can only fail, for no such table is there: first for want of the right."""

DENIED = (1044, 1142)
"""MariaDB's and MySQL's error numbers for a right that is missing."""

_NEEDS = {
    "ALTER": (
        *("add_column", "alter_column", "batch_alter_table", "create_check_constraint"),
        *("create_foreign_key", "create_primary_key", "create_table_comment"),
        *("create_unique_constraint", "drop_column", "drop_constraint", "rename_table"),
    ),
    "INDEX": ("create_index", "drop_index"),
    "DROP": ("drop_table",),
}


def refuse_missing_rights(connection: sa.Connection, steps: Iterable[Any]) -> None:
    """Refuse steps on MariaDB or MySQL that the user may not run to their end. Read-only.

    Raises
    ------
    MigrationError
        Naming the user and the rights.
    """
    needed = {"CREATE"}.union(*(_needed(step) for step in steps))
    missing = [one for one in PROBES if one in needed and _is_denied(connection, one)]
    if not missing:
        return
    user, database = connection.execute(sa.text("SELECT CURRENT_USER(), DATABASE()")).one()
    rights = ", ".join(missing)
    name, _, host = user.rpartition("@")
    raise MigrationError(
        f"The user {user} has no right to {rights} in the database {database}.",
        f"Let an administrator run: GRANT {rights} ON `{database}`.* TO '{name}'@'{host}'.",
    )


def _needed(step: Any) -> set[str]:
    function = "upgrade" if step.is_upgrade else "downgrade"
    called = set(_called(Path(step.revision.path), function))
    return {right for right, names in _NEEDS.items() if called.intersection(names)}


def _called(path: Path, function: str) -> Iterator[str]:
    """List the methods that a script's function calls whatever happens."""
    if path.suffix != ".py":
        return
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            for statement in node.body:
                if isinstance(statement, ast.Expr | ast.Assign | ast.With):
                    yield from _methods(statement)


def _methods(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def _is_denied(connection: sa.Connection, right: str) -> bool:
    """Try the right on a table that is not there; a right on single tables counts as given."""
    try:
        connection.exec_driver_sql(PROBES[right].format(name=f"schema_lab_{uuid.uuid4().hex}"))
    except DBAPIError as error:
        number = error.orig.args[0] if error.orig is not None and error.orig.args else 0
        return number in DENIED and not _on_single_tables(connection, right)
    return False


def _on_single_tables(connection: sa.Connection, right: str) -> bool:
    found = sa.text(
        "SELECT COUNT(*) FROM information_schema.table_privileges"
        " WHERE table_schema = DATABASE() AND privilege_type = :right"
    )
    return bool(connection.scalar(found, {"right": right}))
