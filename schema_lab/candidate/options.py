"""What autogenerate compares and how it renders: the same for the notebook and the command line."""

from collections.abc import Callable
from typing import Any

from schema_lab.candidate.questions.asking import with_answers
from schema_lab.candidate.questions.renamed_column import rename_in_case
from schema_lab.candidate.render.script import record_losses, render_item, with_escaped_comments
from schema_lab.candidate.rewrite.casts import with_casts
from schema_lab.candidate.rewrite.check_constraints import (
    with_checks_of_changed_types,
    with_checks_of_dropped_columns,
    with_checks_of_types,
)
from schema_lab.candidate.rewrite.circles import with_circles_opened
from schema_lab.candidate.rewrite.copies import copied_on_sqlite
from schema_lab.candidate.rewrite.enum_types import with_enum_types
from schema_lab.candidate.rewrite.keys_of_types import with_keys_of_types
from schema_lab.candidate.rewrite.keys_referred_to import with_keys_referred_to
from schema_lab.candidate.rewrite.members.expanding import expand_members
from schema_lab.candidate.rewrite.members.finding import with_members
from schema_lab.candidate.rewrite.mysql_keys import (
    drop_implied_indexes,
    drop_keys_around_indexes,
    leave_indexes_of_dropped_tables,
)
from schema_lab.candidate.rewrite.names import refuse_at_the_command_line
from schema_lab.candidate.rewrite.native import native_on_sqlite
from schema_lab.candidate.rewrite.ordering import in_one_order
from schema_lab.candidate.rewrite.schemas import with_schemas
from schema_lab.candidate.rewrite.sequences import with_sequences
from schema_lab.candidate.rewrite.views import with_views
from schema_lab.compare import leave_ignored, leave_others
from schema_lab.compare.implementations import with_names
from schema_lab.compare.scope import NamesIn, own_names_only, schema_known, tables_of
from schema_lab.compare.whole import PLUGIN
from schema_lab.schema.sql_text import render_word_for_word

PLUGINS = ("alembic.autogenerate.*", "~alembic.ext.checkconstraint_byname", PLUGIN)
"""Alembic's comparisons and the lab's. A CHECK is compared by its text, not by its name alone."""


def comparison_options(
    dialect: str, metadata: Any = None, default: str | None = None
) -> dict[str, Any]:
    """Give the keywords for Alembic's `context.configure`.

    Parameters
    ----------
    dialect
        SQLAlchemy's name of the dialect.
    metadata
        The models. On PostgreSQL, the schemas that they name are compared too.
    default
        The default schema, which is always compared.

    Examples
    --------
    >>> comparison_options("sqlite")["render_as_batch"]
    True
    """
    return {
        "compare_type": True,
        "compare_server_default": True,
        "render_as_batch": dialect == "sqlite",
        "render_item": render_item,
        "process_revision_directives": directives,
        "include_name": own_names_only,
        **_schemas(dialect, metadata, default),
        "autogenerate_plugins": list(PLUGINS),
    }


def _schemas(dialect: str, metadata: Any, default: str | None) -> dict[str, Any]:
    found = {table.schema for table in tables_of(metadata)}
    named = frozenset(schema for schema in found if schema and schema != default)
    if dialect != "postgresql" or not named:
        return {}
    return {"include_schemas": True, "include_name": NamesIn(named)}


def completed(options: dict[str, Any], dialect: str) -> dict[str, Any]:
    """Add the lab's options to those of an env.py, which take precedence."""
    target = None if options.get("include_schemas") else options.get("target_metadata")
    connection = options.get("connection")
    default = None if connection is None else connection.dialect.default_schema_name
    ours = comparison_options(dialect, target, default)
    named = options.get("include_name")
    merged = {**ours, **options, "include_name": _without_ours(named, ours["include_name"])}
    merged["include_schemas"] = bool(options.get("include_schemas") or ours.get("include_schemas"))
    merged["autogenerate_plugins"] = [*options.get("autogenerate_plugins", ()), *PLUGINS]
    theirs = options.get("process_revision_directives")
    if theirs not in (None, directives):
        merged["process_revision_directives"] = _after_ours(theirs)
    if options.get("render_item") not in (None, render_item):
        merged["render_item"] = _either(options["render_item"], render_item)
    return merged


def directives(context: Any, revision: Any, scripts: list[Any]) -> None:
    """Order and complete a script, apply the answers, and use batch mode only where needed.

    A `process_revision_directives` function.
    """
    with schema_known(context):
        leave_others(context, revision, scripts)
        leave_ignored(context, revision, scripts)
        in_one_order(context, revision, scripts)
        rename_in_case(context, revision, scripts)
        with_members(context, revision, scripts)
    with_answers(context, revision, scripts)
    expand_members(context, revision, scripts)
    with_circles_opened(context, revision, scripts)
    with schema_known(context):
        with_keys_of_types(context, revision, scripts)
        with_keys_referred_to(context, revision, scripts)
        with_checks_of_changed_types(context, revision, scripts)
        with_casts(context, revision, scripts)
        with_checks_of_dropped_columns(context, revision, scripts)
        with_checks_of_types(context, revision, scripts)
        leave_indexes_of_dropped_tables(context, revision, scripts)
        with_names(context, revision, scripts)
        drop_keys_around_indexes(context, revision, scripts)
        drop_implied_indexes(context, revision, scripts)
        with_enum_types(context, revision, scripts)
        with_sequences(context, revision, scripts)
        with_schemas(context, revision, scripts)
        copied_on_sqlite(context, revision, scripts)
        native_on_sqlite(context, revision, scripts)
        with_views(context, revision, scripts)
    with_escaped_comments(context, revision, scripts)
    record_losses(context, revision, scripts)
    render_word_for_word(context)
    refuse_at_the_command_line(context, revision, scripts)


def _after_ours(theirs: Callable[..., None]) -> Callable[..., None]:
    def process(context: Any, revision: Any, scripts: list[Any]) -> None:
        directives(context, revision, scripts)
        theirs(context, revision, scripts)

    return process


def _without_ours(
    theirs: Callable[..., bool] | None, ours: Callable[..., bool]
) -> Callable[..., bool]:
    """Leave the lab's own tables out of every comparison."""
    if theirs is None or theirs is own_names_only or isinstance(theirs, NamesIn):
        return ours

    def include(name: str | None, kind: str, parents: Any) -> bool:
        return ours(name, kind, parents) and bool(theirs(name, kind, parents))

    return include


def _either(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    def render(kind: str, item: Any, context: Any) -> Any:
        rendered = first(kind, item, context)
        return second(kind, item, context) if rendered is False else rendered

    return render
