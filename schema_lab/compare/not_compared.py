"""Why a table could not be compared word for word, and what helps, as a sentence."""

from typing import Any

import sqlalchemy as sa

REASONS: dict[str, dict[str | int, str]] = {
    "postgresql": {
        "42501": "this role may not create temporary tables, or may not use a function of the "
        "model: `GRANT TEMPORARY ON DATABASE … TO …`",
        "25006": "the connection is read-only; a temporary table needs one that may write",
        "42704": "a type, collation or operator class of the model is not there, such as that of "
        "an extension",
        "42883": "a function of the model is not there",
        "42P01": "a table or sequence of the model is not there yet",
    },
    "mariadb": {
        1044: "this user may not create temporary tables: "
        "`GRANT CREATE TEMPORARY TABLES ON … TO …`",
        1142: "this user lacks a right on a table or sequence of the model",
        1792: "the transaction is read-only; a temporary table needs one that may write",
        1506: "a temporary table cannot have partitions",
        4137: "a temporary table cannot have SYSTEM VERSIONING",
        4152: "a temporary table cannot have a PERIOD",
    },
}
"""What helps, by the code of the database's error."""


def why(error: sa.exc.SQLAlchemyError, dialect: sa.Dialect) -> str:
    """Say why a database could not spell a model.

    Examples
    --------
    >>> why(sa.exc.CompileError("no such type"), sa.create_engine("sqlite://").dialect)
    'no such type'
    """
    original: Any = getattr(error, "orig", None) or error
    said = str(original).strip().splitlines()[0]
    arguments: tuple[Any, ...] = getattr(original, "args", ()) or ("",)
    code = getattr(original, "sqlstate", None) or arguments[0]
    known = REASONS.get(dialect.name.replace("mysql", "mariadb"), {}).get(code)
    if len(arguments) > 1:
        said = str(arguments[1]).strip().splitlines()[0]
    return f"{known} ({said})" if known else said
