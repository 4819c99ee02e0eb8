"""Close the circles of foreign keys: rows that pointed to nobody get a parent."""

import sqlalchemy as sa
from faker import Faker

from schema_lab.migrate.seed.accepting import tried
from schema_lab.migrate.seed.filling import Key, known
from schema_lab.migrate.seed.order import Turn
from schema_lab.migrate.seed.plan import Link, Plan
from schema_lab.migrate.seed.rows import NULLS


def point_later(connection: sa.Connection, turn: Turn, before: set[Key], fake: Faker) -> None:
    """Let rows that were just inserted point to parents that had none then; changes the database.

    Parameters
    ----------
    connection
        The connection that seeds.
    turn
        The table, with the foreign keys that waited.
    before
        The primary keys of the rows that were there before; those stay as they are.
    fake
        The source of all randomness.
    """
    plan = turn.plan
    if not plan.primary:
        return
    mine = [one for one in known(connection, plan.table, plan.primary) if one not in before]
    for link in sorted(turn.later, key=lambda link: link.columns):
        parents = known(connection, plan.parent(link), link.referred)
        fake.random.shuffle(parents)
        for place, own in enumerate(mine if parents else []):
            if fake.random.random() >= NULLS:
                _point(connection, plan, link, own, parents[place % len(parents)])


def _point(connection: sa.Connection, plan: Plan, link: Link, own: Key, to: Key) -> None:
    columns = plan.table.c
    mine = [columns[name] == one for name, one in zip(plan.primary, own, strict=True)]
    values = dict(zip(link.columns, to, strict=True))
    update = sa.update(plan.table).where(*mine).values(values)
    tried(connection, lambda: connection.execute(update))  # where it is refused, it stays NULL
