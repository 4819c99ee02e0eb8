"""The lab's own tables stay out of every comparison."""

from typing import Any

from schema_lab.database import JOURNAL_TABLE


def own_names_only(name: str | None, kind: str, parents: Any) -> bool:
    """Leave out the lab's tables (an `include_name` function)."""
    return not (kind == "table" and name == JOURNAL_TABLE)
