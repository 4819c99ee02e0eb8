"""What the text of a SQLite schema promises, clause by clause.

A **clause** is one promise beyond a column's name and type: a CHECK, a COLLATE, what a foreign key
does on delete, an index's DESC. SQLite keeps them in `sqlite_master.sql` and partly nowhere else.
Source: https://www.sqlite.org/lang_createtable.html
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<word>[\w$]+)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_OF_THE_TABLE = frozenset({"constraint", "primary", "unique", "check", "foreign"})


@dataclass(frozen=True)
class Token:
    """A piece of SQL: its kind (text, name, word, mark), its key in lower case, its place."""

    kind: str
    key: str
    start: int
    end: int

    def says(self, word: str) -> bool:
        """Say whether this is the keyword, not a name that is spelled like it."""
        return self.kind != "name" and self.key == word

    def text_in(self, sql: str) -> str:
        """Give a name as it is, in its own case and without its quotes."""
        text = sql[self.start : self.end]
        quoted = self.kind in ("name", "text")
        return text[1:-1].replace(text[-1] * 2, text[-1]) if quoted else text

    @property
    def name(self) -> str:
        """The token as a name, in lower case; SQLite also takes 'text' for a name."""
        return self.key[1:-1].replace("''", "'").lower() if self.kind == "text" else self.key


@dataclass(frozen=True)
class Clause:
    """A promise: its kind, whose it is, and what tells it from others of its kind."""

    kind: str
    owner: str
    columns: frozenset[str] = frozenset()
    name: str = ""
    detail: str = ""

    @property
    def sentence(self) -> str:
        """Say the clause, such as "COLLATE NOCASE of users.email"."""
        single = f".{next(iter(self.columns))}" if len(self.columns) == 1 else ""
        return f"{self.kind} of {self.owner}{single}"


def tokens(sql: str) -> list[Token]:
    """Cut SQL into tokens, without space and comments.

    Examples
    --------
    >>> [token.key for token in tokens('DROP TABLE "Users" -- all')]
    ['drop', 'table', 'users']
    """
    found = (match for match in _TOKEN.finditer(sql) if match.lastgroup != "space")
    return [_token(match) for match in found]


def _token(match: re.Match[str]) -> Token:
    kind, text = str(match.lastgroup), match.group()
    if kind == "name":
        quote = text[-1]
        text = text[1:-1].replace(quote * 2, quote)
    key = text if kind == "text" else text.lower()
    return Token(kind, key, match.start(), match.end())


def table_clauses(table: str, sql: str) -> list[Clause]:
    """List the clauses of a CREATE TABLE.

    Examples
    --------
    >>> sql = "CREATE TABLE users (email TEXT COLLATE nocase UNIQUE, CHECK (email <> ''))"
    >>> [clause.sentence for clause in table_clauses("users", sql)]
    ['COLLATE NOCASE of users.email', "CHECK (email <> '') of users.email"]
    """
    definitions, options = _definitions(tokens(sql))
    columns = frozenset(_column(definition) for definition in definitions) - {""}
    found = [
        clause
        for definition in definitions
        for clause in _of_definition(table, sql, definition, columns)
    ]
    words = " ".join(token.key.upper() for token in options)
    return found + [
        Clause(option, table) for option in ("STRICT", "WITHOUT ROWID") if option in words
    ]


def words_of(sql: str, *, brackets: bool = False) -> tuple[str, ...]:
    """Give what SQL says, whatever its spaces, the case of its words and its outer `brackets`.

    Examples
    --------
    >>> words_of('(LOWER( "Name" ))') == words_of("lower(name)")
    True
    """
    found = tokens(sql)
    while found and not brackets and len(group_of(found)) == len(found):
        found = found[1:-1]
    return tuple(token.key for token in found)


def parts_of(sql: str) -> tuple[list[list[Token]], list[Token]]:
    """Split what stands in the first parentheses of a CREATE at its commas; and what follows.

    Examples
    --------
    >>> terms, rest = parts_of("CREATE INDEX i ON t (a, lower(b)) WHERE a > 0")
    >>> [len(term) for term in terms], rest[0].key
    ([1, 4], 'where')
    """
    return _definitions(tokens(sql))


def table_columns(sql: str) -> frozenset[str]:
    """List the names of a CREATE TABLE's columns, in lower case."""
    return frozenset(map(_column, _definitions(tokens(sql))[0])) - {""}


