"""Sample rows: plausible, deterministic, and within what the live schema allows."""

from schema_lab.migrate.seed.seeded import Seeded
from schema_lab.migrate.seed.seeding import refuse_real_rows, seed

__all__ = ["Seeded", "refuse_real_rows", "seed"]
