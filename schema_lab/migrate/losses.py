"""What an upgrade or a downgrade would drop, with the values in the database now. Read-only."""

from typing import Any

from schema_lab.errors import InputError
from schema_lab.history import Environment, as_lab_errors, fresh_sources, look, refuse_unsound
from schema_lab.migrate.loss_counts import Loss, losses_of
from schema_lab.migrate.moves import steps_down, steps_up


def losses(environment: Environment, direction: str, target: str) -> tuple[Loss, ...]:
    """List what a migration to a target would drop now. Read-only.

    Parameters
    ----------
    environment
        The project and its database.
    direction
        "upgrade" or "downgrade".
    target
        As for upgrade or downgrade.

    Raises
    ------
    InputError
        For another direction.
    """
    if direction not in ("upgrade", "downgrade"):
        raise InputError(f"{direction!r} is not a direction.", 'Use "upgrade" or "downgrade".')
    steps = _steps(environment, direction, target)
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return losses_of(connection, steps, direction)


def _steps(environment: Environment, direction: str, target: str) -> list[Any]:
    scripts = environment.project.scripts()
    refuse_unsound(environment, scripts)
    heads = look(environment, lambda context: context.get_current_heads())
    choose = steps_up if direction == "upgrade" else steps_down
    with as_lab_errors(environment.url), fresh_sources():
        return choose(scripts, heads, target)
