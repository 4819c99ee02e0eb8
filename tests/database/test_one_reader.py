"""Listings, diagrams and the comparison read a schema alike, and as the catalog has it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.mysql.reflection import MySQLTableDefinitionParser
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from schema_lab.database.connections.engines import engine_for
from schema_lab.schema import live, reflected_word_for_word
from schema_lab.schema.frames.tables import columns, constraints, foreign_keys, indexes
from schema_lab.schema.reflection.sqlite import unique_constraints
from tests.round_trip.names import HOSTILE, PLAIN
from tests.support.catalog import Catalog, catalog
from tests.support.servers import SERVERS, fresh_database

EXAMPLES = int(os.environ.get("SCHEMA_LAB_ROUND_TRIPS", "0"))
ODD = ('fk"x', "a`b", "a,b", "a), (b", 'q""q', "'", "%", "references", "a -- b", "/*", "x:y")
NAMES = (*PLAIN, *HOSTILE, *ODD)
CONDITIONS = ("{} <> 'a)b'", "{} <> '(''' AND ({} <> ':x')", "{} <> '\" CHECK (1)'", "{} <> '100%'")
ACTIONS = ("", " ON DELETE CASCADE", " ON UPDATE CASCADE", " ON DELETE CASCADE ON UPDATE CASCADE")


@dataclass(frozen=True)
class Drawn:
    """Two tables as SQL, and what the SQL says of the child by name."""

    statements: tuple[str, ...]
    parent: str
    child: str
    named: dict[str, str]
    generated: str


def quoted(name: str, dialect: str) -> str:
    """Quote a name; the drivers get the statement as it is."""
    mark = "`" if dialect == "mariadb" else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


@st.composite
def drawn(draw: st.DrawFn, dialect: str) -> Drawn:
    """Draw a parent with a key of two columns, and a child with every kind of constraint."""
    distinct = st.lists(
        st.sampled_from(NAMES), min_size=14, max_size=14, unique_by=lambda name: name.lower()
    )
    words = draw(distinct)
    parent, first, second, child, key, number, word, note, made, *parts = words
    names = dict(zip(("key", "unique", "check", "foreign", "index"), parts, strict=True))
    say = {name: quoted(name, dialect) for name in words}
    place = f"({say[number]}, {say[word]})"
    goal = f"{say[parent]} ({say[first]}, {say[second]})"
    action, order = draw(st.sampled_from(ACTIONS)), draw(st.sampled_from(("", " DESC")))
    condition = draw(st.sampled_from(CONDITIONS)).replace("{}", say[note])
    behind = draw(st.booleans()) and dialect != "mariadb"  # MariaDB names none behind a column
    named = {kind: f"CONSTRAINT {say[name]}" for kind, name in names.items()}
    unique = f"{named['unique']} UNIQUE"
    check = f"{named['check']} CHECK ({condition})"
    lines = [
        f"{say[key]} INTEGER NOT NULL",
        f"{say[number]} INTEGER{' ' + unique if behind else ''}",
        f"{say[word]} VARCHAR(20)",
        f"{say[note]} VARCHAR(20){' ' + check if behind else ''}",
        f"{say[made]} INTEGER GENERATED ALWAYS AS (coalesce({say[key]}, 7, 8)) STORED",
        f"{named['key']} PRIMARY KEY ({say[key]})",
        *([] if behind else [f"{unique} ({say[number]})", check]),
        f"{named['foreign']} FOREIGN KEY {place} REFERENCES {goal}{action}",
    ]
    terms = f"{say[note]}{order}, {say[key]}"
    where = ""
    if dialect != "mariadb" and draw(st.booleans()):
        terms, where = f"lower({say[note]}), {terms}", f" WHERE {say[note]} <> ':x ) where'"
    pair = f"{say[first]} INTEGER NOT NULL, {say[second]} VARCHAR(20) NOT NULL"
    statements = (
        f"CREATE TABLE {say[parent]} ({pair}, PRIMARY KEY ({say[first]}, {say[second]}))",
        f"CREATE TABLE {say[child]} ({', '.join(lines)})",
        f"CREATE INDEX {say[names['index']]} ON {say[child]} ({terms}){where}",
    )
    return Drawn(statements, parent, child, names, made)


@pytest.fixture(scope="module", params=["sqlite", *SERVERS])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """Open one database for all examples."""
    folder = tmp_path_factory.mktemp("reader")
    with fresh_database(request.param, folder) as url:
        opened = engine_for(sa.make_url(url))
        yield opened
        opened.dispose()


def run(engine: sa.Engine, *statements: str) -> None:
    """Run statements as they are written."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)


