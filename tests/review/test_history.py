"""A long history of mixed revisions is reviewed whole, on each dialect, without a server."""

from pathlib import Path

import pytest

from schema_lab.history import Environment, Project
from schema_lab.review import review_scripts
from schema_lab.scratch import scratch_project

REVISIONS = 120
URLS = {
    "sqlite": "sqlite:///{folder}/none.db",
    "postgresql": "postgresql://nobody@127.0.0.1:1/none",
    "mariadb": "mariadb://nobody@127.0.0.1:1/none",
}
BODIES = (
    "op.create_table('t{n}', sa.Column('id', sa.Integer, primary_key=True))",
    "op.add_column('users', sa.Column('c{n}', sa.String(9), nullable=False))",
    "op.drop_column('users', 'c{n}')",
    "with op.batch_alter_table('users') as b:\n        b.alter_column('c', type_=sa.BigInteger)",
    "op.create_index('ix{n}', 'users', ['c{n}'], unique=True)",
    "op.create_foreign_key('fk{n}', 'orders', 'users', ['user_id'], ['id'])",
    "op.alter_column('users', 'c{n}', new_column_name='d{n}', existing_type=sa.Integer)",
    "op.execute(\"UPDATE users SET a = '100%' WHERE b = ':name'\")",
    "op.execute('THIS IS (( NO SQL')",
    "op.rename_table('a{n}', 'b{n}')",
    "op.drop_table('b{n}')",
    "for row in op.get_bind().execute(sa.text('SELECT 1')):\n        print(row)",
    "if not sa.inspect(op.get_bind()).get_columns('t'):\n        op.drop_constraint('x', 't')",
    "t = op.create_table('n{n}', sa.Column('a', sa.Integer))\n    op.bulk_insert(t, [{{'a': 1}}])",
    "with op.get_context().autocommit_block():\n        op.execute('VACUUM')",
    "op.create_check_constraint('ck{n}', 'users', sa.column('a') > 5)",
    "op.execute(sa.table('users', sa.column('a')).update().values(a=5))",
    "op.alter_column('users', 'c{n}', nullable=False, existing_type=sa.Enum('a', 'b', name='e'))",
    "raise RuntimeError('not on this database')",
    "pass",
)
SCRIPT = '''\
"""Number {n}."""

import sqlalchemy as sa
from alembic import op

revision = "{n:04d}"
down_revision = {parent!r}


def upgrade():
    {body}


def downgrade():
    {back}
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the history once."""
    folder = tmp_path_factory.mktemp("history")
    scratch_project(folder)
    for n in range(REVISIONS):
        body = BODIES[n % len(BODIES)].format(n=n)
        back = BODIES[(n * 7 + 3) % len(BODIES)].format(n=n)
        parent = f"{n - 1:04d}" if n else None
        text = SCRIPT.format(n=n, parent=parent, body=body, back=back)
        (folder / "alembic" / "versions" / f"{n:04d}.py").write_text(text)
    return folder


@pytest.mark.parametrize("name", URLS)
def test_a_long_history_is_reviewed(project: Path, name: str) -> None:
    """All 120 revisions are reviewed; none stops the review, and no rule fails on one."""
    opened = Project.at(project)
    url = opened.url(URLS[name].format(folder=project))
    found = review_scripts(Environment(opened, url), "base:head")
    assert len(found.reviewed) == REVISIONS
    codes = {one.code for one in found}
    assert {"SL001", "SL101"} <= codes
    assert "SL003" not in codes
    assert ("require-concurrent-index-creation" in codes) is (name == "postgresql")
