"""Migrations that rebuild a SQLite table: rows and clauses are kept, or the loss is refused."""

import sqlite3
from contextlib import closing

import pytest

from schema_lab.errors import MigrationError
from schema_lab.models import Field
from tests.support.processes import DOORS
from tests.support.revisions import Walk

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])
REBUILD = """
with op.batch_alter_table("users") as batch:
    batch.alter_column("age", nullable=False)
"""
PLAIN = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INT); "
TEAMS = "CREATE TABLE teams (id INTEGER PRIMARY KEY); "

NOTED = "CREATE TRIGGER noted AFTER INSERT ON users BEGIN INSERT INTO log VALUES (1); END"


def column(clause: str) -> str:
    """Give a table users with one more column, or with a clause of the table."""
    return f"CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INT, {clause})"


LOSSES = {
    "B3": (f"{PLAIN} CREATE TABLE log (n INT); {NOTED}", "trigger noted of users"),
    "B4": (f"{PLAIN} CREATE VIEW emails AS SELECT email FROM users", "view emails"),
    "B5": (
        "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT, age INT)",
        "AUTOINCREMENT of users.id",
    ),
    "B6": (column("name TEXT COLLATE NOCASE"), "COLLATE NOCASE of users.name"),
    "B7 stored": (column("twice INT GENERATED ALWAYS AS (age * 2) STORED"), "generated column"),
    "B7 virtual": (column("twice INT AS (age * 2)"), "generated column"),
    "B8 of a column": (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INT CHECK (age > 0))",
        "CHECK (age > 0) of users.age",
    ),
    "B8 of the table": (column("CHECK (age < 200)"), "CHECK (age < 200) of users.age"),
    "ON CONFLICT": (column("name TEXT UNIQUE ON CONFLICT REPLACE"), "ON CONFLICT REPLACE of users"),
}
KEPT = {
    "B8 named": column("CONSTRAINT ck_users_age CHECK (age > 0)"),
    "B9 plain": f"{PLAIN} CREATE INDEX ix ON users (email)",
    "B9 partial": f"{PLAIN} CREATE UNIQUE INDEX ix ON users (email) WHERE age > 3",
    "B9 expression": f"{PLAIN} CREATE INDEX ix ON users (lower(email))",
    "B9 DESC": f"{PLAIN} CREATE INDEX ix ON users (email DESC)",
    "B9 COLLATE": f"{PLAIN} CREATE INDEX ix ON users (email COLLATE NOCASE DESC)",
    "B10": TEAMS + column("team INT REFERENCES teams (id) ON DELETE CASCADE"),
    "B10 update": TEAMS + column("team INT REFERENCES teams (id) ON UPDATE SET NULL"),
    "B10 named": TEAMS
    + column("team INT, CONSTRAINT fk FOREIGN KEY (team) REFERENCES teams (id) ON DELETE CASCADE"),
    "STRICT": column("name TEXT") + " STRICT",
    "WITHOUT ROWID": column("name TEXT") + " WITHOUT ROWID",
    "a comment, and a column like a keyword": column('"check" TEXT /* COLLATE NOCASE */'),
}


def run(walk: Walk, script: str) -> None:
    """Run SQL of several statements on the file, as a person with a shell does."""
    with closing(sqlite3.connect(str(walk.engine.url.database))) as connection:
        connection.executescript(script)
        connection.commit()


def users(walk: Walk, schema: str) -> None:
    """Make the tables, and a row in users."""
    run(walk, schema)
    run(walk, "INSERT INTO users (id, email, age) VALUES (1, 'ann', 30)")


@pytest.mark.filterwarnings("ignore:Unnamed CHECK")
@pytest.mark.parametrize("case", LOSSES)
def test_a_loss_is_refused(walk: Walk, case: str) -> None:
    """B3, B4, B5, B6, B7, B8: what the copy cannot hold is listed, nothing is changed."""
    schema, loss = LOSSES[case]
    users(walk, schema)
    walk.revision("0002", REBUILD)
    before = walk.dump()
    with pytest.raises(MigrationError) as error:
        walk.lab().upgrade(accept_loss=True)
    assert loss in str(error.value)
    assert "0002" in error.value.fact
    assert walk.dump() == before


