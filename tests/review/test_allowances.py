"""`# schema_lab: allow SL101: reason`: where it stands is what it covers."""

import pytest

from schema_lab import Lab
from schema_lab.review.allowances import allowances_in
from tests.support.labs import filled_in

DROP = 'op.drop_column("users", "plan")'
ALLOW = "# schema_lab: allow SL101: never read"
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])


def _seen(lab: Lab, body: str) -> tuple[list[str], list[str]]:
    """Give the codes that are found, and the reasons of those that are allowed."""
    filled_in(lab, "Drop", body)
    found = lab.review()
    codes = [one.code for one in found if one.code in ("SL101", "SL002")]
    return codes, [one.reason for one in found.suppressed]


def test_at_the_top_it_counts_for_the_whole_upgrade(lab: Lab) -> None:
    """A comment before the first statement takes back all findings of its code."""
    codes, reasons = _seen(lab, f"{ALLOW}\n{DROP}\n{DROP}")
    assert codes == []
    assert reasons == ["never read", "never read"]


def test_above_a_statement_it_counts_for_that_one(lab: Lab) -> None:
    """A comment further down takes back what the statement below does, over all its lines."""
    codes, reasons = _seen(lab, f"{DROP}\n{ALLOW}\nop.drop_column(\n    'users',\n    'plan'\n)")
    assert codes == ["SL101"]
    assert reasons == ["never read"]


def test_beside_a_statement_it_counts_for_that_one(lab: Lab) -> None:
    """A comment at the end of a line counts for the statement on that line."""
    codes, reasons = _seen(lab, f"{DROP}\n{DROP}  {ALLOW}\n{DROP}")
    assert codes == ["SL101", "SL101"]
    assert reasons == ["never read"]


def test_within_a_batch_it_counts_for_the_line_below(lab: Lab) -> None:
    """A comment in a batch covers the next operation, not the whole batch."""
    batch = "with op.batch_alter_table('users') as b:\n    b.drop_column('a')\n"
    codes, reasons = _seen(lab, f"{batch}    {ALLOW}\n    b.drop_column('b')")
    assert codes.count("SL101") == 1
    assert reasons == ["never read"]


@pytest.mark.parametrize("comment", ["# schema_lab: allow SL101", "# schema_lab: allow SL101:  "])
def test_without_a_reason_it_does_not_count(lab: Lab, comment: str) -> None:
    """The finding stays, and so does one on the comment."""
    codes, reasons = _seen(lab, f"{comment}\n{DROP}")
    assert sorted(codes) == ["SL002", "SL101"]
    assert reasons == []


def test_another_code_is_not_covered(lab: Lab) -> None:
    """A comment takes back its own code alone."""
    codes, _ = _seen(lab, f"# schema_lab: allow SL999: no\n{DROP}")
    assert codes == ["SL101"]


def test_several_codes_share_a_reason(dialect: str) -> None:
    """Codes stand side by side, squawk's among them."""
    source = "x = 1  # schema_lab: allow SL101, ban-drop-column: old table\n"
    found = [(one.code, one.reason) for one in allowances_in(source)]
    assert found == [("SL101", "old table"), ("ban-drop-column", "old table")]


def test_a_string_is_no_comment(dialect: str) -> None:
    """Text that looks like a comment does not count."""
    assert allowances_in("x = '# schema_lab: allow SL101: no'\n") == ()


def test_what_is_allowed_is_shown_with_its_reason(lab: Lab) -> None:
    """The findings list what the script allows, in text and in HTML, escaped."""
    filled_in(lab, "Drop", f"# schema_lab: allow SL101: <b>old</b>\n{DROP}")
    found = lab.review()
    assert "allowed SL101" in repr(found)
    assert "&lt;b&gt;old" in found._repr_html_()
    assert list(found.frame[found.frame["suppressed"]]["code"]) == ["SL101"]
