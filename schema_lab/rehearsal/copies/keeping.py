"""Keep the rows of tables as they are now, by copying them inside the copy."""

from collections.abc import Sequence

import sqlalchemy as sa

from schema_lab.rehearsal.copies.values import TableKey


def keep_rows(
    connection: sa.Connection,
    tables: Sequence[TableKey],
    schema: str,
    kind: str = "TABLE",
    prefix: str = "t",
) -> dict[TableKey, str]:
    """Copy the rows of tables into new tables of a schema; changes the copy only.

    Parameters
    ----------
    connection
        A connection to the copy.
    tables
        Which.
    schema
        Where to.
    kind
        "TABLE", "UNLOGGED TABLE" or "TEMPORARY TABLE".
    prefix
        What the names begin with; that of a temporary table would hide another of its name.
    """
    names = {key: f"{prefix}{number}" for number, key in enumerate(tables)}
    plainly = connection.execution_options(no_parameters=True)  # a name may hold a %
    for key, name in names.items():
        source, target = _spelled(connection, key), _spelled(connection, (schema, name))
        # The names come from the database itself and are quoted.
        plainly.exec_driver_sql(f"CREATE {kind} {target} AS SELECT * FROM {source}")  # noqa: S608
    connection.commit()
    return names


def _spelled(connection: sa.Connection, key: TableKey) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema, name = key
    return f"{quote(schema)}.{quote(name)}" if schema else quote(name)
