"""What tests do with a panel, and what they ask its database and files."""

from pathlib import Path

from schema_lab.panels import Panel


def write(panel: Panel, message: str) -> None:
    """Press Autogenerate and Write revision."""
    panel.message_box.value = message
    panel.autogenerate_button.click()
    panel.write_button.click()
    assert panel.error_box.value == ""


def execute(panel: Panel, sql: str) -> None:
    """Run a statement on the panel's database."""
    with panel.lab.engine.begin() as connection:
        connection.exec_driver_sql(sql)


def columns(panel: Panel, table: str = "users") -> list[str]:
    """List a table's columns as the database has them; none when there is no such table."""
    with panel.lab.engine.connect() as connection:
        found = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
    return [name for _, name, *_ in found]


def version(panel: Panel) -> list[str]:
    """List the rows of alembic_version."""
    with panel.lab.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars())


def scripts(panel: Panel) -> list[Path]:
    """List the revision files on disk."""
    return sorted((panel.lab.root / "alembic" / "versions").glob("*.py"))


def accept(panel: Panel) -> None:
    """Rehearse the step in question and tick what it loses."""
    panel.rehearse_step_button.click()
    assert panel.error_box.value == ""
    panel.confirm_tick.value = True
