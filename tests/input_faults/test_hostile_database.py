"""Comments and defaults that somebody left in the database are text, never code (I7)."""

import ast

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.schema.defaults import without_casts
from tests.support.labs import be, users, want

CANARY = "__import__('pathlib').Path('canary').touch()"
HOSTILE = {
    "docstring": f'"""\n{CANARY}\n"""',
    "call": f"'); {CANARY}  #",
    "template": f"${{{CANARY}}} <% {CANARY} %>\n## {{}} {{0}} %(x)s %",
    "escapes": "\\N \\x \\u \\' \\\" \\",
    "parameter": "see :name and ::name and \\:name",
    "markup": "<script>alert(1)</script>",
}


def calls(code: str) -> set[str]:
    """List what a script calls, by the first name."""
    found = (node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    return {ast.unparse(one).split(".")[0] for one in found}


def left_behind(lab: Lab) -> object:
    """Give what the database says of the column: comment, and default without brackets."""
    (column,) = [one for one in sa.inspect(lab.engine).get_columns("users") if one["name"] == "x"]
    return column.get("comment"), without_casts(str(column["default"]))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_what_stands_in_the_database_comes_back_as_it_was(
    lab: Lab, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I7: dropped and taken back, comment and default are the same; nothing of them ran."""
    monkeypatch.chdir(lab.root)
    be(lab, users(sa.Column("x", sa.String(200), server_default=text, comment=text), comment=text))
    before = left_behind(lab)
    want(lab, users())
    candidate = lab.autogenerate("Drop it")
    assert "<script" not in lab.drift()._repr_html_() + candidate._repr_html_()
    code = candidate.write().code
    assert calls(code) <= {"op", "batch_op", "sa", "mysql"}
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade()
    assert left_behind(lab) == before
    assert list(lab.root.rglob("canary")) == []


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_default_with_a_side_effect_has_none(lab: Lab) -> None:
    """I7: neither looking, nor writing, nor a migration of another column calls a function."""
    statements = (
        "CREATE SEQUENCE called",
        "CREATE FUNCTION trap() RETURNS text LANGUAGE sql AS $$ SELECT nextval('called')::text $$",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL DEFAULT trap())",
    )
    with lab.engine.begin() as connection:
        for one in statements:
            connection.exec_driver_sql(one)
    want(lab, users(sa.Column("plan", sa.String(20))))
    lab.columns("users")
    lab.autogenerate("Add plans").write()
    lab.upgrade()
    lab.drift()
    lab.downgrade()
    assert lab.query("SELECT is_called FROM called").iloc[0, 0] in (False, 0)
