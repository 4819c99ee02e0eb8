"""A restored database equals the one of which the snapshot was taken."""

import sqlalchemy as sa

from schema_lab import Lab
from tests.snapshots import rich
from tests.support.dump import schema_dump


def test_a_restore_brings_back_schema_and_rows(rich_lab: Lab) -> None:
    """Tables, views, triggers, sequences, enums, generated columns, keys and rows are as before."""
    url = rich_lab.engine.url
    before = schema_dump(url)
    snapshot = rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    assert schema_dump(url) != before
    rich_lab.restore(snapshot)
    assert schema_dump(url) == before


NAMES = ['a "b"', "it's select", "back`tick", "100% %(x)s", "ünï 名 ;--"]


def test_any_name_survives(lab: Lab) -> None:
    """I3: names with quotes, signs and blanks, of tables, columns, keys, indexes and views."""
    metadata = sa.MetaData()
    for name in NAMES:
        table = sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column(name, sa.String(40), index=True),
            sa.Column("parent", sa.Integer),
        )
        key = sa.ForeignKeyConstraint([table.c.parent], [table.c.id], f"fk {name}")
        table.append_constraint(key)
    with lab.engine.begin() as connection:
        metadata.create_all(connection)
        quote = connection.dialect.identifier_preparer.quote_identifier
        for name, table in metadata.tables.items():
            connection.execute(table.insert(), [{"id": 1, name: name}])
            view = f"CREATE VIEW {quote(f'-{name}')} AS SELECT * FROM {quote(name)}"
            connection.exec_driver_sql(view)
    before = schema_dump(lab.engine.url)
    lab.snapshot()
    with lab.engine.begin() as connection:
        for name, table in metadata.tables.items():
            connection.execute(table.delete())
            connection.exec_driver_sql(f"DROP VIEW {quote(f'-{name}')}")
    lab.restore("s1")
    assert schema_dump(lab.engine.url) == before
