"""What is refused before a script is written, on the command line and in the notebook."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.names import problems_of_names, refuse_names
from schema_lab.errors import ModelError


def refuse_at_the_command_line(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Refuse a script that Alembic's own command is about to write.

    A `process_revision_directives` function. A script without an id is only looked at: the
    notebook's drift, which shows what a candidate would be refused for.

    Raises
    ------
    ModelError
        When no model is there and everything would be dropped.
    InputError
        When a name in the models is one that the database would cut short or refuse.
    """
    for script in directives:
        if script.rev_id is not None and script.upgrade_ops is not None:
            made = script.upgrade_ops.ops
            refuse_no_model(context.opts.get("target_metadata"), made)
            refuse_names(problems_of_names(made, context.dialect), context.dialect.name)


def refuse_no_model(metadata: Any, operations: list[ops.MigrateOperation]) -> None:
    """Refuse to drop every table for want of models.

    Raises
    ------
    ModelError
        When no model is there, and tables are.
    """
    drops = any(isinstance(one, ops.DropTableOp) for one in operations)
    if drops and not any(one.tables for one in _collections(metadata)):
        raise ModelError(
            "No model was found, so this migration would drop every table.",
            "Run the cells that define the models, or import them in env.py.",
        )


def _collections(metadata: Any) -> Iterator[sa.MetaData]:
    several = isinstance(metadata, list | tuple)
    yield from (one for one in (metadata if several else [metadata]) if one is not None)
