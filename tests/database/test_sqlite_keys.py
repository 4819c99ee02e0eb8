"""SQLite's foreign keys are read with the names that only the SQL keeps."""

from schema_lab.schema.reflection.sqlite import foreign_keys
from tests.support.engines import engine_of

PARENT = "CREATE TABLE p (id INTEGER PRIMARY KEY, b INT, UNIQUE (id, b))"


def _keys(definition: str) -> list[dict[str, object]]:
    with engine_of() as engine, engine.connect() as connection:
        connection.exec_driver_sql(PARENT)
        connection.exec_driver_sql(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {definition})")
        return foreign_keys(connection, "t")


def test_each_key_has_its_own_name() -> None:
    """Keys of columns and of the table stand in the order of the text, named as there."""
    found = _keys(
        'n INT CONSTRAINT "my ""key" REFERENCES p (id), m INT REFERENCES p,'
        " CONSTRAINT two FOREIGN KEY (m, n) REFERENCES p (id, b)"
    )
    assert [one["name"] for one in found] == ['my "key', None, "two"]
    assert [one["referred_columns"] for one in found] == [["id"], ["id"], ["id", "b"]]


def test_what_a_key_does_is_read() -> None:
    """Actions and the time of its check are there."""
    (one,) = _keys("n INT REFERENCES p ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED")
    assert one["options"] == {"ondelete": "CASCADE", "deferrable": True, "initially": "DEFERRED"}


def test_a_key_that_is_not_deferrable_says_so() -> None:
    """NOT DEFERRABLE is no DEFERRABLE."""
    (one,) = _keys("n INT REFERENCES p NOT DEFERRABLE")
    assert one["options"] == {"deferrable": False}
