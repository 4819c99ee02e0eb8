"""What the models ask of a column's values, where the database does not know it.

An enum is text on SQLite, and a limit such as `Field(ge=0)` is known to the class alone. A row that
breaks one of them cannot be read through its model.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from schema_lab.seed.wishes import Wish, Wishes

_BOUNDS = (("ge", "low", True), ("gt", "low", False), ("le", "high", True), ("lt", "high", False))
"""Pydantic's names of the limits of a number, which side they bound, and whether it may be equal.
https://docs.pydantic.dev/latest/concepts/fields/#numeric-constraints"""


@dataclass(frozen=True)
class KnownModels:
    """The tables of the models, and the classes that belong to them, by the table's name."""

    tables: Mapping[str, sa.Table] = field(default_factory=dict)
    classes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, metadata: Any, classes: Iterable[Any] = ()) -> "KnownModels":
        """Collect what one or several collections of tables hold; None holds nothing.

        Parameters
        ----------
        metadata
            SQLAlchemy's MetaData, a list of them, or None.
        classes
            Classes with a `__table__`.
        """
        parts = metadata if isinstance(metadata, list | tuple) else [metadata]
        tables = {
            table.name: table
            for part in parts
            if part is not None
            for table in part.tables.values()
        }
        return cls(tables, {each.__table__.name: each for each in classes})

    def narrow(self, wishes: Wishes, table: sa.Table) -> None:
        """Add what the model of a live table asks of its columns."""
        model = self.tables.get(table.name)
        if model is None:
            return
        for column in table.columns:
            known = model.columns.get(column.name)
            if known is None:
                continue
            wish = wishes.of(column.name)
            if isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum):
                _by_type(wish, known.type)
            for rule in self._rules(table.name, known):
                if isinstance(column.type, sa.Integer | sa.Numeric):
                    _by_limit(wish, rule)
                elif isinstance(column.type, sa.String):
                    _by_length(wish, rule)
                    wish.pattern = str(getattr(rule, "pattern", None) or wish.pattern)

    def _rules(self, table: str, column: sa.Column[Any]) -> Iterator[Any]:
        """Give the rules that a class states for the attribute of a column."""
        model = self.classes.get(table)
        if model is None:
            return
        names = {
            attribute.columns[0].name: attribute.key
            for attribute in sa.inspect(model).column_attrs
            if isinstance(attribute.columns[0], sa.Column)
        }
        known = getattr(model, "model_fields", {}).get(names.get(column.name, ""))
        yield from getattr(known, "metadata", ())


def _by_type(wish: Wish, type_: Any) -> None:
    plain = getattr(type_, "impl", type_) if isinstance(type_, sa.types.TypeDecorator) else type_
    if isinstance(plain, sa.Enum) and plain.enums:
        wish.only(plain.enums)
    length = getattr(plain, "length", None)
    if isinstance(plain, sa.String) and length:
        wish.longest = min(length, wish.longest or length)


def _by_limit(wish: Wish, rule: Any) -> None:
    for name, side, equal in _BOUNDS:
        limit = getattr(rule, name, None)
        if limit is not None and getattr(wish, side) is None:
            setattr(wish, side, (str(limit), equal))


def _by_length(wish: Wish, rule: Any) -> None:
    shortest, longest = getattr(rule, "min_length", None), getattr(rule, "max_length", None)
    if shortest is not None:
        wish.shortest = max(wish.shortest, shortest)
    if longest is not None:
        wish.longest = min(longest, wish.longest or longest)
