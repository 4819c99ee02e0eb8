"""A10: the database may not be written, or the user may not change its schema."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import DatabaseError, MigrationError
from tests.history_faults.damage import FIRST, Place, errors, tables
from tests.support.servers import server_url

GRANT = "Ask the owner of the database for the missing right"


def as_administrator(dialect: str, database: str, *statements: str) -> None:
    """Run SQL as the servers' administrator, in a database."""
    url = server_url(dialect).set(database=database)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def user(dialect: str, database_url: str) -> Iterator[str]:
    """Give a user of the server with no right but to read and write rows of the database."""
    name, database = f"sl_{uuid.uuid4().hex[:10]}", str(sa.make_url(database_url).database)
    rights = "SELECT, INSERT, UPDATE, DELETE"
    if dialect == "postgresql":
        default = f"ALTER DEFAULT PRIVILEGES GRANT {rights} ON TABLES TO {name}"
        as_administrator(dialect, database, f"CREATE ROLE {name} LOGIN", default)
    else:
        grant = f"GRANT {rights} ON {database}.* TO {name}@'127.0.0.1'"
        made = f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'right'"
        as_administrator(dialect, database, made, grant)
    yield name
    if dialect == "postgresql":
        as_administrator(dialect, database, f"DROP OWNED BY {name}", f"DROP ROLE {name}")
    else:
        as_administrator(dialect, database, f"DROP USER {name}@'127.0.0.1'")


@pytest.fixture
def theirs(user: str, dialect: str, project: Path, database_url: str) -> Place:
    """Give the place as that user sees it."""
    password = "right" if dialect == "mariadb" else None
    url = sa.make_url(database_url).set(username=user, password=password)
    return Place(project, url.render_as_string(hide_password=False))


class TestFiles:
    """SQLite: a file, its folder, and whether they may be written."""

    @pytest.mark.parametrize("dialect", ["sqlite"])
    @pytest.mark.parametrize("option", ["mode=ro", "immutable=1"])
    def test_a_file_that_may_not_be_written_is_left_alone(
        self, project: Path, database_url: str, option: str
    ) -> None:
        """A10: upgrade, downgrade and stamp fail with the cure, reading goes on."""
        place = Place(project, database_url)
        place.lab.upgrade(FIRST)
        before = place.dump()
        file = sa.make_url(database_url).database
        only_read = Place(project, f"sqlite:///file:{file}?{option}&uri=true")
        said = errors(only_read.lab, "status", "history", "drift", "upgrade", "downgrade", "stamp")
        assert said.keys() == {"upgrade", "downgrade", "stamp"}
        assert all("Make the file and its folder writable" in one for one in said.values())
        assert place.dump() == before

    def test_a_missing_folder_is_named_at_once(self, project: Path, tmp_path: Path) -> None:
        """A10: the lab does not open on a file whose folder is not there."""
        with pytest.raises(DatabaseError, match=r"folder .*gone does not exist") as caught:
            Lab(f"sqlite:///{tmp_path}/gone/lab.db", config=project)
        assert "Create the folder" in caught.value.cure
        assert not (tmp_path / "gone").exists()

    def test_a_folder_that_went_away_is_named(self, project: Path, tmp_path: Path) -> None:
        """A10: so it is for a lab that was open before."""
        folder = tmp_path / "soon gone"
        folder.mkdir()
        lab = Lab(f"sqlite:///{folder}/lab.db", config=project)
        folder.rmdir()
        said = errors(lab, "status", "history", "drift", "upgrade")
        assert said.keys() == {"history", "drift", "upgrade"}
        assert all("Check that the file and its folder exist" in one for one in said.values())
        assert not folder.exists()


