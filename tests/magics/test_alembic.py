"""`%alembic`: every command, on the notebook's lab, in this process."""

import re

import pytest
from alembic.command import init
from alembic.config import Config

from schema_lab import Lab
from schema_lab.commands import COMMANDS
from schema_lab.errors import HistoryError, InputError, LossError
from tests.magics.conftest import Shell
from tests.support.labs import execute, filled_in, scalars, users, want

TEAM = """\
class Team(lab.Model, table=True):
    id: int | None = Field(default=None, primary_key=True)
"""


def test_models_of_the_notebook_become_a_table(shell: Shell, lab: Lab) -> None:
    """Revision --autogenerate and upgrade work on the notebook's models, on each dialect."""
    want(lab, users())
    assert shell.value('%alembic revision --autogenerate -m "Create users"').message == (
        "Create users"
    )
    run = shell.value("%alembic upgrade head")
    assert run.direction == "upgrade"
    assert lab.tables()["table"].tolist() == ["users"]
    assert shell.value("%alembic check").operations == ()


def test_reading_gives_alembics_own_text(shell: Shell, lab: Lab) -> None:
    """History --verbose, current, heads and show give what the terminal shows."""
    first = lab.revision("The first").id
    lab.upgrade()
    assert f"Rev: {first} (head)\nParent: <base>" in shell.value("%alembic history --verbose")
    assert shell.value("%alembic current") == f"{first} (head)"
    assert shell.value("%alembic heads") == f"{first} (head)"
    assert "(head) (current)" in shell.value("%alembic history -i")
    assert f"Rev: {first}" in shell.value("%alembic show current")


def test_reading_makes_no_version_table(shell: Shell, lab: Lab) -> None:
    """History -i on an empty database leaves it empty; ensure_version is what fills it."""
    lab.revision("The first")
    assert "(current)" not in shell.value("%alembic history -i")
    with pytest.raises(Exception, match="alembic_version"):
        scalars(lab, "SELECT count(*) FROM alembic_version")
    shell.value("%alembic ensure_version")
    assert scalars(lab, "SELECT count(*) FROM alembic_version") == [0]


def test_sql_is_that_of_the_labs_database(shell: Shell, lab: Lab, dialect: str) -> None:
    """Upgrade --sql writes for the lab's dialect, and runs nothing."""
    filled_in(lab, "The first", 'op.create_table("t", sa.Column("id", sa.DateTime()))')
    said = {"postgresql": "TIMESTAMP WITHOUT TIME ZONE", "mariadb": "id DATETIME"}
    text = shell.value("%alembic upgrade head --sql")
    assert said.get(dialect, "id DATETIME") in text
    assert lab.tables()["table"].tolist() == []


def test_the_password_is_not_shown(shell: Shell, scratch: Lab) -> None:
    """I5: current --verbose masks the URL, in the query too."""
    url = f"sqlite:///{scratch.root}/lab.db"
    shell.name(lab=Lab(url + "?password=s3cr3t", config=scratch.root))
    said = shell.run("%alembic current --verbose")
    assert "s3cr3t" not in f"{said.value} {said.error} {said.printed}"


def test_an_error_is_the_labs_and_nothing_is_printed(shell: Shell, scratch: Lab) -> None:
    """N6: an unknown revision is a HistoryError with a cure, and not a line on stdout."""
    cell = shell.run("%alembic upgrade nope")
    assert isinstance(cell.error, HistoryError)
    assert cell.error.cure
    assert "FAILED" not in cell.printed
    assert "Traceback" not in cell.printed


def test_a_line_that_alembic_cannot_read_names_the_help(shell: Shell, scratch: Lab) -> None:
    """A missing argument, an unknown command or an open quote ends no kernel, and says the cure."""
    for line, fact, cure in [
        ("upgrade", "required: revision", "%alembic upgrade --help"),
        ("upgarde head", "invalid choice: 'upgarde'", "%alembic --help"),
        ('revision -m "Add', "No closing quotation", "Use quotes as in a shell"),
    ]:
        error = shell.run(f"%alembic {line}").error
        assert isinstance(error, InputError)
        assert fact in error.fact
        assert cure in error.cure


def test_every_command_has_help(shell: Shell, elsewhere: object) -> None:
    """`--help` gives the usage of each command, also where there is no project."""
    for command in ["", *COMMANDS]:
        usage = shell.value(f"%alembic {command} --help")
        assert usage.startswith(f"usage: alembic {command}".strip())


def test_a_value_of_the_notebook_may_stand_in_a_line(shell: Shell, scratch: Lab) -> None:
    """`{revision.id}` is the variable's, as in any magic."""
    shell.value('first = lab.revision("One")\nlab.revision("Two")')
    shell.value("%alembic upgrade {first.id}")
    assert [one.id for one in scratch.current()] == ["0001"]


def test_quotes_are_those_of_a_shell(shell: Shell, scratch: Lab) -> None:
    """A message in quotes is one message, and a quote inside it stays."""
    assert shell.value("""%alembic revision -m "Don't lose it" """).message == "Don't lose it"


