"""Which lab the magics mean, what Tab offers, and the settings."""

from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.errors import InputError
from tests.magics.conftest import Shell
from tests.support.labs import be, users


def test_the_newest_lab_is_meant(shell: Shell, scratch: Lab) -> None:
    """Of two labs it is the one that was opened last, whatever the order of their names."""
    shell.value("older = lab\nlab = Lab.scratch()\nlab.revision('Only here')")
    shell.value("again = older")
    assert "Only here" in shell.value("%alembic history")
    shell.value("del lab")
    assert shell.value("%alembic history") is None


def test_a_lab_that_only_the_shell_remembers_is_not_meant(
    shell: Shell, elsewhere: Path, scratch: Lab
) -> None:
    """`_` keeps the last value; a lab that nobody has a name for is gone."""
    shell.value("lab")
    shell.value("del lab")
    error = shell.run("%schema").error
    assert "alembic.ini" in str(error)


def test_without_a_lab_it_is_the_project_here(
    shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lab in the notebook: the project of the working directory, as for the command."""
    monkeypatch.chdir(project)
    assert "-> d12031e82873 (head)" in shell.value("%alembic history")
    assert shell.value("%schema").pending == 2


def test_a_setting_names_the_lab(shell: Shell, scratch: Lab) -> None:
    """`%config SchemaLab.lab` chooses by name, and a name that is no lab is refused."""
    shell.value("staging = lab\nlab = Lab.scratch()\nlab.revision('Only here')")
    shell.value("%config SchemaLab.lab = 'staging'")
    assert shell.value("%alembic history") is None
    shell.value("del staging")
    error = shell.run("%alembic history").error
    assert isinstance(error, InputError)
    assert "Its labs are: lab" in error.cure


def test_a_setting_takes_snapshots(shell: Shell, scratch: Lab) -> None:
    """With `%config SchemaLab.snapshot = True` an upgrade leaves a way back."""
    scratch.revision("The first")
    shell.value("%config SchemaLab.snapshot = True")
    shell.value("%alembic upgrade head")
    assert len(list(scratch.snapshots())) == 1


def test_the_settings_are_listed_with_their_help(shell: Shell) -> None:
    """`%config SchemaLab` says what each setting is for."""
    printed = shell.run("%config SchemaLab").printed
    for name in ("lab", "snapshot", "wait"):
        assert f"SchemaLab.{name}=" in printed
    assert printed.count("Current:") == 3


def test_schema_says_where_the_lab_stands(shell: Shell, lab: Lab, dialect: str) -> None:
    """`%schema` is the status, `%schema users` the columns of a live table."""
    be(lab, users())
    status = shell.value("%schema")
    assert status.dialect == dialect
    assert status.pending == 0
    assert shell.value("%schema users")["column"].tolist() == ["id", "name"]


def test_schema_has_help_and_refuses_more(shell: Shell, scratch: Lab) -> None:
    """`--help` gives the usage; an option, a second table or an open quote is refused."""
    assert shell.value("%schema --help").startswith("usage: %schema")
    for line in ("a b", "--all", "'a"):
        assert isinstance(shell.run(f"%schema {line}").error, InputError)


def test_tab_offers_commands_options_revisions_and_tables(shell: Shell, lab: Lab) -> None:
    """After `%alembic` and `%schema` Tab knows what may follow."""
    be(lab, users())
    revision = lab.revision("The first").id
    assert shell.completions("%alembic up") == {"upgrade"}
    assert {"head", "+1", revision} <= shell.completions("%alembic upgrade ")
    assert shell.completions(f"%alembic downgrade {revision[:4]}") == {revision}
    assert "--autogenerate" in shell.completions("%alembic revision --au")
    assert shell.completions("%schema us") == {"users"}


def test_tab_is_silent_without_a_lab(
    shell: Shell, elsewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where there is no project, Tab offers no revision and prints nothing."""
    assert "head" not in shell.completions("%alembic upgrade ")
    assert capfd.readouterr() == ("", "")


def test_the_extension_can_be_loaded_again_and_taken_away(shell: Shell) -> None:
    """After %reload_ext there is one set of settings; after %unload_ext no magic is left."""
    shell.value("%reload_ext schema_lab")
    listed = [type(one).__name__ for one in shell.ipython.configurables]
    assert listed.count("SchemaLab") == 1
    shell.value("%unload_ext schema_lab")
    assert "`%alembic` not found" in shell.run("%alembic history").printed
    assert "SchemaLab" not in [type(one).__name__ for one in shell.ipython.configurables]


def test_the_docstring_shows_how(shell: Shell) -> None:
    """`%alembic?` shows examples."""
    magics = shell.ipython.magics_manager.magics["line"]
    assert "%alembic upgrade head" in magics["alembic"].__doc__
