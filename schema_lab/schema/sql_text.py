"""SQL word for word: `%` and `:name` in defaults, checks and indexes.

Alembic takes SQL from the compiler, which doubles `%` for the drivers that need it, and writes it
into `sa.text(…)`, which takes `:name` for a parameter that nobody fills: the script would say NULL.
"""

import copy
import re
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.schema import AddConstraint
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import BIND_PARAMS, BIND_PARAMS_ESC
from sqlalchemy.sql.elements import Grouping

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


def adding(constraint: sa.Constraint) -> AddConstraint:
    """Give the statement that adds a constraint, and leave the constraint as it is.

    SQLAlchemy's own marks the constraint, so that the CREATE TABLE of its table leaves it out.

    Examples
    --------
    >>> check = sa.CheckConstraint("id > 0", name="positive")
    >>> users = sa.Table("users", sa.MetaData(), sa.Column("id"), check)
    >>> str(adding(check))
    'ALTER TABLE users ADD CONSTRAINT positive CHECK (id > 0)'
    >>> "positive" in str(sa.schema.CreateTable(users))
    True
    """
    return AddConstraint(copy.copy(constraint))


def literal(text: str) -> str:
    """Quote a text for SQL.

    Examples
    --------
    >>> literal("it's")
    "'it''s'"
    """
    return "'{}'".format(text.replace("'", "''"))


def parameters_of(text: sa.TextClause) -> list[sa.BindParameter[Any]]:
    """Give each `:name` of a text."""
    return [part for part in visitors.iterate(text) if isinstance(part, sa.BindParameter)]


def without_parameters(expression: Any) -> Any:
    """Take `:name` in a text for what it says, where no value was given for it."""
    if not isinstance(expression, sa.TextClause):
        return expression
    given = parameters_of(expression)
    if any(parameter.value is not None or parameter.callable is not None for parameter in given):
        return expression
    return sa.text(BIND_PARAMS.sub(_BEFORE, expression.text))


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


def word_for_word(dialect: sa.Dialect) -> sa.Dialect:
    """Give a dialect that takes `:name` in a text for what it says; the given one stays."""
    plain: Any = dialect.statement_compiler

    class Spelled(plain):  # type: ignore[misc]
        def visit_textclause(self, clause: Any, *given: Any, **keywords: Any) -> str:
            said: str = super().visit_textclause(without_parameters(clause), *given, **keywords)
            return said

    spelled = copy.copy(dialect)
    spelled.statement_compiler = Spelled
    return spelled


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
        return sa.UnaryExpression(
            Grouping(expression.element),
            operator=expression.operator,
            modifier=expression.modifier,
            type_=expression.type,
        )
    return expression


def said_anew(sql: str, old: str, new: str) -> str:
    """Put a new name in the place of a name in SQL, but not within a longer name or a text.

    Examples
    --------
    >>> said_anew("PRIMARY KEY (id, order_id) -- 'id'", "id", "no")
    "PRIMARY KEY (no, order_id) -- 'id'"
    """
    return re.sub(rf"(?<![\w$'.]){re.escape(old)}(?![\w$'])", lambda _: new, sql)
