"""A database's own dump as a set of lines, in which the order of columns does not show."""

import re
from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab import Lab
from tests.support.dump import schema_dump

_OURS = re.compile(r"alembic_version|schema_lab|sqlite_")


def dumped(lab: Lab) -> set[str]:
    """Give the lines of the dump, but for those of Alembic's and the lab's own tables."""
    return dumped_by(lab.engine)


def dumped_by(engine: sa.Engine) -> set[str]:
    """Give the lines of the dump of an engine's database."""
    if engine.dialect.name == "sqlite":
        return set(_sqlite(engine))
    text = schema_dump(engine.url).schema
    text = "\n".join(line for line in text.splitlines() if line[:2] != "--")
    parts = re.split(r";\n|\n(?=CREATE )", text)
    kept = [part for part in parts if not _OURS.search(part)]
    lines = (line.strip().rstrip(",;") for part in kept for line in part.splitlines())
    return {line for line in lines if line}


def _sqlite(engine: sa.Engine) -> Iterator[str]:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql NOTNULL")
        for name, sql in found:
            if not _OURS.match(name):
                yield from _lines(name, " ".join(sql.replace('"', "").split()))


def _lines(name: str, sql: str) -> Iterator[str]:
    if not sql.upper().startswith("CREATE TABLE"):
        yield sql
        return
    inside, _, tail = sql.partition("(")[2].rpartition(")")
    yield f"{name}: {tail.strip()}"
    yield from (f"{name}: {part}" for part in _parts(inside))


def _parts(text: str) -> Iterator[str]:
    """Split at the commas outside of parentheses and quotes."""
    depth, quoted, part = 0, False, ""
    for letter in text:
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if letter == "," and not depth and not quoted:
            yield part.strip()
            part = ""
        else:
            part += letter
    yield part.strip()