def test_losing_values_passes_the_gate(shell: Shell, lab: Lab, dialect: str) -> None:
    """A downgrade that drops a filled table is refused where the database is no throwaway."""
    want(lab, users())
    shell.value('%alembic revision --autogenerate -m "Create users"')
    shell.value("%alembic upgrade head")
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'Ada')")
    shell.name(real=Lab(lab._environment.url, config=lab.root))
    cell = shell.run("%alembic downgrade base")
    assert isinstance(cell.error, LossError)
    assert scalars(lab, "SELECT name FROM users") == ["Ada"]


def test_check_says_the_drift(shell: Shell, scratch: Lab) -> None:
    """Check raises with the operations that are missing."""
    shell.value(TEAM)
    error = shell.run("%alembic check").error
    assert isinstance(error, HistoryError)
    assert "create table team" in error.fact


def test_two_heads_are_merged_and_stamped(shell: Shell, scratch: Lab) -> None:
    """Merge joins what branches made, stamp takes several revisions, --purge clears first."""
    shell.value('%alembic revision -m "One"')
    shell.value('%alembic revision -m "Two"')
    two = shell.value('%alembic revision -m "Three" --head 0001 --splice --branch-label side')
    assert two.down == ("0001",)
    shell.value("%alembic stamp 0002 0003")
    assert {one.id for one in scratch.current()} == {"0002", "0003"}
    shell.value("%alembic stamp --purge 0001")
    assert [one.id for one in scratch.current()] == ["0001"]
    assert "0001 (branchpoint)" in shell.value("%alembic branches")
    assert shell.value("%alembic merge -m Join heads").down == ("0002", "0003")


def test_an_argument_reaches_env_py(shell: Shell, scratch: Lab) -> None:
    """`-x` is what env.py reads with get_x_argument, for what reads and for what runs."""
    env_py = scratch.root / "alembic" / "env.py"
    seen = "import builtins; builtins.seen = context.get_x_argument()\n"
    env_py.write_text(env_py.read_text().replace("if context.is", f"{seen}if context.is", 1))
    shell.value("import builtins")
    shell.value("%alembic -x tenant=a current")
    assert shell.value("builtins.seen") == ["tenant=a"]
    shell.value("%alembic -x tenant=b upgrade heads")
    assert shell.value("builtins.seen") == ["tenant=b"]
    shell.value("%alembic current\ndel builtins.seen")


def test_a_revision_that_reads_rows_has_no_sql(shell: Shell, scratch: Lab) -> None:
    """What a revision raises offline is said with the cure."""
    filled_in(scratch, "Reads", 'op.get_bind().execute(sa.text("SELECT 1")).scalar_one()')
    error = shell.run("%alembic upgrade head --sql").error
    assert error is not None
    assert "Run this revision on a database" in str(error)


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("edit head", "opens an editor"),
        ("-c other.ini current", "names another project"),
        ("-n other current", "names another section"),
        ("upgrade head --tag x", "--tag works only with --sql"),
        ("revision", "has no message"),
        ("revision --autogenerate -m x --head 0001", "does not take --head"),
        ("revision -m x --rev-id ../../x --splice", "cannot be a revision id"),
    ],
)
def test_what_a_notebook_cannot_do_is_said(
    shell: Shell, scratch: Lab, line: str, fact: str
) -> None:
    """What needs a terminal, or another lab, is refused with what to do; nothing is written."""
    error = shell.run(f"%alembic {line}").error
    assert isinstance(error, InputError)
    assert fact in error.fact
    assert error.cure
    assert not list((scratch.root / "alembic" / "versions").glob("*.py"))


def test_a_project_begins_with_init(
    shell: Shell, elsewhere: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no project, `init` writes one; it opens once a database is named."""
    error = shell.run("%alembic history").error
    assert isinstance(error, HistoryError)
    assert "alembic.ini" in error.fact
    assert "done" in shell.value("%alembic init migrations")
    nameless = shell.run('%alembic revision -m "The first"').error
    assert isinstance(nameless, HistoryError)
    assert "names a database" in nameless.fact
    monkeypatch.setenv("DATABASE_URL", "sqlite:///named.db")
    assert re.fullmatch(r"[0-9a-f]{12}", shell.value('%alembic revision -m "The first"').id)


def test_an_env_py_of_alembics_own_is_run(shell: Shell, lab: Lab) -> None:
    """Reading and SQL use the lab's database also with the env.py that `alembic init` writes."""
    folder = lab.root / "plain"
    init(Config(folder / "alembic.ini"), str(folder / "alembic"))
    plain = Lab(lab._environment.url, config=folder)
    shell.name(plain=plain)
    first = plain.revision("The first").id
    shell.value("%alembic upgrade head")
    assert shell.value("%alembic current") == f"{first} (head)"
    assert f"VALUES ('{first}')" in shell.value("%alembic upgrade head --sql")
