"""Did a statement in doubt run? What a DDL statement changes on MariaDB and MySQL, before and now.

After a kill, at most one statement of a journal is in doubt. Most statements change what the server
says of the objects that they name. Others exchange or replace objects of one shape, such as RENAME
TABLE of two tables, EXCHANGE PARTITION, TRUNCATE or CREATE OR REPLACE TABLE. Those change InnoDB's
ids of tables, which only a user with the right PROCESS can read. Where nothing tells, the answer is
unknown, and the lab asks instead of guessing.
https://mariadb.com/kb/en/information-schema-innodb_sys_tables-table/
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

from schema_lab.migrate.statements import uncommented

# ruff: noqa: S608 - only placeholders and quoted names are put into these queries

Ask = Callable[..., list[Any]]
"""Runs a query with parameters, and gives its rows."""

_HALF = 31
_BETWEEN = ":"
_UNKNOWN = "?"


class Effect(Enum):
    """How one can tell later whether a statement ran."""

    SHOWN = "in definitions and names, or a second run changes nothing more"
    MOVED = "in the ids of tables"
    HIDDEN = "in nothing that is sure"


_MOVES = re.compile(
    r"TRUNCATE\b|CREATE\s+OR\s+REPLACE\s+(TEMPORARY\s+)?(TABLE|SEQUENCE)\b"
    r"|RENAME\s+TABLES?\b.*,"
    r"|ALTER\b.*\b(EXCHANGE|TRUNCATE|DISCARD|IMPORT)\b",
    re.IGNORECASE | re.DOTALL,
)
_HIDES = re.compile(
    r"ALTER\b.*\b(CHANGE|RENAME\s+COLUMN)\b.*\b(CHANGE|RENAME\s+COLUMN)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Two columns can exchange their names; InnoDB stores that beside its lists."""
_SHOWS = re.compile(
    r"(CREATE|ALTER|DROP|RENAME|GRANT|REVOKE|OPTIMIZE|CHECK|REPAIR|FLUSH|LOCK|UNLOCK|KILL|RESET"
    r"|ANALYZE\s+(LOCAL\s+|NO_WRITE_TO_BINLOG\s+)?TABLES?)\b",
    re.IGNORECASE,
)


def effect_of(statement: str) -> Effect:
    """Say how one can tell later whether a DDL statement ran.

    Examples
    --------
    >>> effect_of("RENAME TABLE a TO c, b TO a, c TO b").name
    'MOVED'
    >>> effect_of("ALTER TABLE users ADD COLUMN plan INT").name
    'SHOWN'
    >>> effect_of("EXECUTE IMMEDIATE @text").name
    'HIDDEN'
    """
    text = uncommented(statement)
    if _MOVES.match(text):
        return Effect.MOVED
    shows = _SHOWS.match(text) and not _HIDES.match(text)
    return Effect.SHOWN if shows else Effect.HIDDEN


def trace(ask: Ask, statement: str, ignored: str) -> str:
    """Hash what a DDL statement can change, in at most 64 characters. Read-only.

    Parameters
    ----------
    ask
        Runs a query on the migrating connection.
    statement
        The statement, as the driver sends it.
    ignored
        The table that is left out: the journal.
    """
    words = _words(statement)
    tables = [row for row in _tables(ask, words) if row[1] != ignored]
    definitions = [_definition(ask, schema, name, kind) for schema, name, kind, _ in tables]
    places, twice = _places(words), tuple(words) * 2
    beside = [ask(query.format(places), twice) for query in (_TRIGGERS, _ROUTINES)]
    shown = _hash((repr(tables), *map(repr, definitions), *map(repr, beside)))
    if effect_of(statement) is not Effect.MOVED:
        return f"{shown}{_BETWEEN}"
    moved = _objects(ask, tables)
    return f"{shown}{_BETWEEN}{_UNKNOWN if moved is None else _hash(map(repr, moved))}"


