"""Sample rows: what they respect, on each dialect."""

from collections.abc import Callable

import pytest

from examples.models import models
from schema_lab import Lab
from schema_lab.errors import DatabaseError, InputError
from schema_lab.seed import Seeded
from tests.support.dump import schema_dump
from tests.support.labs import be, execute, scalars

Seed = Callable[..., Seeded]

SERIAL = {
    "sqlite": "INTEGER PRIMARY KEY",
    "postgresql": "SERIAL PRIMARY KEY",
    "mariadb": "INTEGER AUTO_INCREMENT PRIMARY KEY",
}


@pytest.fixture
def seed(lab: Lab) -> Seed:
    """Seed the lab's database, which is neither a scratch nor an embedded one."""
    return lambda *given, **named: lab.seed(*given, anywhere=True, **named)


@pytest.fixture
def make(lab: Lab, dialect: str) -> Callable[..., None]:
    """Create tables; {serial} is a primary key that counts."""
    percent = "%" if dialect == "sqlite" else "%%"

    def run(*statements: str) -> None:
        filled = (one.format(serial=SERIAL[dialect]) for one in statements)
        execute(lab, *(one.replace("%", percent) for one in filled))

    return run


def test_the_example_is_filled(lab: Lab, seed: Seed) -> None:
    """Each table gets as many rows as asked for, parents first, by its columns' names."""
    be(lab, models.metadata)
    seeded = seed(30)
    assert seeded.tables == (("users", 30), ("user_profiles", 30))
    assert seeded.notes == ()
    assert all("@" in str(one) for one in scalars(lab, "SELECT email FROM users"))
    strangers = "SELECT count(*) FROM user_profiles WHERE user_id NOT IN (SELECT id FROM users)"
    assert scalars(lab, strangers) == [0]


def test_the_same_seed_gives_the_same_rows(lab: Lab, seed: Seed) -> None:
    """Emptied and filled again, the tables hold the same rows; another seed gives others."""
    be(lab, models.metadata)
    taken = []
    for number in (5, 5, 6):
        seed(10, number)
        taken.append(scalars(lab, "SELECT display_name FROM user_profiles ORDER BY display_name"))
        execute(lab, "DELETE FROM user_profiles", "DELETE FROM users")
    assert taken[0] == taken[1] != taken[2]


def test_existing_rows_stay(lab: Lab, seed: Seed) -> None:
    """Seeding adds: what a table holds stays, and counts for what must be distinct."""
    be(lab, models.metadata)
    execute(lab, "INSERT INTO users (id, email, name) VALUES (900, 'zjackson@example.com', 'Z')")
    seed(10, tables=["users"])
    seed(10, tables=["users"])
    assert len(scalars(lab, "SELECT id FROM users")) == 21
    assert scalars(lab, "SELECT name FROM users WHERE id = 900") == ["Z"]


CHECKED = """CREATE TABLE employees (id {serial}, salary NUMERIC(8, 2) NOT NULL,
    hired DATE NOT NULL, fired DATE, status VARCHAR(10) NOT NULL, code VARCHAR(9) NOT NULL,
    plan VARCHAR(10) DEFAULT 'free' NOT NULL, odd INTEGER NOT NULL,
    CONSTRAINT ck_salary CHECK (salary > 10 AND salary <= 12),
    CONSTRAINT ck_order CHECK (fired IS NULL OR hired <= fired),
    CONSTRAINT ck_status CHECK (status IN ('active', 'gone')),
    CONSTRAINT ck_code CHECK (length(code) >= 7 AND code LIKE 'E-%'),
    CONSTRAINT ck_odd CHECK (odd - 2 * (odd / 2) <> 5),
    CONSTRAINT ck_both CHECK ((status = 'gone') = (fired IS NOT NULL)))"""


def test_checks_are_met(lab: Lab, seed: Seed, make: Callable[..., None]) -> None:
    """Bounds, lists, lengths, patterns and the order of columns are met, all in one row."""
    make(CHECKED)
    assert seed(40).tables == (("employees", 40),)
    assert set(scalars(lab, "SELECT status FROM employees")) == {"active", "gone"}
    assert set(scalars(lab, "SELECT plan FROM employees")) == {"free"}


