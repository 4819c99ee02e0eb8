"""From a command of Alembic's to the lab's method, or to Alembic itself where it only reads."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from schema_lab import migrate
from schema_lab.autogenerate import Candidate, Drift
from schema_lab.commands.line import NEEDS_NO_PROJECT
from schema_lab.commands.output import Output
from schema_lab.errors import HistoryError, InputError
from schema_lab.history import Environment, History, Revision

PLACING = ("head", "splice", "branch_label", "version_path", "depends_on", "sql")
"""Options that say where a revision stands; a candidate knows its own place."""


class Doors(Protocol):
    """What of a lab a command line uses; each is the lab's method of that name."""

    @property
    def autogenerate(self) -> Callable[[str], Candidate]:
        """Propose a migration."""

    @property
    def drift(self) -> Callable[[], Drift]:
        """Compare models and database."""

    @property
    def history(self) -> Callable[[], History]:
        """List the revisions."""

    @property
    def revision(self) -> Callable[..., Revision]:
        """Write an empty revision."""

    @property
    def merge(self) -> Callable[..., Revision]:
        """Join heads."""

    @property
    def stamp(self) -> Callable[..., migrate.Run]:
        """Write where the database stands."""

    @property
    def upgrade(self) -> Callable[..., Any]:
        """Go up."""

    @property
    def downgrade(self) -> Callable[..., Any]:
        """Go down."""


def run_line(
    options: Namespace, lab: Doors, environment: Environment, *, snapshot: bool = False
) -> Any:
    """Run a command through the lab; changes what the command changes.

    Parameters
    ----------
    options
        What `parsed` made of the line.
    lab
        The lab.
    environment
        Its project and database.
    snapshot
        Take a snapshot before an upgrade or a downgrade.

    Returns
    -------
    Run, Revision, Output or None
        What the lab gives for what changes something, the printed text for what reads; None
        where nothing is printed.

    Raises
    ------
    SchemaLabError
        When the command cannot be run, or fails.
    """
    _refuse_another_project(options, environment)
    if options.name in NEEDS_NO_PROJECT:
        return run_without_project(options)
    if getattr(options, "sql", False) and options.name != "revision":
        return _printed(options, environment)
    if options.name in ("upgrade", "downgrade"):
        _refuse_tag(options)
        return getattr(lab, options.name)(options.revision, snapshot=snapshot)
    run = _DOORS.get(options.name)
    return run(options, lab, environment) if run else _printed(options, environment)


def run_without_project(options: Namespace) -> Output:
    """Run what needs no project: the help, the list of templates, and `init`, which writes one."""
    if options.name == "help":
        text: Output = options.text
        return text
    return Output(migrate.run_without_project(options).rstrip())


def _printed(options: Namespace, environment: Environment) -> Output | None:
    text = migrate.run_alembic(environment, options)[0].rstrip()
    return Output(text) if text else None


def _stamp(options: Namespace, lab: Doors, environment: Environment) -> migrate.Run:
    _refuse_tag(options)
    targets = options.revisions
    return lab.stamp(targets[0] if len(targets) == 1 else targets, purge=options.purge)


def _check(options: Namespace, lab: Doors, environment: Environment) -> Drift:
    drift = lab.drift()
    if drift:
        raise HistoryError(
            f"The models and the database differ:\n{drift!r}",
            '%alembic revision --autogenerate -m "…" writes that.',
        )
    return drift


def _revision(options: Namespace, lab: Doors, environment: Environment) -> Revision:
    placed = [name for name in PLACING if getattr(options, name)]
    if options.autogenerate:
        given = [*placed, *(["rev_id"] if options.rev_id else [])]
        if given:
            raise InputError(
                f"A candidate takes no {_spelled(given[0])}: it stands on the newest revision.",
                "Write an empty revision with that option, or run this in a terminal.",
            )
        return lab.autogenerate(_message(options)).write()
    if not placed:
        return lab.revision(_message(options), options.rev_id)
    return _written(options, lab, environment)


def _merge(options: Namespace, lab: Doors, environment: Environment) -> Revision:
    message = _message(options)
    if options.branch_label or options.rev_id or options.splice:
        return _written(options, lab, environment)
    named = options.revisions
    return lab.merge(message, *(() if named in (["heads"], ["head"]) else named))


def _written(options: Namespace, lab: Doors, environment: Environment) -> Revision:
    """Let Alembic write a revision file, with a message and an id that may stand in one."""
    options.message = _message(options)
    if options.rev_id:
        migrate.checked_id(options.rev_id)
    options.rev_id = options.rev_id or environment.new_id(environment.project.scripts())
    _, script = migrate.run_alembic(environment, options)
    return Revision.of(script)


def _message(options: Namespace) -> str:
    if options.message is None:
        raise InputError("The revision has no message.", 'Say what changes: -m "Add a city".')
    return migrate.checked_message(options.message)


def _edit(options: Namespace, lab: Doors, environment: Environment) -> Any:
    raise InputError(
        "edit opens an editor in the terminal, which a notebook has not.",
        f"Open the file in {_folder(lab)} beside the notebook.",
    )


def _folder(lab: Doors) -> Path | str:
    paths = [one.path for one in lab.history() if one.path]
    return paths[0].parent.name if paths else "versions"


def _refuse_tag(options: Namespace) -> None:
    if options.tag:
        raise InputError("--tag goes with --sql here.", "Leave it out, or run this in a terminal.")


def _refuse_another_project(options: Namespace, environment: Environment) -> None:
    if options.section != "alembic":
        raise InputError(f"-n names another section, {options.section}.", "Run this in a terminal.")
    if options.config and options.name not in NEEDS_NO_PROJECT:
        named = Path(options.config[-1]).resolve()
        if named != environment.project.ini:
            raise InputError(
                "-c names another project.",
                f"Open a lab on it, which this then means: Lab(config={options.config[-1]!r}).",
            )


def _spelled(name: str) -> str:
    return "--" + name.replace("_", "-")


_DOORS: dict[str, Callable[[Namespace, Doors, Environment], Any]] = {
    "check": _check,
    "edit": _edit,
    "merge": _merge,
    "revision": _revision,
    "stamp": _stamp,
}
