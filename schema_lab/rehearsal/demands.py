"""What a statement demands of rows: no NULL, no duplicate, a parent, a condition, a type."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from schema_lab.database import is_mysql
from schema_lab.rehearsal.lineage import SQLGLOT, parsed

Ask = Callable[[str], Sequence[Any]]

_WHOLE_NUMBERS = (exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT)
_DAYS = (exp.DType.DATE, exp.DType.DATETIME, exp.DType.TIMESTAMP)
_A_NUMBER = "'^[[:space:]]*[-+]?[0-9]+([.][0-9]*)?[[:space:]]*$'"


@dataclass(frozen=True)
class Demand:
    """What to select from, and the condition that holds for rows that do not meet the demand."""

    table: str
    source: str
    broken: str


def demands_of(sql: str, dialect: str, ask: Ask) -> Iterator[Demand]:
    """List what a statement demands of rows that are there.

    Parameters
    ----------
    sql
        The statement.
    dialect
        Of the database.
    ask
        Runs a reading query, to see the new table into which SQLite's batch mode copies.
    """
    for tree in parsed(sql, dialect):
        if isinstance(tree, exp.Insert):
            yield from _of_copy(tree, dialect, ask)
        elif isinstance(tree, exp.Create) and isinstance(tree.this, exp.Index):
            yield from _of_index(tree, dialect)
        elif isinstance(tree, exp.Alter) and isinstance(tree.this, exp.Table):
            yield from _of_alter(tree, dialect)


def _of_index(tree: exp.Create, dialect: str) -> Iterator[Demand]:
    params = tree.this.args.get("params")
    if tree.args.get("unique") and params is not None:
        columns = [one.this.sql(SQLGLOT.get(dialect, dialect)) for one in params.args["columns"]]
        yield _Maker(dialect, tree.this.args["table"]).unique(columns)


def _of_alter(tree: exp.Alter, dialect: str) -> Iterator[Demand]:
    make = _Maker(dialect, tree.this)
    for action in tree.args.get("actions") or ():
        if isinstance(action, exp.AlterColumn):
            name = make.spelled(action.this)
            if action.args.get("allow_null") is False:
                yield make.not_null(name)
            if action.args.get("dtype"):
                yield from make.of_type(name, action.args["dtype"], action.args.get("using"))
        elif isinstance(action, exp.ModifyColumn):
            changed = action.args.get("rename_from") or action.this.this
            yield from make.of_definition(action.this, make.spelled(changed))
        elif isinstance(action, exp.ColumnDef):
            yield from make.of_new_column(action)
        else:
            yield from make.constraints(action)


def _of_copy(tree: exp.Insert, dialect: str, ask: Ask) -> Iterator[Demand]:
    """Read the new table of a batch, and ask its demands of what is copied into it."""
    target, select = tree.this, tree.expression
    if dialect != "sqlite" or not isinstance(target, exp.Schema):
        return
    name = target.this.name.replace("'", "''")
    found = ask(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")  # noqa: S608 - quoted
    source = select.find(exp.From) if isinstance(select, exp.Select) else None
    if not found or source is None or not isinstance(select, exp.Select):
        return
    pairs = zip(target.expressions, select.expressions, strict=True)
    copied = [exp.alias_(taken.unalias(), new.name, quoted=True) for new, taken in pairs]
    inner = exp.select(*copied).from_(source.this).sql("sqlite")
    make = _Maker(dialect, source.this, f"({inner}) AS copied")
    filled = {one.name for one in target.expressions}
    for created in parsed(found[0][0], dialect):
        for column in created.find_all(exp.ColumnDef):
            if column.name in filled:
                yield from make.of_definition(column, make.spelled(column.this))
            else:
                yield from make.of_new_column(column)
        yield from make.constraints(created)


class _Maker:
    """Makes demands of one table's rows."""

    def __init__(self, dialect: str, table: exp.Expr, source: str = "") -> None:
        self._dialect = dialect
        self._sqlglot = SQLGLOT.get(dialect, dialect)
        self._table = table.name
        self._source = source or self.spelled(table)

    def spelled(self, tree: exp.Expr) -> str:
        return tree.sql(self._sqlglot)

    def not_null(self, column: str) -> Demand:
        return self._demand(f"{column} IS NULL")

    def unique(self, columns: Sequence[str]) -> Demand:
        listed = ", ".join(columns)
        filled = " AND ".join(f"{one} IS NOT NULL" for one in columns)
        twice = (
            f"SELECT {listed} FROM {self._source} WHERE {filled}"  # noqa: S608 - quoted by sqlglot
            f" GROUP BY {listed} HAVING count(*) > 1"
        )
        return self._demand(f"({listed}) IN ({twice})")

    def of_definition(self, column: exp.ColumnDef, name: str) -> Iterator[Demand]:
        kinds = [one.args.get("kind") for one in column.args.get("constraints") or ()]
        if any(
            isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null")
            for k in kinds
        ):
            yield self.not_null(name)
        if any(isinstance(kind, exp.UniqueColumnConstraint) for kind in kinds):
            yield self.unique([name])
        if column.args.get("kind") is not None and self._dialect != "sqlite":
            yield from self.of_type(name, column.args["kind"], None)

    def of_new_column(self, column: exp.ColumnDef) -> Iterator[Demand]:
        kinds = [one.args.get("kind") for one in column.args.get("constraints") or ()]
        required = any(isinstance(kind, exp.NotNullColumnConstraint) for kind in kinds)
        if required and not any(isinstance(kind, exp.DefaultColumnConstraint) for kind in kinds):
            yield self._demand("1 = 1")

    def constraints(self, tree: exp.Expr) -> Iterator[Demand]:
        for found in tree.find_all(exp.UniqueColumnConstraint):
            if isinstance(found.this, exp.Schema):
                yield self.unique([self.spelled(one) for one in found.this.expressions])
        for primary in tree.find_all(exp.PrimaryKey):
            yield self.unique([self.spelled(one) for one in primary.expressions])
        for foreign in tree.find_all(exp.ForeignKey):
            yield from self._parent(foreign)
        for check in tree.find_all(exp.CheckColumnConstraint):
            yield self._demand(f"NOT ({self.spelled(check.this)})")

    def _parent(self, key: exp.ForeignKey) -> Iterator[Demand]:
        reference = key.args.get("reference")
        if reference is None or not isinstance(reference.this, exp.Schema):
            return
        parent, theirs = reference.this.this, reference.this.expressions
        same = " AND ".join(
            f"parent.{self.spelled(b)} = child.{self.spelled(a)}"
            for a, b in zip(key.expressions, theirs, strict=True)
        )
        filled = " AND ".join(f"child.{self.spelled(one)} IS NOT NULL" for one in key.expressions)
        there = f"SELECT 1 FROM {self.spelled(parent)} AS parent WHERE {same}"  # noqa: S608
        source = self._source.removesuffix(" AS copied")
        yield Demand(self._table, f"{source} AS child", f"{filled} AND NOT EXISTS ({there})")

    def of_type(self, column: str, kind: exp.DataType, using: exp.Expr | None) -> Iterator[Demand]:
        """Say which values a new type does not hold."""
        sizes = kind.expressions
        if kind.this in exp.DataType.TEXT_TYPES:
            if sizes:
                text = f"CAST({column} AS CHAR)" if self._is_mysql else f"CAST({column} AS text)"
                yield self._demand(f"char_length({text}) > {sizes[0].this.sql()}")
        elif self._dialect == "postgresql":
            value = self.spelled(using.this) if isinstance(using, exp.Cast) else column
            spelled = self.spelled(kind).replace("'", "''")
            yield self._demand(f"pg_temp.schema_lab_fails(CAST({value} AS text), '{spelled}')")
        elif kind.this in _WHOLE_NUMBERS or kind.this is exp.DType.DECIMAL:
            yield self._demand(f"CAST({column} AS CHAR) NOT REGEXP {_A_NUMBER}")
        elif kind.this in _DAYS:
            yield self._demand(f"{column} IS NOT NULL AND CAST({column} AS DATETIME) IS NULL")

    @property
    def _is_mysql(self) -> bool:
        return is_mysql(self._dialect)

    def _demand(self, broken: str) -> Demand:
        return Demand(self._table, self._source, broken)
