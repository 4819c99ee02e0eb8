"""Random edits of models: tables rebuilt, or changed where they stand."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import sqlalchemy as sa

NAMES = ("teams", "Users", "order lines", "a.b", "posts", "tags")
CALM = tuple(f"calm{number:02}" for number in range(12))
"""Tables of which few change at a time, as in a large schema."""
COLUMNS = ("name", "plan", "n", "at", "state", "note")
COMMENTS = (None, "plain", "it's 100% :name", "")
CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Plan(enum.Enum):
    """An enum of the application's."""

    free = 1
    paid = 2


def some_type(random: Random) -> Any:
    """Give a column type."""
    made: Callable[[], Any] = random.choice(
        (
            sa.Integer,
            sa.DateTime,
            lambda: sa.String(random.choice((20, 50, 60))),
            lambda: sa.Numeric(10, random.choice((0, 2))),
            lambda: sa.Enum(*random.choice((("a", "b"), ("a", "b", "c"), ("b",))), name="letter"),
            lambda: sa.Enum(Plan, name="plan"),
            lambda: sa.Enum("x", "y", native_enum=False, create_constraint=True, name="way"),
            lambda: sa.String(30).with_variant(sa.Text(), random.choice(("sqlite", "postgresql"))),
        )
    )
    return made()


def some_column(random: Random, name: str) -> sa.Column[Any]:
    """Give a column."""
    type_ = some_type(random)
    default = "7" if isinstance(type_, sa.Integer) and random.random() < 0.3 else None
    return sa.Column(
        name,
        type_,
        nullable=random.random() < 0.7,
        server_default=default,
        comment=random.choice(COMMENTS),
    )


def calm_tables(metadata: sa.MetaData) -> None:
    """Make the calm tables, in groups of three that point to the first of theirs."""
    for number, name in enumerate(CALM):
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("name", sa.String(50), index=number % 2 == 0, comment="plain"),
            sa.Column("n", sa.Integer, server_default="7", nullable=False),
            sa.Column("state", sa.Enum("a", "b", name="mood") if number < 3 else sa.DateTime),
            comment=COMMENTS[number % 3],
        )
        if number % 3:
            goal = metadata.tables[CALM[number - number % 3]]
            column = sa.Column("goal_id", sa.Integer, sa.ForeignKey(goal.c["id"]))
            metadata.tables[name].append_column(column)
        elif number % 2:
            metadata.tables[name].append_constraint(sa.UniqueConstraint("n", "name"))


@dataclass
class Models:
    """The models of a notebook that is edited again and again."""

    random: Random
    metadata: sa.MetaData = field(default_factory=lambda: sa.MetaData(naming_convention=CONVENTION))
    touched: set[str] = field(default_factory=set)

    def begin_anew(self) -> None:
        """Have the calm tables alone."""
        self.metadata = sa.MetaData(naming_convention=CONVENTION)
        calm_tables(self.metadata)

    def edit(self) -> str:
        """Change something, and say what."""
        edits = (
            *(self._add, self._rebuild, self._rebuild, self._drop, self._set, self._set),
            *(self._append, self._append, self._again, self._index, self._take_index),
        )
        return self.random.choice(edits)()

    def _some(self) -> sa.Table | None:
        calm = self.random.random() < 0.4
        tables = sorted(one for one in self.metadata.tables if (one in CALM) == calm)
        if not tables:
            return None
        chosen = self.random.choice(tables)
        self.touched.add(chosen)
        return self.metadata.tables[chosen]

    def _made(self, name: str) -> None:
        key = sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)
        chosen = self.random.sample(COLUMNS, self.random.randint(1, 3))
        parts: list[Any] = [some_column(self.random, one) for one in chosen]
        others = sorted(self.metadata.tables)
        if others and self.random.random() < 0.5:
            goal = self.metadata.tables[self.random.choice(others)]
            parts.append(sa.Column("goal_id", sa.Integer, index=self.random.random() < 0.5))
            action = self.random.choice((None, "CASCADE"))
            parts.append(sa.ForeignKeyConstraint(["goal_id"], [goal.c["id"]], ondelete=action))
        if self.random.random() < 0.3 and isinstance(parts[0].type, sa.Integer):
            parts.append(sa.UniqueConstraint(chosen[0]))
        comment = self.random.choice(COMMENTS)
        sa.Table(name, self.metadata, key, *parts, comment=comment)

    def _add(self) -> str:
        free = [one for one in NAMES if one not in self.metadata.tables]
        if free:
            self._made(self.random.choice(free))
        return "add a model"

    def _rebuild(self) -> str:
        table = self._some()
        if table is not None:
            self.metadata.remove(table)
            self._made(table.name)
        return f"rebuild {table}"

    def _drop(self) -> str:
        table = self._some()
        if table is not None and self.random.random() < 0.4:
            pointed = any(
                key.references(table)
                for one in self.metadata.tables.values()
                if one is not table
                for key in one.foreign_keys
                if key.parent.table.name != table.name
            )
            if not pointed:
                self.metadata.remove(table)
        return f"drop {table}"

    def _again(self) -> str:
        """Build all models anew, as a notebook does: other objects that say the same."""
        fresh = sa.MetaData(naming_convention=CONVENTION)
        for table in self.metadata.tables.values():
            table.to_metadata(fresh)
        self.metadata = fresh
        return "build all anew"

    def _append(self) -> str:
        table = self._some()
        free = [one for one in COLUMNS if table is not None and one not in table.c]
        if table is not None and free:
            table.append_column(some_column(self.random, self.random.choice(free)))
        return f"append to {table}"

    def _set(self) -> str:
        """Set something anew on an object that stays."""
        table = self._some()
        if table is None:
            return "set nothing"
        column = self.random.choice(list(table.c))
        what = self.random.choice(("comment", "nullable", "length", "default", "table", "type"))
        if what == "comment":
            column.comment = self.random.choice(COMMENTS)
        elif what == "nullable" and not column.primary_key:
            column.nullable = not column.nullable
        elif what == "length" and type(column.type) is sa.String:
            column.type.length = self.random.choice((20, 50, 60))
        elif what == "default" and isinstance(column.server_default, sa.DefaultClause):
            column.server_default.arg = self.random.choice(("7", "8"))
        elif what == "table":
            table.comment = self.random.choice(COMMENTS)
        elif what == "type" and column.name in COLUMNS:
            column.type = some_type(self.random)
        return f"set {what} of {column}"

    def _index(self) -> str:
        table = self._some()
        if table is not None:
            plain = [one for one in table.c if isinstance(one.type, sa.Integer | sa.DateTime)]
            name = f"ix{len(table.indexes)}_{table.name}"
            sa.Index(name, self.random.choice(plain), unique=self.random.random() < 0.3)
        return f"index {table}"

    def _take_index(self) -> str:
        table = self._some()
        if table is not None and table.indexes:
            table.indexes.remove(min(table.indexes, key=lambda one: str(one.name)))
        return f"take an index of {table}"
