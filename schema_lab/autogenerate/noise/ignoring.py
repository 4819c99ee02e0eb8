"""What a project ignores is taken out of each comparison, and told."""

import logging
from dataclasses import dataclass, field
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.noise.difference import Difference, differences_of, pairs_in

IGNORING = "schema_lab_ignoring"
"""Alembic's option under which the notebook or env.py hands in what a project ignores."""

_UNCHANGED: dict[str, tuple[str, Any]] = {
    "type": ("modify_type", None),
    "nullable": ("modify_nullable", None),
    "default": ("modify_server_default", False),
    "comment": ("modify_comment", False),
}


@dataclass
class Ignoring:
    """The entries of a project's configuration; `kept` and `left` are the differences found.

    `aloud` says that nobody looks at `left`: it is logged beside what Alembic has detected.
    """

    entries: tuple[str, ...] = ()
    aloud: bool = False
    kept: list[Difference] = field(default_factory=list)
    left: list[Difference] = field(default_factory=list)


def leave_ignored(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Take out what the project ignores; note all differences.

    A `process_revision_directives` function; changes the directives in place.
    """
    ignoring: Ignoring | None = context.opts.get(IGNORING)
    if ignoring is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            for table in [one for one in upgrade.ops if isinstance(one, ops.ModifyTableOps)]:
                _settle(table, context, ignoring)
                if not table.ops:
                    upgrade.ops.remove(table)
            upgrade.reverse_into(downgrade)
    if ignoring.aloud:
        for one in ignoring.left:
            logging.getLogger("alembic.autogenerate").info(
                "Ignored in this project, as its configuration says: %s", one.sentence
            )


def _settle(table: ops.ModifyTableOps, context: MigrationContext, ignoring: Ignoring) -> None:
    for one in list(differences_of(table, context.dialect)):
        if one.entry(context.dialect.name) in ignoring.entries:
            ignoring.left.append(one)
            _take_out(table, one)
        else:
            ignoring.kept.append(one)


def _take_out(table: ops.ModifyTableOps, difference: Difference) -> None:
    if difference.aspect in _UNCHANGED:
        attribute, unchanged = _UNCHANGED[difference.aspect]
        for one in list(table.ops):
            if isinstance(one, ops.AlterColumnOp) and one.column_name == difference.name:
                setattr(one, attribute, unchanged)
                if not one.has_changes():
                    table.ops.remove(one)
        return
    for dropped, made in list(pairs_in(table.ops)):
        if made is difference.wanted:
            table.ops.remove(dropped)
            table.ops.remove(made)
