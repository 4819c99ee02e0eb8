"""The statements that make a row of a live table into the model's row, on each dialect.

None says that there is no such statement. SQLite needs none: a table is copied as a whole.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab.compare.whole_difference import Difference
from schema_lab.database import is_mysql
from schema_lab.schema.spelling import Row, Spelling


def statements_for(
    item: Difference, table: sa.Table, here: Spelling, there: Spelling, dialect: sa.Dialect
) -> list[str] | None:
    """Give the statements that make `item.before` into `item.after`.

    Parameters
    ----------
    item
        What differs.
    table
        The live table, by name.
    here, there
        All rows before, and after.
    dialect
        The dialect of the database.
    """
    if dialect.name == "sqlite":
        return []
    place = _Place(table, here, there, dialect)
    if is_mysql(dialect.name):
        return list(place.mariadb(item))
    return list(place.postgresql(item))


class _Place:
    """The table that statements are about, with its rows before and after."""

    def __init__(
        self, table: sa.Table, here: Spelling, there: Spelling, dialect: sa.Dialect
    ) -> None:
        preparer = dialect.identifier_preparer
        self.quote = preparer.quote
        self.table = preparer.format_table(table)
        self.name, self.schema = table.name, table.schema
        self.here = {row.key: row for row in here}
        self.there = {row.key: row for row in there}
        self.dialect = dialect

    @property
    def alter(self) -> str:
        """How every statement begins."""
        return f"ALTER TABLE {self.table}"

    def postgresql(self, item: Difference) -> Iterator[str]:
        """Give PostgreSQL's statements."""
        kind = item.row.kind
        if kind == "primary key":
            yield from self._key(item)
        elif kind == "exclusion":
            name = self.quote(item.row.name)
            if item.before:
                yield f"{self.alter} DROP CONSTRAINT {name}"
            if item.after:
                yield f"{self.alter} ADD CONSTRAINT {name} {item.after.text}"
        elif kind == "computed":
            yield from self._computed(item)
        elif kind == "identity":
            yield from self._identity(item)
        elif kind == "option":
            yield from self._option(item)

    def _key(self, item: Difference) -> Iterator[str]:
        if item.before:
            yield f"{self.alter} DROP CONSTRAINT {self.quote(item.before.sql)}"
        if item.after:
            yield f"{self.alter} ADD CONSTRAINT {self.quote(item.after.sql)} {item.after.text}"

    def _computed(self, item: Difference) -> Iterator[str]:
        """Make the column anew; the values of a computed column come from its expression."""
        name, column = item.row.name, self.quote(item.row.name)
        if item.after is None:
            yield f"{self.alter} ALTER COLUMN {column} DROP EXPRESSION"
            return
        expression, _, kept = item.after.text.rpartition(" ")
        version = self.dialect.server_version_info or ()
        same = item.before is not None and item.before.text.rpartition(" ")[2] == kept
        if same and version >= (17,):
            yield f"{self.alter} ALTER COLUMN {column} SET EXPRESSION AS {expression}"
            return
        type_ = self.there["type", name].text
        collation = self.there.get(("collation", name))
        needed = self.there.get(("null", name))
        parts = [type_, f"COLLATE {collation.text}" if collation else ""]
        parts += [f"GENERATED ALWAYS AS {expression} {kept}", needed.text if needed else ""]
        yield f"{self.alter} DROP COLUMN {column}"
        yield f"{self.alter} ADD COLUMN {column} {' '.join(filter(None, parts))}"
        yield from self._with_column(name)

    def _with_column(self, name: str) -> Iterator[str]:
        """Make the indexes and constraints again that go with a column and stay as they are."""
        for row in sorted(self.here.values(), key=lambda row: (row.kind, row.name)):
            if self.there.get(row.key) != row or not _names(row, self.quote(name)):
                continue
            if row.kind == "index":
                yield row.sql
            elif row.kind in ("check", "unique", "foreign key", "exclusion"):
                yield f"{self.alter} ADD CONSTRAINT {self.quote(row.name)} {row.text}"

    def _identity(self, item: Difference) -> Iterator[str]:
        column = f"{self.alter} ALTER COLUMN {self.quote(item.row.name)}"
        before = item.before.text if item.before else ""
        after = item.after.text if item.after else ""
        if before and after and "SERIAL" not in (before, after):
            yield f"{column} SET GENERATED {_when(after)} SET {' SET '.join(_options(after))}"
            return
        if before == "SERIAL":
            yield f"{column} DROP DEFAULT"
            yield f"DROP SEQUENCE {_sequence_in(item.before.sql if item.before else '')}"
        elif before:
            yield f"{column} DROP IDENTITY"
        if after == "SERIAL":
            yield from self._serial(item.row.name, column, item.after.sql if item.after else "")
        elif after:
            options = " ".join(_options(after))
            yield f"{column} ADD GENERATED {_when(after)} AS IDENTITY ({options})"
        if after:
            yield self._next_value(item.row.name)

    def _serial(self, name: str, column: str, default: str) -> Iterator[str]:
        type_ = self.there["type", name].text
        said = "" if type_ == "bigint" else f" AS {type_}"
        owner = f"{self.table}.{self.quote(name)}"
        yield f"CREATE SEQUENCE {_sequence_in(default)}{said} OWNED BY {owner}"
        yield f"{column} SET DEFAULT {default}"

    def _next_value(self, name: str) -> str:
        """Let a sequence go on after the greatest value that there is."""
        column = self.quote(name)
        table, text = (part.replace("'", "''") for part in (self.table, name))
        return (
            f"SELECT setval(pg_get_serial_sequence('{table}', '{text}'), max({column})) "  # noqa: S608
            f"FROM {self.table} HAVING max({column}) > 0"
        )

    def _option(self, item: Difference) -> Iterator[str]:
        name, after = item.row.name, item.after
        if name == "unlogged":
            yield f"{self.alter} SET {'UNLOGGED' if after else 'LOGGED'}"
        elif after:
            yield f"{self.alter} SET ({name} = {after.text})"
        else:
            yield f"{self.alter} RESET ({name})"

    def mariadb(self, item: Difference) -> Iterator[str]:
        """Give MariaDB's statements: a column is changed by its whole definition."""
        kind = item.row.kind
        if kind == "primary key":
            parts = ["DROP PRIMARY KEY"] if item.before else []
            parts += [f"ADD {item.after.sql}"] if item.after else []
            yield f"{self.alter} {', '.join(parts)}"
        elif kind == "option":
            yield f"{self.alter} {item.row.name} = {item.after.text if item.after else 'DEFAULT'}"
        elif kind in ("computed", "identity", "on update"):
            yield from self._modified(item)

    def _modified(self, item: Difference) -> Iterator[str]:
        name, column = item.row.name, self.quote(item.row.name)
        definition = self.there["type", name].sql
        before, after = (side.text if side else "" for side in (item.before, item.after))
        kept = before.rpartition(" ")[2], after.rpartition(" ")[2]
        in_place = kept[0] == kept[1] or kept == ("STORED", "")
        if item.row.kind != "computed" or in_place:
            yield f"{self.alter} MODIFY COLUMN {column} {definition}"
        elif not after:
            spare = self.quote(f"_{name}")
            yield f"{self.alter} ADD COLUMN {spare} {definition}"
            yield f"UPDATE {self.table} SET {spare} = {column}"  # noqa: S608
            yield f"{self.alter} DROP COLUMN {column}"
            yield f"{self.alter} CHANGE COLUMN {spare} {column} {definition}"
        else:
            yield f"{self.alter} DROP COLUMN {column}, ADD COLUMN {column} {definition}"


def _sequence_in(default: str) -> str:
    """Give the sequence of a default such as `nextval('users_id_seq'::regclass)`."""
    return default.partition("'")[2].rpartition("'")[0].replace("''", "'")


def _names(row: Row, column: str) -> bool:
    """Say whether a row names a column."""
    text = row.text
    for mark in '(),:"':
        text = text.replace(mark, " ")
    return column.strip('"') in text.split()


def _when(identity: str) -> str:
    return "ALWAYS" if identity.startswith("ALWAYS") else "BY DEFAULT"


def _options(identity: str) -> list[str]:
    """Give the options of a sequence as SQL."""
    start, step, least, most, cache, cycle = identity.split()[-6:]
    return [
        *(f"START WITH {start}", f"INCREMENT BY {step}", f"MINVALUE {least}", f"MAXVALUE {most}"),
        *(f"CACHE {cache}", "CYCLE" if cycle == "t" else "NO CYCLE"),
    ]