def has_run(before: str, now: str, statement: str) -> bool | None:
    """Say whether a statement ran, from its traces before it and now; None where nothing tells.

    Examples
    --------
    >>> has_run("aa:", "bb:", "ALTER TABLE users ADD COLUMN plan INT")
    True
    >>> print(has_run("aa:?", "aa:?", "TRUNCATE TABLE users"))
    None
    """
    if _BETWEEN not in before:  # written by an older version of the lab, which saw less
        return None
    (shown, moved), (shown_now, moved_now) = (half.split(_BETWEEN) for half in (before, now))
    if shown != shown_now:
        return True
    effect = effect_of(statement)
    if effect is Effect.SHOWN:
        return False
    if effect is Effect.HIDDEN or _UNKNOWN in (moved, moved_now):
        return None
    return moved != moved_now


_QUOTED = re.compile(r"`((?:[^`]|``)+)`|([\w$]+)")


def _words(statement: str) -> list[str]:
    """List what may be a name in a statement: of a table, a schema, a trigger, a routine."""
    found = _QUOTED.findall(statement.replace("%%", "%"))
    return sorted({quoted.replace("``", "`") or bare for quoted, bare in found}) or [""]


def _tables(ask: Ask, words: list[str]) -> list[Any]:
    """List the named tables: schema, name, type and the name of their file."""
    return ask(
        "SELECT table_schema, table_name, table_type,"
        " CONCAT(CAST(CONVERT(table_schema USING filename) AS BINARY), '/',"
        " CAST(CONVERT(table_name USING filename) AS BINARY))"
        " FROM information_schema.tables"
        f" WHERE (table_schema = DATABASE() OR table_schema IN ({_places(words)}))"
        f" AND table_name IN ({_places(words)}) ORDER BY 1, 2",
        tuple(words) * 2,
    )


def _definition(ask: Ask, schema: str, name: str, kind: str) -> Any:
    """Give what the server says of a table, without AUTO_INCREMENT, which moves with rows."""
    quoted = ".".join("`" + part.replace("`", "``") + "`" for part in (schema, name))
    what = "VIEW" if kind == "VIEW" else "TABLE"
    return re.sub(r" AUTO_INCREMENT=\d+", "", repr(ask(f"SHOW CREATE {what} {quoted}")))


_TRIGGERS = (
    "SELECT trigger_name, event_manipulation, event_object_table, MD5(action_statement)"
    " FROM information_schema.triggers WHERE trigger_schema = DATABASE()"
    " AND (trigger_name IN ({0}) OR event_object_table IN ({0})) ORDER BY 1"
)
_ROUTINES = (
    "SELECT routine_name, routine_type, MD5(routine_definition) FROM information_schema.routines"
    " WHERE routine_schema = DATABASE() AND (routine_name IN ({0}) OR specific_name IN ({0}))"
    " ORDER BY 1, 2"
)


_INNODB = ("innodb_sys_tables", "innodb_tables")
"""MariaDB's name of InnoDB's list of tables, and MySQL's."""

_NOT_LISTED = ((1109,), (1227,))
"""The error numbers of a list that does not exist, and of the right PROCESS that is missing."""


def _objects(ask: Ask, tables: list[Any]) -> list[Any] | None:
    """List the ids of the named tables and of their partitions.

    None where the user may not read them, or a table has no id, since InnoDB does not store it.
    """
    files = {_text(file).lower() for _, _, kind, file in tables if kind != "VIEW"}
    for listed in _INNODB:
        try:
            rows = ask(f"SELECT name, table_id FROM information_schema.{listed} ORDER BY 1")
        except Exception as error:
            if error.args[:1] not in _NOT_LISTED:
                raise
            continue
        found = [row for row in rows if _file(row[0]) in files]
        return found if {_file(name) for name, _ in found} == files else None
    return None


def _file(name: str | bytes) -> str:
    """Give a table's file as InnoDB names it, without its partition."""
    return re.split("#p#", _text(name).lower())[0]


def _text(name: str | bytes) -> str:
    return name.decode("latin-1") if isinstance(name, bytes) else name


def _places(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_HALF]
