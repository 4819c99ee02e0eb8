"""A statement is in doubt after a kill, and its effect does not show in definitions (MariaDB)."""

import signal
import uuid

import pytest
import sqlalchemy as sa

from schema_lab.errors import MigrationError
from tests.support.kills import kill_around
from tests.support.processes import through_lab
from tests.support.revisions import Walk

pytestmark = pytest.mark.parametrize("dialect", ["mariadb"])
TABLE = "CREATE TABLE {} (id INT PRIMARY KEY, n INT, m INT) ENGINE={}"
SWAP = "RENAME TABLE users TO aside, `stäging b` TO users, aside TO `stäging b`"
CHANGES = {
    SWAP: [99, 55],
    "CREATE OR REPLACE TABLE users (id INT PRIMARY KEY, n INT, m INT)": [55],
    "TRUNCATE TABLE users": [55],
    "ALTER TABLE parts EXCHANGE PARTITION low WITH TABLE users": [55, 10],
}
"""Each statement, and then the rows of users and of parts."""
COLUMNS = "ALTER TABLE users CHANGE m n INT AFTER id, CHANGE n m INT AFTER n"


@pytest.fixture
def storage() -> str:
    """Name the storage engine of the tables."""
    return "InnoDB"


@pytest.fixture
def twins(walk: Walk, storage: str) -> Walk:
    """Give a walk with two tables of one shape, and a partitioned table of that shape."""
    parts = " PARTITION BY RANGE (id) (PARTITION low VALUES LESS THAN (10))"
    walk.sql(
        *(TABLE.format(name, storage) for name in ("users", "`stäging b`")),
        TABLE.format("parts", storage) + parts,
        "INSERT INTO users VALUES (1, 10, -10)",
        "INSERT INTO `stäging b` VALUES (1, 99, -99)",
        "INSERT INTO parts VALUES (2, 55, -55)",
    )
    return walk


def rows(walk: Walk) -> list[int]:
    """Give the first numbers of users, then of parts."""
    with walk.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT n FROM users UNION ALL SELECT n FROM parts")
        return [row[0] for row in found]


def killed_around(walk: Walk, statement: str, *, after: bool) -> None:
    """Upgrade by a revision with this statement, and be killed right before or after it."""
    block = "with op.get_context().autocommit_block():\n    "
    walk.revision("0002", f'{block}op.execute("{statement}")')
    outcome = walk.start(through_lab, prepare=kill_around(statement, after=after)).end()
    assert outcome.code == -signal.SIGKILL, outcome.text


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("after", [False, True])
def test_a_change_of_objects_of_one_shape_runs_once(twins: Walk, change: str, after: bool) -> None:
    """A3: killed right before or after a statement that only exchanges objects: it runs once."""
    killed_around(twins, change, after=after)
    assert (rows(twins) == CHANGES[change]) == after
    twins.lab().resume()
    assert rows(twins) == CHANGES[change]
    assert twins.heads == ("0002",)


@pytest.mark.parametrize(("storage", "change"), [("Aria", SWAP), ("InnoDB", COLUMNS)])
@pytest.mark.parametrize("ran", [True, False])
def test_where_nothing_tells_the_lab_asks(twins: Walk, change: str, ran: bool) -> None:
    """A3: the server does not say whether the statement ran: nothing runs until the lab is told."""
    killed_around(twins, change, after=ran)
    before = twins.dump()
    with pytest.raises(MigrationError, match=r"does not say whether it ran.*resume\(ran=True\)"):
        twins.lab().resume()
    assert twins.dump() == before
    twins.lab().resume(ran=ran)
    assert rows(twins) == [99 if change == SWAP else -10, 55]


def test_a_user_who_may_not_read_the_ids_is_asked(twins: Walk) -> None:
    """A3: without the right PROCESS the ids are unknown, and unknown is not taken for unchanged."""
    user, database = f"lab_{uuid.uuid4().hex[:8]}", sa.make_url(twins.url).database
    twins.sql(f"CREATE USER {user}", f"GRANT ALL ON `{database}`.* TO {user}")
    try:
        limited = Walk(twins.root, str(sa.make_url(twins.url).set(username=user)))
        killed_around(limited, SWAP, after=True)
        with pytest.raises(MigrationError, match="does not say whether it ran"):
            limited.lab().resume()
        with pytest.raises(MigrationError, match="does not say whether it ran"):
            twins.lab().resume()
    finally:
        twins.sql(f"DROP USER {user}")


def test_a_change_by_somebody_else_is_not_taken_for_the_statement(walk: Walk) -> None:
    """A3: a table that somebody creates after the kill does not make the lab skip a statement."""
    killed_around(walk, "ALTER TABLE counters ADD COLUMN label INT", after=False)
    walk.sql("CREATE TABLE foreign_one (id INT)")
    walk.lab().resume()
    assert walk.value("SELECT COUNT(label) FROM counters") == 0