def index_clauses(index: str, table: str, sql: str, columns: frozenset[str]) -> list[Clause]:
    """List the clauses of a CREATE INDEX: the index itself, and what its terms say.

    Examples
    --------
    >>> sql = "CREATE INDEX ix_age ON users (age DESC)"
    >>> [clause.sentence for clause in index_clauses("ix_age", "users", sql, frozenset({"age"}))]
    ['index ix_age of users.age', 'DESC in index ix_age of users.age']
    """
    terms, rest = _definitions(tokens(sql))
    named = frozenset(token.key for term in terms for token in term) & columns
    kinds = [f"index {index}"]
    for term in terms:
        keys = [token.key for token in term]
        kinds += [f"DESC in index {index}"] if "desc" in keys[1:] else []
        if "collate" in keys[1:]:
            collation = keys[keys.index("collate") + 1].upper()
            kinds.append(f"COLLATE {collation} in index {index}")
        kinds += [f"an expression in index {index}"] if "(" in keys else []
    kinds += [f"WHERE in index {index}"] if any(token.says("where") for token in rest) else []
    return [Clause(kind, table, named, index.lower()) for kind in kinds]


def _definitions(found: Sequence[Token]) -> tuple[list[list[Token]], list[Token]]:
    """Split what stands in the first parentheses at its commas; give what follows, too."""
    depth, definitions = 0, list[list[Token]]()
    for place, token in enumerate(found):
        depth += {"(": 1, ")": -1}.get(token.key, 0) if token.kind == "mark" else 0
        if depth == 0 and definitions:
            return [definition for definition in definitions if definition], list(
                found[place + 1 :]
            )
        if depth == 1 and token.kind == "mark" and (token.key == "," or not definitions):
            definitions.append([])
        elif definitions:
            definitions[-1].append(token)
    return [], []


def _column(definition: Sequence[Token]) -> str:
    first = definition[0]
    return "" if first.kind == "word" and first.key in _OF_THE_TABLE else first.name


def _of_definition(
    table: str, sql: str, definition: list[Token], columns: frozenset[str]
) -> Iterator[Clause]:
    own = frozenset({_column(definition)}) - {""}
    name, place = "", 0
    while place < len(definition):
        token, rest = definition[place], definition[place + 1 :]
        group = group_of(rest)
        if token.says("("):
            place += len(group_of(definition[place:])) - 1
            if not own:  # the columns of a key
                own = frozenset(token.key for token in definition[: place + 1]) & columns
        elif token.says("constraint") and rest:
            name, place = rest[0].key, place + 1
        elif token.says("check") and group:
            text = sql[group[0].start : group[-1].end]
            touched = frozenset(token.key for token in group) & columns
            detail = " ".join(token.key for token in group)
            yield Clause(f"CHECK {text}", table, touched or own, name, detail)
            place += len(group)
        elif kind := _plain_kind(token, rest):
            yield Clause(kind, table, own, name)
        place += 1


def group_of(rest: list[Token]) -> list[Token]:
    """Give the leading parenthesis with all that it holds."""
    depth = 0
    for place, token in enumerate(rest):
        depth += {"(": 1, ")": -1}.get(token.key, 0) if token.kind == "mark" else 0
        if depth == 0:
            return rest[: place + 1] if place else []
    return []


def _plain_kind(token: Token, rest: list[Token]) -> str:
    """Name the clause that begins at a token, if one does."""
    first, second, third = ([ahead.key.upper() for ahead in islice(rest, 3)] + ["", "", ""])[:3]
    if token.says("on") and first in ("DELETE", "UPDATE") and second != "NO":
        return f"ON {first} {second} {third if second == 'SET' else ''}".rstrip()
    for keyword, holds, kind in (
        ("collate", True, f"COLLATE {first}"),
        ("as", first == "(", "the generated column"),
        ("autoincrement", True, "AUTOINCREMENT"),
        ("references", True, "the foreign key"),
        ("deferrable", True, "DEFERRABLE"),
        ("on", first == "CONFLICT", f"ON CONFLICT {second}"),
    ):
        if holds and token.says(keyword):
            return kind
    return ""
