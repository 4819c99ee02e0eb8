"""Compare the models with the database, through the project's own env.py. Read-only.

The models are the project's own. A model of the notebook replaces the project's model of the same
table. A comparison is what autogenerate found; the drift is taken from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.options import completed
from schema_lab.candidate.questions.asking import ASKING, Asking
from schema_lab.candidate.questions.question import Question
from schema_lab.candidate.rewrite.names import problems_of_names
from schema_lab.compare import IGNORING, OWNERSHIP, Ignoring, Noise, Noises, Ownership, noise_in
from schema_lab.compare.autogenerate import script_of
from schema_lab.compare.drift import ComparedTables, Drift
from schema_lab.compare.memory import Memory
from schema_lab.compare.noise import Difference
from schema_lab.compare.operations import Operation, operations_of
from schema_lab.compare.others import others_in, ownership_in
from schema_lab.compare.scope import Reflected, Scope, schema_known, scope_in
from schema_lab.compat.alembic_private import render_script
from schema_lab.history import Environment, Options, heads_in, ignored_in, look
from schema_lab.models.tables import copied_into
from schema_lab.rows import Violations, blocking

Metadata = sa.MetaData | list[sa.MetaData]


@dataclass(frozen=True)
class Comparison:
    """What autogenerate found: Alembic's script, as operations and as code."""

    script: ops.MigrationScript
    operations: tuple[Operation, ...]
    template_arguments: Mapping[str, Any]
    tables: Mapping[tuple[str, str | None], sa.Table]
    render_item: Any
    heads: tuple[str, ...]
    bad_names: tuple[str, ...]
    obstacles: tuple[Violations, ...]
    questions: tuple[Question, ...]
    change: str
    dialect: sa.Dialect
    differences: tuple[Difference, ...]
    ignored: tuple[Difference, ...]
    others: tuple[str, ...]
    scope: Scope

    @property
    def upgrade(self) -> list[ops.MigrateOperation]:
        """Alembic's operations of the upgrade."""
        return self.script.upgrade_ops.ops if self.script.upgrade_ops else []


def compare(
    environment: Environment,
    metadata: Metadata | None,
    asking: Asking | None = None,
    memory: Memory | None = None,
    first: Callable[[MigrationContext], None] | None = None,
    *,
    full: bool = False,
) -> Comparison:
    """Compare a metadata with the live database.

    Parameters
    ----------
    environment
        The project and its database.
    metadata
        The tables of the models; None for those that env.py names.
    asking
        For a candidate: the answers given so far. Then questions are asked, and a query checks the
        rows for each demand that the migration makes on them.
    memory
        The tables that were equal before, which are not compared again; updated.
    first
        Called first, on the same connection. An error of this function ends the comparison.
    full
        Compare every table.

    Raises
    ------
    SchemaLabError
        When the database cannot be read or env.py fails.
    """
    ini = environment.project.ini
    ignoring = Ignoring(ignored_in(ini))
    ownership = ownership_in(ini, environment.project.scripts())

    def read(context: MigrationContext) -> Comparison:
        if first is not None:
            first(context)
        return _read(context, asking, ignoring, memory, full=full)

    return look(environment, read, env_options(metadata, asking, ignoring, ownership))


def env_options(
    metadata: Metadata | None,
    asking: Asking | None = None,
    ignoring: Ignoring | None = None,
    ownership: Ownership | None = None,
) -> Callable[[Options], Options]:
    """Give a function that completes env.py's options, with `metadata` as the target."""

    def complete(given: Options) -> Options:
        connection = given.get("connection")
        dialect = connection.dialect.name if connection is not None else ""
        target = {} if metadata is None else {"target_metadata": metadata}
        ours = {ASKING: asking, IGNORING: ignoring, OWNERSHIP: ownership}
        return {**completed({**given, **target}, dialect), **ours}

    return complete


def drift_of(comparison: Comparison, notes: tuple[str, ...] = ()) -> Drift:
    """Give the drift of a comparison, without looking for noise."""
    return Drift(
        comparison.operations,
        notes,
        others=comparison.others,
        looked_at=_looked_at(comparison.scope),
        not_compared=comparison.scope.sentences,
    )


