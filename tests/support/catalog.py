"""What a database's own catalog says of keys and indexes, without SQLAlchemy's reflection."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

Names = tuple[str, ...]


@dataclass(frozen=True)
class Catalog:
    """The keys and indexes of a table, each as plain values.

    `uniques` are columns; `foreign_keys` columns, referred table and columns, actions; `indexes`
    name, columns with their order ("?" for an expression), uniqueness.
    """

    primary: Names
    uniques: frozenset[Names]
    foreign_keys: frozenset[tuple[Names, str, Names, str | None, str | None]]
    indexes: frozenset[tuple[str, Names, bool]]


def catalog(connection: sa.Connection, table: str) -> Catalog:
    """Read a table of the default schema."""
    return _READERS[connection.dialect.name](connection, table)


def _action(said: str | None, default: Sequence[str] = ("NO ACTION",)) -> str | None:
    return None if said in default else said


# SQLite ------------------------------------------------------------------------------------------

_INDEXES = sa.text(
    'SELECT list.name, list."unique", master.sql'
    " FROM pragma_index_list(:table) AS list LEFT JOIN sqlite_master AS master USING (name)"
    " WHERE list.origin = :origin ORDER BY list.name"
)
_KEYS = sa.text('SELECT name, "desc" FROM pragma_index_xinfo(:index) WHERE key ORDER BY seqno')
_PRIMARY = sa.text("SELECT name FROM pragma_table_info(:table) WHERE pk ORDER BY pk")
_FOREIGN = sa.text(
    'SELECT id, "from", "table", "to", on_update, on_delete FROM pragma_foreign_key_list(:table)'
    " ORDER BY id, seq"
)


def sqlite_indexes(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    """List the indexes of a SQLite table: name, uniqueness, terms, and the whole SQL."""
    return [
        {"name": name, "unique": bool(unique), "terms": _terms(connection, name), "sql": sql}
        for name, unique, sql in connection.execute(_INDEXES, {"table": table, "origin": "c"})
    ]


def _terms(connection: sa.Connection, index: str) -> Names:
    found = connection.execute(_KEYS, {"index": index})
    return tuple(f"{name or '?'}{' DESC' if descending else ''}" for name, descending in found)


def _on_sqlite(connection: sa.Connection, table: str) -> Catalog:
    uniques = connection.execute(_INDEXES, {"table": table, "origin": "u"}).all()
    rows = connection.execute(_FOREIGN, {"table": table}).all()
    keys = [list(group) for _, group in groupby(rows, key=lambda row: row[0])]
    return Catalog(
        tuple(connection.execute(_PRIMARY, {"table": table}).scalars()),
        frozenset(_terms(connection, name) for name, _, _ in uniques),
        frozenset(
            (
                tuple(row[1] for row in key),
                key[0][2],
                tuple(row[3] for row in key),
                _action(key[0][4]),
                _action(key[0][5]),
            )
            for key in keys
        ),
        frozenset(
            (index["name"], index["terms"], index["unique"])
            for index in sqlite_indexes(connection, table)
        ),
    )


# MariaDB -----------------------------------------------------------------------------------------

_STATISTICS = sa.text(
    "SELECT index_name, column_name, non_unique, collation FROM information_schema.statistics"
    " WHERE table_schema = DATABASE() AND table_name = :table ORDER BY index_name, seq_in_index"
)
_USAGE = sa.text(
    "SELECT k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name,"
    " r.update_rule, r.delete_rule FROM information_schema.key_column_usage AS k"
    " JOIN information_schema.referential_constraints AS r"
    " USING (constraint_schema, constraint_name, table_name)"
    " WHERE k.table_schema = DATABASE() AND k.table_name = :table"
    " ORDER BY k.constraint_name, k.ordinal_position"
)


def _on_mariadb(connection: sa.Connection, table: str) -> Catalog:
    rows = connection.execute(_STATISTICS, {"table": table}).all()
    indexes = {name: list(group) for name, group in groupby(rows, key=lambda row: row[0])}
    primary = tuple(row[1] for row in indexes.pop("PRIMARY", []))
    terms = {
        name: tuple(f"{row[1]}{' DESC' if row[3] == 'D' else ''}" for row in group)
        for name, group in indexes.items()
    }
    unique = {name for name, group in indexes.items() if not group[0][2]}
    used = connection.execute(_USAGE, {"table": table}).all()
    keys = [list(group) for _, group in groupby(used, key=lambda row: row[0])]
    return Catalog(
        primary,
        frozenset(tuple(row[1] for row in indexes[name]) for name in unique),
        frozenset(
            (
                tuple(row[1] for row in key),
                key[0][2],
                tuple(row[3] for row in key),
                _action(key[0][4], ("NO ACTION", "RESTRICT")),
                _action(key[0][5], ("NO ACTION", "RESTRICT")),
            )
            for key in keys
        ),
        frozenset((name, columns, name in unique) for name, columns in terms.items()),
    )


# PostgreSQL --------------------------------------------------------------------------------------

_CONSTRAINTS = sa.text(
    "SELECT k.contype::text, k.conname, r.relname,"
    " ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(n, i)"
    "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY i),"
    " ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(n, i)"
    "  JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY i),"
    " k.confupdtype::text, k.confdeltype::text FROM pg_constraint k"
    " LEFT JOIN pg_class r ON r.oid = k.confrelid WHERE k.conrelid = to_regclass(:quoted)"
)
_PG_INDEXES = sa.text(
    "SELECT c.relname, i.indisunique, ARRAY(SELECT coalesce(a.attname::text, '?') ||"
    "  CASE WHEN i.indoption[u.p - 1] & 1 = 1 THEN ' DESC' ELSE '' END"
    "  FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS u(n, p)"
    "  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.n AND u.n > 0"
    "  ORDER BY u.p)"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indrelid = to_regclass(:quoted) AND NOT i.indisprimary"
)
_PG_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def _on_postgresql(connection: sa.Connection, table: str) -> Catalog:
    quoted = {"quoted": '"' + table.replace('"', '""') + '"'}
    rows = connection.execute(_CONSTRAINTS, quoted).all()
    return Catalog(
        next((tuple(row[3]) for row in rows if row[0] == "p"), ()),
        frozenset(tuple(row[3]) for row in rows if row[0] == "u"),
        frozenset(
            (
                tuple(columns),
                referred,
                tuple(there),
                _PG_ACTIONS.get(on_update),
                _PG_ACTIONS.get(on_delete),
            )
            for kind, _, referred, columns, there, on_update, on_delete in rows
            if kind == "f"
        ),
        frozenset(
            (name, tuple(terms), unique)
            for name, unique, terms in connection.execute(_PG_INDEXES, quoted)
        ),
    )


_READERS = {
    "sqlite": _on_sqlite,
    "mariadb": _on_mariadb,
    "mysql": _on_mariadb,
    "postgresql": _on_postgresql,
}
