"""The live tables in the panel."""

from schema_lab.panels import Panel
from tests.panels.doing import accept, execute


def test_no_table_is_said(panel: Panel) -> None:
    """An empty database shows a sentence instead of an empty table."""
    assert "No tables yet." in panel.rows_box.value
    assert panel.table_chooser.disabled


def test_a_new_table_is_shown_after_the_step(written: Panel) -> None:
    """The table that an upgrade has created is chosen and marked."""
    written.upgrade_one_button.click()
    assert written.table_chooser.value == "users"
    assert "+ new table" in written.rows_box.value


def test_a_new_column_is_marked(written: Panel) -> None:
    """A column that an upgrade has added stands with a plus above the rows."""
    written.upgrade_one_button.click()
    written.refresh()
    written.upgrade_one_button.click()
    assert "+ plan" in written.rows_box.value


def test_a_dropped_column_is_marked(upgraded: Panel) -> None:
    """A column that a downgrade has dropped stands with a minus above the rows."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.downgrade_button.click()
    assert "- plan" in upgraded.rows_box.value


def test_rows_are_shown_as_they_are_now(upgraded: Panel) -> None:
    """A refresh shows rows that came by another way, with NULL by name."""
    execute(upgraded, "INSERT INTO users (email) VALUES ('grace@example.org')")
    upgraded.refresh()
    assert "grace@example.org" in upgraded.rows_box.value
    assert '<td class="sl-null">NULL</td>' in upgraded.rows_box.value
    assert upgraded.table_chooser.label == "users (2 rows)"


def test_the_chosen_table_is_shown(upgraded: Panel) -> None:
    """Choosing another table shows its rows."""
    execute(upgraded, "CREATE TABLE notes (words TEXT)")
    execute(upgraded, "INSERT INTO notes VALUES ('first')")
    upgraded.refresh()
    upgraded.table_chooser.value = "users"
    assert "ada@example.org" in upgraded.rows_box.value
    upgraded.table_chooser.value = "notes"
    assert "first" in upgraded.rows_box.value


def test_the_chosen_table_stays_when_nothing_changed(upgraded: Panel) -> None:
    """A refresh keeps the table that the user looks at."""
    execute(upgraded, "CREATE TABLE notes (words TEXT)")
    upgraded.refresh()
    upgraded.table_chooser.value = "users"
    upgraded.refresh()
    assert upgraded.table_chooser.value == "users"


def test_a_table_that_went_meanwhile_is_an_error_in_the_panel(upgraded: Panel) -> None:
    """Choosing a table that somebody has dropped shows the error."""
    execute(upgraded, "CREATE TABLE notes (words TEXT)")
    upgraded.refresh()
    upgraded.table_chooser.value = "users"
    execute(upgraded, "DROP TABLE notes")
    upgraded.table_chooser.value = "notes"
    assert "notes" in upgraded.error_box.value
