"""Autogenerate: from the models and the live database to a candidate. Read-only."""

from alembic.util import rev_id

from schema_lab.autogenerate.compare import Comparison, Metadata, compare
from schema_lab.autogenerate.memory import Memory
from schema_lab.autogenerate.names import refuse_names
from schema_lab.autogenerate.proposal import Proposal
from schema_lab.autogenerate.questions import Answer, Asking, Questions
from schema_lab.autogenerate.refusals import refuse_no_model
from schema_lab.errors import HistoryError
from schema_lab.history import Environment, script_heads, soundness


def propose(
    environment: Environment,
    metadata: Metadata | None,
    message: str,
    answers: tuple[Answer, ...] = (),
    memory: Memory | None = None,
) -> Proposal:
    """Compare, and give what a candidate holds. Nothing is written.

    Parameters
    ----------
    environment
        The project and its database.
    metadata
        What should be.
    message
        The revision message.
    answers
        What a person has decided; those on other changes do not count.
    memory
        What was found equal before; it is kept up to date.

    Raises
    ------
    HistoryError
        When the database is not at the one head of the script directory, or either is damaged.
    ModelError
        When no model is there and everything would be dropped.
    InputError
        When a name in the models is one that the database would cut short or refuse.
    """
    scripts = environment.project.scripts()
    first = soundness(environment, scripts)
    comparison = compare(environment, metadata, Asking(answers), memory, first)
    _refuse_behind(comparison, script_heads(scripts))
    refuse_no_model(metadata, comparison.upgrade)
    refuse_names(comparison.bad_names, environment.url.get_backend_name())
    arguments = comparison.template_arguments
    return Proposal(
        id=environment.new_id(scripts) or rev_id(),
        message=message,
        dialect=environment.url.get_backend_name(),
        operations=comparison.operations,
        upgrade_code=_function("upgrade", arguments["upgrades"]),
        downgrade_code=_function("downgrade", arguments["downgrades"]),
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
        f"The database stands at {', '.join(comparison.heads) or 'base'}, "
        f"the newest revision is {', '.join(heads) or 'base'}.",
        "Run lab.upgrade() first; autogenerate compares the models with an up-to-date database.",
    )
