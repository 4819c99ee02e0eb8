"""A project: its alembic.ini, its script directory, and the lock under which its env.py runs.

A script directory is loaded once, and checked for changes whenever it is used. One env.py runs at a
time, since Alembic's `op` and `context` are globals of the process.
"""

import os
import sys
import tomllib
import warnings
from argparse import Namespace
from collections.abc import Callable, Hashable
from configparser import Error as IniError
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from schema_lab.database import database_url, embedded_url, named_url, resolve
from schema_lab.database.file_cache import Files
from schema_lab.errors import HistoryError
from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.history.checksums import remembered
from schema_lab.history.scripts import Remember, ScriptFile, check_when_loaded, sources_of
from schema_lab.history.translation import as_lab_errors

PYPROJECT = "pyproject.toml"
_IN_PYPROJECT = (PYPROJECT, "[tool.alembic]")
_EXAMPLES = {"[alembic]": "%(here)s/alembic", "[tool.alembic]": '"%(here)s/alembic"'}


@dataclass(frozen=True)
class Project:
    """An ordinary Alembic project, found by its alembic.ini.

    `engine` names one of several databases, as of Alembic's template `multidb`.
    """

    ini: Path
    engine: str | None = None

    @classmethod
    def at(cls, config: Path | str) -> "Project":
        """Name a project by its ini file, its pyproject.toml, or the folder that holds one.

        Raises
        ------
        HistoryError
            When there is no such file.
        """
        path = Path(config).expanduser().resolve()
        folder = path.parent if path.name == PYPROJECT else path
        ini = folder / "alembic.ini" if folder.is_dir() else path
        if not _is_configured(ini):
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
            if _is_configured(candidate / "alembic.ini"):
                return cls((candidate / "alembic.ini").resolve())
        raise HistoryError(f"No alembic.ini was found in {folder} or above it.", _INI_CURE)

    @classmethod
    def chosen(cls, config: "Path | str | None", engine: str | None = None) -> "Project":
        """Name a project as `at` does; without a name, the nearest above the working directory.

        `engine` names one of its databases, if these are several.

        Raises
        ------
        HistoryError
            When there is none.
        """
        found = cls.above(Path.cwd()) if config is None else cls.at(config)
        return replace(found, engine=engine)

    @property
    def root(self) -> Path:
        """The folder of the ini file."""
        return self.ini.parent

    def config(self, url: sa.URL | None = None) -> Config:
        """Give Alembic's configuration, with paths that hold from any working directory."""
        toml = self.root / PYPROJECT
        config = Config(
            self.ini,
            toml if toml.is_file() else None,
            stdout=StringIO(),
            cmd_opts=Namespace(quiet=True, x=None),
        )
        location = self._location(config)
        home = self._home(location)
        config.set_main_option("script_location", _escaped(_within(home, location)))
        config.attributes[PATHS] = self._import_paths(config, home)
        config.set_main_option("prepend_sys_path", "")
        if self.engine is not None:
            config.set_main_option("databases", self.engine)  # env.py runs for this one alone
        if url is not None:
            self.aim(config, url)
        return config

    def _location(self, config: Config) -> str:
        """Read where the scripts are, from the ini file or from pyproject.toml.

        Raises
        ------
        HistoryError
            When a file cannot be read, or neither says where.
        """
        file, section = ("alembic.ini", "[alembic]") if self.ini.is_file() else _IN_PYPROJECT
        try:
            _ = config.toml_alembic_config  # read first, since it may be needed for any option
            location: Any = config.get_alembic_option("script_location")
        except tomllib.TOMLDecodeError as error:
            raise HistoryError(f"{PYPROJECT} cannot be read: {error}.", "Fix that line.") from None
        except IniError as error:
            raise HistoryError(
                f"{self.ini.name} cannot be read: {error.message}", "Fix that line."
            ) from None
        except (KeyError, ValueError, TypeError) as error:
            raise HistoryError(
                f"{file} has a value that cannot be filled in: {error}.",
                "Fix it; only %(here)s is known there.",
            ) from None
        if not isinstance(location, str):
            wrong = "does not name" if location is None else f"has {location!r} for"
            raise HistoryError(
                f"{file} {wrong} a script_location.",
                f"Name it under {section}, such as script_location = {_EXAMPLES[section]}.",
            )
        return location

    def aim(self, config: Config, url: sa.URL) -> None:
        """Put a URL into a configuration that env.py will read; it is kept in memory only."""
        text = _escaped(url.render_as_string(hide_password=False))
        config.set_section_option(self.engine or config.config_ini_section, "sqlalchemy.url", text)

    def url(self, url: str | sa.URL | None = None) -> sa.URL:
        """Choose the database: the one given, DATABASE_URL, the ini file's, the embedded file.

        Raises
        ------
        DatabaseError
            When the URL cannot be used.
        """
        if url is not None:
            return resolve(url, base=self.root)
        return database_url(self.root, self.written_url)

    @property
    def written_url(self) -> str | None:
        """What the ini file names as sqlalchemy.url; the template's placeholder is no name."""
        config = self.config()
        section = self.engine or config.config_ini_section
        written = config.get_section_option(section, "sqlalchemy.url")
        return None if written is None or written.startswith("driver://") else written

    @property
    def named_url(self) -> sa.URL | None:
        """What DATABASE_URL names, in the environment or in .env."""
        return named_url(self.root)

    @property
    def embedded_url(self) -> sa.URL:
        """The SQLite file of a project that names no database."""
        return embedded_url(self.root)

    def scripts(self) -> ScriptDirectory:
        """Give the script directory as it is now; its files are read when they change. Read-only.

        Raises
        ------
        HistoryError
            When the ini file cannot be read, or names a folder that does not exist.
        """
        return scripts_of(
            self, self.ini, self.config, lambda revision: remembered(self.root, revision)
        )

    def forget_scripts(self) -> None:
        """Load the script directory anew the next time, as a separate object."""
        forget(self)

    def _import_paths(self, config: Config, home: Path) -> list[str]:
        """List the folders that the project imports from, and its root; each absolute."""
        with warnings.catch_warnings():  # an older ini file separates them in its own way
            warnings.simplefilter("ignore", DeprecationWarning)
            named = config.get_prepend_sys_paths_list() or []
        found = [home / name for name in named] + [self.root]
        return list(dict.fromkeys(str(path.resolve()) for path in found))

    def _home(self, location: str) -> Path:
        """Give the folder at which relative paths start: of the ini file, else the working one.

        Alembic takes the working directory; the lab runs from anywhere.
        """
        here = Path.cwd()
        return (
            here
            if (here / location).is_dir() and not (self.root / location).is_dir()
            else self.root
        )


