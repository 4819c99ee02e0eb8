"""How PostgreSQL spells a table: its own `pg_get_…def` functions and catalogs. Read-only.

https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.spelling.row import Row, Spelling

KINDS = (
    *("type", "null", "default", "computed", "identity", "collation"),
    *("primary key", "unique", "check", "foreign key", "exclusion", "index", "option"),
)
LEFT_OUT = (
    "the order of columns",
    "partitions, inheritance, policies, privileges, owners, statistics, publications",
    "whether a constraint is NOT VALID",
)

_TABLE = """
WITH t AS (SELECT c.oid, c.relpersistence, c.reloptions FROM pg_class c WHERE c.oid = :oid)
"""
_COLUMNS = """
SELECT 'column' AS kind, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS text,
    a.attnotnull AS needed, a.attidentity::text AS identity, a.attgenerated::text AS generated,
    CASE WHEN co.oid <> ty.typcollation THEN quote_ident(co.collname) END AS collation,
    pg_get_expr(d.adbin, d.adrelid) AS expression,
    EXISTS (SELECT FROM pg_depend p JOIN pg_class s ON s.oid = p.objid AND s.relkind = 'S'
        WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
        AND p.refobjid = t.oid AND p.refobjsubid = a.attnum AND p.deptype = 'a') AS serial,
    (SELECT concat_ws(' ', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle)
        FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid
        WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass
        AND p.refobjid = t.oid AND p.refobjsubid = a.attnum AND p.deptype = 'i') AS options
FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type ty ON ty.oid = a.atttypid
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
"""
_OTHERS = """
UNION ALL SELECT 'constraint ' || k.contype::text, k.conname::text, pg_get_constraintdef(k.oid),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM t JOIN pg_constraint k ON k.conrelid = t.oid
    WHERE k.contype IN ('c', 'u', 'p', 'f', 'x')
UNION ALL SELECT 'index', c.relname::text, pg_get_indexdef(i.indexrelid),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM t JOIN pg_index i ON i.indrelid = t.oid
    JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = t.oid)
UNION ALL SELECT 'option', split_part(o, '=', 1), split_part(o, '=', 2),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM t, unnest(t.reloptions) AS o
UNION ALL SELECT 'option', 'unlogged', 'true',
    NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM t WHERE t.relpersistence = 'u'
"""
_ALL = _TABLE + _COLUMNS + _OTHERS
_CONSTRAINTS = {
    "constraint c": "check",
    "constraint u": "unique",
    "constraint p": "primary key",
    "constraint f": "foreign key",
    "constraint x": "exclusion",
}
_QUALIFIED = re.compile(r"^(\w+|\"[^\"]+\")\.(?=[\w\"])")
"""The schema of a type; Alembic compares it."""
_LIST = re.compile(r"\(ARRAY\[((?:'(?:[^']|'')*'::[\w ]+(?:, )?)+)\]\)::([\w ]+)\[\]")
_ITEM = re.compile(r"'(?:[^']|'')*'::[\w ]+")
_OID = """
SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = :name AND n.nspname = :schema AND c.relkind IN ('r', 'p')
"""
_TEMPORARY = """
SELECT c.oid FROM pg_class c WHERE c.relname = :name AND c.relnamespace = pg_my_temp_schema()
"""


def spelled(connection: sa.Connection, name: str, schema: str | None) -> Spelling:
    """Read a live table. Read-only."""
    place = schema or connection.dialect.default_schema_name
    oid = connection.scalar(sa.text(_OID), {"name": name, "schema": place})
    return _read(connection, oid, place)


def spelled_temporary(connection: sa.Connection, name: str) -> Spelling:
    """Read a temporary table of this connection. Read-only."""
    oid = connection.scalar(sa.text(_TEMPORARY), {"name": name})
    return _read(connection, oid, None)


def _read(connection: sa.Connection, oid: Any, schema: str | None) -> Spelling:
    quoted = connection.dialect.identifier_preparer.quote(schema) if schema else "pg_temp"
    places = re.compile(
        rf"(?<![\w\".])({re.escape(quoted)}|public|pg_temp|pg_temp_\d+)\.(?=[\w\"])"
        r"|(?<=::)(\w+|\"[^\"]+\")\.(?=[\w\"])"  # a type may be in a schema of its own
    )
    found = connection.execute(sa.text(_ALL), {"oid": oid})
    rows = [row for line in found for row in _rows(line)]
    return frozenset(
        Row(row.kind, row.name, _settled(_without(places, row.text)), _without(places, row.sql))
        for row in rows
    )


def _without(places: re.Pattern[str], sql: str) -> str:
    """Take the names of schemas away, but for those in a text between quotes."""
    parts = re.split(r"('(?:[^']|'')*'(?!::regclass))", sql)
    return "".join(part if at % 2 else places.sub("", part) for at, part in enumerate(parts))


def _settled(text: str) -> str:
    """Spell a list as PostgreSQL does when it reads its own spelling again: a cast of each item."""
    return _LIST.sub(
        lambda found: (
            "ARRAY[" + ", ".join(f"({item})::{found[2]}" for item in _ITEM.findall(found[1])) + "]"
        ),
        text,
    )


def _rows(line: Any) -> Iterator[Row]:
    if line.kind == "column":
        yield from _of_column(line)
    elif line.kind == "index":
        unique = "UNIQUE " if line.text.startswith("CREATE UNIQUE") else ""
        yield Row("index", line.name, unique + line.text.partition(" USING ")[2], line.text)
    elif line.kind in _CONSTRAINTS:
        kind = _CONSTRAINTS[line.kind]
        text = line.text.removesuffix(" NOT VALID")
        name = "" if kind == "primary key" else line.name
        yield Row(kind, name, text, _condition(text) if kind == "check" else line.name)
    else:
        yield Row(line.kind, line.name, line.text)


def _condition(definition: str) -> str:
    """Give the condition of a CHECK without its parentheses."""
    return definition.removeprefix("CHECK (").removesuffix(" NO INHERIT").removesuffix(")")


def _of_column(line: Any) -> Iterator[Row]:
    type_ = _QUALIFIED.sub("", line.text)
    yield Row("type", line.name, type_, type_)
    if line.needed:
        yield Row("null", line.name, "NOT NULL")
    if line.collation:
        yield Row("collation", line.name, line.collation)
    if line.identity:
        when = "ALWAYS" if line.identity == "a" else "BY DEFAULT"
        yield Row("identity", line.name, f"{when} {line.options}")
    elif line.generated:
        kept = "STORED" if line.generated == "s" else "VIRTUAL"
        yield Row("computed", line.name, f"({line.expression}) {kept}", line.expression)
    elif line.serial and line.expression and line.expression.startswith("nextval("):
        yield Row("identity", line.name, "SERIAL", line.expression)
    elif line.expression is not None:
        yield Row("default", line.name, line.expression, line.expression)
