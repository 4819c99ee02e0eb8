"""A project's script directory, loaded once and looked at again whenever it is asked for."""

import sys
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.history.failures import as_lab_errors
from schema_lab.history.files import Files
from schema_lab.history.scripts import Remember, check_when_loaded
from schema_lab.history.sources import Source, sources_of

PATHS = "schema_lab.paths"
"""Key in `config.attributes`: the folders that the project imports from."""

MANY = 32
"""How many projects are kept."""

_SETTINGS = Files(lambda path, content: object())


@dataclass(frozen=True)
class Kept:
    """A script directory, and what it was made from."""

    settings: tuple[object, ...]
    sources: list[Source] | None
    scripts: ScriptDirectory
    paths: list[str]


_KEPT: dict[Hashable, Kept] = {}


def scripts_of(
    project: Hashable, ini: Path, config: Callable[[], Config], remember: Remember
) -> ScriptDirectory:
    """Give the script directory of a project as it is now; prepends the project's import paths.

    It is the same object until one of its files is changed, added or removed.

    Parameters
    ----------
    project
        What it is kept for; two projects may share an ini file and differ in their folders.
    ini
        The ini file, beside which a pyproject.toml may stand.
    config
        Reads both.
    remember
        Says of a missing revision which file it was.

    Raises
    ------
    HistoryError
        When the ini file cannot be read, or names a folder that is not there.
    """
    with ALEMBIC_LOCK:
        settings = tuple(_setting(one) for one in (ini, ini.parent / "pyproject.toml"))
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
        sys.path[:] = [one for one in kept.paths if one not in sys.path] + sys.path
        return kept.scripts


def _setting(path: Path) -> object:
    """Give an object that is the same until the file changes; None where there is no file."""
    return _SETTINGS.get(str(path)) if path.is_file() else None


def _fresh(config: Config, settings: tuple[object, ...]) -> Kept:
    before = list(sys.path)
    with as_lab_errors():
        scripts = ScriptDirectory.from_config(config)
    sys.path[:] = before
    return Kept(settings, None, scripts, config.attributes[PATHS])


def _keep(project: Hashable, kept: Kept) -> None:
    _KEPT[project] = kept
    for one in list(_KEPT)[:-MANY]:
        del _KEPT[one]


def forget(project: Hashable) -> None:
    """Keep the script directory of a project no longer."""
    _KEPT.pop(project, None)


def revisions_of(scripts: ScriptDirectory) -> dict[str, Script]:
    """Give all revisions by id, newest first. Read-only."""
    known = memo(scripts)
    if "revisions" not in known:
        known["revisions"] = {one.revision: one for one in scripts.walk_revisions()}
    found: dict[str, Script] = known["revisions"]
    return found


def paths_of(scripts: ScriptDirectory) -> dict[str, Path]:
    """Give the files of all revisions by id. Read-only."""
    known = memo(scripts)
    if "paths" not in known:
        known["paths"] = {one: Path(script.path) for one, script in revisions_of(scripts).items()}
    found: dict[str, Path] = known["paths"]
    return found


def memo(scripts: ScriptDirectory) -> dict[Any, Any]:
    """Give the place for what was found out about a script directory that does not change."""
    found: dict[Any, Any] = vars(scripts).setdefault("schema_lab.memo", {})
    return found
