"""Random migrations, rehearsed in random ways, leave the live database as it is."""

import os
import random
from contextlib import suppress
from pathlib import Path

from schema_lab.errors import SchemaLabError
from tests.rehearsal.people import people

NUMBER = int(os.environ.get("SCHEMA_LAB_REHEARSALS", "2"))
"""How many on each dialect."""

STEPS = (
    'op.execute("DELETE FROM people WHERE id % 3 = 0")',
    "op.execute(\"UPDATE people SET plan = 'paid'\")",
    'op.execute("UPDATE people SET id = id + 1000")',
    'op.execute("INSERT INTO people (id) VALUES (999)")',
    "op.add_column('people', sa.Column('score', sa.Integer))",
    "op.drop_column('people', 'fax')",
    "op.rename_table('people', 'persons')",
    "op.drop_table('people')",
    "op.create_table('cities', sa.Column('id', sa.Integer, primary_key=True))",
    "op.create_index('ix_nick', 'people', ['nick'], unique=True)",
    (
        "with op.batch_alter_table('people') as b: b.alter_column('last', nullable=True,"
        " type_=sa.String(2), existing_type=sa.String(50))"
    ),
    (
        "with op.batch_alter_table('people') as b: b.alter_column('plan', nullable=False,"
        " existing_type=sa.String(20))"
    ),
    "raise RuntimeError('half-way')",
)
DOWN = ("pass", "op.drop_table('nowhere')", 'op.execute("DELETE FROM people")')


def test_the_live_database_is_never_written_to(
    tmp_path: Path, database_url: str, dialect: str
) -> None:
    """Its checksum is the same after each, whatever the migration does and however it ends."""
    walk = people(tmp_path / "walk", database_url, dialect, rows=9)
    before, done = walk.dump(), 0
    for seed in range(NUMBER):
        draw = random.Random(f"{dialect} {seed}")  # noqa: S311 - the same in every run
        steps = draw.sample(STEPS, draw.randint(1, 4))
        walk.revision("0002", "\n".join(steps), draw.choice(DOWN))
        how = draw.choice(["copy", "sample", "transaction", None])
        with suppress(SchemaLabError):
            done += walk.lab(wait=5).rehearse(draw.choice(["head", "-1"]), how) is not None
        assert walk.dump() == before, f"seed {seed}: {how} {steps}"
    assert done, "no rehearsal came to an end, so nothing was tested"