def emptied(engine: sa.Engine) -> None:
    """Drop all tables, children first."""
    dialect = "mariadb" if engine.dialect.name in ("mysql", "mariadb") else engine.dialect.name
    with reflected_word_for_word(), engine.connect() as connection:
        listed = sa.inspect(connection).get_table_names()
        held = {name for name in listed if catalog(connection, name).foreign_keys}
    for name in sorted(listed, key=lambda name: name not in held):
        run(engine, f"DROP TABLE {quoted(name, dialect)}")


def listed(engine: sa.Engine, table: str) -> Catalog:
    """Give what the listings say of a table, in the catalog's terms."""
    held = constraints(engine, table).set_index("kind")["columns"]
    keys, found = foreign_keys(engine, table), indexes(engine, table)
    unique = held[held.index == "unique"]
    return Catalog(
        (held["primary key"],),
        frozenset((str(value),) for value in unique),
        frozenset(
            (
                (str(row.columns_),),
                str(row.referred_table),
                (str(row.referred_columns),),
                _none(row.on_update),
                _none(row.on_delete),
            )
            for row in keys.rename(columns={"columns": "columns_"}).astype(object).itertuples()
        ),
        frozenset(
            (str(name), (str(terms),), bool(single))
            for name, terms, single in zip(
                found["index"], found["columns"], found["unique"], strict=True
            )
        ),
    )


def _none(value: Any) -> Any:
    return value if isinstance(value, str) else None


def joined(said: Catalog) -> Catalog:
    """Write the columns of a catalog as the listings do."""
    return Catalog(
        (", ".join(said.primary),),
        frozenset((", ".join(names),) for names in said.uniques),
        frozenset(
            ((", ".join(names),), table, (", ".join(there),), on_update, on_delete)
            for names, table, there, on_update, on_delete in said.foreign_keys
        ),
        frozenset((name, (", ".join(terms),), unique) for name, terms, unique in said.indexes),
    )


def without_expressions(said: Catalog) -> Catalog:
    """Leave the terms of an index on an expression out: each source spells those anew."""
    return Catalog(
        said.primary,
        said.uniques,
        said.foreign_keys,
        frozenset(
            (name, ("?",) if "?" in terms[0] or "lower" in terms[0] else terms, unique)
            for name, terms, unique in said.indexes
        ),
    )


def compared(engine: sa.Engine, table: str) -> Catalog:
    """Give what the comparison reads of a table: a reflected `sa.Table` and its indexes."""
    with reflected_word_for_word(), engine.connect() as connection:
        read = sa.Table(table, sa.MetaData(), autoload_with=connection)
        inspector = sa.inspect(connection)
        uniques = inspector.get_unique_constraints(table)
        found = inspector.get_indexes(table)
    hidden = ("RESTRICT",) if engine.dialect.name in ("mysql", "mariadb") else ()
    return Catalog(
        tuple(column.name for column in read.primary_key),
        frozenset(tuple(key["column_names"]) for key in uniques),
        frozenset(
            (
                tuple(key.column_keys),
                key.referred_table.name,
                tuple(element.column.name for element in key.elements),
                None if key.onupdate in hidden else key.onupdate,
                None if key.ondelete in hidden else key.ondelete,
            )
            for key in read.foreign_key_constraints
        ),
        frozenset(
            (
                str(index["name"]),
                tuple(
                    f"{name or '?'}{' DESC' if name in index.get('column_sorting', {}) else ''}"
                    for name in index["column_names"]
                ),
                bool(index["unique"]),
            )
            for index in found
        ),
    )


