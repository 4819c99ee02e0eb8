"""A project: the folder with an alembic.ini, its script directory and its revision files."""

import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Iterator
from configparser import Error as IniError
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from schema_lab.database import database_url, embedded_url, resolve
from schema_lab.errors import HistoryError
from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.history.checksum_file import remembered
from schema_lab.history.kept_scripts import PATHS, forget, scripts_of


@dataclass(frozen=True)
class Project:
    """An ordinary Alembic project, found by its alembic.ini."""

    ini: Path

    @classmethod
    def at(cls, config: Path | str) -> "Project":
        """Name a project by its ini file, or by the folder that holds an alembic.ini.

        Raises
        ------
        HistoryError
            When there is no such file.
        """
        path = Path(config).expanduser().resolve()
        ini = path / "alembic.ini" if path.is_dir() else path
        if not ini.is_file():
            raise HistoryError(f"There is no Alembic configuration at {path}.", _INI_CURE)
        return cls(ini)

    @classmethod
    def above(cls, folder: Path) -> "Project":
        """Find the nearest alembic.ini in a folder or above it.

        Raises
        ------
        HistoryError
            When there is none.
        """
        for candidate in (folder, *folder.parents):
            if (candidate / "alembic.ini").is_file():
                return cls((candidate / "alembic.ini").resolve())
        raise HistoryError(f"No alembic.ini was found in {folder} or above it.", _INI_CURE)

    @classmethod
    def chosen(cls, config: "Path | str | None") -> "Project":
        """Name a project as `at` does; without a name, the nearest above the working directory.

        Raises
        ------
        HistoryError
            When there is none.
        """
        return cls.above(Path.cwd()) if config is None else cls.at(config)

    @property
    def root(self) -> Path:
        """The folder of the ini file."""
        return self.ini.parent

    def config(self, url: sa.URL | None = None) -> Config:
        """Give Alembic's configuration, with paths that hold from any working directory.

        The ini file is read here and its name taken away, so that an env.py does not
        configure logging over the notebook's.
        """
        toml = self.root / "pyproject.toml"
        config = Config(
            self.ini,
            toml if toml.is_file() else None,
            stdout=StringIO(),
            cmd_opts=Namespace(quiet=True, x=None),
        )
        try:
            location = config.get_alembic_option("script_location")
        except IniError as error:
            raise HistoryError(
                f"{self.ini.name} cannot be read: {error.message}", "Mend that line."
            ) from None
        if location is None:
            raise HistoryError(
                f"{self.ini.name} names no script_location.",
                "Add one under [alembic], such as script_location = %(here)s/alembic.",
            )
        config.set_main_option("script_location", _escaped(self._absolute(location)))
        config.attributes[PATHS] = self._import_paths(config)
        config.set_main_option("prepend_sys_path", "")
        if url is not None:
            self.aim(config, url)
        config.config_file_name = None
        return config

    def aim(self, config: Config, url: sa.URL) -> None:
        """Put a URL into a configuration that env.py will read; it stays in memory."""
        text = url.render_as_string(hide_password=False)
        config.set_main_option("sqlalchemy.url", _escaped(text))

    def url(self, url: str | sa.URL | None = None) -> sa.URL:
        """Choose the database: the one given, DATABASE_URL, the ini file's, the embedded file.

        Raises
        ------
        DatabaseError
            When the URL cannot be used.
        """
        if url is not None:
            return resolve(url, base=self.root)
        written = self.config().get_main_option("sqlalchemy.url")
        placeholder = written is None or written.startswith("driver://")
        return database_url(self.root, None if placeholder else written)

    @property
    def embedded_url(self) -> sa.URL:
        """The SQLite file of a project for which nobody names a database."""
        return embedded_url(self.root)

    def scripts(self) -> ScriptDirectory:
        """Give the script directory as it is now; its files are read when they change. Read-only.

        Raises
        ------
        HistoryError
            When the ini file cannot be read, or names a folder that is not there.
        """
        return scripts_of(
            self, self.ini, self.config, lambda revision: remembered(self.root, revision)
        )

    def forget_scripts(self) -> None:
        """Let the next script directory be another object, which shares nothing with this one."""
        forget(self)

    def _import_paths(self, config: Config) -> list[str]:
        """List the folders that the project imports from, and its root; each absolute."""
        with warnings.catch_warnings():  # how an older ini file separates them is not our matter
            warnings.simplefilter("ignore", DeprecationWarning)
            named = config.get_prepend_sys_paths_list() or []
        return list(dict.fromkeys(str((self.root / one).resolve()) for one in [*named, "."]))

    def _absolute(self, location: str) -> str:
        if ":" in location and not Path(location).is_absolute():
            return location
        return str(self.root / location)


def plain_config(ini: str, stdout: TextIO) -> Config:
    """Give Alembic's configuration of a project that is still to be written."""
    return Config(ini, stdout=stdout, cmd_opts=Namespace(quiet=False, x=None))


def _escaped(value: str) -> str:
    return value.replace("%", "%%")


@contextmanager
def fresh_sources() -> Iterator[None]:
    """Load revision files from their source, whatever lies in `__pycache__`.

    A file that was rewritten in the same second at the same size would else run its old code.
    One thread at a time, for these are settings of the interpreter.
    """
    with ALEMBIC_LOCK:
        before = sys.pycache_prefix, sys.dont_write_bytecode
        sys.pycache_prefix, sys.dont_write_bytecode = os.devnull, True  # no folder is below it
        try:
            yield
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before


_INI_CURE = 'Name the file: Lab(config="path/to/alembic.ini"); or start with Lab.scratch().'
