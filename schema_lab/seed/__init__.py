"""Sample rows for a scratch database."""

from schema_lab.seed.models import KnownModels
from schema_lab.seed.seeding import Seeded, seed

__all__ = [
    "KnownModels",
    "Seeded",
    "seed",
]
