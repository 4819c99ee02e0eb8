"""A proposal: what a candidate holds at one moment, for the answers that are known.

`propose` makes a proposal from the models and the live database. `script_module` loads the script
that a candidate will become, so that the review reads a candidate and a file in the same way.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.util import format_as_comma, load_python_file, rev_id, template_to_file

from schema_lab.candidate.comparison import Comparison, Metadata, compare
from schema_lab.candidate.questions.asking import Asking
from schema_lab.candidate.questions.question import Answer, Questions
from schema_lab.candidate.render.offline import offline_sql
from schema_lab.candidate.rewrite.names import refuse_names, refuse_no_model, refuse_types_of_cells
from schema_lab.compare.memory import Memory
from schema_lab.compare.operations import Operation
from schema_lab.errors import HistoryError
from schema_lab.history import Environment, script_heads, soundness
from schema_lab.rows import Violations


@dataclass(frozen=True)
class Proposal:
    """The migration that autogenerate proposes for the given answers.

    `change` is what autogenerate found before any answer, as text.
    """

    id: str
    message: str
    dialect: str
    operations: tuple[Operation, ...]
    upgrade_code: str
    downgrade_code: str
    script: ops.MigrationScript = field(repr=False, compare=False)
    template_arguments: Mapping[str, Any] = field(repr=False, compare=False)
    tables: Mapping[tuple[str, str | None], sa.Table] = field(repr=False, compare=False)
    render_item: Any = field(repr=False, compare=False)
    obstacles: tuple[Violations, ...]
    questions: Questions
    change: str
    answers: tuple[Answer, ...]

    @property
    def code(self) -> str:
        """The code of `upgrade()` and `downgrade()`."""
        return f"{self.upgrade_code}\n\n\n{self.downgrade_code}"

    def sql(self, dialect: str, direction: str) -> str:
        """Give the SQL on a dialect, without a server; see `Candidate.sql`. Read-only."""
        chosen = self.script.upgrade_ops if direction == "upgrade" else self.script.downgrade_ops
        operations = chosen.ops if chosen else []
        imports = self.template_arguments.get("imports", "")
        up = self.script.upgrade_ops
        before = up.ops if up and chosen is not up else []
        return offline_sql(operations, dialect, self.tables, self.render_item, imports, before)


def propose(
    environment: Environment,
    metadata: Metadata | None,
    message: str,
    answers: tuple[Answer, ...] = (),
    memory: Memory | None = None,
) -> Proposal:
    """Compare the models with the database, and propose a migration. Nothing is written.

    Parameters
    ----------
    environment
        The project and its database.
    metadata
        The tables of the models; None for those that env.py names.
    message
        The revision message.
    answers
        The answers given so far. Answers to other changes have no effect.
    memory
        The tables that were equal before; updated.

    Raises
    ------
    HistoryError
        When the database is not at the single head of the script directory, or when the revisions
        or the database are damaged.
    ModelError
        When there are no models, so that every table would be dropped, or no script can import
        the type of a column.
    InputError
        When the database would shorten or refuse a name in the models.
    """
    scripts = environment.project.scripts()
    first = soundness(environment, scripts)
    comparison = compare(environment, metadata, Asking(answers), memory, first)
    _refuse_behind(comparison, script_heads(scripts))
    refuse_no_model(metadata, comparison.upgrade)
    refuse_types_of_cells(comparison.upgrade)
    refuse_names(comparison.bad_names, environment.url.get_backend_name())
    arguments = comparison.template_arguments
    up, down = comparison.script.upgrade_ops, comparison.script.downgrade_ops
    return Proposal(
        id=environment.new_id(scripts) or rev_id(),
        message=message,
        dialect=environment.url.get_backend_name(),
        operations=comparison.operations,
        upgrade_code=_function("upgrade", arguments[up.upgrade_token if up else "upgrades"]),
        downgrade_code=_function(
            "downgrade", arguments[down.downgrade_token if down else "downgrades"]
        ),
        script=comparison.script,
        template_arguments=arguments,
        tables=comparison.tables,
        render_item=comparison.render_item,
        obstacles=comparison.obstacles,
        questions=Questions(comparison.questions),
        change=comparison.change,
        answers=answers,
    )


def _function(name: str, body: str) -> str:
    return f"def {name}() -> None:\n    {body or 'pass'}"


def _refuse_behind(comparison: Comparison, heads: tuple[str, ...]) -> None:
    if set(comparison.heads) == set(heads):
        return
    raise HistoryError(
        f"The database is at {', '.join(comparison.heads) or 'base'}, "
        f"but the newest revision is {', '.join(heads) or 'base'}.",
        "Run `lab.upgrade()` first. Autogenerate compares the models with an up-to-date database.",
    )


_FILE = "candidate.py"


def script_module(candidate: Any, environment: Environment) -> ModuleType:
    """Load the script that a candidate will become. Nothing stays on disk."""
    scripts = environment.project.scripts()
    with tempfile.TemporaryDirectory(prefix="schema_lab_") as folder:
        template_to_file(
            Path(scripts.dir) / "script.py.mako",
            Path(folder) / _FILE,
            scripts.output_encoding,
            message=candidate.message,
            up_revision=candidate.id,
            down_revision=None,
            branch_labels=None,
            depends_on=None,
            create_date="",
            comma=format_as_comma,
            config=environment.template_config(),
            **candidate.template_arguments,
        )
        return load_python_file(folder, _FILE)
