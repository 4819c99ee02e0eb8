"""`schema-lab`: the program, with one command for each of the files beside this one."""

import typer

from schema_lab.cli.review import review

program = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
program.command()(review)


@program.callback()
def main_help() -> None:
    """Watch a database schema change: the lab, in a terminal."""


def main() -> None:
    """Run the program, as the console script does."""
    program(prog_name="schema-lab")
