"""A candidate: a migration that autogenerate proposes, with nothing on disk yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.offline import offline_sql
from schema_lab.autogenerate.operations import Operation
from schema_lab.errors import HistoryError
from schema_lab.history import Revision
from schema_lab.views import candidate as view


@dataclass(frozen=True)
class Candidate:
    """A candidate migration: its operations, both functions, their SQL on each dialect.

    `obstacles` are sentences on live rows over which the upgrade would stumble.
    """

    id: str
    message: str
    operations: tuple[Operation, ...]
    upgrade_code: str
    downgrade_code: str
    script: ops.MigrationScript = field(repr=False, compare=False)
    template_arguments: Mapping[str, Any] = field(repr=False, compare=False)
    tables: Mapping[tuple[str, str | None], sa.Table] = field(repr=False, compare=False)
    render_item: Any = field(repr=False, compare=False)
    writer: Callable[[Candidate], Revision] = field(repr=False, compare=False)
    obstacles: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to migrate."""
        return not self.operations

    def sql(self, dialect: str, direction: str = "upgrade") -> str:
        """Write the SQL of this candidate on a dialect, without a server. Read-only.

        Parameters
        ----------
        dialect
            "sqlite", "postgresql", "mariadb" or "mysql".
        direction
            "upgrade" or "downgrade".

        Raises
        ------
        InputError
            For another dialect.
        """
        chosen = self.script.upgrade_ops if direction == "upgrade" else self.script.downgrade_ops
        operations = chosen.ops if chosen else []
        imports = self.template_arguments.get("imports", "")
        return offline_sql(operations, dialect, self.tables, self.render_item, imports)

    def write(self, *, empty: bool = False, despite_data: bool = False) -> Revision:
        """Write the revision file into versions/; writing it a second time changes nothing.

        Parameters
        ----------
        empty
            Write it even when there is nothing to migrate.
        despite_data
            Write it even when rows stand in the way, to be edited by hand before it runs.

        Raises
        ------
        HistoryError
            When there is nothing to migrate, rows stand in the way, or the script directory does
            not take it, for instance since it has two heads.
        """
        if self.empty and not empty:
            raise HistoryError(
                "The database equals the models, so there is nothing to write.",
                'For a revision to be filled by hand: lab.revision("…").',
            )
        if self.obstacles and not despite_data:
            raise HistoryError(
                f"Live rows stand in the way: {' '.join(self.obstacles)}",
                "Mend the rows first and autogenerate again; or, to edit the script by hand before "
                "it runs: candidate.write(despite_data=True).",
            )
        return self.writer(self)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
