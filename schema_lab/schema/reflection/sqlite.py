"""SQLite's keys, constraints and indexes: PRAGMAs tell what they are, the schema's SQL their names.

SQLAlchemy finds the names, CHECKs and generated columns by patterns that a quote, a bracket or a
comma defeats, and it leaves out indexes on expressions and DESC: a listing would show less than
there is, and a table that batch mode copies would lose it.
https://github.com/sqlalchemy/sqlalchemy/issues/8804
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.reflection.sqlite_schema import Token, group_of, parts_of
from schema_lab.schema.sql_text import as_text

FOREIGN_KEYS = (
    'SELECT id, "table", "from", "to", on_update, on_delete'
    " FROM pragma_foreign_key_list({table}) ORDER BY id DESC, seq"
)
TABLE_SQL = "SELECT sql FROM {master} WHERE type = 'table' AND lower(name) = lower(?)"
LISTED = (
    'SELECT list.name, list."unique", list.origin, master.sql'
    " FROM pragma_index_list({table}) AS list LEFT JOIN {master} AS master"
    " ON master.name = list.name AND master.type = 'index'"
    " ORDER BY list.name"
)
KEYS = 'SELECT cid, name, "desc" FROM pragma_index_xinfo({table}) WHERE key ORDER BY seqno'
_PRIMARY = "SELECT name FROM pragma_table_info({table}) WHERE pk ORDER BY pk"


def statement(query: str, quoted_schema: str = "") -> str:
    """Give a query on a schema: that of an attached file, or the one that SQLite looks in first.

    Examples
    --------
    >>> statement("SELECT sql FROM {master} JOIN pragma_table_info({table})", '"archive"')
    'SELECT sql FROM "archive".sqlite_master JOIN pragma_table_info(?, ?)'
    """
    if not quoted_schema:
        return query.format(table="?", master="sqlite_master")
    return query.format(table="?, ?", master=f"{quoted_schema}.sqlite_master")


@dataclass(frozen=True)
class _Table:
    """A live table, and how the database is asked about it."""

    connection: Any
    name: str
    schema: str | None = None

    def ask(self, query: str, name: str | None = None) -> list[Any]:
        """Give the rows of a query about the table, or about another object of its schema."""
        asked = self.name if name is None else name
        if self.schema is None:
            return list(self.connection.exec_driver_sql(statement(query), (asked,)))
        quoted = self.connection.dialect.identifier_preparer.quote_identifier(self.schema)
        place = (asked, self.schema) if "{table}" in query else (asked,)
        return list(self.connection.exec_driver_sql(statement(query, quoted), place))

    @property
    def sql(self) -> str:
        """The text of its CREATE TABLE."""
        return next((str(sql or "") for (sql,) in self.ask(TABLE_SQL)), "")


# foreign keys ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Written:
    """What only the SQL tells of a foreign key."""

    name: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def foreign_keys(
    connection: sa.Connection, table: str, schema: str | None = None
) -> list[dict[str, Any]]:
    """List the foreign keys of a table in the form of `Inspector.get_foreign_keys`. Read-only."""
    live = _Table(connection, table, schema)
    keys = [list(rows) for _, rows in groupby(live.ask(FOREIGN_KEYS), key=lambda row: row[0])]
    written = _written_keys(live.sql) if keys else []
    if len(written) != len(keys):  # SQL that cannot be read: no name is better than a wrong one
        written = [_Written() for _ in keys]
    return [_foreign_key(live, *pair) for pair in zip(keys, written, strict=True)]


def _foreign_key(live: _Table, rows: Sequence[Any], written: _Written) -> dict[str, Any]:
    _, referred_table, _, _, on_update, on_delete = rows[0]
    referred = [row[3] for row in rows]
    if referred[0] is None:
        referred = [name for (name,) in live.ask(_PRIMARY, referred_table)]
    actions = {"onupdate": on_update, "ondelete": on_delete}
    taken = {
        event: action for event, action in actions.items() if action not in (None, "NO ACTION")
    }
    return {
        "name": written.name,
        "constrained_columns": [row[2] for row in rows],
        "referred_schema": live.schema,
        "referred_table": referred_table,
        "referred_columns": referred,
        "options": {**taken, **written.options},
    }


def _written_keys(sql: str) -> list[_Written]:
    """Read each foreign key of a CREATE TABLE, in the order of the text."""
    return [
        _written_key(sql, definition, place)
        for definition in parts_of(sql)[0]
        for place, token in enumerate(definition)
        if token.says("references")
    ]


def _written_key(sql: str, definition: Sequence[Token], place: int) -> _Written:
    of_table = [before for before in range(place) if definition[before].says("foreign")]
    start = of_table[-1] if of_table else place
    words = [token.key for token in definition[place + 1 :] if token.kind == "word"]
    if "references" in words:
        words = words[: words.index("references")]
    return _Written(_name_before(sql, definition, start), _timing(words))


def _timing(words: Sequence[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if "deferrable" in words:
        place = words.index("deferrable")
        options["deferrable"] = words[place - 1 : place] != ["not"]
    if "initially" in words:
        options["initially"] = words[words.index("initially") + 1].upper()
    return options


def _name_before(sql: str, definition: Sequence[Token], place: int) -> str | None:
    """Give the name of the constraint that begins at a token: CONSTRAINT and a name before it."""
    named = place > 1 and definition[place - 2].says("constraint")
    return definition[place - 1].text_in(sql) if named else None


# unique constraints, primary keys, CHECKs, generated columns --------------------------------------


def unique_constraints(
    connection: sa.Connection, table: str, schema: str | None = None
) -> list[dict[str, Any]]:
    """List the unique constraints of a table, as `Inspector.get_unique_constraints`. Read-only.

    One with the columns of the primary key has no index of its own.
    """
    live = _Table(connection, table, schema)
    listed = live.ask(LISTED)
    indexes = [(name, origin) for name, _, origin, _ in listed if origin in ("u", "pk")]
    names = dict(_uniques(live.sql)) if indexes and "unique" in live.sql.lower() else {}
    found = []
    for index, origin in indexes:
        columns = [name for _, name, _ in live.ask(KEYS, index)]
        if origin == "u" or _lowered(columns) in names:
            found.append({"name": names.get(_lowered(columns)), "column_names": columns})
    return found


def _lowered(names: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(name).lower() for name in names)


def _uniques(sql: str) -> list[tuple[tuple[str, ...], str | None]]:
    """List the unique constraints of a CREATE TABLE by their columns, those with names last."""
    found = [
        (
            _lowered(_columns(definition[place + 1 :]) or [definition[0].text_in(sql)]),
            _name_before(sql, definition, place),
        )
        for definition in parts_of(sql)[0]
        for place, token in enumerate(definition)
        if token.says("unique")
    ]
    return sorted(found, key=lambda unique: unique[1] is not None)


def _columns(rest: list[Token]) -> list[str]:
    """Name the columns that UNIQUE lists; none where it stands behind one column."""
    group = group_of(rest)
    pairs = pairwise(group)
    return [token.name for before, token in pairs if before.says("(") or before.says(",")]


def primary_key_name(connection: sa.Connection, table: str, schema: str | None) -> str | None:
    """Give the name of a table's primary key, where its SQL gives one. Read-only."""
    sql = _Table(connection, table, schema).sql
    names = (
        _name_before(sql, definition, place)
        for definition in parts_of(sql)[0]
        for place, token in enumerate(definition)
        if token.says("primary")
    )
    return next(names, None)


