"""How MariaDB and MySQL spell a table: SHOW CREATE TABLE, line by line. Read-only.

https://mariadb.com/kb/en/show-create-table/
"""

import re
from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab.schema.spelling.row import Row, Spelling

KINDS = (
    *("type", "null", "default", "computed", "identity", "collation", "on update"),
    *("primary key", "unique", "check", "foreign key", "index", "option"),
)
LEFT_OUT = (
    "the order of columns",
    "the names of CHECK constraints that the model leaves unnamed",
    "storage options that the model does not state",
    "partitions, SYSTEM VERSIONING, PERIOD, ENCRYPTED, DATA DIRECTORY, the next AUTO_INCREMENT",
)

_NAME = r"`((?:[^`]|``)*)`"
_TEXT = r"'(?:[^'\\]|''|\\.)*'"
_PIECE = re.compile(rf"{_TEXT}|`(?:[^`]|``)*`|[()]|\w+|[^\w\s()'`]+|\s+", re.DOTALL)
_WORDS = {
    "CHARACTER SET": "collation",
    "COLLATE": "collation",
    "GENERATED ALWAYS AS": "computed",
    "NOT NULL": "null",
    "NULL": "nothing",
    "DEFAULT": "default",
    "AUTO_INCREMENT": "identity",
    "ON UPDATE": "on update",
    "COMMENT": "nothing",
    "CHECK": "nothing",
    "INVISIBLE": "option",
}
_STARTS = re.compile("|".join(rf"{words}\b" for words in _WORDS))
_OPTION = re.compile(rf"(\w+|`\w+`)=({_TEXT}|\S+)")
_BOTH = re.compile(r" ?ON (DELETE|UPDATE) (RESTRICT|NO ACTION)")
_MATCH = re.compile(r" MATCH \w+")
_NUMBERED = re.compile(r"CONSTRAINT_\d+")


def spelled(connection: sa.Connection, name: str, schema: str | None = None) -> Spelling:
    """Read a table, live or temporary. Read-only."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    place = f"{quote(schema)}." if schema else ""
    shown = connection.exec_driver_sql(f"SHOW CREATE TABLE {place}{quote(name)}".replace("%", "%%"))
    return frozenset(rows_of(str(shown.one()[1])))


def rows_of(statement: str) -> Iterator[Row]:
    r"""Read what SHOW CREATE TABLE says.

    Examples
    --------
    >>> said = "CREATE TABLE `t` (\n  `n` int(11) DEFAULT 7\n) ENGINE=InnoDB"
    >>> sorted((row.kind, row.name, row.text) for row in rows_of(said))
    [('default', 'n', '7'), ('option', 'engine', 'InnoDB'), ('type', 'n', 'int(11)')]
    """
    _, *lines = statement.splitlines()
    for line in lines:
        if line.startswith("  "):
            yield from _of_line(line.strip().removesuffix(","))
        elif line.startswith(")"):
            yield from _options(line)


def _options(line: str) -> Iterator[Row]:
    for name, value in _OPTION.findall(line):
        word = name.strip("`").lower()
        if word not in ("auto_increment", "comment"):
            yield Row("option", word, value)


def _of_line(line: str) -> Iterator[Row]:
    found = re.search(_NAME, line)
    name = found[1].replace("``", "`") if found else ""
    rest = line[found.end() :].strip() if found else ""
    if line.startswith("`"):
        yield from _of_column(name, rest)
    elif line.startswith("PRIMARY KEY"):
        yield Row("primary key", "", plain(line), line)
    elif line.startswith("CONSTRAINT") and rest.startswith("FOREIGN KEY"):
        yield foreign_key_row(name, rest.removeprefix("FOREIGN KEY"))
    elif line.startswith("CONSTRAINT"):
        condition = rest[len("CHECK (") : -1]
        own = not _NUMBERED.fullmatch(name)
        yield Row("check", name if own else "", rest, condition, given="" if own else name)
    elif found:
        word = line[: found.start()].strip()
        kind = "unique" if word == "UNIQUE KEY" else "index"
        yield Row(kind, name, f"{word} {plain(rest)}", line)


def foreign_key_row(name: str, definition: str) -> Row:
    """Read what follows FOREIGN KEY; both RESTRICT and NO ACTION are what is default."""
    return Row("foreign key", name, _BOTH.sub("", plain(_MATCH.sub("", definition))), definition)


def plain(text: str) -> str:
    """Take quotes and needless spaces from a list of columns."""
    return re.sub(r"\s*([(),])\s*", r"\1", text.replace("`", "")).strip()


def _of_column(name: str, definition: str) -> Iterator[Row]:
    parts = list(_parts(definition))
    type_ = parts[0][1]
    yield Row("type", name, type_, definition)
    collation = " ".join(
        f"{word} {text}" for word, text in parts if _WORDS.get(word) == "collation"
    )
    if collation:
        yield Row("collation", name, collation, definition)
    for word, text in parts[1:]:
        kind = _WORDS[word]
        if kind in ("nothing", "collation") or (word == "DEFAULT" and text == "NULL"):
            continue
        said = {"null": word, "identity": word, "option": word}.get(kind, text)
        yield Row(kind, name, said, definition)


def _parts(definition: str) -> Iterator[tuple[str, str]]:
    """Split a column's definition where a clause begins, outside of quotes and parentheses."""
    depth, word, said, at = 0, "", "", 0
    while at < len(definition):
        start = _STARTS.match(definition, at) if depth == 0 and at else None
        if start and not _begins(start, definition, word, said):
            start = None
        if start:
            yield word, said.strip()
            word, said, at = start[0], "", start.end()
            continue
        piece = _PIECE.match(definition, at)
        text = piece[0] if piece else definition[at]
        depth += (text == "(") - (text == ")")
        said, at = said + text, at + len(text)
    yield word, said.strip()


def _begins(start: re.Match[str], definition: str, word: str, said: str) -> bool:
    """Say whether a clause begins; the NULL of DEFAULT NULL is none."""
    value = start[0] == "NULL" and word == "DEFAULT" and not said.strip()
    return definition[start.start() - 1].isspace() and not value