BOUND = [
    "CREATE TABLE tenants (id {serial}, code CHAR(2) NOT NULL UNIQUE)",
    """CREATE TABLE employees (id {serial}, boss_id INTEGER REFERENCES employees (id),
    tenant_id INTEGER NOT NULL REFERENCES tenants (id), email VARCHAR(40) NOT NULL)""",
    "CREATE UNIQUE INDEX ux ON employees (tenant_id, email)",
    "CREATE TABLE tags (name VARCHAR(12) NOT NULL PRIMARY KEY)",
    """CREATE TABLE employee_tags (employee_id INTEGER NOT NULL REFERENCES employees (id),
    tag VARCHAR(12) NOT NULL REFERENCES tags (name), PRIMARY KEY (employee_id, tag))""",
    "CREATE TABLE own (id {serial}, parent INTEGER NOT NULL REFERENCES own (id))",
]


def test_keys_hold(lab: Lab, seed: Seed, make: Callable[..., None]) -> None:
    """Composite keys, unique pairs, and foreign keys to the table itself, nullable or not."""
    make(*BOUND)
    assert {rows for _, rows in seed(40).tables} == {40}
    bosses = scalars(lab, "SELECT boss_id FROM employees WHERE boss_id IS NOT NULL")
    assert set(bosses) <= set(scalars(lab, "SELECT id FROM employees"))
    assert bosses
    assert set(scalars(lab, "SELECT parent FROM own")) <= set(scalars(lab, "SELECT id FROM own"))


def test_numbering_goes_on_after_seeding(lab: Lab, seed: Seed, make: Callable[..., None]) -> None:
    """A row inserted afterwards gets a number of its own from the database."""
    make("CREATE TABLE own (id {serial}, parent INTEGER NOT NULL REFERENCES own (id))")
    seed(5)
    execute(lab, "INSERT INTO own (parent) SELECT min(id) FROM own")
    assert len(scalars(lab, "SELECT id FROM own")) == 6


CIRCLE = [
    "CREATE TABLE a (id {serial}, b_id INTEGER)",
    "CREATE TABLE b (id {serial}, a_id INTEGER NOT NULL REFERENCES a (id))",
]


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_circle_is_closed_afterwards(lab: Lab, seed: Seed, make: Callable[..., None]) -> None:
    """Two tables that point to each other: the key that may be NULL is filled at the end."""
    make(*CIRCLE, "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id)")
    execute(lab, "INSERT INTO a (id) VALUES (900)")
    seed(20)
    pointing = scalars(lab, "SELECT b_id FROM a WHERE b_id IS NOT NULL")
    assert 10 < len(pointing) <= 20
    assert scalars(lab, "SELECT b_id FROM a WHERE id = 900") == [None]


def test_a_circle_without_a_beginning_is_refused(
    lab: Lab, seed: Seed, make: Callable[..., None], dialect: str
) -> None:
    """Where each row needs a row of the other table first, both are named and nothing is done."""
    if dialect == "sqlite":
        make("CREATE TABLE a (id {serial}, b_id INTEGER NOT NULL REFERENCES b (id))", CIRCLE[1])
    else:
        make(
            CIRCLE[0].replace("INTEGER)", "INTEGER NOT NULL)"),
            CIRCLE[1],
            "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id)",
        )
    with pytest.raises(DatabaseError, match="a, b each need a row of another first"):
        seed(5)
    assert scalars(lab, "SELECT count(*) FROM b") == [0]


def test_a_check_that_cannot_be_met_is_named(
    lab: Lab, seed: Seed, make: Callable[..., None]
) -> None:
    """The error names the CHECK and its condition, in bounded time, and no table has rows."""
    make(
        "CREATE TABLE a_first (id {serial}, n INTEGER)",
        "CREATE TABLE t (id {serial}, n INTEGER NOT NULL, CONSTRAINT never CHECK (n * n < 0))",
    )
    with pytest.raises(DatabaseError, match=r"CHECK never \(.*< 0\)") as caught:
        seed(5)
    assert "tables=" in caught.value.cure
    assert scalars(lab, "SELECT count(*) FROM a_first") == [0]


def test_what_is_used_up_is_noted(lab: Lab, seed: Seed, make: Callable[..., None]) -> None:
    """A key with three possible values gives three rows, and the note says why."""
    make("CREATE TABLE t (c VARCHAR(5) PRIMARY KEY CHECK (c IN ('red', 'green', 'blue')))")
    seeded = seed(10)
    assert seeded.tables == (("t", 3),)
    assert seeded.notes == ("t got 3 of 10 rows: there are no more distinct c.",)
    assert "3 new rows" in repr(seeded)
    assert "no more distinct c" in seeded._repr_html_()