def check_constraints(
    connection: sa.Connection, table: str, schema: str | None = None
) -> list[dict[str, Any]]:
    """List the CHECKs of a table, as `Inspector.get_check_constraints`. Read-only."""
    sql = _Table(connection, table, schema).sql
    found = [
        {"sqltext": _inside(sql, group), "name": _name_before(sql, definition, place)}
        for definition in parts_of(sql)[0]
        for place, token in enumerate(definition)
        if token.says("check") and (group := group_of(definition[place + 1 :]))
    ]
    return sorted(found, key=lambda check: check["name"] or "~")


def generated_columns(
    connection: sa.Connection, table: str, schema: str | None = None
) -> dict[str, str]:
    """Give the expression of each generated column of a table, by its name. Read-only."""
    sql = _Table(connection, table, schema).sql
    return {
        definition[0].text_in(sql): _inside(sql, group)
        for definition in parts_of(sql)[0]
        for place, token in enumerate(definition)
        if token.says("as") and (group := group_of(definition[place + 1 :]))
    }


def _inside(sql: str, group: Sequence[Token]) -> str:
    return sql[group[0].end : group[-1].start].strip()


# indexes -----------------------------------------------------------------------------------------


def indexes(
    connection: sa.Connection, table: str, schema: str | None = None
) -> list[dict[str, Any]]:
    """List the indexes of a table in the form of `Inspector.get_indexes`. Read-only.

    Expressions and conditions are escaped for `sa.text`; see `as_text`.
    """
    live = _Table(connection, table, schema)
    return [
        _index(live, name, bool(unique), sql)
        for name, unique, origin, sql in live.ask(LISTED)
        if origin == "c"
    ]


def _index(live: _Table, name: str, unique: bool, sql: str) -> dict[str, Any]:
    keys = live.ask(KEYS, name)
    if _is_plain(sql, keys):
        return _plain_index(name, unique, keys)
    terms, rest = parts_of(sql)
    columns: list[str | None] = []
    expressions: list[str] = []
    sorting: dict[str, tuple[str, ...]] = {}
    for term, (number, column, descending) in zip(terms, keys, strict=True):
        is_plain = number >= 0 and not any(token.says("collate") for token in term[1:])
        spelled = column if is_plain else as_text(sql[term[0].start : term[-1].end])
        columns.append(column if is_plain else None)
        expressions.append(spelled)
        if is_plain and descending:
            sorting[spelled] = ("desc",)
    found: dict[str, Any] = {"name": name, "unique": unique, "column_names": columns}
    if None in columns:
        found["expressions"] = expressions
    if sorting:
        found["column_sorting"] = sorting
    where = next((token for token in rest if token.says("where")), None)
    condition = sa.text(as_text(sql[where.end :].strip())) if where else None
    found["dialect_options"] = {} if condition is None else {"sqlite_where": condition}
    return found


def _is_plain(sql: str, keys: Sequence[Any]) -> bool:
    """Say whether an index has columns alone, without a word on how they compare or on rows."""
    said = sql.lower()
    return "collate" not in said and "where" not in said and all(cid >= 0 for cid, _, _ in keys)


def _plain_index(name: str, unique: bool, keys: Sequence[Any]) -> dict[str, Any]:
    columns = [column for _, column, _ in keys]
    found = {"name": name, "unique": unique, "column_names": columns, "dialect_options": {}}
    sorting = {column: ("desc",) for _, column, descending in keys if descending}
    return {**found, "column_sorting": sorting} if sorting else found
