r"""SQL that a script repeats word for word: `%` and `:name` in defaults, checks and indexes.

Alembic takes it from the compiler, which doubles `%` for the drivers that need it, and writes it
into `sa.text(…)`, which takes `:name` for a parameter that nobody fills: NULL stands there after.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.sql.compiler import BIND_PARAMS, BIND_PARAMS_ESC

_BEFORE = r"\\\g<0>"


def render_word_for_word(context: MigrationContext) -> None:
    """Let Alembic render SQL so that the script says what the models say; changes the context."""
    plain = partial(type(context.impl).render_ddl_sql_expr, context.impl)

    def render(expression: Any, is_server_default: bool = False, **keywords: Any) -> str:
        rendered = plain(
            without_parameters(expression), is_server_default=is_server_default, **keywords
        )
        text = _undoubled(rendered, context.dialect)
        return text if keywords.get("is_index") else as_text(text)

    context.impl.render_ddl_sql_expr = render  # type: ignore[assignment,method-assign]


def as_text(sql: str) -> str:
    r"""Escape SQL so that `sa.text` gives the same SQL back.

    Examples
    --------
    >>> as_text("' see :name'"), as_text("'1'::text")
    ("' see \\:name'", "'1'::text")
    """
    return BIND_PARAMS.sub(_BEFORE, BIND_PARAMS_ESC.sub(_BEFORE, sql))


def sql_of(expression: Any, dialect: sa.Dialect) -> str:
    """Compile an expression to the SQL that the database gets."""
    compiled = without_parameters(expression).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True}
    )
    return _undoubled(str(compiled), dialect)


def without_parameters(expression: Any) -> Any:
    """Take `:name` in a text for what it says, where no value was given for it."""
    if not isinstance(expression, sa.TextClause):
        return expression
    given = expression._bindparams.values()
    if any(one.value is not None or one.callable is not None for one in given):
        return expression
    return sa.text(BIND_PARAMS.sub(_BEFORE, expression.text))


def _undoubled(sql: str, dialect: sa.Dialect) -> str:
    doubled = dialect.identifier_preparer._double_percents
    return sql.replace("%%", "%") if doubled else sql
