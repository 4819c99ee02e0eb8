"""The lab goes to the database, and works on the connection, that a project's env.py chooses."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab, init_db
from schema_lab.errors import HistoryError
from tests.lab.foreign import Foreign, Made
from tests.support.servers import fresh_database

REPOSITORY = Path(__file__).parents[2]
TABLE = 'op.create_table("trains", sa.Column("id", sa.Integer, primary_key=True))'


@pytest.fixture
def shop(make: Made, monkeypatch: pytest.MonkeyPatch) -> Foreign:
    """Make a project with the generic template; no variable names a database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = make()
    (made.root / "migrations" / "versions" / "0001.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '0001'\n"
        f"down_revision = None\n\n\ndef upgrade():\n    {TABLE}\n\n\n"
        'def downgrade():\n    op.drop_table("trains")\n'
    )
    return made


def own_settings(shop: Foreign) -> Path:
    """Let env.py take its address from the project's own settings; give the file's path."""
    file = shop.root / "own" / "orders.db"
    file.parent.mkdir()
    shop.edit("alembic.ini", "sqlalchemy.url = sqlite:///shop.db", "")
    shop.edit(
        "migrations/env.py",
        "config = context.config",
        f'config = context.config\nconfig.set_main_option("sqlalchemy.url", "sqlite:///{file}")',
    )
    return file


def tables(url: str) -> list[str]:
    """Name the tables of a database, in all schemas that a test makes."""
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    found = inspector.get_table_names()
    engine.dispose()
    return found


def test_the_address_of_the_projects_own_settings_counts(shop: Foreign) -> None:
    """The lab and `init_db` go to the database that env.py sets, and make no other file."""
    file = own_settings(shop)
    assert Lab(config=shop.root).upgrade().after == ("0001",)
    assert init_db(config=shop.root).after == ("0001",)
    assert "trains" in tables(f"sqlite:///{file}")
    assert list(shop.root.rglob("*.db")) == [file]


