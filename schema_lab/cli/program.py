"""`schema-lab`: the program with its commands."""

from importlib import import_module

import click

COMMANDS = {
    "upgrade": "moves",
    "downgrade": "moves",
    "current": "state",
    "check": "state",
    "compare": "compare",
    "locate": "compare",
    "review": "review",
    "notebooks": "notebooks",
}
"""Each command, and its module here: only the one that runs is loaded."""


class _Commands(click.Group):
    """The commands, in the order of their list."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"schema_lab.cli.{COMMANDS[cmd_name]}")
        found: click.Command = getattr(module, cmd_name)
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["--help", "-h"]})
@click.version_option(
    package_name="schema-lab", prog_name="schema-lab", message="%(prog)s %(version)s"
)
def program() -> None:
    """Watch a database schema change: the lab, in a terminal."""


def main() -> None:
    """Run the program, as the console script does."""
    program(prog_name="schema-lab")
