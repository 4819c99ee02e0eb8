"""`alembic merge` of two real heads: two people wrote a revision on the same parent."""

import ast

from tests.support.terminal import FIRST, HEAD, Terminal, succeeded

OTHER = "0a0a0a0a0a0a"
ADD_CODE = 'op.add_column("users", sa.Column("referral_code", sa.String(length=20)))'
DROP_CODE = 'op.drop_column("users", "referral_code")'


def write_second_head(terminal: Terminal) -> None:
    """Write a revision beside the onboarding fields, which adds a column to users."""
    terminal.branch("Add a referral code", OTHER)
    (path,) = terminal.versions.glob(f"{OTHER}_*.py")
    upgrade, downgrade = path.read_text().split("def downgrade")
    text = upgrade.replace("    pass", f"    {ADD_CODE}")
    path.write_text(f"{text}def downgrade{downgrade.replace('    pass', f'    {DROP_CODE}')}")


def test_merge_joins_two_heads(terminal: Terminal) -> None:
    """`alembic merge -m … <rev1> <rev2>` writes one revision above both."""
    write_second_head(terminal)
    before = terminal.scripts()
    assert succeeded(terminal.alembic("merge", "-m", "Join both", HEAD, OTHER))
    (name,) = terminal.scripts() - before
    assert name.endswith("_join_both.py")
    revision = name.split("_")[0]
    assert [one.id for one in terminal.lab().heads()] == [revision]
    assert set(terminal.lab().heads()[0].down) == {HEAD, OTHER}


def test_a_merged_history_upgrades_to_one_head(terminal: Terminal) -> None:
    """After a merge, `alembic upgrade head` runs both branches."""
    write_second_head(terminal)
    merged = terminal.lab().merge("Join both")
    assert succeeded(terminal.alembic("upgrade", "head"))
    lab = terminal.lab()
    assert [one.id for one in lab.current()] == [merged.id]
    assert "referral_code" in set(lab.columns("users")["column"])
    assert "onboarding_screen" in set(lab.columns("user_profiles")["column"])


def test_a_merge_is_taken_back(terminal: Terminal) -> None:
    """`alembic downgrade <revision>` from above a merge undoes both branches."""
    write_second_head(terminal)
    lab = terminal.lab()
    lab.merge("Join both")
    lab.upgrade()
    assert succeeded(terminal.alembic("downgrade", FIRST))
    assert [one.id for one in lab.current()] == [FIRST]
    assert "referral_code" not in set(lab.columns("users")["column"])
    assert "onboarding_screen" not in set(lab.columns("user_profiles")["column"])


def test_the_merge_names_both_parents_in_its_file(terminal: Terminal) -> None:
    """The script of a merge is valid Python, whose down_revision is a pair."""
    write_second_head(terminal)
    path = terminal.lab().merge("Join both").path
    assert path is not None
    values = {
        node.target.id: node.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    down = values["down_revision"]
    assert down is not None
    assert set(ast.literal_eval(down)) == {HEAD, OTHER}
