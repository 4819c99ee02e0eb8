"""A command line of `alembic`, read by Alembic's own parser."""

import shlex
from argparse import ArgumentParser, Namespace
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO

from alembic.config import CommandLine

from schema_lab.commands.output import Output
from schema_lab.errors import InputError

NEEDS_NO_PROJECT = ("help", "init", "list_templates")
"""Commands that run where there is no alembic.ini yet; "help" stands for `--help`."""


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
        Alembic's own; `name` is the command's, "help" for `--help` and `--version`, whose text
        is `text`; `section` is what `-n` names.

    Raises
    ------
    InputError
        When a quote does not close, or Alembic knows no such command or option.

    Examples
    --------
    >>> options = parsed('revision --autogenerate -m "Add a city"')
    >>> options.name, options.message
    ('revision', 'Add a city')
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InputError(f"The line cannot be read: {error}.", "Quote as in a shell.") from None
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