def explained_drift(
    environment: Environment,
    metadata: Metadata | None,
    notes: tuple[str, ...] = (),
    memory: Memory | None = None,
    *,
    full: bool = False,
) -> Drift:
    """Compare, and explain the noise and what the project ignores. Read-only."""
    found = compare(environment, metadata, memory=memory, full=full)
    noise = noise_in(environment, found.dialect, found.heads, found.differences)
    ignored = Noises(tuple(Noise.of_ignored(item, found.dialect.name) for item in found.ignored))
    looked_at, not_compared = _looked_at(found.scope), found.scope.sentences
    return Drift(found.operations, notes, noise, ignored, found.others, looked_at, not_compared)


def _looked_at(scope: Scope) -> ComparedTables:
    return ComparedTables(scope.looked_at, len(scope.everywhere), scope.reason)


def _read(
    context: MigrationContext,
    asking: Asking | None,
    ignoring: Ignoring | None = None,
    memory: Memory | None = None,
    *,
    full: bool = False,
) -> Comparison:
    connection = context.connection
    assert connection is not None
    script = script_of(context, memory, full=full)
    upgrade = script.upgrade_ops.ops if script.upgrade_ops else []
    with schema_known(context):
        tables = _batch_tables(connection, script, scope_in(context).reflected) if asking else {}
    return Comparison(
        script=script,
        operations=operations_of(upgrade, connection.dialect),
        template_arguments=_rendered(context, script),
        tables=tables,
        render_item=context.opts.get("render_item"),
        heads=heads_in(context),
        bad_names=problems_of_names(upgrade, connection.dialect),
        obstacles=blocking(upgrade, connection) if asking else (),
        questions=tuple(asking.asked) if asking else (),
        change=asking.change if asking else "",
        dialect=connection.dialect,
        differences=tuple(ignoring.kept) if ignoring else (),
        ignored=tuple(ignoring.ignored) if ignoring else (),
        others=others_in(context),
        scope=scope_in(context),
    )


def _rendered(context: MigrationContext, script: ops.MigrationScript) -> dict[str, Any]:
    """Render as `alembic revision --autogenerate` does, so that both write the same script."""
    arguments: dict[str, Any] = {}
    autogen = AutogenContext(context, autogenerate=True)
    autogen.imports = set(script.imports)
    if script.upgrade_ops is not None and script.downgrade_ops is not None:
        script.upgrade_ops.upgrade_token = context.opts.get("upgrade_token", "upgrades")
        script.downgrade_ops.downgrade_token = context.opts.get("downgrade_token", "downgrades")
    render_script(autogen, script, arguments)
    return arguments


def _batch_tables(
    connection: sa.Connection, script: ops.MigrationScript, reflected: Reflected
) -> Reflected:
    """Reflect the live tables that change, so that batch SQL can be shown without a server.

    Tables in `reflected` are reused, and the other tables are added there. Nobody changes them.
    """
    tables: Reflected = {}
    inspector = sa.inspect(connection)
    for container in (script.upgrade_ops, script.downgrade_ops):
        for operation in container.ops if container else ():
            if not isinstance(operation, ops.ModifyTableOps):
                continue
            where = operation.table_name, operation.schema
            if where not in reflected and inspector.has_table(
                operation.table_name, schema=operation.schema
            ):
                reflected[where] = _reflected(connection, *where)
            if where in reflected:
                tables[where] = reflected[where]
    return tables


def _reflected(connection: sa.Connection, name: str, schema: str | None) -> sa.Table:
    return sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)


def overlaid(project: Metadata | None, notebook: sa.MetaData) -> Metadata | None:
    """Give the metadata to compare: a table defined in the notebook replaces the project's.

    Parameters
    ----------
    project
        The metadata that env.py names; None when it names none.
    notebook
        The models of the notebook; tables that it shares with the project are not its own.

    Examples
    --------
    >>> project, notebook = sa.MetaData(), sa.MetaData()
    >>> _ = sa.Table("users", project), sa.Table("teams", project)
    >>> _ = sa.Table("users", notebook, sa.Column("id", sa.Integer))
    >>> merged = overlaid(project, notebook)
    >>> sorted(merged.tables), list(merged.tables["users"].c.keys())
    (['teams', 'users'], ['id'])
    """
    own = [table for table in notebook.tables.values() if table.metadata is notebook]
    if project is None or not own:
        return notebook if project is None else project
    replaced = {table.key for table in own}
    parts = project if isinstance(project, list) else [project]
    merged = sa.MetaData(naming_convention=parts[0].naming_convention)
    for part in parts:
        for table in part.tables.values():
            if table.key not in replaced:
                copied_into(table, merged)
    for table in own:
        copied_into(table, merged)
    return merged
