"""A terminal in a project without revisions, whose models a test writes into its env.py."""

from pathlib import Path

from tests.support.terminal import Terminal

KEY = "sa.Column('id', sa.Integer, primary_key=True)"
END = "\n\nif context.config"


def own_project(folder: Path, url: str) -> Terminal:
    """Copy the project without its revisions; its models are those of `models_are`."""
    terminal = Terminal.on_a_copy(folder, url)
    for script in terminal.versions.glob("*.py"):
        script.unlink()
    models_are(terminal)
    return terminal


def models_are(terminal: Terminal, *columns: str, table: str = "users") -> None:
    """Let the models be one table with a key and these columns, as code."""
    env = terminal.root / "alembic" / "env.py"
    head, _, rest = env.read_text().partition("target_metadata = ")
    made = f"sa.Table({', '.join([repr(table), 'target_metadata', KEY, *columns])})"
    models = (
        f"target_metadata = __import__('sqlalchemy').MetaData()\nimport sqlalchemy as sa\n{made}"
    )
    env.write_text(f"{head}{models}{END}{rest.partition(END)[2]}")
