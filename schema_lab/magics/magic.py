"""The two magics, and how a shell gets them."""

import shlex
from argparse import ArgumentParser
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class
from traitlets import Bool, Float, Unicode

from schema_lab.commands import NEEDS_NO_PROJECT, Output, parsed, run_without_project
from schema_lab.errors import InputError
from schema_lab.lab import Lab
from schema_lab.magics.choosing import chosen_lab
from schema_lab.magics.completion import completer

MAGICS = ("alembic", "schema")


@magics_class
class SchemaLab(Magics):
    """`%alembic` and `%schema`; see `%alembic --help`, `%schema --help` and `%config SchemaLab`."""

    lab = Unicode(
        "", help="The variable that holds the lab the magics mean; empty: the newest lab."
    ).tag(config=True)
    snapshot = Bool(
        False, help="Take a snapshot before %alembic upgrade and %alembic downgrade."
    ).tag(config=True)
    wait = Float(
        60.0, min=0, help="Seconds to wait for another migration, where no lab is open yet."
    ).tag(config=True)

    @line_magic
    def alembic(self, line: str) -> Any:
        """Run a command of `alembic` on this notebook's lab, in this process.

        The line is what would follow `alembic` in a terminal, quoted as there; `{name}` and
        `$name` are the notebook's variables. It means the newest lab of the notebook, or
        `Lab()` where there is none. Upgrades, downgrades, stamps, merges and revisions go
        through the lab, and give what its methods give; the rest gives Alembic's own text.

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
        """Say where this notebook's lab stands, or list a table's columns.

        %schema
        %schema users
        """
        table = _table(line)
        if isinstance(table, Output):
            return table
        lab = self.chosen()
        return lab.status() if table is None else lab.columns(table)

    def chosen(self) -> Lab:
        """Give the lab that the magics mean."""
        names = self.shell.user_ns if self.shell else {}
        return chosen_lab(names, self.lab, self.wait)


def _table(line: str) -> str | Output | None:
    """Read what follows `%schema`: a table, nothing, or the wish for help, which is given."""
    parser = ArgumentParser("%schema", description="Say where this notebook's lab stands.")
    parser.add_argument("table", nargs="?", help="list the columns of this table instead")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InputError(f"The line cannot be read: {error}.", "Quote as in a shell.") from None
    if {"-h", "--help"} & set(words):
        return Output(parser.format_help().rstrip())
    if words[1:] or any(word.startswith("-") for word in words):
        raise InputError(f"%schema takes one table, not {line.strip()!r}.", "See %schema --help.")
    return words[0] if words else None


def load(shell: InteractiveShell) -> None:
    """Give a shell the magics, their completion and their settings."""
    magics = SchemaLab(shell)
    shell.register_magics(magics)
    _take_out(shell)
    _configurables(shell).append(magics)
    for name in MAGICS:
        shell.set_hook(  # type: ignore[no-untyped-call] # IPython types no hook
            "complete_command", completer(magics.chosen), str_key=f"%{name}"
        )


def unload(shell: InteractiveShell) -> None:
    """Take the magics away again."""
    _take_out(shell)
    for name in MAGICS:
        shell.magics_manager.magics["line"].pop(name, None)
        shell.strdispatchers["complete_command"].strs.pop(f"%{name}", None)


def _take_out(shell: InteractiveShell) -> None:
    """Leave no settings of an earlier loading."""
    known = _configurables(shell)
    known[:] = [one for one in known if not isinstance(one, SchemaLab)]


def _configurables(shell: InteractiveShell) -> list[Any]:
    """Give what `%config` lists; IPython types it as a list of shells."""
    listed: list[Any] = shell.configurables
    return listed
