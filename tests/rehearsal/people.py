"""A table of people, and one migration that does to its rows all that a migration can do."""

import random
from collections.abc import Iterator
from pathlib import Path

from tests.support.revisions import Walk

CREATE = """
op.create_table(
    "people",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("first", sa.String(50)),
    sa.Column("last", sa.String(50)),
    sa.Column("age", sa.String(20)),
    sa.Column("code", sa.String(20)),
    sa.Column("plan", sa.String(20)),
    sa.Column("fax", sa.String(20)),
    sa.Column("nick", sa.String(20)),
)
"""
UPGRADE = """
op.add_column("people", sa.Column("whole_name", sa.String(120)))
op.execute("UPDATE people SET whole_name = {merged}")
op.execute("UPDATE people SET plan = 'free' WHERE plan IS NULL")
op.execute("UPDATE people SET code = substr(code, 1, 3)")
op.execute("UPDATE people SET nick = NULL WHERE nick = 'none'")
op.execute("DELETE FROM people WHERE id % 7 = 0")
with op.batch_alter_table("people") as batch:
    batch.drop_column("first")
    batch.drop_column("last")
    batch.drop_column("fax")
    batch.alter_column("age", type_=sa.Integer(), existing_type=sa.String(20), **{using})
    batch.alter_column("code", type_=sa.String(3), existing_type=sa.String(20))
    batch.alter_column("nick", new_column_name="nickname", existing_type=sa.String(20))
"""
DOWNGRADE = """
with op.batch_alter_table("people") as batch:
    batch.add_column(sa.Column("first", sa.String(50)))
    batch.add_column(sa.Column("last", sa.String(50)))
    batch.add_column(sa.Column("fax", sa.String(20)))
    batch.alter_column("age", type_=sa.String(20), existing_type=sa.Integer())
    batch.alter_column("code", type_=sa.String(20), existing_type=sa.String(3))
    batch.alter_column("nickname", new_column_name="nick", existing_type=sa.String(20))
    batch.drop_column("whole_name")
"""
RENAMED = {"nick": "nickname"}
GONE = ("first", "last", "fax")
Row = dict[str, object]


def people(root: Path, url: str, dialect: str, rows: int = 40) -> Walk:
    """Lay out the project, its database at 0001 with rows; 0002 is still to run."""
    walk = Walk.begin(root, url)
    walk.revision("0001", CREATE, 'op.drop_table("people")')
    walk.lab().upgrade()
    walk.sql(*_inserts(rows))
    merged = "concat(first, ' ', last)" if dialect == "mariadb" else "first || ' ' || last"
    using = {"postgresql_using": "age::integer"} if dialect == "postgresql" else {}
    walk.revision("0002", UPGRADE.format(merged=merged, using=using), DOWNGRADE)
    return walk


def _inserts(rows: int) -> Iterator[str]:
    chosen = random.Random(rows)  # noqa: S311 - rows that are the same in every run
    for number in range(1, rows + 1):
        values = [
            chosen.choice(["'Ann'", "'Bob'", "NULL"]),
            chosen.choice(["'Lee'", "'Ray'"]),
            chosen.choice(["'30'", "'007'", "' 5'", "NULL"]),
            chosen.choice(["'abc'", "'abcdef'", "'Zoë4'", "NULL"]),
            chosen.choice(["'pro'", "NULL"]),
            chosen.choice(["'1-2-3'", "NULL"]),
            chosen.choice(["'none'", "'nan'", "NULL"]),
        ]
        yield f"INSERT INTO people VALUES ({number}, {', '.join(values)})"


def rows_of(walk: Walk) -> dict[object, Row]:
    """Read all rows by their key."""
    with walk.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT * FROM people").mappings().all()
    return {row["id"]: dict(row) for row in found}


def counted(before: dict[object, Row], after: dict[object, Row]) -> dict[tuple[str, str], int]:
    """Count in Python what was lost and what changed: by kind and column."""
    counts = {("rows", ""): len(before.keys() - after.keys())}
    for name in next(iter(before.values())):
        if name in GONE:
            counts["column", name] = sum(row[name] is not None for row in before.values())
            continue
        pairs = [(before[k][name], after[k][RENAMED.get(name, name)]) for k in after]
        filled = [(b, a) for b, a in pairs if b is not None]
        counts["nulled", name] = sum(a is None for _, a in filled)
        counts["changed", name] = sum(a is not None and str(b) != str(a) for b, a in filled)
    return {what: number for what, number in counts.items() if number}
