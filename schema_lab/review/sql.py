"""Read the SQL of `op.execute(…)`: its text, its statements, the tables that it changes."""

import logging
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.review.place import Place

DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}
"""sqlglot's names of the dialects."""


def read_sql(statement: Any, dialect: str) -> tuple[str, tuple[exp.Expr, ...]]:
    """Give the text of what was handed to `op.execute`, and its statements, () if unreadable.

    Examples
    --------
    >>> text, statements = read_sql("UPDATE users SET plan = 'free'", "sqlite")
    >>> [str(place) for place in tables_touched(statements[0])]
    ['users']
    """
    text = statement if isinstance(statement, str) else _compiled(statement, dialect)
    return text, _parsed(text, dialect)


def tables_made(statement: exp.Expr) -> Iterator[Place]:
    """Name the table that a CREATE TABLE makes for sure."""
    if isinstance(statement, exp.Create) and not statement.args.get("exists"):
        yield from _target(statement) if statement.kind == "TABLE" else ()


def tables_touched(statement: exp.Expr) -> Iterator[Place]:
    """Name the tables that a statement changes: an ALTER, DROP, INSERT, UPDATE, DELETE."""
    if isinstance(statement, exp.Create) and statement.kind == "TABLE":
        return
    yield from _target(statement)


def _target(statement: exp.Expr) -> Iterator[Place]:
    target = statement.this
    if isinstance(statement, exp.Create) and isinstance(target, exp.Index):
        target = target.args.get("table")
    if isinstance(target, exp.Schema):
        target = target.this
    if isinstance(target, exp.Table) and target.name:
        yield Place(target.name, target.db or None)


def _compiled(statement: Any, dialect: str) -> str:
    if isinstance(statement, sa.TextClause):
        return statement.text
    try:
        known = sa.make_url(f"{dialect}://").get_dialect()()
        return sql_of(statement, known)
    except (sa.exc.SQLAlchemyError, AttributeError, NotImplementedError, TypeError):
        return str(statement)


def _parsed(text: str, dialect: str) -> tuple[exp.Expr, ...]:
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True  # it warns of what it keeps as a plain command
    try:
        found = sqlglot.parse(text, read=DIALECTS.get(dialect))
    except (SqlglotError, RecursionError):
        return ()
    finally:
        logger.disabled = before
    return tuple(one for one in found if one is not None)
