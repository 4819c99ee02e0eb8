"""Types of one family: values of the one may stay as they are in the other."""

from typing import Any

import sqlalchemy as sa


def family(type_: Any) -> Any:
    """Give what a type's values are in Python; a decorated type is what it wraps."""
    plain = getattr(type_, "impl", type_)
    if isinstance(plain, sa.types.JSON):
        return "json"
    try:
        python = plain.python_type
    except NotImplementedError:
        return plain._type_affinity
    return int if python is bool else python
