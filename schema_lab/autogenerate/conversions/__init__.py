"""What becomes of values when a column's type changes."""

from schema_lab.autogenerate.conversions.altering import CastColumnOp, with_casts
from schema_lab.autogenerate.conversions.families import family, plain_type
from schema_lab.autogenerate.conversions.losing import Loss, losses_of
from schema_lab.autogenerate.conversions.using import using_of

__all__ = [
    "CastColumnOp",
    "Loss",
    "family",
    "losses_of",
    "plain_type",
    "using_of",
    "with_casts",
]
