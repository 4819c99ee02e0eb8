"""A diagram: tables with their columns, and the foreign keys between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from schema_lab.errors import InputError
from schema_lab.views import diagrams as view


@dataclass(frozen=True)
class DiagramColumn:
    """A column; `keys` are of "PK", "FK" and "UK", `mark` is "+", "-", "~" or nothing."""

    name: str
    type: str
    nullable: bool = True
    keys: tuple[str, ...] = ()
    mark: str = ""
    before: str = ""


@dataclass(frozen=True)
class DiagramTable:
    """A table; `before` is its former name, where a candidate renames it."""

    name: str
    columns: tuple[DiagramColumn, ...]
    mark: str = ""
    before: str = ""


@dataclass(frozen=True)
class Reference:
    """A foreign key; `optional` where it may be NULL, `single` where one row at most refers."""

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    optional: bool = False
    single: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Diagram:
    """Tables and their foreign keys, as Mermaid, as a picture and as an outline.

    Examples
    --------
    >>> key = DiagramColumn("id", "INTEGER", nullable=False, keys=("PK",))
    >>> Diagram("models", (DiagramTable("teams", (key,)),), ())
    models: 1 table, 0 foreign keys
      teams
        PK    id  INTEGER
    """

    title: str
    tables: tuple[DiagramTable, ...]
    references: tuple[Reference, ...]

    @classmethod
    def of(
        cls, title: str, tables: Sequence[DiagramTable], references: Sequence[Reference]
    ) -> Diagram:
        """Sort the tables by name, and leave out references to tables that are not there."""
        names = {table.name for table in tables}
        kept = [
            reference for reference in references if {reference.table, reference.target} <= names
        ]
        order = sorted(
            kept,
            key=lambda reference: (
                reference.table,
                reference.columns,
                reference.target,
                reference.mark,
            ),
        )
        return cls(title, tuple(sorted(tables, key=lambda table: table.name)), tuple(order))

    def around(self, table: str, hops: int = 1) -> Diagram:
        """Keep a table and those that so many foreign keys lead to or from.

        Raises
        ------
        InputError
            When there is no such table, or hops is below zero.
        """
        names = [known.name for known in self.tables]
        if table not in names:
            near = get_close_matches(table, names, cutoff=0.5)
            cure = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Leave around out."
            raise InputError(f"There is no table {table!r} in the diagram.", cure)
        if hops < 0:
            raise InputError(f"{hops} is not a number of hops.", "Give 0 or more.")
        return self.only({table}, hops, f"{self.title} around {table}")

    def only(self, names: set[str], hops: int, title: str) -> Diagram:
        """Keep some tables and those within so many foreign keys of them."""
        kept = set(names)
        for _ in range(hops):
            ends = [{reference.table, reference.target} for reference in self.references]
            kept = kept.union(*(pair for pair in ends if pair & kept))
        tables = [known for known in self.tables if known.name in kept]
        return Diagram.of(title, tables, self.references)

    @property
    def mermaid(self) -> str:
        """The diagram as text for Mermaid."""
        return view.mermaid.diagram(self)

    @property
    def svg(self) -> str:
        """The diagram as a picture, complete in itself."""
        return view.entities_svg.picture(self)

    @property
    def outline(self) -> str:
        """Every table, column and reference, one a line."""
        return view.entities_text.outline(self)

    def __repr__(self) -> str:
        return view.entities_text.text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> view.Bundle:
        large = view.entities_text.names_alone(self)
        return view.bundle(self.mermaid, self.svg, repr(self), large=large)


def keyed(
    tables: Sequence[DiagramTable],
    references: Sequence[Reference],
    unique: dict[str, set[tuple[str, ...]]],
) -> tuple[list[DiagramTable], list[Reference]]:
    """Tell columns and references the keys that they belong to.

    Parameters
    ----------
    tables
        With the keys "PK" alone.
    references
        Whose `optional` and `single` are not known yet.
    unique
        For each table the columns that no two rows share.
    """
    by_name = {table.name: table for table in tables}
    pairs = {(reference.table, name) for reference in references for name in reference.columns}
    return (
        [
            replace(table, columns=_columns(table, pairs, unique.get(table.name, set())))
            for table in tables
        ],
        [
            _reference(reference, by_name, unique.get(reference.table, set()))
            for reference in references
        ],
    )


def _columns(
    table: DiagramTable, pairs: set[tuple[str, str]], unique: set[tuple[str, ...]]
) -> tuple[DiagramColumn, ...]:
    return tuple(
        replace(
            column,
            keys=(
                *column.keys,
                *(("FK",) if (table.name, column.name) in pairs else ()),
                *(("UK",) if (column.name,) in unique and "PK" not in column.keys else ()),
            ),
        )
        for column in table.columns
    )


def _reference(
    reference: Reference, tables: dict[str, DiagramTable], unique: set[tuple[str, ...]]
) -> Reference:
    columns = {column.name: column for column in tables[reference.table].columns}
    ends = [columns[name] for name in reference.columns if name in columns]
    key = {name for name, column in columns.items() if "PK" in column.keys}
    alone = {frozenset(names) for names in unique} | ({frozenset(key)} if key else set())
    return replace(
        reference,
        optional=any(column.nullable for column in ends),
        single=frozenset(reference.columns) in alone,
    )
