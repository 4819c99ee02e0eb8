"""A diagram: tables with their columns, and the foreign keys between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from schema_lab.errors import InputError
from schema_lab.views import diagrams as view


@dataclass(frozen=True)
class Column:
    """A column; `keys` are of "PK", "FK" and "UK", `mark` is "+", "-", "~" or nothing."""

    name: str
    type: str
    nullable: bool = True
    keys: tuple[str, ...] = ()
    mark: str = ""
    before: str = ""


@dataclass(frozen=True)
class Table:
    """A table; `before` is its former name, where a candidate renames it."""

    name: str
    columns: tuple[Column, ...]
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
    >>> teams = Table("teams", (Column("id", "INTEGER", nullable=False, keys=("PK",)),))
    >>> Diagram("models", (teams,), ())
    models: 1 table, 0 foreign keys
      teams
        PK    id  INTEGER
    """

    title: str
    tables: tuple[Table, ...]
    references: tuple[Reference, ...]

    @classmethod
    def of(cls, title: str, tables: Sequence[Table], references: Sequence[Reference]) -> Diagram:
        """Sort the tables by name, and leave out references to tables that are not there."""
        names = {one.name for one in tables}
        kept = [one for one in references if {one.table, one.target} <= names]
        order = sorted(kept, key=lambda one: (one.table, one.columns, one.target, one.mark))
        return cls(title, tuple(sorted(tables, key=lambda one: one.name)), tuple(order))

    def around(self, table: str, hops: int = 1) -> Diagram:
        """Keep a table and those that so many foreign keys lead to or from.

        Raises
        ------
        InputError
            When there is no such table, or hops is below zero.
        """
        names = [one.name for one in self.tables]
        if table not in names:
            near = get_close_matches(table, names, cutoff=0.5)
            cure = f"Did you mean {' or '.join(map(repr, near))}?" if near else "Leave around out."
            raise InputError(f"There is no table {table!r} in the diagram.", cure)
        if hops < 0:
            raise InputError(f"{hops} is no number of hops.", "Give 0 or more.")
        return self.only({table}, hops, f"{self.title} around {table}")

    def only(self, names: set[str], hops: int, title: str) -> Diagram:
        """Keep some tables and those within so many foreign keys of them."""
        kept = set(names)
        for _ in range(hops):
            ends = [{one.table, one.target} for one in self.references]
            kept = kept.union(*(pair for pair in ends if pair & kept))
        tables = [one for one in self.tables if one.name in kept]
        return Diagram.of(title, tables, self.references)

    @property
    def mermaid(self) -> str:
        """The diagram as text for Mermaid."""
        return view.entities_mermaid.text(self)

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
        large = view.detail.names_alone(self)
        return view.bundle(self.mermaid, self.svg, repr(self), large=large)


def keyed(
    tables: Sequence[Table],
    references: Sequence[Reference],
    unique: dict[str, set[tuple[str, ...]]],
) -> tuple[list[Table], list[Reference]]:
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
    by_name = {one.name: one for one in tables}
    pairs = {(one.table, name) for one in references for name in one.columns}
    return (
        [replace(one, columns=_columns(one, pairs, unique.get(one.name, set()))) for one in tables],
        [_reference(one, by_name, unique.get(one.table, set())) for one in references],
    )


def _columns(
    table: Table, pairs: set[tuple[str, str]], unique: set[tuple[str, ...]]
) -> tuple[Column, ...]:
    return tuple(
        replace(
            one,
            keys=(
                *one.keys,
                *(("FK",) if (table.name, one.name) in pairs else ()),
                *(("UK",) if (one.name,) in unique and "PK" not in one.keys else ()),
            ),
        )
        for one in table.columns
    )


def _reference(one: Reference, tables: dict[str, Table], unique: set[tuple[str, ...]]) -> Reference:
    columns = {column.name: column for column in tables[one.table].columns}
    ends = [columns[name] for name in one.columns if name in columns]
    key = {name for name, column in columns.items() if "PK" in column.keys}
    alone = {frozenset(names) for names in unique} | ({frozenset(key)} if key else set())
    return replace(
        one,
        optional=any(column.nullable for column in ends),
        single=frozenset(one.columns) in alone,
    )
