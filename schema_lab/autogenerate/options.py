"""What autogenerate compares and how it renders: the same for the notebook and the command line."""

from collections.abc import Callable
from typing import Any

from schema_lab.autogenerate.checked_columns import with_checks_of_dropped_columns
from schema_lab.autogenerate.checks_of_types import with_checks_of_types
from schema_lab.autogenerate.conversions import with_casts
from schema_lab.autogenerate.enum_types import with_enum_types
from schema_lab.autogenerate.implementations import MariaDB, MySQL, PlainPercents, WholeSQLite
from schema_lab.autogenerate.implied_indexes import (
    drop_implied_indexes,
    leave_indexes_of_dropped_tables,
)
from schema_lab.autogenerate.members import expand_members, with_members
from schema_lab.autogenerate.native import native_on_sqlite
from schema_lab.autogenerate.needed_indexes import let_keys_step_aside
from schema_lab.autogenerate.noise import leave_ignored
from schema_lab.autogenerate.ordering import in_one_order
from schema_lab.autogenerate.own_names import own_names_only
from schema_lab.autogenerate.questions import with_answers
from schema_lab.autogenerate.refusals import refuse_at_the_command_line
from schema_lab.autogenerate.rendering import render_item
from schema_lab.autogenerate.scope import schema_known
from schema_lab.autogenerate.sql_text import render_word_for_word
from schema_lab.autogenerate.table_comments import COMMENTS
from schema_lab.autogenerate.unnamed import with_names

IMPLEMENTATIONS = (PlainPercents, WholeSQLite, MariaDB, MySQL)
RENDERED = COMMENTS
"""Alembic takes them up as they are imported."""


def comparison_options(dialect: str) -> dict[str, Any]:
    """Give the keywords for Alembic's `context.configure`.

    Parameters
    ----------
    dialect
        SQLAlchemy's name of the dialect.

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
    }


def completed(options: dict[str, Any], dialect: str) -> dict[str, Any]:
    """Add ours to an env.py's own options; what env.py says counts."""
    ours = comparison_options(dialect)
    merged = {**ours, **options, "include_name": _without_ours(options.get("include_name"))}
    theirs = options.get("process_revision_directives")
    if theirs not in (None, directives):
        merged["process_revision_directives"] = _after_ours(theirs)
    if options.get("render_item") not in (None, render_item):
        merged["render_item"] = _either(options["render_item"], render_item)
    return merged


def directives(context: Any, revision: Any, scripts: list[Any]) -> None:
    """Put a script in order and as the answers say, word for word, out of batch mode; or refuse it.

    A `process_revision_directives` function.
    """
    with schema_known(context):
        leave_ignored(context, revision, scripts)
        in_one_order(context, revision, scripts)
        with_members(context, revision, scripts)
    with_answers(context, revision, scripts)
    expand_members(context, revision, scripts)
    with schema_known(context):
        with_casts(context, revision, scripts)
        with_checks_of_dropped_columns(context, revision, scripts)
        with_checks_of_types(context, revision, scripts)
        leave_indexes_of_dropped_tables(context, revision, scripts)
        with_names(context, revision, scripts)
        let_keys_step_aside(context, revision, scripts)
        drop_implied_indexes(context, revision, scripts)
        with_enum_types(context, revision, scripts)
        native_on_sqlite(context, revision, scripts)
    render_word_for_word(context)
    refuse_at_the_command_line(context, revision, scripts)


def _after_ours(theirs: Callable[..., None]) -> Callable[..., None]:
    def process(context: Any, revision: Any, scripts: list[Any]) -> None:
        directives(context, revision, scripts)
        theirs(context, revision, scripts)

    return process


def _without_ours(theirs: Callable[..., bool] | None) -> Callable[..., bool]:
    """Leave the lab's own tables out of every comparison."""
    if theirs in (None, own_names_only):
        return own_names_only

    def include(name: str | None, kind: str, parents: Any) -> bool:
        return own_names_only(name, kind, parents) and bool(theirs(name, kind, parents))

    return include


def _either(first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    def render(kind: str, item: Any, context: Any) -> Any:
        rendered = first(kind, item, context)
        return second(kind, item, context) if rendered is False else rendered

    return render