@pytest.mark.parametrize("case", KEPT)
def test_what_the_copy_can_hold_is_kept(walk: Walk, case: str) -> None:
    """B8, B9, B10: no false alarm where the copy keeps it."""
    users(walk, KEPT[case])
    walk.revision("0002", REBUILD)
    assert walk.lab().upgrade(accept_loss=True).after == ("0002",)
    assert walk.value("SELECT email FROM users") == "ann"


@pytest.mark.parametrize("terms", ["lower(email)", "age, email DESC", "email COLLATE NOCASE"])
def test_a_copy_keeps_what_an_index_says(walk: Walk, terms: str) -> None:
    """B9: an index on an expression, DESC or with a collation is the same after a copy."""
    users(walk, f"{PLAIN} CREATE INDEX ix ON users ({terms})")
    walk.revision("0002", REBUILD)
    walk.lab().upgrade()
    assert walk.value("SELECT sql FROM sqlite_master WHERE name = 'ix'") == (
        f"CREATE INDEX ix ON users ({terms})"
    )


@pytest.mark.parametrize("door", DOORS)
def test_every_door_is_guarded(walk: Walk, door: str) -> None:
    """B3: a lost trigger is refused through every door, with the cure."""
    users(walk, LOSSES["B3"][0])
    walk.revision("0002", REBUILD)
    outcome = walk.start(DOORS[door]).end()
    assert outcome.code != 0
    assert "trigger noted of users" in outcome.text
    assert 'accepted_losses = ["trigger noted of users"]' in outcome.text
    assert walk.heads == ("0001",)


