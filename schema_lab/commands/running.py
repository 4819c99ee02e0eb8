"""A command line of `alembic`, run in a notebook.

Alembic's own parser reads the line. A command that changes something runs through the lab's method
of that name; a command that only reads runs in Alembic itself, and its text is an `Output`.
"""

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

from alembic.config import CommandLine

from schema_lab import migrate
from schema_lab.candidate import Candidate
from schema_lab.compare import Drift
from schema_lab.errors import HistoryError, InputError
from schema_lab.history import Environment, History, Revision


class Output(str):
    """The text that a command printed, shown by a cell as it is.

    Examples
    --------
    >>> Output("0002 (head)")
    0002 (head)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


NEEDS_NO_PROJECT = ("help", "init", "list_templates")
"""Commands that need no alembic.ini; "help" is `--help`."""


@cache
def _parser() -> ArgumentParser:
    return CommandLine(prog="alembic").parser


def _commands() -> dict[str, ArgumentParser]:
    return dict(CommandLine(prog="alembic").subparsers.choices)


COMMANDS = {
    name: tuple(sorted(parser._option_string_actions)) for name, parser in _commands().items()
}
"""Alembic's commands, each with its options."""


def parsed(line: str) -> Namespace:
    """Read what follows the word `alembic`, quoted as in a shell.

    Returns
    -------
    argparse.Namespace
        Alembic's own. `name` is the command; it is "help" for `--help` and `--version`, whose
        output is `text`. `section` is the argument of `-n`.

    Raises
    ------
    InputError
        When a quote is not closed, or Alembic has no such command or option.

    Examples
    --------
    >>> options = parsed('revision --autogenerate -m "Add a city"')
    >>> options.name, options.message
    ('revision', 'Add a city')
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InputError(
            f"The line cannot be read: {error}.", "Use quotes as in a shell."
        ) from None
    said, failed = StringIO(), StringIO()
    try:
        with redirect_stdout(said), redirect_stderr(failed):
            options = _parser().parse_args(words)
    except SystemExit:
        if failed.getvalue():
            raise _misread(failed.getvalue(), words) from None
        return _help(said.getvalue())
    if not hasattr(options, "cmd"):
        return _help(_parser().format_help())
    options.section, options.name = options.name, options.cmd[0].__name__
    return options


def _help(text: str) -> Namespace:
    return Namespace(
        name="help", section="alembic", text=Output(text.rstrip()), x=None, config=None
    )


def _misread(said: str, words: list[str]) -> InputError:
    fact = said.strip().rpartition("error: ")[2]
    asked = next((word for word in words if word in COMMANDS), "")
    shown = " ".join(part for part in ("alembic", asked, "--help") if part)
    return InputError(f"{fact[:1].upper()}{fact[1:]}.", f"See %{shown}.")


PLACING = ("head", "splice", "branch_label", "version_path", "depends_on", "sql")
"""Options for the place of a revision in the history; a candidate follows the head."""


class LabCommands(Protocol):
    """The methods of a lab that a command line uses."""

    @property
    def autogenerate(self) -> Callable[[str], Candidate]:
        """Propose a migration."""

    @property
    def drift(self) -> Callable[[], Drift]:
        """Compare the models with the database."""

    @property
    def history(self) -> Callable[[], History]:
        """List the revisions."""

    @property
    def revision(self) -> Callable[..., Revision]:
        """Write an empty revision."""

    @property
    def merge(self) -> Callable[..., Revision]:
        """Merge heads."""

    @property
    def stamp(self) -> Callable[..., migrate.Run]:
        """Record the database's revision."""

    @property
    def upgrade(self) -> Callable[..., Any]:
        """Upgrade."""

    @property
    def downgrade(self) -> Callable[..., Any]:
        """Downgrade."""


