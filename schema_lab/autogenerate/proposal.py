"""A proposal: what a candidate holds at one moment, with the answers that are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.obstacle import Obstacle
from schema_lab.autogenerate.offline import offline_sql
from schema_lab.autogenerate.operations import Operation
from schema_lab.autogenerate.questions import Answer, Questions


@dataclass(frozen=True)
class Proposal:
    """A migration that autogenerate proposes, as its answers make it.

    `change` spells what autogenerate found before any answer.
    """

    id: str
    message: str
    dialect: str
    operations: tuple[Operation, ...]
    upgrade_code: str
    downgrade_code: str
    script: ops.MigrationScript = field(repr=False, compare=False)
    template_arguments: Mapping[str, Any] = field(repr=False, compare=False)
    tables: Mapping[tuple[str, str | None], sa.Table] = field(repr=False, compare=False)
    render_item: Any = field(repr=False, compare=False)
    obstacles: tuple[Obstacle, ...]
    questions: Questions
    change: str
    answers: tuple[Answer, ...]

    @property
    def code(self) -> str:
        """Both functions."""
        return f"{self.upgrade_code}\n\n\n{self.downgrade_code}"

    def sql(self, dialect: str, direction: str) -> str:
        """Write the SQL on a dialect, without a server; see `Candidate.sql`. Read-only."""
        chosen = self.script.upgrade_ops if direction == "upgrade" else self.script.downgrade_ops
        operations = chosen.ops if chosen else []
        imports = self.template_arguments.get("imports", "")
        up = self.script.upgrade_ops
        before = up.ops if up and chosen is not up else []
        return offline_sql(operations, dialect, self.tables, self.render_item, imports, before)
