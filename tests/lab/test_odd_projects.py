"""What projects do that `alembic init` does not: each was met in a published project."""

import sys

import pytest

from schema_lab import Lab
from schema_lab.errors import MigrationError
from tests.lab.foreign import Foreign, Made

SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])

LAZY = """
import sys
import types

lazy = types.ModuleType("lazy_" + __name__)


def imports_something(name):
    raise ImportError(f"{name} needs a package that is not installed.")


lazy.__getattr__ = imports_something
sys.modules[lazy.__name__] = lazy
"""

UNBOUND = """

class Unbound:
    def __getattribute__(self, name):
        raise RuntimeError("Working outside of application context.")


request = Unbound()
"""

LOGGING = """
import logging.config

logging.config.dictConfig({
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"tasks": {"class": "logging.NullHandler"}},
    "loggers": {__name__: {"handlers": ["tasks"]}},
})
assert logging.getLogger(__name__).handlers, "The models rely on their logger."
"""

ASYNCHRONOUS = """
import asyncio

from alembic import context
from sqlalchemy import engine_from_config
from sqlalchemy.ext.asyncio import AsyncEngine

from {module} import Base


def run(connection):
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    section = context.config.get_section("alembic")
    engine = AsyncEngine(engine_from_config(section, prefix="sqlalchemy."))
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata)
    context.run_migrations()
else:
    asyncio.run(main())
"""
"""An env.py that wraps a plain engine; psycopg is asynchronous only where its URL says so."""

FIRST = '''\
"""Create the products."""

import sqlalchemy as sa
from alembic import op

revision = "aaaaaaaaaaaa"
down_revision = None


def upgrade():
    op.create_table(
        "products",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(90), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.Index("ix_products_title", "title"),
    )
'''


@SQLITE
@pytest.mark.parametrize("odd", [LAZY, UNBOUND, LOGGING], ids=["lazy", "unbound", "logging"])
def test_modules_that_may_not_be_asked_are_left_alone(
    make: Made, database_url: str, odd: str
) -> None:
    """A lazy module, a proxy without its application and a logger that is needed stop nothing."""
    shop = make()
    path = shop.root / f"{shop.module}.py"
    path.write_text(odd + path.read_text())
    try:
        assert [str(each) for each in shop.lab(database_url).drift()] != []
    finally:
        sys.modules.pop(f"lazy_{shop.module}", None)  # other programs ask every module


@pytest.fixture
def one_way(make: Made) -> Foreign:
    """Make a project whose only script has an index in create_table, and no downgrade()."""
    shop = make()
    (shop.root / "migrations/versions/first.py").write_text(FIRST)
    return shop


def test_an_upgrade_without_a_way_back_is_rehearsed(one_way: Foreign, database_url: str) -> None:
    """The rehearsal runs the upgrade, and says that nothing leads back."""
    rehearsal = one_way.lab(database_url).rehearse()
    assert rehearsal.failure is None
    assert rehearsal.round_trip is not None
    assert rehearsal.round_trip.failure is not None
    assert rehearsal.round_trip.failure.sentence == "first.py has no downgrade()."


def test_a_difference_is_found_beside_an_index_in_create_table(
    one_way: Foreign, database_url: str
) -> None:
    """The lab looks for the script that made the column, where an index is among the columns."""
    lab = one_way.lab(database_url)
    lab.upgrade()
    assert any("products.title" in str(operation) for operation in lab.drift())


SECOND = """with op.get_bind().engine.begin() as second:
        second.exec_driver_sql("CREATE TABLE prices (id INTEGER)")
"""


@SQLITE
def test_a_revision_that_opens_a_second_connection_is_told_so(
    one_way: Foreign, database_url: str
) -> None:
    """On SQLite it would wait for its own migration; the cure names the mistake."""
    one_way.edit("migrations/versions/first.py", "    )\n", f"    )\n    {SECOND}")
    lab = Lab(database_url, config=one_way.root, wait=1)
    with pytest.raises(MigrationError, match="SQLite allows only one writer") as error:
        lab.upgrade()
    assert "use op.get_bind()" in error.value.cure
    assert list(lab.current()) == []


LISTENING = """with connectable.connect() as connection:
        @sa.event.listens_for(connectable, "handle_error")
        def named(error):
            if "nowhere" in str(error.original_exception):
                raise LookupError("nowhere") from error.original_exception

        @sa.event.listens_for(connectable, "before_cursor_execute", retval=True)
        def noted(connection, cursor, statement, *rest):
            return statement.replace("titles", "titled"), rest[0]
"""


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"])
def test_what_listens_to_the_engine_of_env_py_hears_a_migration(
    one_way: Foreign, database_url: str
) -> None:
    """A script may count on the errors that the project makes of the driver's, as in Alembic."""
    one_way.edit("migrations/env.py", "with connectable.connect() as connection:\n", LISTENING)
    importing = "from alembic import context\n"
    one_way.edit("migrations/env.py", importing, f"{importing}import sqlalchemy as sa\n")
    one_way.edit(
        "migrations/versions/first.py",
        "def upgrade():\n",
        "def upgrade():\n"
        "    try:\n        op.drop_table('nowhere')\n    except LookupError:\n        pass\n"
        "    op.execute('CREATE TABLE titles (id INTEGER)')\n",
    )
    lab = one_way.lab(database_url)
    lab.upgrade()
    assert list(lab.tables()["table"]) == ["products", "titled"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_asynchronous_env_py_may_wrap_an_engine_by_itself(make: Made, database_url: str) -> None:
    """A URL that is given reaches env.py with a driver that its asynchronous engine can use."""
    shop = make()
    (shop.root / "migrations/env.py").write_text(ASYNCHRONOUS.format(module=shop.module))
    lab = shop.lab(database_url)
    lab.autogenerate("Create products").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    assert lab.status().problem == ""
