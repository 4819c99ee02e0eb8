"""A hostile password in a real notebook: nowhere in what is shown, logged or saved (I5)."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import nbformat
import pytest
import sqlalchemy as sa

from schema_lab.database.connections.engines import engine_for
from schema_lab.scratch import scratch_project
from tests.notebook_faults.kernels import errors, printed, run

PASSWORD = "Tr0ub@dor:&/3%41 <b>'\"\\$x"
FORMS = {
    PASSWORD,
    quote(PASSWORD),
    quote(PASSWORD, safe=""),
    quote_plus(PASSWORD),
    repr(PASSWORD)[1:-1],
    PASSWORD.replace("%", "%%"),
    PASSWORD.replace("'", "''"),
    "Tr0ub",
}
OPEN = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
from schema_lab import Field, Lab
lab = Lab(config={config!r})
class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
lab
"""
FAIL = """
revision = lab.revision("Fail")
code = revision.code.replace("    pass", "    op.execute('SELECT nope')", 1)
revision.path.write_text(code)
lab.upgrade()
"""
PRESS = """
panel.message_box.value = "x"
panel.autogenerate_button.click()
panel.upgrade_button.click()
print(panel.error_box.value)
"""
CELLS = (
    "print(lab.url, lab.engine, lab.status(), repr(lab._environment)); lab.engine.url",
    "lab.autogenerate('Create users').write(); lab.upgrade()",
    "import sqlalchemy as sa; gone = sa.make_url(__import__('os').environ['DATABASE_URL'])",
    "other = Lab(gone.set(port=1), config=lab.root); other",
    "other.tables()",
    "%tb",
    "%xmode Verbose",
    "other.upgrade()",
    "%tb",
    "Lab(gone.set(database='schema_lab_nowhere'), config=lab.root).query('SELECT 1')",
    "Lab(gone.set(drivername='postgresql+nodriver'), config=lab.root)",
    "lab.query('SELECT nope FROM nowhere')",
    "Lab(gone.set(password=gone.password + 'x'), config=lab.root).tables()",
    FAIL,
    "%tb",
    "panel = lab.panel(); panel",
    PRESS,
    "worse = other.panel(); worse.upgrade_button.click(); worse",
    "%whos Lab",
    "print(sys.modules['schema_lab'], vars(lab).keys())",
)
CREATE = {
    "postgresql": (
        "CREATE ROLE {name} LOGIN PASSWORD {password}",
        "GRANT ALL ON SCHEMA public TO {name}",
    ),
    "mariadb": ("CREATE USER {name} IDENTIFIED BY {password}", "GRANT ALL ON *.* TO {name}"),
}
DROP = {
    "postgresql": ("DROP OWNED BY {name}", "DROP ROLE {name}"),
    "mariadb": ("DROP USER {name}",),
}


@pytest.fixture
def secret_url(database_url: str, dialect: str) -> Iterator[str]:
    """Give the URL of a fresh database for a new user with the hostile password."""
    name = f"schema_lab_{secrets.token_hex(4)}"
    owner = engine_for(sa.make_url(database_url)).execution_options(isolation_level="AUTOCOMMIT")
    literal = sa.literal(PASSWORD).compile(
        dialect=owner.dialect, compile_kwargs={"literal_binds": True}
    )
    password = str(literal).replace("%%", "%")

    def change(statements: tuple[str, ...]) -> None:
        with owner.connect().execution_options(no_parameters=True) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.format(name=name, password=password))

    change(CREATE[dialect])
    url = sa.make_url(database_url).set(username=name, password=PASSWORD)
    yield url.render_as_string(hide_password=False)
    change(DROP[dialect])


def files_in(folder: Path) -> list[Path]:
    """List the project, its scripts and the saved notebook."""
    return [path for path in folder.rglob("*") if path.is_file()]


def strings_in(value: Any) -> Iterator[str]:
    """List every text in a notebook, as a person sees it: without JSON's own escapes."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from strings_in(one)


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_the_password_is_nowhere(secret_url: str, tmp_path: Path) -> None:
    """I5: not raw, not quoted: in no output, log, traceback, HTML, script or saved metadata."""
    (tmp_path / "lab").mkdir()
    config = scratch_project(tmp_path / "lab").ini
    notebook = run(OPEN.format(config=str(config)), *CELLS, url=secret_url)
    nbformat.write(notebook, tmp_path / "saved.ipynb")
    texts = {path: path.read_text("utf-8", "replace") for path in files_in(tmp_path)}
    saved = texts[tmp_path / "saved.ipynb"]
    texts[tmp_path / "as shown"] = "\n".join(strings_in(json.loads(saved)))
    assert {(p.name, form) for p, text in texts.items() for form in FORMS if form in text} == set()
    assert "***" in saved
    assert "widgets" in notebook.metadata
    failed = [place for place, cell in enumerate(notebook.cells) if errors(cell)]
    assert {5, 8, 10, 11, 12, 14} <= set(failed)
    assert "Running upgrade" in printed(notebook.cells[2])
