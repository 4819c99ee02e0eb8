"""A table's name."""

from __future__ import annotations

from dataclasses import dataclass

from schema_lab.autogenerate.operations import full_name


@dataclass(frozen=True)
class Place:
    """A table: its name, and its schema where that is not the default one."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return full_name(self.name, self.schema)
