"""The lab on an Alembic project that knows nothing of it, just as `alembic init` made it."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from schema_lab import Lab
from schema_lab.errors import HistoryError
from tests.lab.foreign import Foreign, Made
from tests.support.dump import schema_dump

CREATES = "+ create table products"


@pytest.fixture
def shop(make: Made) -> Foreign:
    """Make a project with the generic template and one model."""
    return make()


def test_its_models_are_seen(shop: Foreign, database_url: str) -> None:
    """Drift comes from the target_metadata that env.py names."""
    assert [str(one) for one in shop.lab(database_url).drift()] == [CREATES]


def test_it_is_migrated(shop: Foreign, database_url: str) -> None:
    """A candidate is written by the project's own template, and goes there and back."""
    lab = shop.lab(database_url)
    revision = lab.autogenerate("Create products").write()
    assert revision.path is not None
    assert revision.path.parent == shop.root / "migrations" / "versions"
    assert lab.upgrade().after == (revision.id,)
    assert list(lab.drift()) == []
    assert list(lab.tables()["table"]) == ["products"]
    lab.downgrade("base")
    assert list(lab.tables()["table"]) == []


def test_an_edited_model_is_drift(shop: Foreign, database_url: str) -> None:
    """After an edit of the module, a new lab sees what the database lacks."""
    lab = shop.lab(database_url)
    lab.autogenerate("Create products").write()
    lab.upgrade()
    shop.add("price: Mapped[int | None]")
    added = [str(one) for one in shop.lab(database_url).drift()]
    assert added == ["+ add column products.price INTEGER"]


def test_its_own_command_line_goes_on(shop: Foreign, database_url: str) -> None:
    """What the lab wrote and ran is an ordinary history for `alembic` itself."""
    shop.edit("alembic.ini", "sqlite:///shop.db", database_url.replace("%", "%%"))
    lab = shop.lab(database_url)
    lab.autogenerate("Create products").write()
    lab.upgrade()
    alembic = str(Path(sys.executable).with_name("alembic"))
    subprocess.run([alembic, "downgrade", "base"], cwd=shop.root, check=True, timeout=60)
    assert list(lab.tables()["table"]) == []


def test_the_inis_url_is_its_database(shop: Foreign) -> None:
    """Without a URL and without DATABASE_URL, sqlalchemy.url counts, from the project's folder."""
    lab = Lab(config=shop.root)
    assert lab.engine.url.database == str(shop.root / "shop.db")


def test_a_version_table_of_its_own_is_used(shop: Foreign, database_url: str) -> None:
    """`version_table=` in env.py is where the lab reads and writes the version."""
    configure = "connection=connection, target_metadata=target_metadata"
    shop.edit("migrations/env.py", configure, f'{configure}, version_table="shop_version"')
    lab = shop.lab(database_url)
    revision = lab.autogenerate("Create products").write()
    lab.upgrade()
    assert [one.id for one in lab.current()] == [revision.id]
    assert set(sa.inspect(lab.engine).get_table_names()) == {"products", "shop_version"}
    assert list(lab.tables()["table"]) == ["products"]
    assert list(lab.drift()) == []


def test_its_include_object_is_heard(shop: Foreign, database_url: str) -> None:
    """What env.py leaves out of a comparison is no drift."""
    shop.edit(
        "migrations/env.py",
        "target_metadata = Base.metadata",
        "target_metadata = Base.metadata\n\n"
        "def include_object(item, name, kind, reflected, other):\n"
        '    return name != "legacy"\n',
    )
    configure = "connection=connection, target_metadata=target_metadata"
    shop.edit("migrations/env.py", configure, f"{configure}, include_object=include_object")
    lab = shop.lab(database_url)
    with lab.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE legacy (id INTEGER)")
    assert [str(one) for one in lab.drift()] == [CREATES]


def test_a_foreign_key_that_include_object_leaves_out_is_no_drift(
    shop: Foreign, database_url: str
) -> None:
    """env.py decides on foreign keys too, also on those that Alembic does not propose."""
    shop.edit(
        "migrations/env.py",
        "target_metadata = Base.metadata",
        "target_metadata = Base.metadata\n\n"
        "def include_object(item, name, kind, reflected, other):\n"
        '    return kind not in ("table", "foreign_key_constraint") or name == "products"\n',
    )
    configure = "connection=connection, target_metadata=target_metadata"
    shop.edit("migrations/env.py", configure, f"{configure}, include_object=include_object")
    lab = shop.lab(database_url)
    number = "SERIAL" if lab.engine.dialect.name == "postgresql" else "INTEGER"
    more = " AUTO_INCREMENT" if lab.engine.dialect.name == "mysql" else ""
    with lab.engine.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TABLE products (id {number} NOT NULL{more}, title VARCHAR(80) NOT NULL, "
            "PRIMARY KEY (id), FOREIGN KEY (id) REFERENCES products (id))"
        )
    assert [str(operation) for operation in lab.drift()] == []


