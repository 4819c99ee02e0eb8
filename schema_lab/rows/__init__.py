"""Which rows violate a demand? Counts, samples, and conditions as SQL."""

from schema_lab.rows.casts import demands_of_cast
from schema_lab.rows.demand import Demand
from schema_lab.rows.demands import LiveTables
from schema_lab.rows.families import family, plain_type, stored_family
from schema_lab.rows.violations import Violations, blocking, violations_of

__all__ = [
    "Demand",
    "LiveTables",
    "Violations",
    "blocking",
    "demands_of_cast",
    "family",
    "plain_type",
    "stored_family",
    "violations_of",
]
