"""What a panel leaves for programs that do not show its buttons."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from schema_lab.panels import Panel
from schema_lab.views.without_buttons import CODE
from tests.panels.doing import scripts


def test_every_line_of_code_runs(panel: Panel) -> None:
    """Run one after the other, the lines write a revision, upgrade, and take it back."""
    names: dict[str, object] = {"lab": panel.lab}
    for line in CODE:
        exec(line, names)  # noqa: S102 - what we tell people to run
    assert [one.name for one in scripts(panel)] == ["0001_add_a_city.py"]
    assert panel.lab.status().pending == 1


@pytest.mark.parametrize("form", ["text/plain", "text/html"])
def test_every_button_that_is_named_is_there(panel: Panel, form: str) -> None:
    """The words of the fallback are those on the panel."""
    shown, _ = InteractiveShell.instance().display_formatter.format(panel)  # type: ignore[union-attr]
    for button in (panel.write_button, panel.upgrade_button, panel.downgrade_button):
        assert f"# {button.description}" in shown[form]
