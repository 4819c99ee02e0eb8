"""`alembic revision`, with and without --autogenerate: what it writes and how it names it."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.terminal import FIRST, HEAD, REPOSITORY, Terminal, succeeded

MESSAGE = "Add onboarding tracking fields"
SHIPPED = REPOSITORY / "alembic" / "versions" / f"{HEAD}_add_onboarding_tracking_fields.py"


def written(terminal: Terminal, *arguments: str) -> Path:
    """Run `alembic revision …` and give the one file that it wrote."""
    before = terminal.scripts()
    assert succeeded(terminal.alembic("revision", *arguments))
    (name,) = terminal.scripts() - before
    return terminal.versions / name


def before_the_fields(terminal: Terminal) -> None:
    """Take the second revision away: the models have fields that the database has not."""
    (terminal.versions / SHIPPED.name).unlink()
    terminal.lab().upgrade()


def test_autogenerate_writes_what_the_models_have_more(terminal: Terminal) -> None:
    """`alembic revision --autogenerate` writes the shipped script again, on every dialect."""
    before_the_fields(terminal)
    path = written(terminal, "--autogenerate", "-m", MESSAGE)
    revision = path.name.split("_")[0]
    again = path.read_text().replace(revision, HEAD)
    dated = re.compile("^Create Date: .*$", re.MULTILINE)
    assert dated.sub("", again) == dated.sub("", SHIPPED.read_text())


def test_a_file_is_named_after_its_revision_and_message(at_head: Terminal) -> None:
    """An empty revision is `<revision_id>_<description>.py` and follows the head."""
    path = written(at_head, "-m", "Backfill display names")
    assert re.fullmatch(r"[0-9a-f]{12}_backfill_display_names\.py", path.name)
    head = at_head.lab().heads()[0]
    assert (head.path, head.down, head.message) == (path, (HEAD,), "Backfill display names")


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_empty_revision_is_filled_by_hand_and_upgrades(at_head: Terminal) -> None:
    """What a person writes into an empty revision runs at the next upgrade."""
    path = at_head.lab().revision("Welcome the first user").path
    assert path is not None
    row = "INSERT INTO users (id, email, name) VALUES (1, 'ann@example.org', 'Ann')"
    path.write_text(path.read_text().replace("    pass", f'    op.execute("{row}")', 1))
    assert succeeded(at_head.alembic("upgrade", "head"))
    assert list(at_head.lab().rows("users")["name"]) == ["Ann"]


def test_the_shipped_scripts_need_no_sqlmodel() -> None:
    """The revisions in the repository import alembic, sqlalchemy and the standard library."""
    scripts = list(SHIPPED.parent.glob("*.py"))
    assert {path.name.split("_")[0] for path in scripts} == {FIRST, HEAD}
    for path in scripts:
        nodes = list(ast.walk(ast.parse(path.read_text())))
        modules = [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
        modules += [
            name.name for node in nodes if isinstance(node, ast.Import) for name in node.names
        ]
        assert set(modules) == {"alembic", "collections.abc", "sqlalchemy"}


def test_the_shipped_script_reads_as_plain_alembic() -> None:
    """The onboarding fields are added with `sa.` types alone."""
    text = SHIPPED.read_text()
    column = "sa.Column('onboarding_screen', sa.String(length=50), nullable=True)"
    assert f"    op.add_column('user_profiles', {column})" in text
    assert "sa.Column('onboarding_started_at', sa.DateTime(), nullable=True)" in text