def test_a_deployment_goes_where_env_py_goes(shop: Foreign) -> None:
    """`scripts/run_migrations.py` migrates the database of the project's own settings."""
    file = own_settings(shop)
    script = REPOSITORY / "scripts" / "run_migrations.py"
    command = [sys.executable, str(script), "--config", str(shop.root / "alembic.ini")]
    run = subprocess.run(command, cwd=shop.root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "trains" in tables(f"sqlite:///{file}")


def test_a_url_that_is_given_counts_first(shop: Foreign, tmp_path: Path) -> None:
    """A URL for the lab is used instead of what the ini file names."""
    url = f"sqlite:///{tmp_path / 'given.db'}"
    Lab(url, config=shop.root).upgrade()
    assert "trains" in tables(url)
    assert not (shop.root / "shop.db").exists()


def test_a_project_that_names_no_database_is_refused(shop: Foreign) -> None:
    """With the template's placeholder and no DATABASE_URL, opening asks for a URL."""
    shop.edit("alembic.ini", "sqlite:///shop.db", "driver://user:pass@localhost/dbname")
    with pytest.raises(HistoryError, match="names a database") as caught:
        Lab(config=shop.root)
    assert "--url" in caught.value.cure
    assert list(shop.root.rglob("*.db")) == []


def test_database_url_fills_a_placeholder(
    shop: Foreign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DATABASE_URL names the database of a project that names none."""
    shop.edit("alembic.ini", "sqlite:///shop.db", "driver://user:pass@localhost/dbname")
    url = f"sqlite:///{tmp_path / 'named.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    Lab(config=shop.root).upgrade()
    assert "trains" in tables(url)


def test_env_py_keeps_the_name_of_its_ini_file(shop: Foreign) -> None:
    """An env.py that needs `config_file_name`, and configures logging without a guard, opens."""
    shop.edit(
        "migrations/env.py",
        "config = context.config",
        "config = context.config\nassert config.config_file_name\n"
        "fileConfig(config.config_file_name)",
    )
    assert Lab(config=shop.root).upgrade().after == ("0001",)


def test_x_arguments_reach_env_py(shop: Foreign) -> None:
    """What env.py reads with `get_x_argument` is given to the lab; a missing one is named."""
    shop.edit(
        "migrations/env.py",
        "config = context.config",
        'config = context.config\ntenant = context.get_x_argument(as_dictionary=True)["tenant"]\n'
        'config.set_main_option("sqlalchemy.url", f"sqlite:///{tenant}.db")',
    )
    with pytest.raises(HistoryError, match="tenant") as caught:
        Lab(config=shop.root)
    assert 'Lab(x=["tenant=a"])' in caught.value.cure
    lab = Lab(config=shop.root, x=[f"tenant={shop.root / 'north'}"])
    assert lab.upgrade().after == ("0001",)
    assert "trains" in tables(f"sqlite:///{shop.root / 'north.db'}")


def test_x_arguments_reach_env_py_on_a_copy(shop: Foreign) -> None:
    """A rehearsal, a round trip and a replay hand on what env.py reads with `get_x_argument`."""
    shop.edit(
        "migrations/env.py",
        "config = context.config",
        'config = context.config\ncontext.get_x_argument(as_dictionary=True)["tenant"]',
    )
    lab = Lab(config=shop.root, x=["tenant=north"])
    assert lab.rehearse().failure is None
    assert all(trip.failure is None for trip in lab.roundtrip().trips)
    assert not lab.compare("database", "history").equal


def test_a_script_location_may_start_at_the_working_directory(
    shop: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A location that lies below the working directory alone is found there, as by `alembic`."""
    (shop.root / "deploy").mkdir()
    (shop.root / "alembic.ini").rename(shop.root / "deploy" / "alembic.ini")
    shop.edit("deploy/alembic.ini", f"script_location = {shop.root}/", "script_location = ")
    monkeypatch.chdir(shop.root)
    lab = Lab(f"sqlite:///{shop.root}/lab.db", config="deploy/alembic.ini")
    assert lab.upgrade().after == ("0001",)


def test_pyproject_alone_configures_a_project(shop: Foreign) -> None:
    """A `[tool.alembic]` in pyproject.toml is a configuration, without any alembic.ini."""
    (shop.root / "alembic.ini").unlink()
    (shop.root / "pyproject.toml").write_text(
        '[tool.alembic]\nscript_location = "%(here)s/migrations"\nprepend_sys_path = ["."]\n'
    )
    lab = Lab(f"sqlite:///{shop.root}/lab.db", config=shop.root)
    assert lab.upgrade().after == ("0001",)


UNREADABLE = {
    "no location": ("[tool.alembic]\n", "does not name a script_location", "[tool.alembic]"),
    "a number": ("[tool.alembic]\nscript_location = 3\n", "has 3 for", "[tool.alembic]"),
    "no end": ("[tool.alembic]\nx = ]\n", "cannot be read: .*line 2", "Fix that line"),
    "an unknown value": (
        '[tool.alembic]\nscript_location = "%(there)s"\n',
        "has a value that cannot be filled in: 'there'",
        "%(here)s",
    ),
}


@pytest.mark.parametrize("wrong", UNREADABLE)
def test_a_pyproject_that_cannot_be_used_is_named(tmp_path: Path, wrong: str) -> None:
    """What is wrong in pyproject.toml is said of that file, with what to write there."""
    text, fact, cure = UNREADABLE[wrong]
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(HistoryError, match=rf"^pyproject\.toml {fact}") as caught:
        Lab(config=tmp_path)
    assert cure in caught.value.cure


def test_several_databases_are_refused_with_their_names(
    shop: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A history of several databases is not opened, and nothing is written into its folder."""
    shop.edit("alembic.ini", "[alembic]", "[alembic]\ndatabases = north, south")
    env_py = shop.root / "migrations" / "env.py"
    env_py.write_text(f"{env_py.read_text()}\n# upgrade(engine_name) runs for each database\n")
    monkeypatch.chdir(shop.root)
    before = sorted(shop.root.iterdir())
    with pytest.raises(HistoryError, match="2 databases with one history: north, south"):
        Lab(config=shop.root)
    assert sorted(shop.root.iterdir()) == before


@pytest.mark.postgresql
def test_a_search_path_of_env_py_is_kept(shop: Foreign, tmp_path: Path) -> None:
    """A tenant's schema that env.py sets on its connection is migrated, and `public` is not."""
    with fresh_database("postgresql", tmp_path) as url:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA north")
        shop.edit("alembic.ini", "sqlite:///shop.db", url.replace("%", "%%"))
        shop.edit(
            "migrations/env.py",
            "    with connectable.connect() as connection:\n",
            "    with connectable.connect() as connection:\n"
            '        connection.exec_driver_sql("SET search_path TO north")\n'
            "        connection.commit()\n"
            '        connection.dialect.default_schema_name = "north"\n',
        )
        lab = Lab(config=shop.root)
        lab.upgrade()
        inspector = sa.inspect(engine)
        assert sorted(inspector.get_table_names(schema="north")) == ["alembic_version", "trains"]
        assert inspector.get_table_names(schema="public") == []
        assert list(lab.tables()["table"]) == ["trains"]
        lab.engine.dispose()
        engine.dispose()
