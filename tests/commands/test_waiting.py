"""`scripts/run_migrations.py --wait`: a server that answers late, or never; and its URL."""

import time
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from tests.support.doors import closed_port, opening_later
from tests.support.programs import Result
from tests.support.servers import SERVERS
from tests.support.terminal import HEAD, Terminal, succeeded

PASSWORD = "p@ss:w/rd%"
QUOTED = "p%40ss%3Aw%2Frd%25"
NOBODY = {"postgresql": "postgresql://ann@127.0.0.1/app", "mariadb": "mysql://ann@127.0.0.1/app"}


def migrate(terminal: Terminal, *options: str) -> Result:
    """Run the script as a deployment does."""
    return terminal.python("scripts/run_migrations.py", *options)


def through(url: str, port: int) -> str:
    """Spell a URL with another port and a password."""
    changed = sa.make_url(url).set(port=port, host="127.0.0.1")
    return changed.render_as_string(hide_password=False)


@pytest.mark.parametrize("dialect", SERVERS)
def test_it_waits_for_a_server_that_starts(terminal: Terminal) -> None:
    """With --wait it migrates as soon as the server answers."""
    real, port = sa.make_url(terminal.url), closed_port()
    with opening_later(port, (real.host or "", real.port or 0), seconds=2.5):
        result = migrate(terminal, "--wait", "60", "--url", through(terminal.url, port))
    assert succeeded(result)
    assert [one.id for one in terminal.lab().current()] == [HEAD]


@dataclass(frozen=True)
class Refused:
    """A run against a port on which nobody listens, and the seconds that it took."""

    result: Result
    seconds: float


@pytest.fixture(scope="module", params=NOBODY)
def refused(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Refused:
    """Wait a second for a server that never answers."""
    nowhere = sa.make_url(NOBODY[request.param]).set(port=closed_port(), password=PASSWORD)
    folder = tmp_path_factory.mktemp("nobody") / "project"
    terminal = Terminal.on_a_copy(folder, nowhere.render_as_string(hide_password=False))
    began = time.monotonic()
    result = migrate(terminal, "--wait", "1", "--url", terminal.url)
    return Refused(result, time.monotonic() - began)


def test_it_gives_up_in_time(refused: Refused) -> None:
    """A server that never answers is exit code 1 once the wait is over (I6)."""
    assert refused.result.returncode == 1
    assert 1 < refused.seconds < 20


def test_it_says_that_nobody_answers(refused: Refused) -> None:
    """What is wrong is one sentence, with where, and a second one what to do (I6)."""
    failed, cure = refused.result.stderr.splitlines()
    assert failed.startswith("failed: ")
    assert "127.0.0.1" in failed
    assert cure


def test_the_password_is_printed_nowhere(refused: Refused) -> None:
    """The URL is shown masked (I5)."""
    said = refused.result.stdout + refused.result.stderr
    assert "ann:***@127.0.0.1" in refused.result.stdout
    assert PASSWORD not in said
    assert QUOTED not in said


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_url_that_cannot_be_used_is_said(terminal: Terminal) -> None:
    """A URL of an unknown kind is one sentence and a cure, without its password (I5)."""
    result = migrate(terminal, "--url", "oracle://ann:s3cret@db/app")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 2
    assert "s3cret" not in result.stdout + result.stderr