@settings(
    max_examples=EXAMPLES or 12,
    derandomize=not EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_all_readers_agree(engine: sa.Engine, data: st.DataObject) -> None:
    """Whatever the names: listing, comparison and catalog say the same of keys and indexes."""
    dialect = "mariadb" if engine.dialect.name in ("mysql", "mariadb") else engine.dialect.name
    schema = data.draw(drawn(dialect))
    emptied(engine)
    run(engine, *schema.statements)
    for table in (schema.parent, schema.child):
        with engine.connect() as connection:
            said = catalog(connection, table)
        assert without_expressions(compared(engine, table)) == without_expressions(said)
        plain = without_expressions(joined(said))
        assert without_expressions(listed(engine, table)) == plain
    named_alike(engine, schema)
    drawn_alike(engine, schema)


def named_alike(engine: sa.Engine, schema: Drawn) -> None:
    """Hold the names in the listings against those in the SQL."""
    held = constraints(engine, schema.child).set_index("kind")
    if engine.dialect.name not in ("mysql", "mariadb"):  # where the key's name is always PRIMARY
        assert held["name"]["primary key"] == schema.named["key"]
    assert held["name"]["unique"] == schema.named["unique"]
    assert held["name"]["check"] == schema.named["check"]
    assert foreign_keys(engine, schema.child)["name"].tolist() == [schema.named["foreign"]]
    assert schema.named["index"] in indexes(engine, schema.child)["index"].tolist()
    defaults = columns(engine, schema.child).set_index("column")["default"]
    assert "7, 8" in defaults[schema.generated].replace("7,8", "7, 8")


def drawn_alike(engine: sa.Engine, schema: Drawn) -> None:
    """Hold the diagram against the catalog."""
    with engine.connect() as connection:
        (key,) = catalog(connection, schema.child).foreign_keys
        there = catalog(connection, schema.child)
    diagram = live(engine)
    (reference,) = diagram.references
    assert (reference.columns, reference.target, reference.target_columns) == key[:3]
    (table,) = (table for table in diagram.tables if table.name == schema.child)
    assert {column.name for column in table.columns if "UK" in column.keys} == {
        names[0] for names in there.uniques
    }


@pytest.fixture
def sqlite(tmp_path: Path) -> sa.Engine:
    """Open an empty SQLite file."""
    return engine_for(sa.make_url(f"sqlite:///{tmp_path}/one.db"))


def test_names_with_quotes_are_listed(sqlite: sa.Engine) -> None:
    """A quote in the name of a key or constraint stands in the listing once."""
    run(
        sqlite,
        "CREATE TABLE a (id INTEGER PRIMARY KEY)",
        'CREATE TABLE b (a_id TEXT, CONSTRAINT "fk""x" FOREIGN KEY (a_id) REFERENCES a (id),'
        ' CONSTRAINT "uq""y" UNIQUE(a_id))',
        "CREATE INDEX folded ON b (lower(a_id))",
    )
    assert foreign_keys(sqlite)["name"].tolist() == ['fk"x']
    assert constraints(sqlite, "b")["name"].tolist() == ['uq"y']
    assert indexes(sqlite)["columns"].tolist() == ["lower(a_id)"]


def test_every_way_to_quote_is_read(sqlite: sa.Engine) -> None:
    """SQLite takes "x", [x], `x` and 'x' for a name."""
    run(
        sqlite,
        "CREATE TABLE 'a(b' ('x,y' INT CONSTRAINT [u)] UNIQUE, `p q` INT, 'z' TEXT,"
        " CONSTRAINT 'k''k' PRIMARY KEY (`p q`), CONSTRAINT `v` UNIQUE ('z' COLLATE NOCASE, [p q]))"
        " WITHOUT ROWID",
    )
    held = constraints(sqlite)
    assert dict(zip(held["name"], held["columns"], strict=True)) == {
        "k'k": "p q",
        "u)": "x,y",
        "v": "z, p q",
    }


def test_a_unique_constraint_on_the_primary_key_is_listed(sqlite: sa.Engine) -> None:
    """It has no index of its own, and a copy of the table must not lose it."""
    create = "CREATE TABLE {} (id VARCHAR(9) NOT NULL, PRIMARY KEY (id), {}UNIQUE (id))"
    with sqlite.begin() as connection:
        connection.exec_driver_sql(create.format("named", "CONSTRAINT uq_id "))
        connection.exec_driver_sql(create.format("unnamed", ""))
        connection.exec_driver_sql("CREATE TABLE plain (id VARCHAR(9) NOT NULL PRIMARY KEY)")
        found = {
            table: unique_constraints(connection, table) for table in ("named", "unnamed", "plain")
        }
    assert found == {
        "named": [{"name": "uq_id", "column_names": ["id"]}],
        "unnamed": [{"name": None, "column_names": ["id"]}],
        "plain": [],
    }


def test_checks_on_one_line_are_told_apart(sqlite: sa.Engine) -> None:
    """Brackets, quotes and the word CHECK within a condition end it nowhere."""
    run(
        sqlite,
        "CREATE TABLE t (a TEXT CHECK (a <> ')'), b TEXT CONSTRAINT c CHECK (b <> ' CHECK (x)'),"
        " CHECK (a\n<> b))",
    )
    conditions = constraints(sqlite)["condition"].tolist()
    assert sorted(conditions) == ["a\n<> b", "a <> ')'", "b <> ' CHECK (x)'"]


def test_an_attached_file_is_read_alike(sqlite: sa.Engine, tmp_path: Path) -> None:
    """Tables of an attached file keep their names, expressions and order."""
    with sqlite.connect() as connection, reflected_word_for_word():
        connection.exec_driver_sql(f"ATTACH '{tmp_path}/other.db' AS \"o.o\"")
        connection.exec_driver_sql('CREATE TABLE "o.o".p (id INTEGER PRIMARY KEY)')
        connection.exec_driver_sql(
            'CREATE TABLE "o.o".t (a TEXT CONSTRAINT "u""u" UNIQUE, b INT,'
            ' CONSTRAINT "f""f" FOREIGN KEY (b) REFERENCES p, CONSTRAINT "c""c" CHECK (b > 0))'
        )
        connection.exec_driver_sql('CREATE INDEX "o.o".i ON t (lower(a), b DESC)')
        there = sa.inspect(connection)
        assert [key["name"] for key in there.get_unique_constraints("t", "o.o")] == ['u"u']
        assert [key["name"] for key in there.get_check_constraints("t", "o.o")] == ['c"c']
        (key,) = there.get_foreign_keys("t", "o.o")
        assert (key["name"], key["referred_columns"]) == ('f"f', ["id"])
        (index,) = there.get_indexes("t", "o.o")
        assert index["expressions"] == ["lower(a)", "b"]


@pytest.mark.parametrize("engine", ["mariadb"], indirect=True)
def test_a_check_behind_a_column_is_listed(engine: sa.Engine) -> None:
    """MariaDB's CHECK of a column is listed; that of JSON itself is a part of the type."""
    emptied(engine)
    run(engine, "CREATE TABLE t (n INTEGER CHECK (n > 3), j JSON)")
    assert constraints(engine)["condition"].tolist() == ["`n` > 3"]


def test_an_index_on_an_expression_is_kept_on_mysql() -> None:
    """MySQL's index on an expression, which SHOW CREATE TABLE spells in brackets, is listed."""
    with reflected_word_for_word():
        dialect = MySQLDialect()
        parser = MySQLTableDefinitionParser(dialect, dialect.identifier_preparer)
        state = parser.parse("CREATE TABLE `t` (\n  KEY `i` ((lower(`a`)))\n)", None)
    assert state.keys[0]["columns"] == [("(lower(`a`))", None, "")]


def test_looking_in_two_threads_restores_sqlalchemy() -> None:
    """Two that look at once, of whom the first ends first, leave SQLAlchemy as it was."""
    before, meeting = SQLiteDialect.get_indexes, Barrier(2)

    def look() -> None:
        with reflected_word_for_word():
            meeting.wait(10)

    other = Thread(target=look)
    other.start()
    with reflected_word_for_word():
        meeting.wait(10)
        other.join(10)
        assert SQLiteDialect.get_indexes is not before
    assert SQLiteDialect.get_indexes is before