TYPES = {
    "sqlite": """CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, j JSON NOT NULL, b BLOB NOT NULL,
        r REAL NOT NULL, x TEXT NOT NULL, d DATETIME NOT NULL, h TIME NOT NULL,
        g INT GENERATED ALWAYS AS (1 + 1) STORED, anything)""",
    "postgresql": """CREATE TYPE mood AS ENUM ('ok', 'bad');
        CREATE DOMAIN large AS integer CHECK (VALUE > 10);
        CREATE TABLE t (id uuid PRIMARY KEY, m mood NOT NULL, ms mood[] NOT NULL, j jsonb NOT NULL,
        i inet NOT NULL, r int4range NOT NULL, d large NOT NULL, t timestamptz NOT NULL,
        l interval NOT NULL, bits bit(4) NOT NULL, b bytea NOT NULL, f real NOT NULL,
        g int GENERATED ALWAYS AS (1 + 1) STORED, y money NOT NULL, x xml,
        u uuid DEFAULT gen_random_uuid() UNIQUE, n bigint GENERATED ALWAYS AS IDENTITY UNIQUE)""",
    "mariadb": """CREATE TABLE t (id UUID PRIMARY KEY, e ENUM('x', 'y') NOT NULL,
        s SET('p', 'q') NOT NULL, j JSON NOT NULL, y YEAR NOT NULL,
        t TINYINT UNSIGNED NOT NULL UNIQUE, o TINYINT(1) NOT NULL, b BLOB NOT NULL,
        v VARBINARY(8) NOT NULL, i BIT(4) NOT NULL, d DATETIME(3) NOT NULL, f DOUBLE NOT NULL,
        n DECIMAL(4, 3) NOT NULL UNIQUE, g INT AS (1 + 1) STORED, h TIME NOT NULL)""",
}


def test_types_are_met(lab: Lab, seed: Seed, dialect: str) -> None:
    """Each dialect's own types take the values; what the database generates is left to it."""
    execute(lab, TYPES[dialect])
    assert seed(30).tables == (("t", 30),)
    assert set(scalars(lab, "SELECT g FROM t")) == {2}


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_type_that_is_not_known_is_named(lab: Lab, seed: Seed) -> None:
    """A column that must have a value of an unknown type is an error with its name."""
    execute(lab, "CREATE TABLE t (id int PRIMARY KEY, place point NOT NULL)")
    with pytest.raises(DatabaseError, match=r"t\.place: its type is unknown"):
        seed(1)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_only_named_tables_are_filled(lab: Lab, seed: Seed) -> None:
    """Other tables get nothing; a parent without rows, or an unknown table, is refused."""
    be(lab, models.metadata)
    with pytest.raises(DatabaseError, match="user_profiles needs rows of users") as caught:
        seed(5, tables=["user_profiles"])
    assert "'users', 'user_profiles'" in caught.value.cure
    assert seed(5, tables=["users"]).tables == (("users", 5),)
    assert seed(5, tables="user_profiles").tables == (("user_profiles", 5),)
    with pytest.raises(InputError, match="nowhere"):
        seed(5, tables=["nowhere"])


def test_a_database_that_may_hold_real_rows_is_refused(lab: Lab) -> None:
    """Without `anywhere`, only scratch and embedded databases are filled; the cure says so."""
    be(lab, models.metadata)
    before = schema_dump(lab.engine.url)
    with pytest.raises(DatabaseError, match="is not a scratch database") as caught:
        lab.seed()
    assert "anywhere=True" in caught.value.cure
    assert schema_dump(lab.engine.url) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_embedded_file_is_filled(lab: Lab) -> None:
    """The SQLite file beside alembic.ini is a place to play in; alembic_version stays as it is."""
    embedded = Lab(config=lab.root)
    be(embedded, models.metadata)
    embedded.stamp("head")
    frame = embedded.seed(7).frame
    assert list(frame["table"]) == ["users", "user_profiles"]
    assert list(frame["rows"]) == [7, 7]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_number_below_zero_is_refused(seed: Seed) -> None:
    """Zero rows are no rows; less than that is an error."""
    assert seed(0).total == 0
    with pytest.raises(InputError):
        seed(-1)
