"""Blocking rows: those that made a statement of a rehearsal fail, found in its transaction.

A statement is SQL, not an operation: what it demands of the rows is read from the SQL. The demands
themselves are those of `schema_lab.rows`; on PostgreSQL, which stops at the first value that it
cannot cast, a temporary function tries each value.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlglot import exp

from schema_lab.database import is_mysql
from schema_lab.database.dialects import sqlglot_name
from schema_lab.rehearsal.row_differences import parsed
from schema_lab.rehearsal.samples import shortened
from schema_lab.rows import Demand, LiveTables, demands_of_cast
from schema_lab.rows import demand as demands
from schema_lab.rows.demand import TableName, table_of
from schema_lab.rows.violations import count, some
from schema_lab.schema import as_text

ROWS = 5
"""Rows that are shown."""

_FAILS = """
    CREATE FUNCTION pg_temp.schema_lab_fails(value text, before text, after text) RETURNS boolean
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('SELECT CAST(CAST(%L AS %s) AS %s)', value, before, after);
        RETURN false;
    EXCEPTION WHEN data_exception THEN
        RETURN true;
    END $$"""
_SPELLED_TYPE = re.compile(r"(\w+)(?:\((.*)\))?( UNSIGNED)?", re.IGNORECASE)


@dataclass(frozen=True)
class BlockingRows:
    """Some rows of a table that made a statement fail, and how many there are; None: not found."""

    table: str = ""
    rows: tuple[Mapping[str, str | None], ...] = ()
    count: int | None = None


def blocking_rows(connection: sa.Connection, sql: str) -> BlockingRows:
    """Find the rows that violate what a statement demands of them. Changes no table.

    Parameters
    ----------
    connection
        Where the statement has just failed; its transaction is still open.
    sql
        The statement.
    """
    with suppress(SQLAlchemyError, _driver_errors(connection)), _unheard(connection) as quiet:
        if quiet.dialect.name == "postgresql":
            quiet.execute(sa.text(_FAILS))
        for table, columns, demand in demands_of_sql(sql, quiet):
            found = _violating(LiveTables(quiet), table, columns, demand)
            if found.count:
                return found
    return BlockingRows()


def _violating(
    live: LiveTables, table: TableName, columns: Sequence[str], demand: Demand
) -> BlockingRows:
    total = count(live, table, demand)
    if not total:
        return BlockingRows()
    names = columns or list(live.types(table))
    rows = some(live, table, demand, names, ROWS, ordered=not columns)
    spelled = [map(shortened, row) for row in live.truthful(table, names, rows)]
    return BlockingRows(
        table[0], tuple(dict(zip(names, row, strict=True)) for row in spelled), total
    )


@contextmanager
def _unheard(connection: sa.Connection) -> Iterator[sa.Connection]:
    """Give a second SQLAlchemy connection to the same transaction, which nobody listens to.

    Listeners would take the questions for statements of the migration. What is done on it is taken
    back; the transaction itself stays as it is.
    """
    driver: Any = connection.connection.driver_connection
    dialect = copy(connection.dialect)
    alone = dialect.name == "postgresql" and bool(driver.autocommit)
    begin, end = ("BEGIN", "ROLLBACK") if alone else (_SAVE, f"ROLLBACK TO {_SAVE}")
    saved = dialect.name == "postgresql"
    nothing: dict[str, Any] = dict.fromkeys(("do_begin", "do_rollback", "do_commit"), _nothing)
    dialect.__dict__.update(nothing)
    pool = StaticPool(lambda: driver, reset_on_return=None)
    if saved:
        _run(driver, begin)
    try:
        with sa.Engine(pool, dialect, connection.engine.url).connect() as quiet:
            yield quiet
    finally:
        if saved:
            _run(driver, end)


_SAVE = "SAVEPOINT schema_lab_blocking_rows"


def _nothing(connection: Any) -> None:
    """Leave the transaction to the migration."""


def _run(driver: Any, sql: str) -> None:
    cursor = driver.cursor()
    cursor.execute(sql)
    cursor.close()


def _driver_errors(connection: sa.Connection) -> type[Exception]:
    found = getattr(connection.dialect.dbapi, "Error", Exception)
    return found if isinstance(found, type) else Exception


Found = tuple[TableName, Sequence[str], Demand]
"""The table that has the rows, the columns to show (all of the table's when empty), the demand."""


def demands_of_sql(sql: str, connection: sa.Connection) -> Iterator[Found]:
    """List what a statement demands of existing rows. Read-only.

    Parameters
    ----------
    sql
        The statement.
    connection
        Knows the types of the columns, and the new table into which SQLite's batch mode copies.
    """
    dialect = connection.dialect.name
    for tree in parsed(sql, dialect):
        if isinstance(tree, exp.Insert):
            yield from _of_copy(tree, connection)
        elif isinstance(tree, exp.Create) and isinstance(tree.this, exp.Index):
            params = tree.this.args.get("params")
            if tree.args.get("unique") and params is not None:
                reader = _Reader(connection, tree.this.args["table"])
                columns = [ordered.this for ordered in params.args["columns"]]
                yield reader.unique(columns, params.args.get("where"))
        elif isinstance(tree, exp.Alter) and isinstance(tree.this, exp.Table):
            yield from _of_alter(tree, connection)


def _of_alter(tree: exp.Alter, connection: sa.Connection) -> Iterator[Found]:
    reader = _Reader(connection, tree.this)
    for action in tree.args.get("actions") or ():
        if isinstance(action, exp.AlterColumn):
            if action.args.get("allow_null") is False:
                yield reader.found(demands.not_null(action.name))
            if action.args.get("dtype"):
                yield from reader.of_type(
                    action.name, action.args["dtype"], action.args.get("using")
                )
        elif isinstance(action, exp.ModifyColumn):
            changed = action.args.get("rename_from") or action.this.this
            yield from reader.of_definition(action.this, changed.name)
        elif isinstance(action, exp.ColumnDef):
            yield from reader.of_new_column(action)
        else:
            yield from reader.constraints(action)


def _of_copy(tree: exp.Insert, connection: sa.Connection) -> Iterator[Found]:
    """Read the new table of a batch, and ask its demands of what is copied into it."""
    target, select = tree.this, tree.expression
    if connection.dialect.name != "sqlite" or not isinstance(target, exp.Schema):
        return
    asked = sa.text("SELECT sql FROM sqlite_master WHERE name = :name")
    created_by = connection.scalar(asked, {"name": target.this.name})
    source = select.find(exp.From) if isinstance(select, exp.Select) else None
    if not created_by or source is None or not isinstance(select, exp.Select):
        return
    pairs = zip(target.expressions, select.expressions, strict=True)
    copied = [exp.alias_(taken.unalias(), new.name, quoted=True) for new, taken in pairs]
    inner = exp.select(*copied).from_(source.this).sql("sqlite")
    filled = [column.name for column in target.expressions]
    reader = _Reader(connection, source.this, sa.text(as_text(inner)), filled)
    for created in parsed(created_by, "sqlite"):
        for column in created.find_all(exp.ColumnDef):
            if column.name in filled:
                yield from reader.of_definition(column, column.name)
            else:
                yield from reader.of_new_column(column)
        yield from reader.constraints(created)


class _Reader:
    """Reads demands of one table's rows; `copied` is a selection of them under other names."""

    def __init__(
        self,
        connection: sa.Connection,
        table: exp.Expr,
        copied: sa.TextClause | None = None,
        columns: Sequence[str] = (),
    ) -> None:
        self._connection, self._columns = connection, columns
        self._dialect = connection.dialect.name
        self._name: TableName = (table.name, getattr(table, "db", "") or None)
        self._source: sa.FromClause | None = None
        if copied is not None:
            self._source = copied.columns(*map(sa.column, columns)).subquery("copied")

    def found(self, demand: Demand) -> Found:
        if demand.source is None and self._source is not None:
            demand = demands.of(demand, self._source)
        return self._name, self._columns, demand

    def _sql(self, tree: exp.Expr) -> Any:
        text = tree.sql(sqlglot_name(self._dialect))
        return sa.column(tree.name) if isinstance(tree, exp.Column) else sa.literal_column(text)

    def unique(self, keys: Sequence[exp.Expr], where: exp.Expr | None = None) -> Found:
        source = table_of(self._name, ())[0] if self._source is None else self._source
        parts = [
            sa.column(key.name) if isinstance(key, exp.Identifier) else self._sql(key)
            for key in keys
        ]
        condition = None if where is None else self._sql(where.this)
        return self.found(
            demands.unique(source, parts, [key.name for key in keys], condition=condition)
        )

    def of_definition(self, column: exp.ColumnDef, name: str) -> Iterator[Found]:
        kinds = [each.args.get("kind") for each in column.args.get("constraints") or ()]
        if any(
            isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null")
            for kind in kinds
        ):
            yield self.found(demands.not_null(name))
        if any(isinstance(kind, exp.UniqueColumnConstraint) for kind in kinds):
            yield self.unique([exp.to_identifier(name)])
        if column.args.get("kind") is not None and self._dialect != "sqlite":
            yield from self.of_type(name, column.args["kind"], None)

    def of_new_column(self, column: exp.ColumnDef) -> Iterator[Found]:
        kinds = [each.args.get("kind") for each in column.args.get("constraints") or ()]
        required = any(isinstance(kind, exp.NotNullColumnConstraint) for kind in kinds)
        if required and not any(isinstance(kind, exp.DefaultColumnConstraint) for kind in kinds):
            yield self.found(demands.required())

    def constraints(self, tree: exp.Expr) -> Iterator[Found]:
        for constraint in tree.find_all(exp.UniqueColumnConstraint):
            if isinstance(constraint.this, exp.Schema):
                yield self.unique(constraint.this.expressions)
        for primary in tree.find_all(exp.PrimaryKey):
            yield self.unique(primary.expressions)
        for foreign in tree.find_all(exp.ForeignKey):
            yield from self._parent(foreign)
        for check in tree.find_all(exp.CheckColumnConstraint):
            yield self.found(demands.check("", sa.literal_column(f"({self._sql(check.this)})")))

    def _parent(self, key: exp.ForeignKey) -> Iterator[Found]:
        reference = key.args.get("reference")
        if reference is None or not isinstance(reference.this, exp.Schema):
            return
        parent: Any = reference.this.this
        names = [column.name for column in key.expressions]
        if self._source is None:
            source, columns = table_of(self._name, names)
        else:
            source, columns = self._source, [self._source.c[name] for name in names]
        theirs = [column.name for column in reference.this.expressions]
        goal = (parent.name, parent.db or None)
        yield self.found(demands.foreign_key(source, columns, names, goal, theirs))

    def of_type(self, column: str, kind: exp.DataType, using: exp.Expr | None) -> Iterator[Found]:
        """Say which values a new type rejects."""
        live = LiveTables(self._connection)
        before = live.types(self._name).get(column)
        dialect = self._connection.dialect
        if self._dialect == "postgresql" and kind.this in exp.DataType.TEXT_TYPES:
            after = sa.String(int(kind.expressions[0].name)) if kind.expressions else sa.Text()
            found = demands_of_cast(column, before or sa.Text(), after, dialect)
            yield from map(self.found, found)  # an explicit cast would cut what ALTER refuses
        elif self._dialect == "postgresql":
            cast = using.this if isinstance(using, exp.Cast) else None
            value = sa.column(column) if cast is None else self._sql(cast)
            spelled = kind.sql("postgres")
            was = sa.cast(sa.func.pg_typeof(value), sa.Text)  # 1.5 is rounded, '1.5' is refused
            fails: Any = sa.func.pg_temp.schema_lab_fails(sa.cast(value, sa.Text), was, spelled)
            yield self.found(Demand("cast", (column,), fails, "does not fit", "do not fit"))
        elif is_mysql(self._dialect) and before is not None:
            after = _type_of(kind, dialect)
            if after is not None:
                found = demands_of_cast(column, before, after, dialect)
                yield from (self.found(demand) for demand in found if demand.refused)


def _type_of(kind: exp.DataType, dialect: Any) -> Any:
    """Give SQLAlchemy's type for one that MariaDB or MySQL spells; None for an unknown one."""
    read = _SPELLED_TYPE.match(kind.sql("mysql"))
    known = dialect.ischema_names.get(read[1].lower()) if read else None
    if read is None or known is None:
        return None
    arguments = [part.this for part in kind.expressions]
    if issubclass(known, sa.Enum):
        return known(*(str(argument.this) for argument in kind.expressions))
    sizes = [int(str(argument)) for argument in arguments]
    if issubclass(known, sa.DateTime | sa.Time):
        return known(fsp=sizes[0]) if sizes else known()
    if issubclass(known, sa.Integer):
        return known(unsigned=bool(read[3]))
    return known(*sizes)
