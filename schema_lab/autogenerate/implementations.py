"""How a dialect's indexes are compared, where Alembic's own comparison leaves some out.

A class of Alembic's with `__dialect__` takes the place of the former one, in every context:
https://alembic.sqlalchemy.org/en/latest/api/ddl.html
"""

from typing import Any

import sqlalchemy as sa
from alembic.ddl.impl import ComparisonResult
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.ddl.sqlite import SQLiteImpl

from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.database import words_of


class WholeSQLite(SQLiteImpl):
    """SQLite, whose indexes on expressions are compared too: it keeps their words."""

    __dialect__ = "sqlite"

    def correct_for_autogen_constraints(self, *collections: Any) -> None:
        """Leave nothing out."""

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
        terms = [words_of(sql_of(one, self.dialect, table=False)) for one in index.expressions]
        where = index.dialect_options["sqlite"]["where"]
        condition = None if where is None else sql_of(where, self.dialect, table=False)
        return (bool(index.unique), *terms, condition and words_of(condition))


class PlainPercents(PostgresqlImpl):
    """PostgreSQL, whose expressions hold `%` once, as the database has it."""

    __dialect__ = "postgresql"

    def _compile_element(self, element: Any) -> str:
        if isinstance(element, str):
            return element
        return sql_of(element, self.dialect, table=False)
