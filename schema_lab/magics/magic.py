"""The two magics `%alembic` and `%schema`, and how they are loaded into a shell."""

import shlex
from argparse import ArgumentParser
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class
from traitlets import Bool, Float, Unicode

from schema_lab.commands import NEEDS_NO_PROJECT, Output, parsed, run_without_project
from schema_lab.database import DEFAULT_WAIT
from schema_lab.errors import InputError
from schema_lab.lab import Lab
from schema_lab.magics.completion import chosen_lab, completer

MAGICS = ("alembic", "schema")


@magics_class
class SchemaLab(Magics):
    """`%alembic` and `%schema`; see `%alembic --help`, `%schema --help` and `%config SchemaLab`."""

    lab = Unicode(
        "", help="The variable with the lab that the magics use; empty: the newest lab."
    ).tag(config=True)
    snapshot = Bool(
        False, help="Take a snapshot before %alembic upgrade and %alembic downgrade."
    ).tag(config=True)
    wait = Float(
        DEFAULT_WAIT, min=0, help="Seconds to wait for another migration, if no lab is open yet."
    ).tag(config=True)

    @line_magic
    def alembic(self, line: str) -> Any:
        """Run a command of `alembic` on this notebook's lab, in this process.

        The line is what follows `alembic` in a terminal, with the same quotes; `{name}` and
        `$name` are the notebook's variables. It uses the newest lab of the notebook, or `Lab()`
        if there is none. Upgrades, downgrades, stamps, merges and revisions run through the
        lab's methods and return their values; other commands return Alembic's own text.

            %alembic history --verbose
            %alembic revision --autogenerate -m "Add a city"
            %alembic upgrade head
            %alembic upgrade --help
        """
        options = parsed(line)
        if options.name in NEEDS_NO_PROJECT:
            return run_without_project(options)
        return self.chosen().alembic(line, snapshot=self.snapshot)

    @line_magic
    def schema(self, line: str) -> Any:
        """Show the current state of this notebook's lab, or list a table's columns.

        %schema
        %schema users
        """
        table = _table(line)
        if isinstance(table, Output):
            return table
        lab = self.chosen()
        return lab.status() if table is None else lab.columns(table)

    def chosen(self) -> Lab:
        """Give the lab that the magics use."""
        names = self.shell.user_ns if self.shell else {}
        return chosen_lab(names, self.lab, self.wait)


def _table(line: str) -> str | Output | None:
    """Read what follows `%schema`: a table, nothing, or an option for help, whose text is given."""
    parser = ArgumentParser("%schema", description="Show the current state of this notebook's lab.")
    parser.add_argument("table", nargs="?", help="list the columns of this table instead")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InputError(
            f"The line cannot be read: {error}.", "Use quotes as in a shell."
        ) from None
    if {"-h", "--help"} & set(words):
        return Output(parser.format_help().rstrip())
    if words[1:] or any(word.startswith("-") for word in words):
        raise InputError(f"%schema takes one table, not {line.strip()!r}.", "See %schema --help.")
    return words[0] if words else None


def load(shell: InteractiveShell) -> None:
    """Give a shell the magics, their completion and their settings."""
    magics = SchemaLab(shell)
    shell.register_magics(magics)
    _remove_settings(shell)
    _configurables(shell).append(magics)
    for name in MAGICS:
        shell.set_hook(  # type: ignore[no-untyped-call] # IPython types no hook
            "complete_command", completer(magics.chosen), str_key=f"%{name}"
        )


def unload(shell: InteractiveShell) -> None:
    """Remove the magics from a shell."""
    _remove_settings(shell)
    for name in MAGICS:
        shell.magics_manager.magics["line"].pop(name, None)
        shell.strdispatchers["complete_command"].strs.pop(f"%{name}", None)


def _remove_settings(shell: InteractiveShell) -> None:
    """Remove the settings of an earlier loading."""
    known = _configurables(shell)
    known[:] = [item for item in known if not isinstance(item, SchemaLab)]


def _configurables(shell: InteractiveShell) -> list[Any]:
    """Give what `%config` lists; IPython types it as a list of shells."""
    listed: list[Any] = shell.configurables
    return listed
