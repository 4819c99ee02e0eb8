"""Reflect tables with answers that are known, into the cache of an Inspector."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

from schema_lab.database.known_answers import Answer, KnownAnswers, Statement

COLUMNS = "get_multi_columns"
EVERYTHING = (
    COLUMNS,
    "get_multi_pk_constraint",
    "get_multi_foreign_keys",
    "get_multi_indexes",
    "get_multi_unique_constraints",
    "get_multi_check_constraints",
    "get_multi_table_options",
)


def reflect_known(
    inspector: sa.Inspector,
    tables: frozenset[str],
    answers: Mapping[Statement, Answer],
    kinds: Iterable[str] = EVERYTHING,
) -> None:
    """Let the Inspector's dialect reflect tables, and the Inspector keep what it says.

    What cannot be read here is left out: the Inspector asks again, and says why.
    """
    known: Any = KnownAnswers(inspector.bind, answers)  # type: ignore[arg-type]
    for kind in kinds:
        with suppress(sa.exc.SQLAlchemyError, NotImplementedError):
            reflect = getattr(inspector.dialect, kind)
            for _ in reflect(
                known,
                schema=None,
                filter_names=tables,
                kind=ObjectKind.TABLE,
                scope=ObjectScope.DEFAULT,
                info_cache=inspector.info_cache,
            ):
                pass