@dataclass(frozen=True)
class Overlaid(Project):
    """A project whose revisions come from several folders; its own folders are not changed."""

    folders: tuple[Path, ...] = ()

    def config(self, url: sa.URL | None = None) -> Config:
        """Return Alembic's configuration, with these folders instead of the configured ones."""
        config = super().config(url)
        listed = os.pathsep.join(str(place).replace("%", "%%") for place in self.folders)
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", listed)
        return config


def _within(home: Path, location: str) -> str:
    """Give a path that holds from anywhere; `package:folder` is found by Python."""
    if ":" in location and not Path(location).is_absolute():
        return location
    return str(home / location)


def _is_configured(ini: Path) -> bool:
    """Say whether a project is configured here: by the ini file, or in pyproject.toml beside it."""
    if ini.is_file():
        return True
    with suppress(OSError, UnicodeDecodeError):
        text = (ini.parent / PYPROJECT).read_text("utf-8")
        try:
            return "alembic" in tomllib.loads(text).get("tool", {})
        except tomllib.TOMLDecodeError:
            return "[tool.alembic" in text  # reading the configuration says which line is wrong
    return False


def plain_config(ini: str, stdout: TextIO) -> Config:
    """Give Alembic's configuration of a project that is not written yet."""
    return Config(ini, stdout=stdout, cmd_opts=Namespace(quiet=False, x=None))