TRIGGER = "CREATE TRIGGER noted AFTER INSERT ON users BEGIN DELETE FROM log; END"
ANSWERS = {
    "made again": (f"{REBUILD}\nop.execute('{TRIGGER}')", ""),
    "dropped by name": (f'op.execute("DROP TRIGGER noted")\n{REBUILD}', ""),
    "accepted": (REBUILD, 'accepted_losses = ["trigger noted of users"]'),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_loss_that_is_meant_passes(walk: Walk, answer: str) -> None:
    """B3: a trigger that the script makes again, drops or lists is no reason to refuse."""
    users(walk, LOSSES["B3"][0])
    body, top = ANSWERS[answer]
    walk.revision("0002", body, top=top)
    assert walk.lab().upgrade(accept_loss=True).after == ("0002",)


@pytest.mark.parametrize("name", ["users", "trigger noted of users", "*"])
def test_a_loss_is_accepted_from_outside_the_script(walk: Walk, name: str) -> None:
    """B3: the table's name, the loss itself or "*" lets it go, in a rehearsal and an upgrade."""
    users(walk, LOSSES["B3"][0])
    walk.revision("0002", REBUILD)
    lab = walk.lab()
    rehearsal = lab.rehearse(accept_loss=name)
    run = lab.upgrade(accept_loss=[name])
    assert run.after == ("0002",)
    assert run.notes == ("Rebuilt tables have lost, as accepted: trigger noted of users.",)
    assert set(run.notes) < set(rehearsal.notes)


def test_another_loss_accepts_nothing(walk: Walk) -> None:
    """B3: a name that is not the loss's refuses as before, also the rehearsal."""
    users(walk, LOSSES["B3"][0])
    walk.revision("0002", REBUILD)
    assert walk.lab().rehearse(accept_loss="log").failure is not None
    with pytest.raises(MigrationError, match=r'lab.upgrade\(accept_loss=\["users"\]\)'):
        walk.lab().upgrade(accept_loss=["log"])


@pytest.mark.parametrize("program", ["scripts/run_migrations.py", "-m schema_lab upgrade"])
def test_a_terminal_accepts_what_its_refusal_names(walk: Walk, program: str) -> None:
    """B3: the option that the cure spells lets the migration run."""
    users(walk, LOSSES["B3"][0])
    walk.revision("0002", REBUILD)
    words = program.split()
    refused = walk.terminal.python(*words)
    assert '`schema-lab upgrade --accept-loss "users"`' in refused.stderr
    accepted = walk.terminal.python(*words, "--accept-loss", "users")
    assert accepted.returncode == 0, accepted.stderr
    assert "note: Rebuilt tables have lost, as accepted: trigger noted of users." in accepted.stdout


def test_a_replay_loses_what_the_history_loses(walk: Walk) -> None:
    """B3: a history that somebody else wrote is compared, whatever its copies lose."""
    made = f"for sql in ({PLAIN.strip('; ')!r}, {TRIGGER!r}): op.execute(sql)"
    walk.revision("0002", made)
    walk.revision("0003", REBUILD)
    assert "age integer NOT NULL" in walk.lab().schema("head").sql


def batch(call: str) -> str:
    """Give the code of a batch with one call."""
    return f'with op.batch_alter_table("users", recreate="always") as batch:\n    batch.{call}'


READ = 'name = sa.inspect(op.get_bind()).get_indexes("users")[0]["name"]'
DROPS = {
    "a column with its collation": (LOSSES["B6"][0], batch('drop_column("name")')),
    "a named check": (KEPT["B8 named"], batch('drop_constraint("ck_users_age", type_="check")')),
    "an index": (KEPT["B9 plain"], batch('drop_index("ix")')),
    "a key with its action": (
        KEPT["B10 named"],
        batch('drop_constraint("fk", type_="foreignkey")'),
    ),
    "an index whose name is read": (KEPT["B9 plain"], f"{READ}\n{batch('drop_index(name)')}"),
    "a check whose name is computed": (
        KEPT["B8 named"],
        batch('drop_constraint("_".join(["ck", "users", "age"]), type_="check")'),
    ),
    "a column whose name is computed": (LOSSES["B6"][0], batch('drop_column("na" + "me")')),
    "the whole table": (LOSSES["B3"][0], 'op.drop_table("users")'),
}


@pytest.mark.parametrize("drop", DROPS)
def test_what_a_script_drops_by_name_is_no_loss(walk: Walk, drop: str) -> None:
    """B3, B6, B8, B9, B10: no false alarm where the script says what goes."""
    schema, body = DROPS[drop]
    users(walk, schema)
    walk.revision("0002", body)
    assert walk.lab().upgrade(accept_loss=True).after == ("0002",)


def test_a_name_that_nothing_drops_is_lost(walk: Walk) -> None:
    """B3: a trigger is lost though a call that never ran would drop what is named like it."""
    users(walk, LOSSES["B3"][0])
    walk.revision("0002", f'if False:\n    op.drop_index("noted")\n{REBUILD}')
    with pytest.raises(MigrationError, match="trigger noted of users"):
        walk.lab().upgrade(accept_loss=True)


def test_a_rename_in_batch_mode_does_not_hide_a_loss(walk: Walk) -> None:
    """B6: a column that is renamed while the table is copied still loses its collation."""
    users(walk, LOSSES["B6"][0])
    walk.revision("0002", batch('alter_column("name", new_column_name="label")'))
    with pytest.raises(MigrationError, match=r"COLLATE NOCASE of users\.name"):
        walk.lab().upgrade(accept_loss=True)


def test_a_downgrade_is_guarded_too(walk: Walk) -> None:
    """B3: a downgrade that rebuilds a table would lose its trigger, and is refused."""
    walk.revision("0002", "pass", REBUILD)
    walk.lab().upgrade()
    users(walk, LOSSES["B3"][0])
    before = walk.dump()
    with pytest.raises(MigrationError, match="trigger noted of users"):
        walk.lab().downgrade(accept_loss=True)
    assert walk.dump() == before


def test_what_a_rebuilt_table_gains_is_no_loss(walk: Walk) -> None:
    """B3, B5, B6: a collation, a trigger and a counter that are only there afterwards pass."""
    users(walk, f"{LOSSES['B5'][0]}; CREATE TABLE log (n INT)")
    walk.revision(
        "0002",
        f"""
op.execute("CREATE TABLE new (id INTEGER PRIMARY KEY AUTOINCREMENT,"
           " email TEXT COLLATE NOCASE, age INT)")
op.execute("INSERT INTO new SELECT * FROM users")
op.execute("DROP TABLE users")
op.execute("ALTER TABLE new RENAME TO users")
op.execute("INSERT INTO users (id, email) VALUES (90, 'bob')")
op.execute("{NOTED}")
""",
    )
    assert walk.lab().upgrade(accept_loss=True).after == ("0002",)


def test_a_table_rebuilt_by_hand_is_guarded(walk: Walk) -> None:
    """B3, B9: the same loss without Alembic's batch mode is refused as well."""
    users(walk, LOSSES["B3"][0] + "; CREATE INDEX ix ON users (email)")
    walk.revision(
        "0002",
        """
op.execute("CREATE TABLE new (id INTEGER PRIMARY KEY, email TEXT, age INT NOT NULL)")
op.execute("INSERT INTO new SELECT * FROM users")
op.execute("DROP TABLE users")
op.execute("ALTER TABLE new RENAME TO users")
""",
    )
    with pytest.raises(MigrationError, match=r"trigger noted of users; index ix of users") as error:
        walk.lab().upgrade(accept_loss=True)
    assert 'accepted_losses = ["trigger noted of users"]' in error.value.cure


def test_a_counter_never_goes_back(walk: Walk) -> None:
    """B5: AUTOINCREMENT that is kept but would give out old numbers again is refused."""
    users(walk, LOSSES["B5"][0])
    run(walk, "INSERT INTO users (id, email, age) VALUES (90, 'x', 1)")
    run(walk, "DELETE FROM users WHERE id = 90")
    kept = 'op.batch_alter_table("users", table_kwargs={"sqlite_autoincrement": True})'
    walk.revision("0002", REBUILD.replace('op.batch_alter_table("users")', kept))
    with pytest.raises(MigrationError, match="counter 90 of users"):
        walk.lab().upgrade(accept_loss=True)


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL"])
@pytest.mark.parametrize("door", DOORS)
def test_children_keep_their_rows(walk: Walk, action: str, door: str) -> None:
    """B1, B2: rebuilding the parent neither deletes the children nor empties their keys."""
    users(
        walk,
        f"{PLAIN} CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER"
        f" REFERENCES users (id) ON DELETE {action}); INSERT INTO posts VALUES (7, 1)",
    )
    walk.revision("0002", REBUILD)
    outcome = walk.start(DOORS[door]).end()
    assert outcome.code == 0, outcome.text
    assert walk.value("SELECT author FROM posts WHERE id = 7") == 1


def test_columns_change_without_a_copy(walk: Walk) -> None:
    """B11: adding and dropping columns as autogenerate writes it copies no table."""
    made = "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR, age INT);"
    users(walk, f"{made} {NOTED.replace('INTO log VALUES (1)', 'INTO users (email) VALUES (1)')}")
    page = "SELECT rootpage FROM sqlite_master WHERE name = 'users'"
    before = walk.value(page)
    lab = walk.lab()

    class User(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        __tablename__ = "users"
        id: int | None = Field(default=None, primary_key=True)
        email: str | None = None
        nick: str | None = Field(default=None, max_length=20)

    path = lab.autogenerate("Swap columns").write().path
    assert path is not None
    body = path.read_text().partition("def upgrade")[2].partition("def downgrade")[0]
    assert "op.add_column('users'" in body
    assert "op.drop_column('users', 'age')" in body
    assert "batch" not in body
    lab.upgrade(accept_loss=True)
    assert walk.value(page) == before
    assert walk.value("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'") == 1


def test_a_column_is_renamed_without_a_copy(walk: Walk) -> None:
    """B11: renaming a column outside of a batch copies no table and keeps its trigger."""
    users(walk, LOSSES["B3"][0])
    page = "SELECT rootpage FROM sqlite_master WHERE name = 'users'"
    before = walk.value(page)
    walk.revision("0002", 'op.alter_column("users", "email", new_column_name="address")')
    walk.lab().upgrade(accept_loss=True)
    assert walk.value("SELECT address FROM users") == "ann"
    assert walk.value(page) == before
    assert walk.value("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger'") == 1
