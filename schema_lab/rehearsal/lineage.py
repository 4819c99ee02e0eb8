"""Which column was which: renames, read from the statements that ran."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from schema_lab.rehearsal.copies import TableKey

SQLGLOT = {"postgresql": "postgres", "mariadb": "mysql"}
"""sqlglot's names of dialects, where they are others."""

_QUIET = logging.getLogger("sqlglot")


@dataclass
class Lineage:
    """Where each table and each column comes from.

    `tables` says of a table's name now which it had before; `columns` says the same of columns,
    for those whose name is another or that were copied into a new table.
    """

    dialect: str
    tables: dict[TableKey, TableKey] = field(default_factory=dict)
    columns: dict[TableKey, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, dialect: str, statements: Iterable[str]) -> "Lineage":
        """Follow statements in their order. Read-only."""
        lineage = cls(dialect)
        for sql in statements:
            for tree in parsed(sql, dialect):
                lineage._follow(tree)
        return lineage

    def table(self, now: TableKey) -> TableKey:
        """Give the table's key of before."""
        return self.tables.get(now, now)

    def column(self, now: TableKey, name: str) -> str:
        """Give the column's name of before."""
        return self.columns.get(now, {}).get(name, name)

    def _follow(self, tree: exp.Expr) -> None:
        if isinstance(tree, exp.Alter) and isinstance(tree.this, exp.Table):
            for action in tree.args.get("actions") or ():
                self._alter(tree, _key(tree.this), action)
        elif isinstance(tree, exp.Insert):
            self._copy(tree)
        elif isinstance(tree, exp.Drop) and isinstance(tree.this, exp.Table):
            self.tables.pop(_key(tree.this), None)
            self.columns.pop(_key(tree.this), None)

    def _alter(self, tree: exp.Alter, key: TableKey, action: exp.Expr) -> None:
        if isinstance(action, exp.AlterRename):
            options = tree.args.get("options") or []
            new = action.this
            if options and isinstance(options[0], exp.ToTableProperty):  # RENAME a TO b: a column
                self._rename_column(key, new.name, options[0].this.name)
            else:
                self._rename_table(key, (_key(new)[0] or key[0], new.name))
        elif isinstance(action, exp.RenameColumn):
            self._rename_column(key, action.this.name, action.args["to"].name)
        elif isinstance(action, exp.ModifyColumn) and action.args.get("rename_from"):
            self._rename_column(key, action.args["rename_from"].name, action.this.name)

    def _rename_table(self, old: TableKey, new: TableKey) -> None:
        self.tables[new] = self.tables.pop(old, old)
        self.columns[new] = self.columns.pop(old, {})

    def _rename_column(self, key: TableKey, old: str, new: str) -> None:
        known = self.columns.setdefault(key, {})
        known[new] = known.pop(old, old)

    def _copy(self, tree: exp.Insert) -> None:
        """Follow INSERT INTO new (…) SELECT … FROM old, with which batch mode rebuilds a table."""
        target, select = tree.this, tree.expression
        if not isinstance(target, exp.Schema) or not isinstance(select, exp.Select):
            return
        new, source = _key(target.this), select.find(exp.From)
        if source is None or not new[1].startswith("_alembic_tmp_"):
            return
        old = _key(source.this)
        self.tables[new] = self.tables.get(old, old)
        self.columns[new] = {
            name.name: self.column(old, taken)
            for name, taken in zip(target.expressions, map(_taken, select.expressions), strict=True)
            if taken
        }


def parsed(sql: str, dialect: str) -> list[exp.Expr]:
    """Parse SQL; what cannot be parsed gives nothing. Read-only."""
    before, _QUIET.disabled = _QUIET.disabled, True
    try:
        trees = sqlglot.parse(sql, read=SQLGLOT.get(dialect, dialect))
    except sqlglot.errors.SqlglotError:
        return []
    finally:
        _QUIET.disabled = before
    return [tree for tree in trees if tree is not None]


def _taken(expression: exp.Expr) -> str:
    """Name the column that an expression hands on, perhaps cast; "" for any other."""
    inner = expression.unalias()
    while isinstance(inner, exp.Cast | exp.Paren):
        inner = inner.this
    return inner.name if isinstance(inner, exp.Column) else ""


def _key(table: exp.Expr) -> TableKey:
    return (getattr(table, "db", "") or None, table.name)