def _escaped(value: str) -> str:
    return value.replace("%", "%%")


_INI_CURE = 'Name the file: Lab(config="path/to/alembic.ini"), or start with Lab.scratch().'


PATHS = "schema_lab.paths"
"""Key in `config.attributes`: the folders that the project imports from."""

MANY = 32
"""How many projects are kept."""

_SETTINGS = Files(lambda path, content: object())


@dataclass(frozen=True)
class KeptScripts:
    """A script directory, and what it was loaded from."""

    settings: tuple[object, ...]
    sources: list[ScriptFile] | None
    scripts: ScriptDirectory
    paths: list[str]


_KEPT: dict[Hashable, KeptScripts] = {}


def scripts_of(
    project: Hashable, ini: Path, config: Callable[[], Config], remember: Remember
) -> ScriptDirectory:
    """Give the script directory of a project as it is now; prepends the project's import paths.

    It is the same object until one of its files is changed, added or removed.

    Parameters
    ----------
    project
        The key under which it is kept; two projects may share an ini file and differ in folders.
    ini
        The ini file, beside which a pyproject.toml may stand.
    config
        Reads both.
    remember
        Gives the former file of a missing revision.

    Raises
    ------
    HistoryError
        When the ini file cannot be read, or names a folder that does not exist.
    """
    with ALEMBIC_LOCK:
        settings = tuple(_setting(path) for path in (ini, ini.parent / "pyproject.toml"))
        kept = _KEPT.pop(project, None)
        if kept is None or kept.settings != settings:
            kept = _fresh(config(), settings)
        sources = [] if kept.scripts.sourceless else sources_of(kept.scripts)
        if kept.sources is None or kept.sources != sources:
            scripts = kept.scripts if kept.sources is None else _fresh(config(), settings).scripts
            check_when_loaded(scripts, remember, None if scripts.sourceless else sources)
            kept = replace(kept, scripts=scripts, sources=sources)
        if not kept.scripts.sourceless:
            _keep(project, kept)
        sys.path[:] = [path for path in kept.paths if path not in sys.path] + sys.path
        return kept.scripts


def _setting(path: Path) -> object:
    """Give an object that is the same until the file changes; None where there is no file."""
    return _SETTINGS.get(str(path)) if path.is_file() else None


def _fresh(config: Config, settings: tuple[object, ...]) -> KeptScripts:
    before = list(sys.path)
    with as_lab_errors():
        scripts = ScriptDirectory.from_config(config)
    sys.path[:] = before
    return KeptScripts(settings, None, scripts, config.attributes[PATHS])


def _keep(project: Hashable, kept: KeptScripts) -> None:
    _KEPT[project] = kept
    for oldest in list(_KEPT)[:-MANY]:
        del _KEPT[oldest]


def forget(project: Hashable) -> None:
    """Forget the script directory of a project."""
    _KEPT.pop(project, None)


def revisions_of(scripts: ScriptDirectory) -> dict[str, Script]:
    """Give all revisions by id, newest first. Read-only."""
    known = memo(scripts)
    if "revisions" not in known:
        known["revisions"] = {script.revision: script for script in scripts.walk_revisions()}
    found: dict[str, Script] = known["revisions"]
    return found


def paths_of(scripts: ScriptDirectory) -> dict[str, Path]:
    """Give the files of all revisions by id. Read-only."""
    known = memo(scripts)
    if "paths" not in known:
        known["paths"] = {name: Path(it.path) for name, it in revisions_of(scripts).items()}
    found: dict[str, Path] = known["paths"]
    return found


def memo(scripts: ScriptDirectory) -> dict[Any, Any]:
    """Give the dict that keeps facts about a script directory while its files stay the same."""
    found: dict[Any, Any] = vars(scripts).setdefault("schema_lab.memo", {})
    return found
