"""The parts of a table as SQL: columns, constraints and indexes as the database spells them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.compare.spelled_models import enum_types_of
from schema_lab.database import is_mysql
from schema_lab.schema.spelling import Row, Spelling
from schema_lab.schema.sql_text import literal
from schema_lab.schema.words import TableKey

_SERIAL = {"integer": "SERIAL", "bigint": "BIGSERIAL", "smallint": "SMALLSERIAL"}
_OF_TABLE = ("primary key", "unique", "check", "exclusion", "foreign key", "index", "option")
_IDENTITY = re.compile(r"(ALWAYS|BY DEFAULT) (\S+) (\S+) (\S+) (\S+) (\S+) ([tf])")


@dataclass(frozen=True)
class Part:
    """A column, constraint, option, index or comment of a table, and its SQL."""

    kind: str
    name: str
    sql: str

    @property
    def is_statement(self) -> bool:
        """Whether it stands outside of CREATE TABLE; an index of MariaDB stands within."""
        return self.kind == "comment" or (self.kind == "index" and self.sql.startswith("CREATE "))


@dataclass(frozen=True)
class TableDefinition:
    """A table with its parts: columns in their order, then the others by kind and name."""

    key: TableKey
    quoted: str
    parts: tuple[Part, ...]

    @property
    def sql(self) -> str:
        """The table as statements."""
        statements = [part.sql for part in self.parts if part.is_statement]
        options = "".join(f" {part.sql}" for part in self.parts if part.kind == "option")
        body = ",\n".join(
            f"    {part.sql}"
            for part in self.parts
            if part.kind != "option" and not part.is_statement
        )
        create = f"CREATE TABLE {self.quoted} (\n{body}\n){options}"
        return "\n".join(f"{statement};" for statement in (create, *statements))


def definition_of(
    key: TableKey, table: sa.Table, rows: Spelling, dialect: sa.Dialect
) -> TableDefinition:
    """Define a table by its columns and by the rows that its database gives for it."""
    quote = dialect.identifier_preparer.quote
    quoted = ".".join(quote(name) for name in key if name)
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    others = list[Row]()
    for row in rows:
        invisible = row.kind == "option" and row.name in table.columns and row.text == "INVISIBLE"
        if row.kind in _OF_TABLE and not invisible:
            others.append(row)
        else:
            columns[row.name][row.kind] = row.text
    others.sort(key=lambda row: (_OF_TABLE.index(row.kind), row.name, row.text))
    spell = _on_mariadb if is_mysql(dialect.name) else _SPELLERS[dialect.name]
    parts = [
        Part("column", column.name, " ".join(_clauses(column, columns[column.name], dialect)))
        for column in table.columns
    ]
    parts += [Part(row.kind, row.name, spell(row, quote(row.name), quoted)) for row in others]
    return TableDefinition(key, quoted, (*parts, *_comments(table, quoted, dialect)))


def enums_of(tables: Iterable[sa.Table], dialect: sa.Dialect) -> tuple[str, ...]:
    """Give the enum types of the columns of tables as CREATE TYPE, on PostgreSQL."""
    if dialect.name != "postgresql":
        return ()
    found = {
        f"CREATE TYPE {type_.name} AS ENUM ({', '.join(map(literal, type_.enums))});"
        for table in tables
        for type_ in enum_types_of(table, dialect)
    }
    return tuple(sorted(found))


def _clauses(
    column: "sa.Column[object]", said: Mapping[str, str], dialect: sa.Dialect
) -> Iterator[str]:
    of_mysql = is_mysql(dialect.name)
    type_, identity = said.get("type", ""), said.get("identity", "")
    yield dialect.identifier_preparer.quote(column.name)
    yield _SERIAL.get(type_, type_) if identity == "SERIAL" else type_
    if "collation" in said:
        yield said["collation"] if of_mysql else f"COLLATE {said['collation']}"
    if "computed" in said:
        yield f"GENERATED ALWAYS AS {said['computed']}"
    if "null" in said:
        yield said["null"].upper()
    if "default" in said:
        yield f"DEFAULT {said['default']}"
    if identity and identity != "SERIAL":
        yield _identity(identity)
    if "on update" in said:
        yield f"ON UPDATE {said['on update']}"
    if "option" in said:
        yield said["option"]
    if column.comment and of_mysql:
        yield f"COMMENT {literal(column.comment)}"


def _identity(text: str) -> str:
    """Say AUTO_INCREMENT, AUTOINCREMENT, or an identity with the numbers of its sequence.

    Examples
    --------
    >>> _identity("ALWAYS 1 1 1 9 1 f")
    'GENERATED ALWAYS AS IDENTITY (START 1 INCREMENT 1 MINVALUE 1 MAXVALUE 9 CACHE 1)'
    """
    found = _IDENTITY.fullmatch(text)
    if found is None:
        return text.upper()
    when, start, step, least, most, cache, again = found.groups()
    cycle = " CYCLE" if again == "t" else ""
    return (
        f"GENERATED {when} AS IDENTITY (START {start} INCREMENT {step} "
        f"MINVALUE {least} MAXVALUE {most} CACHE {cache}{cycle})"
    )


def _named(name: str, text: str) -> str:
    return f"CONSTRAINT {name} {text}" if name not in ("", '""') else text


def _on_sqlite(row: Row, name: str, table: str) -> str:
    if row.kind == "option":
        return row.name.upper()
    if row.kind == "index":
        unique = "UNIQUE " if row.text.startswith("unique ") else ""
        return f"CREATE {unique}INDEX {name} ON {table} {row.text.removeprefix('unique ')}"
    text = f"({row.text})" if row.kind == "check" else row.text
    return _named(name, f"{row.kind.upper()} {text}")


def _on_postgresql(row: Row, name: str, table: str) -> str:
    if row.kind == "option":
        return "UNLOGGED" if row.name == "unlogged" else f"WITH ({row.name}={row.text})"
    return row.sql if row.kind == "index" else _named(name, row.text)


def _on_mariadb(row: Row, name: str, table: str) -> str:
    if row.kind == "option":
        return f"{row.name.upper()}={row.text}"
    text = re.sub(r"\)(?=\w)", ") ", re.sub(r"(?<=\w)\(", " (", row.text))
    if row.kind in ("unique", "index"):
        word, _, rest = text.partition("(")
        return f"{word.strip()} {name} ({rest}"
    return _named(name, f"FOREIGN KEY {text}" if row.kind == "foreign key" else text)


_SPELLERS = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


def _comments(table: sa.Table, quoted: str, dialect: sa.Dialect) -> Iterator[Part]:
    """Give the comments that are statements or options of their own; SQLite keeps none."""
    if is_mysql(dialect.name):
        if table.comment:
            yield Part("option", "comment", f"COMMENT={literal(table.comment)}")
    elif dialect.name == "postgresql":
        if table.comment:
            text = literal(table.comment)
            yield Part("comment", table.name, f"COMMENT ON TABLE {quoted} IS {text}")
        for column in table.columns:
            if column.comment:
                place = f"{quoted}.{dialect.identifier_preparer.quote(column.name)}"
                text = literal(column.comment)
                yield Part("comment", column.name, f"COMMENT ON COLUMN {place} IS {text}")
