"""Views: which tables and columns they read, and the statements that make them. Read-only.

https://www.postgresql.org/docs/current/catalog-pg-rewrite.html
https://mariadb.com/kb/en/information-schema-views-table/
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.database import is_mysql

Statements = tuple[tuple[str, str], ...]

_POSTGRESQL = """
WITH RECURSIVE reads AS (
  SELECT DISTINCT r.ev_class AS view, n.nspname AS schema, t.relname AS table,
         a.attname AS column, 1 AS depth
  FROM pg_depend d
  JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = CAST('pg_rewrite' AS regclass)
  JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = CAST('pg_class' AS regclass)
  JOIN pg_namespace n ON n.oid = t.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
  WHERE r.ev_class <> d.refobjid AND t.relkind IN ('r', 'p')
  UNION
  SELECT r.ev_class, s.schema, s.table, s.column, s.depth + 1
  FROM reads s
  JOIN pg_depend d ON d.refobjid = s.view AND d.refclassid = CAST('pg_class' AS regclass)
  JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = CAST('pg_rewrite' AS regclass)
  WHERE r.ev_class <> s.view
)
SELECT format('%s', s.view::regclass) AS name, s.schema, s.table, s.column,
       max(s.depth) AS depth,
       'CREATE VIEW ' || s.view::regclass
         || coalesce(' WITH (' || array_to_string(v.reloptions, ', ') || ')', '')
         || ' AS ' || btrim(pg_get_viewdef(s.view), ' ;') AS sql,
       v.relkind <> 'v' AS stored,
       v.relacl IS NOT NULL OR obj_description(v.oid, 'pg_class') IS NOT NULL
         OR EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgrelid = v.oid) AS has_more
FROM reads s JOIN pg_class v ON v.oid = s.view
GROUP BY s.view, s.schema, s.table, s.column, v.oid, v.reloptions, v.relkind, v.relacl
ORDER BY 1
"""
_MARIADB = """
SELECT table_name AS name, view_definition AS text FROM information_schema.views
WHERE table_schema = DATABASE() ORDER BY table_name
"""
_SQLITE = "SELECT name, sql, type, tbl_name FROM sqlite_master WHERE type IN ('view', 'trigger')"
_COLUMN = re.compile(r"`((?:[^`]|``)+)`\.`((?:[^`]|``)+)`(?!\.)")


@dataclass(frozen=True)
class View:
    """A view that reads a column of a table; None where the column is not known.

    `statements` are pairs of SQL that drop the view, with its triggers, and create it again.
    `depth` is greater for a view that reads the table through another view. `why` says what
    creating it again would lose.
    """

    name: str
    table: tuple[str | None, str]
    column: str | None
    statements: Statements
    depth: int = 1
    why: str = ""

    def reads(self, table: tuple[str | None, str], column: str | None) -> bool:
        """Say whether the view reads a column; None stands for any column of the table."""
        return self.table == table and (None in (column, self.column) or self.column == column)


def views_in(connection: sa.Connection) -> list[View]:
    """List what the views of a database read; the default schema is None. Read-only."""
    if connection.dialect.name == "postgresql":
        return list(_on_postgresql(connection))
    if is_mysql(connection.dialect.name):
        return list(_on_mariadb(connection))
    return list(_on_sqlite(connection)) if connection.dialect.name == "sqlite" else []


def once_each(views: Iterable[View]) -> list[View]:
    """Give each view once, those that read other views first.

    Examples
    --------
    >>> reads = [View(name, (None, "t"), "n", (), depth) for name, depth in [("v", 1), ("w", 2)]]
    >>> [view.name for view in once_each([*reads, *reads])]
    ['w', 'v']
    """
    deepest: dict[str, View] = {}
    for view in views:
        if view.name not in deepest or deepest[view.name].depth < view.depth:
            deepest[view.name] = view
    return sorted(deepest.values(), key=lambda view: (-view.depth, view.name))


def _on_postgresql(connection: sa.Connection) -> Iterator[View]:
    default = connection.dialect.default_schema_name
    for row in connection.execute(sa.text(_POSTGRESQL)).mappings():
        why = ""
        if row["stored"]:
            why = "a materialized view would lose its rows and indexes"
        elif row["has_more"]:
            why = "its privileges, comment or triggers would be lost"
        place = (None if row["schema"] == default else row["schema"], row["table"])
        kind = "MATERIALIZED VIEW" if row["stored"] else "VIEW"
        made = (
            (f"DROP {kind} {row['name']}", row["sql"].replace("CREATE VIEW", f"CREATE {kind}", 1)),
        )
        yield View(row["name"], place, row["column"], made, row["depth"], why)


def _on_sqlite(connection: sa.Connection) -> Iterator[View]:
    found = connection.execute(sa.text(_SQLITE)).all()
    quote = connection.dialect.identifier_preparer.quote
    views = {name: sql for name, sql, kind, _ in found if kind == "view"}
    if not views:
        return
    inspector = sa.inspect(connection)
    tables = inspector.get_table_names()
    for name, own_text in views.items():
        triggers = [
            (f"DROP TRIGGER {quote(own)}", sql)
            for own, sql, kind, table in found
            if kind == "trigger" and table == name
        ]
        made = (*triggers, (f"DROP VIEW {quote(name)}", own_text))
        for table, depth, text in _read_by(name, views, tables):
            columns = [column["name"] for column in inspector.get_columns(table)]
            listed: list[str | None] = [column for column in columns if _says(text, column)]
            for column in listed if "*" not in text else [None]:
                yield View(quote(name), (None, table), column, made, depth)


def _read_by(name: str, views: dict[str, str], tables: list[str]) -> Iterator[tuple[str, int, str]]:
    """Give the tables that a view reads, itself or through other views, and the text that does."""
    seen, todo, depth = {name}, [name], 1
    while todo:
        texts, todo = [views[view] for view in todo], []
        for text in texts:
            yield from ((table, depth, text) for table in tables if _says(text, table))
            todo += [view for view in views if view not in seen and _says(text, view)]
        seen |= set(todo)
        depth += 1


def _says(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))


def _on_mariadb(connection: sa.Connection) -> Iterator[View]:
    quote = connection.dialect.identifier_preparer.quote
    place = f"`{str(connection.scalar(sa.text('SELECT DATABASE()'))).replace('`', '``')}`."
    found = {name: text.replace(place, "") for name, text in connection.execute(sa.text(_MARIADB))}
    for name, own in found.items():
        made = ((f"DROP VIEW {quote(name)}", f"CREATE VIEW {quote(name)} AS {own}"),)
        seen, todo, depth = {name}, [own], 1
        while todo:
            pairs = {pair for text in todo for pair in _COLUMN.findall(text)}
            for table, column in sorted(pairs):
                yield View(quote(name), (None, table), column, made, depth)
            deeper = {table for table, _ in pairs if table in found} - seen
            seen, todo, depth = seen | deeper, [found[view] for view in sorted(deeper)], depth + 1