def run_line(
    options: Namespace, lab: LabCommands, environment: Environment, *, snapshot: bool = False
) -> Any:
    """Run a command through the lab; changes what the command changes.

    Parameters
    ----------
    options
        The line, as `parsed` reads it.
    lab
        The lab.
    environment
        Its project and database.
    snapshot
        Take a snapshot before an upgrade or a downgrade.

    Returns
    -------
    Run, Revision, Output or None
        The value of the lab's method for a command that changes something, the printed text for
        a command that only reads, or None where nothing is printed.

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
    run = _LAB_COMMANDS.get(options.name)
    return run(options, lab, environment) if run else _printed(options, environment)


def run_without_project(options: Namespace) -> Output:
    """Run the help, the list of templates, or `init`, which writes a project."""
    if options.name == "help":
        text: Output = options.text
        return text
    return Output(migrate.run_without_project(options).rstrip())


def _printed(options: Namespace, environment: Environment) -> Output | None:
    text = migrate.run_alembic(environment, options)[0].rstrip()
    return Output(text) if text else None


def _stamp(options: Namespace, lab: LabCommands, environment: Environment) -> migrate.Run:
    _refuse_tag(options)
    targets = options.revisions
    return lab.stamp(targets[0] if len(targets) == 1 else targets, purge=options.purge)


def _check(options: Namespace, lab: LabCommands, environment: Environment) -> Drift:
    drift = lab.drift()
    if drift:
        raise HistoryError(
            f"The models and the database differ:\n{drift!r}",
            'Write a revision with: %alembic revision --autogenerate -m "…"',
        )
    return drift


def _revision(options: Namespace, lab: LabCommands, environment: Environment) -> Revision:
    placed = [name for name in PLACING if getattr(options, name)]
    if options.autogenerate:
        given = [*placed, *(["rev_id"] if options.rev_id else [])]
        if given:
            raise InputError(
                f"A candidate does not take {_spelled(given[0])}: it follows the head.",
                "Write an empty revision with that option, or run this in a terminal.",
            )
        return lab.autogenerate(_message(options)).write()
    if not placed:
        return lab.revision(_message(options), options.rev_id)
    return _written(options, lab, environment)


def _merge(options: Namespace, lab: LabCommands, environment: Environment) -> Revision:
    message = _message(options)
    if options.branch_label or options.rev_id or options.splice:
        return _written(options, lab, environment)
    named = options.revisions
    return lab.merge(message, *(() if named in (["heads"], ["head"]) else named))


def _written(options: Namespace, lab: LabCommands, environment: Environment) -> Revision:
    """Let Alembic write a revision file, with a checked message and id."""
    options.message = _message(options)
    if options.rev_id:
        migrate.unused_id(environment, options.rev_id)
    options.rev_id = options.rev_id or environment.new_id(environment.project.scripts())
    _, script = migrate.run_alembic(environment, options)
    return Revision.of(script)


def _message(options: Namespace) -> str:
    if options.message is None:
        raise InputError("The revision has no message.", 'Describe the change: -m "Add a city".')
    return migrate.checked_message(options.message)


def _edit(options: Namespace, lab: LabCommands, environment: Environment) -> Any:
    raise InputError(
        "`edit` opens an editor in a terminal, which a notebook does not have.",
        f"Open the file in {_folder(lab)} in JupyterLab.",
    )


def _folder(lab: LabCommands) -> Path | str:
    paths = [revision.path for revision in lab.history() if revision.path]
    return paths[0].parent.name if paths else "versions"


def _refuse_tag(options: Namespace) -> None:
    if options.tag:
        raise InputError(
            "Here, --tag works only with --sql.", "Remove it, or run this in a terminal."
        )


def _refuse_another_project(options: Namespace, environment: Environment) -> None:
    if options.section != "alembic":
        raise InputError(f"-n names another section: {options.section}.", "Run this in a terminal.")
    if options.config and options.name not in NEEDS_NO_PROJECT:
        named = Path(options.config[-1]).resolve()
        if named != environment.project.ini:
            raise InputError(
                "-c names another project.",
                f"Open a lab on that project first: Lab(config={options.config[-1]!r}).",
            )


def _spelled(name: str) -> str:
    return "--" + name.replace("_", "-")


_LAB_COMMANDS: dict[str, Callable[[Namespace, LabCommands, Environment], Any]] = {
    "check": _check,
    "edit": _edit,
    "merge": _merge,
    "revision": _revision,
    "stamp": _stamp,
}
