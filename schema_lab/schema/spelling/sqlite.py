"""How SQLite spells a table: the text of its CREATE statements, clause by clause. Read-only.

SQLite keeps a statement as it was typed, so quotes, case, spaces and what is default anyway are
left out, and what a column says of the table is told as the table's:
https://www.sqlite.org/lang_createtable.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.reflection.sqlite_schema import Token, group_of, parts_of, tokens
from schema_lab.schema.spelling.row import Row, Spelling

KINDS = (
    *("type", "null", "default", "computed", "identity", "collation"),
    *("primary key", "unique", "check", "foreign key", "index", "option"),
)
LEFT_OUT = (
    "the order of columns and constraints",
    "the name of the primary key",
    "that two texts mean the same, such as `n > 0` and `0 < n`: the change is shown once",
    "virtual tables",
)

_OBJECTS = "SELECT type, name, sql FROM {place}sqlite_master WHERE lower(tbl_name) = lower(:name)"
_COLUMN_WORDS = frozenset(
    {
        *("constraint", "primary", "not", "null", "unique", "check", "default", "collate"),
        *("references", "generated", "as"),
    }
)
_TABLE_WORDS = frozenset({"constraint", "primary", "unique", "check", "foreign"})
_AFFINITY_OF_TEXT = re.compile("char|clob|text|blob")
_NUMBER = re.compile(r"\+?(-?\d+(?:\.\d+)?)")
_QUOTED_NUMBER = re.compile(r"'?\s*\+?(-?\d+(?:\.\d+)?)\s*'?")
_SAME = {"<>": "!=", "==": "="}


def spelled(connection: sa.Connection, name: str, schema: str | None = None) -> Spelling:
    """Read a table, live or in memory. Read-only."""
    place = connection.dialect.identifier_preparer.quote(schema) + "." if schema else ""
    found = connection.execute(sa.text(_OBJECTS.format(place=place)), {"name": name})
    rows: list[Row] = []
    for kind, own_name, sql in found:
        if sql and kind == "table":
            rows += table_rows(sql)
        elif sql and kind == "index":
            rows.append(index_row(own_name, sql))
    return frozenset(rows)


def index_row(name: str, sql: str) -> Row:
    """Read a CREATE INDEX.

    Examples
    --------
    >>> index_row("ix", 'CREATE UNIQUE INDEX ix ON t ("A" ASC, b DESC) WHERE (a > 0)').text
    'unique (a, b desc) where a > 0'
    """
    terms, rest = parts_of(sql)
    unique = "unique " if tokens(sql)[1].says("unique") else ""
    columns = ", ".join(_bare(_without(term, "asc")) for term in terms)
    where = f" where {_bare(rest[1:])}" if rest else ""
    return Row("index", name, f"{unique}({columns}){where}", sql)


def table_rows(sql: str) -> list[Row]:
    """Read a CREATE TABLE.

    Examples
    --------
    >>> rows = table_rows("CREATE TABLE t (n INTEGER DEFAULT 0 CHECK (n >= 0))")
    >>> sorted((row.kind, row.name, row.text) for row in rows)
    [('check', '', 'n >= 0'), ('default', 'n', '0'), ('type', 'n', 'integer')]
    """
    definitions, options = parts_of(sql)
    rows: list[Row] = []
    for definition in definitions:
        first = definition[0]
        outside = first.kind == "word" and first.key in _TABLE_WORDS
        rows += _Clauses(sql, definition, own="" if outside else first.name).rows()
    said = " ".join(token.key for token in options)
    rows += [Row("option", word, "yes") for word in ("without rowid", "strict") if word in said]
    return list(_without_implied(rows))


def without_check(sql: str, name: str, condition: str) -> str:
    """Take a CHECK that stands for itself from a CREATE TABLE.

    Examples
    --------
    >>> without_check("CREATE TABLE t (n INTEGER, CHECK (n > 0))", "", "n > 0")
    'CREATE TABLE t (n INTEGER)'
    """
    definitions, _ = parts_of(sql)
    wanted = _bare(tokens(condition))
    for before, definition in pairwise(definitions):
        for row in _Clauses(sql, definition, own="").rows():
            same = row.name == name.lower() if name else row.text == wanted
            if row.kind == "check" and same and definition[0].key in ("check", "constraint"):
                return sql[: before[-1].end] + sql[definition[-1].end :]
    return sql


def _without_implied(rows: list[Row]) -> Iterator[Row]:
    """Leave out NOT NULL of an INTEGER PRIMARY KEY, which cannot be NULL anyway."""
    keys = {row.text[1:-1] for row in rows if row.kind == "primary key"}
    own = {row.name for row in rows if row.kind == "type" and row.text == "integer"} & keys
    for row in rows:
        if not (row.kind == "null" and row.name in own):
            yield row


@dataclass
class _Clauses:
    """The clauses of one column, or of one constraint of the table, read from left to right."""

    sql: str
    found: Sequence[Token]
    own: str
    at: int = 0
    label: str = ""
    type: str = ""
    read: list[Row] = field(default_factory=list)

    def rows(self) -> list[Row]:
        """Read all clauses."""
        if self.own:
            self._type()
        while self.at < len(self.found):
            if not self._clause():
                self.at += 1
        return self.read

    def _says(self, *words: str) -> bool:
        ahead = self.found[self.at : self.at + len(words)]
        return len(ahead) == len(words) and all(map(Token.says, ahead, words))

    def _group(self) -> list[Token]:
        group = group_of(list(self.found[self.at :]))
        self.at += len(group)
        return group

    def _add(self, kind: str, name: str, text: str, sql: str = "") -> None:
        self.read.append(Row(kind, name, text, sql))
        self.label = ""

    def _raw(self, group: Sequence[Token]) -> str:
        return self.sql[group[0].start : group[-1].end] if group else ""

    def _type(self) -> None:
        start = self.at = 1
        while self.at < len(self.found) and self.found[self.at].key not in _COLUMN_WORDS:
            self.at += 1
        said = self.found[start : self.at]
        self.type = "".join(
            token.key if token.kind == "mark" or before is None or before.kind == "mark"
            else f" {token.key}"
            for before, token in zip([None, *said], said, strict=False)
        )  # fmt: skip
        self._add("type", self.own, self.type, self._raw(said))

    def _clause(self) -> bool:
        for words, read in _CLAUSES:
            if self._says(*words):
                self.at += len(words)
                read(self)
                return True
        return False

    def _constraint(self) -> None:
        self.label = self.found[self.at].key
        self.at += 1

    def _primary_key(self) -> None:
        columns = self._columns()
        self._skip("asc")
        down = " desc" if self._skip("desc") else ""
        self._add("primary key", "", f"({columns}{down}){self._conflict()}")
        if self._skip("autoincrement"):
            self._add("identity", columns, "autoincrement")

    def _columns(self) -> str:
        """Give the columns that follow, or the column itself."""
        if self.own:
            return self.own
        terms, _ = parts_of(self._raw(self._group()))
        return ", ".join(_bare(_without(term, "asc")) for term in terms)

    def _skip(self, *words: str) -> bool:
        found = self._says(*words)
        self.at += len(words) if found else 0
        return found

    def _conflict(self) -> str:
        if not self._skip("on", "conflict"):
            return ""
        self.at += 1
        return f" on conflict {self.found[self.at - 1].key}"

    def _not_null(self) -> None:
        self._add("null", self.own, f"not null{self._conflict()}")

    def _null(self) -> None:
        pass

    def _unique(self) -> None:
        self._add("unique", self.label, f"({self._columns()}){self._conflict()}")

    def _check(self) -> None:
        group = self._group()
        self._add("check", self.label, _bare(group), self._raw(group[1:-1]))

    def _default(self) -> None:
        start = self.at
        group = self._group()
        if not group:
            signed = self.found[self.at].key in ("-", "+")
            self.at += 1 + signed
            while self._says("."):  # a number such as 0.5
                self.at += 2
            group = list(self.found[start : self.at])
        numeric = "int" in self.type or not _AFFINITY_OF_TEXT.search(self.type or "blob")
        text, compact = _bare(group), _bare(group, space="")
        number = (_QUOTED_NUMBER if numeric else _NUMBER).fullmatch(compact)
        self._add("default", self.own, number[1] if number else text, self._raw(group))

    def _collate(self) -> None:
        name = self.found[self.at].key
        self.at += 1
        if name != "binary":
            self._add("collation", self.own, name)

    def _computed(self) -> None:
        group = self._group()
        stored = self._skip("stored")
        if not stored:
            self._skip("virtual")
        kept = "stored" if stored else "virtual"
        self._add("computed", self.own, f"({_bare(group)}) {kept}", self._raw(group[1:-1]))

    def _foreign_key(self) -> None:
        self._references(self._columns(), skip=True)

    def _own_reference(self) -> None:
        self._references(self.own, skip=False)

    def _references(self, columns: str, *, skip: bool) -> None:
        self.at += skip
        target, self.at = self.found[self.at].key, self.at + 1
        group = group_of(list(self.found[self.at :]))
        remote = ""
        if group:
            terms, _ = parts_of(self._raw(group))
            remote, self.at = ", ".join(map(_bare, terms)), self.at + len(group)
        rules = " ".join(sorted(self._rules()))
        text = f"({columns}) references {target} ({remote}) {rules}".rstrip()
        self._add("foreign key", self.label, text)

    def _rules(self) -> Iterator[str]:
        while True:
            if self._skip("on"):
                event, first = self.found[self.at].key, self.found[self.at + 1].key
                two = first in ("set", "no")
                action = " ".join(t.key for t in self.found[self.at + 1 : self.at + 2 + two])
                self.at += 2 + two
                if action != "no action":
                    yield f"on {event} {action}"
            elif self._skip("match"):
                self.at += 1  # SQLite takes MATCH, and does nothing with it
            elif self._skip("not", "deferrable") or self._says("deferrable"):
                late = self._skip("deferrable")
                if self._skip("initially"):
                    if late and self.found[self.at].key == "deferred":
                        yield "deferrable initially deferred"
                    self.at += 1
            else:
                return


_CLAUSES: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("constraint",), _Clauses._constraint),
    (("primary", "key"), _Clauses._primary_key),
    (("not", "null"), _Clauses._not_null),
    (("null",), _Clauses._null),
    (("unique",), _Clauses._unique),
    (("check",), _Clauses._check),
    (("default",), _Clauses._default),
    (("collate",), _Clauses._collate),
    (("generated", "always", "as"), _Clauses._computed),
    (("as",), _Clauses._computed),
    (("foreign", "key"), _Clauses._foreign_key),
    (("references",), _Clauses._own_reference),
)


def _without(term: Sequence[Token], word: str) -> list[Token]:
    return [token for token in term if not token.says(word)]


def _bare(group: Sequence[Token], space: str = " ") -> str:
    """Spell an expression without the parentheses around all of it."""
    found = list(group)
    while found and len(group_of(found)) == len(found):
        found = found[1:-1]
    words: list[str] = []
    for before, token in zip([None, *found], found, strict=False):
        joined = before and before.kind == token.kind == "mark" and before.end == token.start
        pair = words[-1] + token.key if joined else ""
        if pair in ("<>", "==", "<=", ">=", "!=", "||", "<<", ">>", "->"):
            words[-1] = _SAME.get(pair, pair)
        else:
            words.append(token.key)
    return space.join(words)
