r"""SQL that a script repeats word for word: `%` and `:name` in defaults, checks and indexes.

Alembic takes it from the compiler, which doubles `%` for the drivers that need it, and writes it
into `sa.text(…)`, which takes `:name` for a parameter that nobody fills: NULL stands there after.
"""

from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import Grouping

from schema_lab.database import as_text, undoubled, without_parameters


def render_word_for_word(context: MigrationContext) -> None:
    """Let Alembic render SQL so that the script says what the models say; changes the context."""
    plain = partial(type(context.impl).render_ddl_sql_expr, context.impl)

    def render(expression: Any, is_server_default: bool = False, **keywords: Any) -> str:
        spoken = without_parameters(_written_out(expression))
        if keywords.get("is_index") and context.dialect.name == "postgresql":
            spoken = _in_brackets(spoken)
        rendered = plain(spoken, is_server_default=is_server_default, **keywords)
        text = undoubled(rendered, context.dialect)
        return text if keywords.get("is_index") else as_text(text)

    context.impl.render_ddl_sql_expr = render  # type: ignore[assignment,method-assign]


def sql_of(expression: Any, dialect: sa.Dialect, *, table: bool = True) -> str:
    """Compile an expression to the SQL that the database gets; `table` stands before columns."""
    compiled = without_parameters(_written_out(expression)).compile(
        dialect=dialect, compile_kwargs={"literal_binds": True, "include_table": table}
    )
    return undoubled(str(compiled), dialect)


def _written_out(expression: Any) -> Any:
    """Give the language of `to_tsvector("english", …)` as text; SQLAlchemy has no literal of it."""
    if not isinstance(expression, sa.ClauseElement):
        return expression

    def replaced(element: Any, **keywords: Any) -> Any:
        known = isinstance(element, sa.BindParameter) and isinstance(element.type, REGCONFIG)
        return sa.literal(element.value, sa.String()) if known else None

    return visitors.replacement_traverse(expression, {}, replaced)


def _in_brackets(expression: Any) -> Any:
    """Put CASE into the brackets without which PostgreSQL takes it in no index."""
    if isinstance(expression, sa.Case):
        return Grouping(expression)
    if isinstance(expression, sa.UnaryExpression) and isinstance(expression.element, sa.Case):
        changed = expression._clone()
        changed.element = Grouping(expression.element)
        return changed
    return expression
