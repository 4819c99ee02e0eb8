"""The panel in a kernel, without a front end."""

from nbclient import NotebookClient
from nbformat import NotebookNode, v4

DEFINE = """
from schema_lab import Field, Lab
lab = Lab.scratch()
class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    email: str
panel = lab.panel()
pressed = set()
def press(button):
    assert not button.disabled, button.description
    pressed.add(button)
    button.click()
    assert panel.error_box.value == "", panel.error_box.value
"""

WRITE = """
panel.message_box.value = "Create users"
press(panel.autogenerate_button)
press(panel.rehearse_candidate_button)
press(panel.write_button)
"""

WALK = """
press(panel.step_button)
press(panel.stepping.abandon_button)
press(panel.upgrade_button)
press(panel.read_button)
press(panel.take_snapshot_button)
press(panel.seed_button)
panel.restore_tick.value = True
press(panel.restore_button)
press(panel.downgrade_button)
press(panel.cancel_button)
press(panel.downgrade_button)
panel.confirm_tick.value = True
press(panel.accept_button)
press(panel.upgrade_one_button)
panel.target_chooser.value = "base"
press(panel.rehearse_button)
press(panel.target_button)
press(panel.refresh_button)
"""

CHECK = """
from ipywidgets import Button
def buttons(widget):
    found = [widget] if isinstance(widget, Button) else []
    return found + [one for child in getattr(widget, "children", ()) for one in buttons(child)]
# Shown where a revision stopped partway, a session is open, a question is answered, heads are
# merged, values are lost or rows block: test_safety.py, test_sessions.py, test_questions.py,
# test_next.py, test_gate.py, test_stepping.py and test_blocking_rows.py press these; a browser
# cancels.
hidden = [panel.resume_button, panel.ask_again_button, panel.rehearse_step_button]
hidden += [panel.merge_button, panel.close_button, panel.cancel_run_button]
hidden += [panel.stepping.next_button, panel.stepping.finish_button, *panel.fixing.buttons]
print([one.description for one in buttons(panel) if one not in {*pressed, *hidden}])
print([one.id for one in lab.current()], list(lab.tables()["table"]))
"""


def run(*cells: str) -> NotebookNode:
    """Run cells in a fresh kernel."""
    notebook: NotebookNode = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    return notebook


def test_every_button_works_in_a_kernel() -> None:
    """A notebook without a browser presses each button and ends where it began."""
    notebook = run(DEFINE, WRITE, WALK, CHECK)
    assert notebook.cells[-1].outputs[0].text == "[]\n[] []\n"


def test_a_displayed_panel_is_stored_with_fixed_words() -> None:
    """The output that a notebook stores has no word that differs from run to run."""
    first, second = run(DEFINE + "panel"), run(DEFINE + WRITE + "panel")
    one, other = (made.cells[0].outputs[0].data for made in (first, second))
    assert set(one) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert one["text/html"] == other["text/html"]
    assert one["text/plain"] == other["text/plain"]


def test_a_program_without_widgets_says_where_the_buttons_are() -> None:
    """Text and HTML name the programs that show them, and the code that does the same."""
    shown = run(DEFINE + "panel").cells[0].outputs[0].data
    for form in ("text/plain", "text/html"):
        assert "Run this cell in JupyterLab or Jupyter Notebook to see the" in shown[form]
        assert "# Write revision" in shown[form]
