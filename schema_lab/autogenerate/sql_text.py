r"""SQL that a script repeats word for word: `%` and `:name` in defaults, checks and indexes.

Alembic takes it from the compiler, which doubles `%` for the drivers that need it, and writes it
into `sa.text(…)`, which takes `:name` for a parameter that nobody fills: NULL stands there after.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from schema_lab.database import as_text, without_parameters


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


def sql_of(expression: Any, dialect: sa.Dialect, *, table: bool = True) -> str:
    """Compile an expression to the SQL that the database gets; `table` stands before columns."""
    compiled = without_parameters(expression).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": table}
    )
    return _undoubled(str(compiled), dialect)


def _undoubled(sql: str, dialect: sa.Dialect) -> str:
    doubled = dialect.identifier_preparer._double_percents
    return sql.replace("%%", "%") if doubled else sql
