"""Find the database of a project: DATABASE_URL, or the embedded SQLite file."""

from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

from schema_lab.database.urls import resolve
from schema_lab.errors import DatabaseError

EMBEDDED_FILE = "schema_lab.db"


class _Settings(BaseSettings):
    """What the environment and .env say; an empty value counts as unset."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        env_file_encoding="utf-8-sig",
        extra="ignore",
    )
    database_url: SecretStr | None = None


def database_url(root: Path, fallback: str | None = None) -> URL:
    """Give the URL of a project's database. Read-only.

    DATABASE_URL in the environment comes first, then DATABASE_URL in the file ``.env`` of the
    project, then the fallback, then the SQLite file ``schema_lab.db`` in the project. Relative
    SQLite paths start at the project, wherever the program runs.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the project.
    fallback : str, optional
        What the project's own configuration names, such as sqlalchemy.url in alembic.ini.

    Returns
    -------
    sqlalchemy.URL
        As `resolve` gives it.

    Raises
    ------
    DatabaseError
        The URL cannot be used, or ``.env`` cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, ".env").write_text("DATABASE_URL=mysql://ann:s3cret@localhost/app")
    ...     database_url(Path(folder))
    mysql+pymysql://ann:***@localhost/app
    """
    named = named_url(root)
    if named is not None:
        return named
    return resolve(fallback, base=root) if fallback else embedded_url(root)


def named_url(root: Path) -> URL | None:
    """Give the URL that DATABASE_URL names, in the environment or in ``.env``. Read-only.

    Raises
    ------
    DatabaseError
        The URL cannot be used, or ``.env`` cannot be read.
    """
    _check_env_file(root / ".env")
    # The type checker knows only the fields: https://github.com/pydantic/pydantic-settings/issues/131
    secret = _Settings(_env_file=root / ".env").database_url  # type: ignore[call-arg]
    return None if secret is None else resolve(secret.get_secret_value(), base=root)


def embedded_url(root: Path) -> URL:
    """Give the URL of the SQLite file in a project's folder. Read-only."""
    return resolve(URL.create("sqlite", database=EMBEDDED_FILE), base=root)


def _check_env_file(path: Path) -> None:
    """Refuse a file that dotenv would read in part: it only logs what it cannot parse."""
    if not path.is_file():
        return
    problem = _problem(path)
    if problem:
        raise DatabaseError(
            f"{path} cannot be read: {problem}.",
            "Write each line as NAME=value, in UTF-8, or remove the file.",
        )


def _problem(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            wrong = [binding.original.line for binding in parse_stream(stream) if binding.error]
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except OSError as error:
        return error.strerror or "the system refuses it"
    return f"line {wrong[0]} is not a setting" if wrong else ""
