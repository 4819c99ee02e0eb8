"""How a lab connects to MariaDB: with TLS where the server has it, and without delay."""

import ssl
from pathlib import Path
from typing import Any

import pymysql
import pytest
import sqlalchemy as sa

from schema_lab.database import engine_for, resolve, tls_where_there_is
from tests.support.servers import fresh_database

pytestmark = pytest.mark.mariadb


@pytest.fixture
def url(tmp_path: Path) -> Any:
    """Give the URL of a database on MariaDB."""
    with fresh_database("mariadb", tmp_path) as address:
        yield resolve(address)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Note what PyMySQL is asked for; it connects all the same."""
    noted: list[dict[str, Any]] = []
    plain = pymysql.connect

    def connect(*arguments: Any, **options: Any) -> Any:
        noted.append(options)
        return plain(*arguments, **options)

    monkeypatch.setattr(pymysql, "connect", connect)
    return noted


def test_tls_is_what_the_server_has(url: sa.URL, asked: list[dict[str, Any]]) -> None:
    """TLS is asked for first; only a server that has none is reached without."""
    with engine_for(url).connect() as connection:
        has_tls = connection.scalar(sa.text("SELECT @@have_ssl")) == "YES"
        cipher = connection.exec_driver_sql("SHOW STATUS LIKE 'Ssl_cipher'").one()[1]
    assert bool(cipher) == has_tls
    assert asked[0]["ssl"].verify_mode is ssl.CERT_NONE
    assert [one.get("ssl_disabled") for one in asked[1:]] == ([] if has_tls else [True])


def test_no_certificate_is_loaded(url: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that verifies nobody reads no list of whom to trust."""
    loaded: list[None] = []
    with monkeypatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lambda **options: loaded.append(None))
        with engine_for(url).connect() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
    assert loaded == []


def test_a_url_that_speaks_of_tls_is_obeyed(url: sa.URL, asked: list[dict[str, Any]]) -> None:
    """A certificate to verify is handed on as it is, and nothing is tried without."""
    verified = url.update_query_dict({"ssl_ca": "no-such-file.pem"})
    with pytest.raises(FileNotFoundError), engine_for(verified).connect():
        pass
    assert [one["ssl"] for one in asked] == [{"ca": "no-such-file.pem"}]


def test_a_wrong_password_is_tried_once(url: sa.URL, asked: list[dict[str, Any]]) -> None:
    """A refusal that has nothing to do with TLS is no reason to try without."""
    stranger = url.set(username="nobody_here", password="wrong")
    with pytest.raises(sa.exc.OperationalError), engine_for(stranger).connect():
        pass
    disabled = [one for one in asked if one.get("ssl_disabled")]
    assert len(asked) - len(disabled) == 1


def test_an_engine_of_somebody_else_connects_so_meanwhile(
    url: sa.URL, asked: list[dict[str, Any]]
) -> None:
    """Within the block, be there another in it, any engine is spared the certificates; then not."""
    with tls_where_there_is(url):
        with tls_where_there_is(url):
            pass
        sa.create_engine(url).connect().close()
    sa.create_engine(url).connect().close()
    assert asked[0]["ssl"].verify_mode is ssl.CERT_NONE
    assert not asked[-1].get("ssl")
    assert not asked[-1].get("ssl_disabled")
