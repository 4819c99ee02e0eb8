"""The panel on each database, with this repository's own revisions."""

from pathlib import Path

import sqlalchemy as sa

from schema_lab import Lab


def test_the_panel_upgrades_and_downgrades_every_database(
    project: Path, database_url: str, engine: sa.Engine
) -> None:
    """Upgrade, then Downgrade one with its tick, leave what the revisions say."""
    panel = Lab(database_url, config=project).panel()
    panel.upgrade_button.click()
    assert panel.error_box.value == ""
    names = {column["name"] for column in sa.inspect(engine).get_columns("user_profiles")}
    assert "onboarding_screen" in names
    panel.downgrade_button.click()
    panel.confirm_tick.value = True
    panel.downgrade_button.click()
    assert panel.error_box.value == ""
    names = {column["name"] for column in sa.inspect(engine).get_columns("user_profiles")}
    assert "onboarding_screen" not in names
