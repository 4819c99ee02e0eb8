r"""Defaults and checks of live tables, word for word: `:name` in them is no parameter.

SQLAlchemy hands what it reflects to `sa.text`, which takes `:name` for a parameter that nobody
fills. A table that is copied, as batch mode does on SQLite, would have NULL in that place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.compiler import BIND_PARAMS, BIND_PARAMS_ESC

from schema_lab.database.mariadb_reflection import complete

_BEFORE = r"\\\g<0>"


def undoubled(sql: str, dialect: sa.Dialect) -> str:
    """Give SQL as the server gets it; for some drivers each % is written twice.

    Examples
    --------
    >>> from sqlalchemy.dialects import postgresql, sqlite
    >>> undoubled("SELECT 7 %% 2", postgresql.dialect(paramstyle="pyformat"))
    'SELECT 7 % 2'
    >>> undoubled("SELECT '%%'", sqlite.dialect())
    "SELECT '%%'"
    """
    doubled = dialect.paramstyle in ("format", "pyformat")
    return sql.replace("%%", "%") if doubled else sql


def as_text(sql: str) -> str:
    r"""Escape SQL so that `sa.text` gives the same SQL back.

    Examples
    --------
    >>> as_text("' see :name'"), as_text("'1'::text")
    ("' see \\:name'", "'1'::text")
    """
    return BIND_PARAMS.sub(_BEFORE, BIND_PARAMS_ESC.sub(_BEFORE, sql))


def without_parameters(expression: Any) -> Any:
    """Take `:name` in a text for what it says, where no value was given for it."""
    if not isinstance(expression, sa.TextClause):
        return expression
    given = expression._bindparams.values()
    if any(one.value is not None or one.callable is not None for one in given):
        return expression
    return sa.text(BIND_PARAMS.sub(_BEFORE, expression.text))


@contextmanager
def words_kept() -> Iterator[None]:
    """Let defaults be reflected and checks be made with their own words, while it lasts.

    One within another changes nothing.
    """
    hooks = [one for one in _HOOKS if not sa.event.contains(*one)]
    for one in hooks:
        sa.event.listen(*one)
    try:
        yield
    finally:
        for one in hooks:
            sa.event.remove(*one)


def _keep_default(inspector: Any, table: sa.Table, column: Any) -> None:
    """Escape a default; a sequence's name stays, for Alembic looks it up."""
    default = column.get("default")
    if isinstance(default, str) and not default.startswith("nextval("):
        column["default"] = as_text(default)


def _keep_check(constraint: sa.CheckConstraint, parent: Any) -> None:
    constraint.sqltext = without_parameters(constraint.sqltext)


def _keep_condition(index: sa.Index, parent: Any) -> None:
    """Escape the condition of a partial index that is given as plain SQL, as reflection does."""
    for name, value in index.dialect_kwargs.items():
        if name.endswith("_where") and isinstance(value, str) and as_text(value) != value:
            index.dialect_kwargs[name] = sa.text(as_text(value))


_HOOKS: list[tuple[Any, str, Any]] = [
    (sa.Table, "column_reflect", complete),
    (sa.Table, "column_reflect", _keep_default),
    (sa.CheckConstraint, "before_parent_attach", _keep_check),
    (sa.Index, "before_parent_attach", _keep_condition),
]