@pytest.mark.parametrize("dialect", ["postgresql"])
class TestRoles:
    """PostgreSQL: what a role may not, fails as a whole."""

    def test_a_role_without_create_touches_nothing(self, theirs: Place, database_url: str) -> None:
        """A10: not even the version table is made."""
        said = errors(theirs.lab, "upgrade", "stamp")
        assert said.keys() == {"upgrade", "stamp"}
        assert all("permission denied for schema public" in one for one in said.values())
        assert all(GRANT in one for one in said.values())
        assert tables(database_url) == set()

    def test_a_role_that_does_not_own_the_tables_touches_nothing(
        self, theirs: Place, database_url: str
    ) -> None:
        """A10: another's tables stay as they are, whether up or down."""
        owner = Place(theirs.project, database_url)
        owner.lab.upgrade(FIRST)
        before = owner.dump()
        said = errors(theirs.lab, "upgrade", "downgrade")
        assert said.keys() == {"upgrade", "downgrade"}
        assert all("must be owner of table user_profiles" in one for one in said.values())
        assert all(GRANT in one for one in said.values())
        assert owner.dump() == before


@pytest.mark.parametrize("dialect", ["mariadb"])
class TestUsers:
    """MariaDB: DDL stands once it ran, so rights are tried before the first statement."""

    def test_a_user_without_create_touches_nothing(
        self, theirs: Place, user: str, database_url: str
    ) -> None:
        """A10: all rights that the way needs and the user lacks are named, with the GRANT."""
        with pytest.raises(MigrationError, match="has no right to CREATE, ALTER, INDEX") as caught:
            theirs.lab.upgrade()
        assert "GRANT CREATE, ALTER, INDEX ON `" in caught.value.cure
        assert f"TO '{user}'@'127.0.0.1'" in caught.value.cure
        assert "right'" not in caught.value.fact
        assert tables(database_url) == set()

    def test_a_user_without_alter_does_not_begin(
        self, theirs: Place, user: str, database_url: str
    ) -> None:
        """A10: the first revision would pass and the second fail, so neither runs."""
        database = str(sa.make_url(database_url).database)
        most = f"GRANT CREATE, INDEX, DROP, REFERENCES ON {database}.* TO {user}@'127.0.0.1'"
        as_administrator("mariadb", database, most)
        with pytest.raises(MigrationError, match="has no right to ALTER in"):
            theirs.lab.upgrade()
        assert tables(database_url) == set()

    def test_the_grant_that_the_error_names_is_enough(
        self, theirs: Place, user: str, database_url: str
    ) -> None:
        """A10: the cure works as it is written."""
        database = str(sa.make_url(database_url).database)
        as_administrator(
            "mariadb", database, f"GRANT REFERENCES, DROP ON {database}.* TO {user}@'127.0.0.1'"
        )
        with pytest.raises(MigrationError) as caught:
            theirs.lab.upgrade()
        as_administrator(
            "mariadb", database, caught.value.cure.partition(": ")[2].removesuffix(".")
        )
        assert theirs.lab.upgrade().revisions[0] == FIRST

    def test_a_right_that_the_way_does_not_need_is_not_asked_for(
        self, theirs: Place, user: str, database_url: str
    ) -> None:
        """A10: a user who may add and not drop can upgrade; the way back is refused at once."""
        database = str(sa.make_url(database_url).database)
        most = f"GRANT CREATE, ALTER, INDEX, REFERENCES ON {database}.* TO {user}@'127.0.0.1'"
        as_administrator("mariadb", database, most)
        theirs.lab.upgrade(FIRST)
        with pytest.raises(MigrationError, match="has no right to DROP in"):
            theirs.lab.downgrade("base")
        assert {"users", "user_profiles"} <= tables(database_url)

    def test_a_right_on_single_tables_counts(
        self, theirs: Place, user: str, database_url: str
    ) -> None:
        """A10: rights are not refused to a user who has them on the table in question."""
        Place(theirs.project, database_url).lab.upgrade(FIRST)
        database = str(sa.make_url(database_url).database)
        create = f"GRANT CREATE, DROP ON {database}.* TO {user}@'127.0.0.1'"
        alter = f"GRANT ALTER ON {database}.user_profiles TO {user}@'127.0.0.1'"
        as_administrator("mariadb", database, create, alter)
        assert theirs.lab.upgrade().before == (FIRST,)
