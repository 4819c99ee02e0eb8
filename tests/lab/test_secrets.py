"""The password is nowhere: not in what a lab shows, says or logs (I5)."""

import logging
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
import sqlalchemy as sa

from schema_lab import Lab, SchemaLabError, init_db
from tests.support.doors import closed_port
from tests.support.labs import filled_in
from tests.support.servers import SERVERS, fresh_database, server_url
from tests.support.terminal import Terminal

# PyMySQL sends what is not ASCII as Latin-1, so MariaDB would not know it.
PASSWORD = "s3cr%t@:/ ?#&+'\"\\"
FORMS = {PASSWORD, quote(PASSWORD, safe=""), quote_plus(PASSWORD), repr(PASSWORD)[1:-1]}
ROLES = {
    "postgresql": ["CREATE ROLE {name} LOGIN SUPERUSER PASSWORD {password}"],
    "mariadb": ["CREATE USER {name} IDENTIFIED BY {password}", "GRANT ALL ON *.* TO {name}"],
}


@dataclass(frozen=True)
class Secret:
    """A lab on a database, opened by somebody with a password."""

    lab: Lab
    url: str


@contextmanager
def role(dialect: str) -> Iterator[str]:
    """Create somebody who logs in with the password, and give their name."""
    name = f"ann_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server_url(dialect), poolclass=sa.NullPool)
    spelled = str(sa.literal(PASSWORD).compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ROLES[dialect]:
            connection.exec_driver_sql(statement.format(name=name, password=spelled))
        try:
            yield name
        finally:
            kind = "ROLE" if dialect == "postgresql" else "USER"
            connection.exec_driver_sql(f"DROP {kind} {name}")


@pytest.fixture(params=SERVERS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Run on the databases that have passwords."""
    return str(request.param)


@pytest.fixture
def secret(dialect: str, lab: Lab, tmp_path: Path) -> Iterator[Secret]:
    """Open a lab with the password in its URL."""
    with role(dialect) as name, fresh_database(dialect, tmp_path) as plain:
        url = sa.make_url(plain).set(username=name, password=PASSWORD)
        yield Secret(Lab(url, config=lab.root), url.render_as_string(hide_password=False))


def leaked(*texts: object) -> list[str]:
    """List the forms of the password that stand in what was said."""
    said = "\n".join(map(str, texts))
    return [form for form in FORMS if form in said]


def told(error: BaseException) -> str:
    """Give all that a notebook could show of an error: message, causes and traceback."""
    shown = "".join(traceback.format_exception(error))
    return f"{error!r}\n{shown}\n{error.__cause__!r}\n{error.__context__!r}"


def test_the_password_opens_the_database(secret: Secret) -> None:
    """Every sign of the password arrives at the server, which lets us in."""
    assert secret.lab.status().problem == ""


def test_what_a_cell_shows_holds_no_password(secret: Secret) -> None:
    """Neither text nor HTML of a lab, its status, history, candidate or run holds it (I5)."""
    lab = secret.lab
    filled_in(lab, "Nothing", "pass")
    shown = [repr(lab), lab._repr_html_(), repr(lab.status()), lab.url, repr(lab.engine)]
    run = lab.upgrade()
    shown += [repr(run), run._repr_html_(), str(run.statements), repr(lab.history())]
    assert "***" in lab.url
    assert leaked(*shown) == []


def test_a_failing_migration_holds_no_password(
    secret: Secret, caplog: pytest.LogCaptureFixture
) -> None:
    """The error of a failing statement, with its traceback and the log, holds none (I5)."""
    caplog.set_level(logging.DEBUG)
    filled_in(secret.lab, "Fail", 'op.execute("DELETE FROM nowhere")')
    with pytest.raises(SchemaLabError) as caught:
        secret.lab.upgrade()
    assert "nowhere" in caught.value.fact
    assert leaked(told(caught.value), caplog.text) == []


def test_a_revision_that_shows_its_url_holds_no_password(secret: Secret) -> None:
    """A revision that raises with the URL in its message is masked (I5)."""
    body = "raise ValueError(op.get_bind().engine.url.render_as_string(hide_password=False))"
    filled_in(secret.lab, "Tell", body)
    with pytest.raises(SchemaLabError) as caught:
        secret.lab.upgrade()
    assert leaked(caught.value, repr(caught.value)) == []


def test_a_failing_connection_holds_no_password(
    secret: Secret, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that does not answer is said with the URL masked (I5, I6)."""
    caplog.set_level(logging.DEBUG)
    nowhere = sa.make_url(secret.url).set(port=closed_port())
    lab = Lab(nowhere, config=secret.lab.root)
    with pytest.raises(SchemaLabError) as caught:
        lab.upgrade()
    assert leaked(told(caught.value), caplog.text, repr(lab), lab._repr_html_()) == []


def nowhere_with(dialect: str, name: str) -> str:
    """Give the URL of a server that does not answer, with a secret in its query."""
    return f"{dialect}://127.0.0.1:{closed_port()}/app?user=ann&{name}=h0rse-b4ttery"


@pytest.mark.parametrize("name", ["password", "pass%77ord"])
def test_a_secret_of_the_query_is_in_no_traceback(
    lab: Lab, dialect: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """I5: with every local variable shown, as IPython can, the error of a verb holds none."""
    caplog.set_level(logging.DEBUG)
    nowhere = Lab(nowhere_with(dialect, name), config=lab.root)
    for verb in (nowhere.upgrade, nowhere.drift, nowhere.snapshot, nowhere.current):
        with pytest.raises(SchemaLabError) as caught:
            verb()
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        for text in (told(caught.value), "".join(shown.format()), repr(nowhere.engine)):
            assert "h0rse" not in text
    assert "h0rse" not in caplog.text


def test_starting_up_holds_no_password(secret: Secret) -> None:
    """`init_db` on a database that is not there says so without it (I5, I6)."""
    missing = sa.make_url(secret.url).set(database="not_there_at_all")
    with pytest.raises(SchemaLabError, match="not_there_at_all") as caught:
        init_db(missing, config=secret.lab.root)
    assert leaked(told(caught.value)) == []


def test_no_file_of_the_project_holds_the_password(secret: Secret) -> None:
    """What the lab writes beside the ini file holds none (I5)."""
    filled_in(secret.lab, "Nothing", "pass")
    secret.lab.upgrade()
    files = [path for path in secret.lab.root.rglob("*") if path.is_file()]
    assert leaked(*(path.read_bytes().decode(errors="replace") for path in files)) == []


def test_the_command_line_prints_no_password(secret: Secret, tmp_path: Path) -> None:
    """`alembic upgrade head` and its failure print none (I5)."""
    terminal = Terminal.on_a_copy(tmp_path / "project", secret.url)
    path = terminal.lab().revision("Fail").path
    assert path is not None
    path.write_text(path.read_text().replace("    pass", '    op.execute("SELECT nothing")', 1))
    result = terminal.alembic("upgrade", "head")
    assert result.returncode != 0
    assert "nothing" in result.stderr
    assert leaked(result.stdout, result.stderr) == []
