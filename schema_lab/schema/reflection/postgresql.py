"""PostgreSQL's foreign keys and sequences, from its catalogs.

SQLAlchemy reads a foreign key by a pattern from its definition, and splits the columns at commas,
so that a name with a comma or a bracket becomes another. Alembic asks for each sequence by itself.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

from schema_lab.schema.words import TableKey

_COLUMNS = (
    "ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY AS u(n, place)"
    " JOIN pg_attribute AS a ON a.attrelid = {table} AND a.attnum = u.n ORDER BY u.place)"
)
_CLEARED = "(SELECT to_jsonb(k) -> 'confdelsetcols')"
"""The columns of SET NULL (…), which servers before 15 do not have."""

_FOREIGN_KEYS = f"""
SELECT c.relname, k.conname, r.relname, rn.nspname, pg_table_is_visible(r.oid),
    {_COLUMNS.format(numbers="k.conkey", table="k.conrelid")},
    {_COLUMNS.format(numbers="k.confkey", table="k.confrelid")},
    k.confupdtype::text, k.confdeltype::text, k.confmatchtype::text,
    k.condeferrable, k.condeferred, obj_description(k.oid, 'pg_constraint'),
    ARRAY(SELECT quote_ident(a.attname) FROM jsonb_array_elements_text(
            CASE jsonb_typeof({_CLEARED}) WHEN 'array' THEN {_CLEARED} ELSE '[]' END) AS u(n)
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.n::int ORDER BY a.attnum)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f'
LEFT JOIN pg_class AS r ON r.oid = k.confrelid
LEFT JOIN pg_namespace AS rn ON rn.oid = r.relnamespace
WHERE c.relkind::text = ANY(:kinds)
AND CASE WHEN CAST(:schema AS text) IS NULL
    THEN pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog' ELSE n.nspname = :schema END
AND (:every OR (c.relpersistence = 't') = :temporary)
AND (CAST(:names AS text[]) IS NULL OR c.relname = ANY(CAST(:names AS text[])))
ORDER BY c.relname, k.conname
"""  # noqa: S608 - no part of this query comes from outside
_KINDS = {
    ObjectKind.TABLE: ("r", "p", "f"),
    ObjectKind.VIEW: ("v",),
    ObjectKind.MATERIALIZED_VIEW: ("m",),
}
_ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
Keys = dict[TableKey, list[dict[str, Any]]]


def foreign_keys(
    connection: sa.Connection,
    schema: str | None,
    names: Collection[str] | None,
    scope: ObjectScope,
    kind: ObjectKind,
    *,
    ignore_search_path: bool = False,
) -> Keys:
    """List the foreign keys of tables as `Inspector.get_multi_foreign_keys` does. Read-only."""
    asked = {
        "kinds": [letter for part, letters in _KINDS.items() if part in kind for letter in letters],
        "schema": schema,
        "every": scope is ObjectScope.ANY,
        "temporary": scope is ObjectScope.TEMPORARY,
        "names": None if names is None else list(names),
    }
    found: defaultdict[TableKey, list[dict[str, Any]]] = defaultdict(list)
    for table, name, referred, there, visible, *parts in connection.execute(
        sa.text(_FOREIGN_KEYS), asked
    ):
        keys = found[TableKey(schema, table)]  # a table without keys has an entry, too
        if name is None:
            continue
        default = connection.dialect.default_schema_name
        if ignore_search_path:
            referred_schema = schema if there == default else there
        else:
            referred_schema = there if not visible or there == schema else None
        keys.append(_foreign_key(name, referred_schema, referred, parts))
    return dict(found)


def _foreign_key(name: str, schema: str | None, table: str, parts: list[Any]) -> dict[str, Any]:
    columns, referred, on_update, on_delete, match, deferrable, deferred, comment, cleared = parts
    options: dict[str, Any] = {
        "onupdate": _ACTIONS.get(on_update),
        "ondelete": _ACTIONS.get(on_delete),
        "initially": "DEFERRED" if deferred else None,
        "deferrable": True if deferrable else None,
        "match": "FULL" if match == "f" else None,
    }
    if cleared:
        options["ondelete"] += f" ({', '.join(cleared)})"
    return {
        "name": name,
        "constrained_columns": columns,
        "referred_schema": schema,
        "referred_table": table,
        "referred_columns": referred,
        "options": {option: value for option, value in options.items() if value is not None},
        "comment": comment,
    }


_OWNED = """
SELECT c.oid::regclass::text, a.attname
FROM pg_class c
LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S'
"""
_NEXT = re.compile(r"nextval\('(.+?)'::regclass\)")
_KEY = ("schema_lab", "sequences")


@dataclass(frozen=True)
class NextOf:
    """A default that takes the next number of a sequence, and the column that owns the sequence."""

    owner: str | None


def read_postgresql(inspector: sa.Inspector, tables: frozenset[str]) -> None:
    """Read which column owns each sequence, whatever the tables; see `read_at_once`."""
    bind: Any = inspector.bind
    owners = {name: NextOf(owner) for name, owner in bind.exec_driver_sql(_OWNED)}
    inspector.info_cache[_KEY] = owners


def next_of(inspector: sa.Inspector, default: Any) -> NextOf | None:
    """Give the sequence of a default, if all sequences were read; None if it is not known.

    A sequence is spelled here as in the default: by the same server, for the same search path.
    """
    known = inspector.info_cache.get(_KEY)
    match = _NEXT.match(default) if known and isinstance(default, str) else None
    return known.get(match.group(1)) if known and match else None
