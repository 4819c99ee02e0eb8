"""A schema as plain values, and the models that it means on a dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.models.naming import NAMING_CONVENTION
from schema_lab.schema import as_text
from tests.round_trip.kinds import KINDS, Default


@dataclass(frozen=True)
class ColumnSpec:
    """A column; `kind` is one of `KINDS`."""

    name: str
    kind: str
    nullable: bool = True
    default: Default | None = None
    comment: str | None = None


@dataclass(frozen=True)
class UniqueSpec:
    """A unique constraint; without a name, the convention or the database gives one."""

    columns: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True)
class IndexSpec:
    """An index; `form` is plain, desc, or SQL with `{}` for the quoted column."""

    name: str
    columns: tuple[str, ...]
    form: str = "plain"
    unique: bool = False
    where: str | None = None


@dataclass(frozen=True)
class ForeignKeySpec:
    """A foreign key to the primary key of a table that stands before, or of its own."""

    columns: tuple[str, ...]
    target: str
    name: str | None = None
    ondelete: str | None = None


@dataclass(frozen=True)
class CheckSpec:
    """A CHECK; `{}` in the condition stands for the quoted column."""

    name: str
    column: str
    condition: str


@dataclass(frozen=True)
class TableSpec:
    """A table; the key's columns come first."""

    name: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    uniques: tuple[UniqueSpec, ...] = ()
    indexes: tuple[IndexSpec, ...] = ()
    foreign_keys: tuple[ForeignKeySpec, ...] = ()
    checks: tuple[CheckSpec, ...] = ()
    comment: str | None = None

    def column(self, name: str) -> ColumnSpec:
        """Give a column by its name."""
        return next(one for one in self.columns if one.name == name)


@dataclass(frozen=True)
class SchemaSpec:
    """Tables, each after those that it points to; `convention` names what has no name."""

    tables: tuple[TableSpec, ...]
    convention: bool = True

    def table(self, name: str) -> TableSpec:
        """Give a table by its name."""
        return next(one for one in self.tables if one.name == name)


def models(schema: SchemaSpec, dialect: str) -> sa.MetaData:
    """Give the models that a schema means."""
    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION if schema.convention else None)
    for table in schema.tables:
        _add_table(table, metadata, dialect)
    return metadata


def _add_table(spec: TableSpec, metadata: sa.MetaData, dialect: str) -> None:
    table = sa.Table(
        spec.name,
        metadata,
        *(_column(one, spec) for one in spec.columns),
        *(sa.UniqueConstraint(*one.columns, name=one.name) for one in spec.uniques),
        *(_check(one, dialect) for one in spec.checks),
        comment=spec.comment,
    )
    for key in spec.foreign_keys:
        table.append_constraint(_foreign_key(key, metadata.tables[key.target]))
    for one in spec.indexes:
        _add_index(one, table, dialect)


def _column(spec: ColumnSpec, table: TableSpec) -> sa.Column[Any]:
    return sa.Column(
        spec.name,
        KINDS[spec.kind].make(),
        primary_key=spec.name in table.key,
        nullable=spec.nullable and spec.name not in table.key,
        server_default=_default(spec.default),
        comment=spec.comment,
    )


def _default(default: Default | None) -> Any:
    return sa.text(as_text(default[0])) if isinstance(default, tuple) else default


def _check(spec: CheckSpec, dialect: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(_sql(spec.condition, spec.column, dialect), name=spec.name)


def _foreign_key(spec: ForeignKeySpec, target: sa.Table) -> sa.ForeignKeyConstraint:
    remote = list(target.primary_key.columns)
    return sa.ForeignKeyConstraint(
        list(spec.columns), remote, name=spec.name, ondelete=spec.ondelete
    )


def _add_index(spec: IndexSpec, table: sa.Table, dialect: str) -> None:
    columns: list[Any] = [table.c[one] for one in spec.columns]
    if spec.form == "desc":
        columns[0] = columns[0].desc()
    elif spec.form != "plain":
        columns[0] = sa.text(_sql(spec.form, spec.columns[0], dialect))
    options: dict[str, Any] = {}
    if spec.where is not None:
        options[f"{dialect}_where"] = sa.text(_sql(spec.where, spec.columns[0], dialect))
    index = sa.Index(spec.name, *columns, unique=spec.unique, _table=table, **options)
    assert index.table is table


def _sql(template: str, column: str, dialect: str) -> str:
    mark = "`" if dialect == "mariadb" else '"'
    quoted = f"{mark}{column.replace(mark, mark * 2)}{mark}"
    return as_text(template.replace("{}", quoted))
