"""The private names of Alembic that the lab needs; seen with Alembic 1.20.1.

Each function says what has no public way, or whose public way does something else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.compare.tables import _compare_columns
from alembic.autogenerate.render import (
    _populate_render_fk_opts,
    _render_gen_name,
    _render_python_into_templatevars,
    _repr_type,
)
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl
from alembic.operations import Operations, ops
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory

Heads = tuple[str, ...]

# Revision files and the steps through them.


def version_folders(scripts: ScriptDirectory) -> Sequence[Path]:
    """Give the folders of the revision files; `version_locations` is what the ini file says."""
    return scripts._version_locations


def load_revisions(scripts: ScriptDirectory) -> Callable[[], Iterator[Script]]:
    """Give what reads every revision file; the public ways read through the revision map."""
    return scripts._load_revisions


def script_from(scripts: ScriptDirectory, path: str) -> Script | None:
    """Read one revision file; None for a file that is no revision."""
    return Script._from_path(scripts, path)


def own_labels(script: Script) -> Iterable[str]:
    """Give the branch labels that a file names; `branch_labels` has those of the whole branch."""
    return script._orig_branch_labels


def own_dependencies(script: Script) -> Iterable[str]:
    """Give the ids that a file depends on; `dependencies` has labels and partial ids as written."""
    found: Iterable[str] = getattr(script, "_resolved_dependencies", ())
    return found


def parents(script: Script) -> tuple[str, ...]:
    """Give the ids that a file follows, as a tuple however they are written."""
    return tuple(script._versioned_down_revisions)


def upgrade_steps(scripts: ScriptDirectory, target: str, heads: Heads) -> list[Any]:
    """List the steps of an upgrade; the public command also runs them."""
    return list(scripts._upgrade_revs(target, heads))  # type: ignore[arg-type]


def downgrade_steps(scripts: ScriptDirectory, target: str, heads: Heads) -> list[Any]:
    """List the steps of a downgrade; the public command also runs them."""
    return list(scripts._downgrade_revs(target, heads))  # type: ignore[arg-type]


def stamp_steps(scripts: ScriptDirectory, target: str | Heads, heads: Heads) -> list[Any]:
    """List the steps of a stamp; the public command also runs them."""
    return list(scripts._stamp_revs(target, heads))


def ensure_version_table(context: MigrationContext) -> None:
    """Make the version table; the public command takes a configuration, not a connection."""
    context._ensure_version_table()


# Comparing.


def comparing_columns(
    place: tuple[str, str | None],
    tables: tuple[sa.Table, sa.Table],
    found: ops.ModifyTableOps,
    context: AutogenContext,
    inspector: Any,
) -> AbstractContextManager[None]:
    """Compare the columns of a live table with a model's; what is within compares the rest."""
    name, schema = place
    return _compare_columns(schema, name, *tables, found, context, inspector)


def comparing_functions(context: AutogenContext) -> Iterator[Any]:
    """List the functions that compare; `comparators.dispatch` gives one that calls them all."""
    registry: Any = context.comparators
    for functions in registry._registry.values():
        yield from (function for function, _ in functions)


def knows_what_it_drops(operation: ops.DropIndexOp | ops.DropConstraintOp) -> bool:
    """Say whether an operation can be reversed; the public `reverse` raises where it cannot."""
    return operation._reverse is not None


class IndexesOfPostgresql(PostgresqlImpl):
    """PostgreSQL, whose comparison of an index's expressions may be changed."""

    def index_text(self, element: Any) -> str:
        """Spell one expression of an index."""
        return super()._compile_element(element)

    def plain_index_text(self, index: sa.Index, text: str) -> str:
        """Take from an expression what the database spells otherwise."""
        return super()._cleanup_index_expr(index, text)

    def _compile_element(self, element: Any) -> str:
        return self.index_text(element)

    def _cleanup_index_expr(self, index: sa.Index, expr: str) -> str:
        return self.plain_index_text(index, expr)


class DefaultsOfSQLite(SQLiteImpl):
    """SQLite, whose guess at a default in need of brackets may be changed."""

    def needs_brackets(self, default: str) -> bool:
        """Say whether a default is an expression without brackets around it."""
        return super()._guess_if_default_is_unparenthesized_sql_expr(default)

    def _guess_if_default_is_unparenthesized_sql_expr(self, expr: str | None) -> bool:
        return self.needs_brackets(expr or "")


# Rendering and running.


def render_script(
    context: AutogenContext, script: ops.MigrationScript, arguments: dict[str, Any]
) -> None:
    """Render both functions and the imports; the public function gives no imports back."""
    _render_python_into_templatevars(context, script, arguments)


def render_type(type_: Any, context: AutogenContext) -> str:
    """Render a type as in a script; the public `render_item` asks the project alone."""
    return _repr_type(type_, context)


def render_name(context: AutogenContext, name: Any) -> Any:
    """Give a constraint's name, marked where no naming convention may change it."""
    return _render_gen_name(context, name)


def foreign_key_options(constraint: sa.ForeignKeyConstraint) -> list[tuple[str, str]]:
    """Render the options of a foreign key by themselves."""
    options: list[tuple[str, str]] = []
    _populate_render_fk_opts(constraint, options)
    return options


_RUNNING: list[EnvironmentContext] = []
"""Those that run env.py, each within the one before."""


@contextmanager
def running(context: EnvironmentContext) -> Iterator[EnvironmentContext]:
    """Enter Alembic's context of env.py; afterwards `alembic.context` leads to the one around it.

    Alembic knows one at a time: without this, the end of the inner one takes the names away.
    """
    around = _RUNNING[-1:]
    try:
        with context:
            _RUNNING.append(context)
            try:
                yield context
            finally:
                _RUNNING.remove(context)
    finally:
        for outer in around:
            outer._install_proxy()


@contextmanager
def installed(operations: Operations) -> Iterator[None]:
    """Let the module `alembic.op` lead to these operations; `Operations.context` makes its own.

    Alembic's way also leaves the module as it is when what is within raises.
    """
    operations._install_proxy()
    try:
        yield
    finally:
        operations._remove_proxy()
