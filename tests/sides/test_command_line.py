"""`schema-lab compare`: what it prints, and the exit code that a CI goes by."""

import json

import pytest
from click.testing import CliRunner, Result

from schema_lab import Lab
from schema_lab.cli.program import program
from tests.sides.test_compare import ADDED, address

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])


def _compare(lab: Lab, *arguments: str) -> Result:
    given = ["compare", *arguments, "--url", address(lab), "--config", str(lab.root)]
    return CliRunner().invoke(program, given, catch_exceptions=False)


def test_a_difference_is_exit_code_one(two: Lab) -> None:
    """The operations are printed, and fail the command."""
    result = _compare(two, "-1", "head")
    assert result.exit_code == 1
    assert result.stdout.endswith(f"{ADDED}\n")


def test_equal_sides_are_exit_code_zero(two: Lab) -> None:
    """Without a difference, one line says so."""
    result = _compare(two, "history", "database")
    assert (result.exit_code, result.stdout) == (
        0,
        "No differences between the history and the database.\n",
    )


def test_a_comparison_that_fails_is_exit_code_two(two: Lab) -> None:
    """A side that does not exist is reported with its cure, and is not called a difference."""
    result = _compare(two, "0009", "models")
    assert result.exit_code == 2
    assert result.stderr.startswith("failed: ")


def test_json(two: Lab) -> None:
    """Each operation is an object, and names without secrets stand for the sides."""
    found = json.loads(_compare(two, "0001", "history", "--format", "json").stdout)
    assert (found["left"], found["right"], found["equal"]) == ("0001", "history", False)
    (operation,) = found["operations"]
    assert f"{operation['symbol']} {operation['sentence']}" == ADDED


def test_where_a_database_stands(two: Lab) -> None:
    """`schema-lab locate` fails where the version table is wrong, and cures it with a command."""
    given = ["locate", "--url", address(two), "--config", str(two.root)]
    right = CliRunner().invoke(program, given, catch_exceptions=False)
    assert (right.exit_code, "as its version table says" in right.stdout) == (0, True)
    two.stamp("0001")
    wrong = CliRunner().invoke(program, given, catch_exceptions=False)
    assert wrong.exit_code == 1
    assert wrong.stdout.splitlines()[-1] == "`alembic stamp 0002` corrects the version table."


def test_sql(two: Lab) -> None:
    """The SQL is printed as `diff -u` does."""
    shown = _compare(two, "0001", "head", "--format", "sql").stdout
    assert shown.startswith("--- 0001\n+++ head\n")
    assert '+    "plan" ' in shown
