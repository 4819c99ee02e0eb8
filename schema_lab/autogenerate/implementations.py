"""How a dialect's types, indexes and server defaults are compared, where Alembic's way does not do.

A class of Alembic's with `__dialect__` takes the place of the former one, in every context:
https://alembic.sqlalchemy.org/en/latest/api/ddl.html
"""

import re
from typing import Any

import sqlalchemy as sa
from alembic.ddl.impl import ComparisonResult, DefaultImpl
from alembic.ddl.mysql import MariaDBImpl, MySQLImpl
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl

from schema_lab.autogenerate.defaults import differs
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.autogenerate.unnamed import Unnamed
from schema_lab.database import next_of, words_of

_SERIAL = (sa.INTEGER, sa.BIGINT)
"""The types of columns that Alembic takes for a SERIAL."""


_BRACKETS = re.compile("[()]")


class DefaultsAsText(DefaultImpl):
    """A dialect whose server defaults are compared as text.

    Alembic has a function for it in `configure`, and calls it for generated columns too, where
    there is no default to read: AttributeError in alembic/autogenerate/compare/server_defaults.py.
    """

    def compare_type(self, inspector_column: Any, metadata_column: Any) -> bool:
        """Say whether a type changed; two that are spelled the same are not taken to pieces."""
        spell = self.dialect.type_compiler_instance.process
        if spell(inspector_column.type).lower() == spell(metadata_column.type).lower():
            return False
        return bool(super().compare_type(inspector_column, metadata_column))

    def compare_server_default(
        self, inspector_column: Any, metadata_column: Any, rendered: Any, live: Any
    ) -> bool:
        """Say whether a default changed; nothing of it is executed."""
        return differs(self, inspector_column, metadata_column, metadata_column.server_default)


class MariaDB(DefaultsAsText, MariaDBImpl):
    """MariaDB."""

    __dialect__ = "mariadb"


class MySQL(DefaultsAsText, MySQLImpl):
    """MySQL."""

    __dialect__ = "mysql"


class WholeSQLite(DefaultsAsText, SQLiteImpl):
    """SQLite, whose indexes on expressions are compared too: it keeps their words."""

    __dialect__ = "sqlite"

    def correct_for_autogen_constraints(
        self, live: Any, live_indexes: Any, models: Any, model_indexes: Any
    ) -> None:
        """Leave nothing out; let Alembic, which looks by name, see that an unnamed one goes."""
        wanted = {_columns(one) for one in models}
        for one in live:
            if one.name is None and _columns(one) not in wanted:
                one.name = Unnamed("(unnamed)" + "|".join(sorted(_columns(one))))

    def compare_indexes(self, metadata_index: sa.Index, reflected_index: sa.Index) -> Any:
        """Compare what each index says, word by word."""
        said = [self._said(one) for one in (reflected_index, metadata_index)]
        if said[0] == said[1]:
            return ComparisonResult.Equal()
        return ComparisonResult.Different(f"{said[0]} to {said[1]}")

    def _guess_if_default_is_unparenthesized_sql_expr(self, expr: str | None) -> bool:
        """Say whether a default needs brackets: it is neither one literal nor in brackets."""
        words = words_of(expr or "", brackets=True)
        signed = words[1:] if words[:1] in (("-",), ("+",)) else words
        return len(signed) > 1 and not (words[0] == "(" and words_of(expr or "") != words)

    def _said(self, index: sa.Index) -> tuple[Any, ...]:
        terms = [self._words(one) for one in index.expressions]
        where = index.dialect_options["sqlite"]["where"]
        condition = None if where is None else sql_of(where, self.dialect, table=False)
        return (bool(index.unique), *terms, condition and words_of(condition))

    def _words(self, expression: Any) -> tuple[str, ...]:
        if isinstance(expression, sa.Column):  # what its name would be read as, in whatever quotes
            return (expression.name.lower(),)
        return words_of(sql_of(expression, self.dialect, table=False))


def _columns(constraint: sa.UniqueConstraint) -> frozenset[str]:
    return frozenset(str(column.name) for column in constraint.columns)


class PlainPercents(DefaultsAsText, PostgresqlImpl):
    """PostgreSQL, whose expressions hold `%` once, as the database has it."""

    __dialect__ = "postgresql"

    def autogen_column_reflect(
        self, inspector: sa.Inspector, table: sa.Table, column_info: Any
    ) -> None:
        """Take the default of a SERIAL away: what Alembic asks for each, if it is not known."""
        known = next_of(inspector, column_info.get("default"))
        if known is None:
            super().autogen_column_reflect(  # type: ignore[no-untyped-call]
                inspector, table, column_info
            )
        elif known.owner == column_info["name"] and isinstance(column_info["type"], _SERIAL):
            del column_info["default"]

    def _compile_element(self, element: Any) -> str:
        if isinstance(element, str):
            return element
        return sql_of(element, self.dialect, table=False)

    def _cleanup_index_expr(self, index: sa.Index, expr: str) -> str:
        """Leave line breaks out, and the brackets of a CASE, which PostgreSQL sets anew."""
        found = super()._cleanup_index_expr(index, " ".join(expr.split()))
        return _BRACKETS.sub("", found) if "casewhen" in found else found