def test_several_version_locations_are_one_history(shop: Foreign, database_url: str) -> None:
    """Revisions in two folders are listed and run together."""
    locations = "%(here)s/migrations/versions:%(here)s/more"
    shop.edit("alembic.ini", "[alembic]", f"[alembic]\nversion_locations = {locations}")
    (shop.root / "more").mkdir()
    config = Config(shop.root / "alembic.ini", stdout=StringIO())
    for revision, folder in (("a1", "more"), ("b2", "migrations/versions")):
        command.revision(config, "Go on", rev_id=revision, version_path=str(shop.root / folder))
    lab = shop.lab(database_url)
    assert lab.upgrade().revisions == ("a1", "b2")
    lab.autogenerate("Create products").write()
    parents = [one.path.parent.name for one in lab.history() if one.path is not None]
    assert parents == ["versions", "versions", "more"]
    assert len(lab.upgrade().revisions) == 1


def test_a_hook_of_its_own_is_heard(shop: Foreign, database_url: str) -> None:
    """`process_revision_directives` of env.py still has its say, and so has SQLite's native way."""
    shop.edit(
        "migrations/env.py",
        "target_metadata = Base.metadata",
        "target_metadata = Base.metadata\n\n"
        "def hook(context, revision, directives):\n"
        "    directives[0].upgrade_ops.ops.clear()\n",
    )
    configure = "connection=connection, target_metadata=target_metadata"
    shop.edit("migrations/env.py", configure, f"{configure}, process_revision_directives=hook")
    assert list(shop.lab(database_url).drift()) == []


def test_models_beside_the_notebook_join_its_own(shop: Foreign, database_url: str) -> None:
    """A class of the notebook is laid over the project's models; the others stay."""
    lab = shop.lab(database_url)
    lab.autogenerate("Create products").write()
    lab.upgrade()
    sa.Table("notes", lab.models.metadata, sa.Column("id", sa.Integer, primary_key=True))
    assert [str(one) for one in lab.drift()] == ["+ create table notes"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_models_in_a_folder_of_their_own_are_found(shop: Foreign, database_url: str) -> None:
    """`prepend_sys_path` of the project counts: models under src/ are imported from there."""
    (shop.root / "src").mkdir()
    models = shop.root / f"{shop.module}.py"
    models.rename(shop.root / "src" / models.name)
    shop.edit("alembic.ini", "prepend_sys_path = .", "prepend_sys_path = %(here)s/src")
    assert [str(one) for one in shop.lab(database_url).drift()] == [CREATES]


BROKEN = {
    "never configures": ("context.configure(", "dict("),
    "raises": ("target_metadata = Base", "raise RuntimeError('closed')\ntarget_metadata = Base"),
    "misspells an import": ("import Base", "import Bass"),
    "does not parse": ("def run_migrations_online()", "def run_migrations_online("),
}


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_env_py_is_the_labs_error(shop: Foreign, database_url: str, name: str) -> None:
    """Whatever is wrong with env.py arrives as one error that names the file."""
    shop.edit("migrations/env.py", *BROKEN[name])
    with pytest.raises(HistoryError, match=r"env\.py"):
        shop.lab(database_url).drift()


def files(shop: Foreign) -> set[Path]:
    """List the project's files; Python may compile its models."""
    return {path for path in shop.root.rglob("*") if "__pycache__" not in path.parts}


@pytest.mark.parametrize("template", ["generic", "pyproject"])
def test_looking_changes_nothing(make: Made, tmp_path: Path, template: str) -> None:
    """Opening a lab and looking around leaves project and database as they are."""
    shop = make(template)
    lab = shop.lab(f"sqlite:///{tmp_path}/other.db")
    before = files(shop)
    assert [str(one) for one in lab.drift()] == [CREATES]
    lab.status()
    assert len(lab.history()) == 0
    assert files(shop) == before
    assert schema_dump(lab.engine.url).rows == {}
