"""`scripts/run_migrations.py --wait`: a server that answers late, or never; and its URL."""

import time

import pytest
import sqlalchemy as sa

from tests.support.doors import closed_port, opening_later
from tests.support.servers import SERVERS
from tests.support.terminal import HEAD, Result, Terminal, succeeded

PASSWORD = "p@ss:w/rd%"
QUOTED = "p%40ss%3Aw%2Frd%25"


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


@pytest.mark.parametrize("dialect", SERVERS)
def test_it_gives_up_in_time(terminal: Terminal) -> None:
    """A server that never answers is exit code 1 once the wait is over, in a sentence (I6)."""
    began = time.monotonic()
    nowhere = sa.make_url(terminal.url).set(port=closed_port(), password=PASSWORD)
    url = nowhere.render_as_string(hide_password=False)
    result = migrate(terminal, "--wait", "1", "--url", url)
    assert result.returncode == 1
    assert time.monotonic() - began < 20
    assert "failed: " in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("dialect", SERVERS)
def test_the_password_is_printed_nowhere(terminal: Terminal) -> None:
    """The URL is shown masked, whether the server answers or not (I5)."""
    nowhere = sa.make_url(terminal.url).set(username="ann", port=closed_port(), password=PASSWORD)
    result = migrate(terminal, "--url", nowhere.render_as_string(hide_password=False))
    said = result.stdout + result.stderr
    assert "ann:***@127.0.0.1" in result.stdout
    assert PASSWORD not in said
    assert QUOTED not in said


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_url_that_cannot_be_used_is_said(terminal: Terminal) -> None:
    """A URL of an unknown kind is one sentence and a cure, without its password (I5)."""
    result = migrate(terminal, "--url", "oracle://ann:s3cret@db/app")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 2
    assert "s3cret" not in result.stdout + result.stderr
