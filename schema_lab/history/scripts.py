"""The script directory holds together: each file loads, no id is in two, no parent is missing.

Alembic only warns of the second, and says the others without the names of the files.
"""

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import CycleDetected, RevisionMap
from alembic.util import CommandError, to_tuple

from schema_lab.errors import HistoryError
from schema_lab.history.sources import Source, script_of

Remember = Callable[[str], str]
"""From a revision's id to what is known of its file, or ""."""


def check_when_loaded(
    scripts: ScriptDirectory, remember: Remember, sources: Iterable[Source] | None = None
) -> None:
    """Let a script directory refuse files that do not hold together, when it loads them.

    Parameters
    ----------
    scripts
        A script directory that has loaded nothing yet.
    remember
        Says of a missing revision which file it was.
    sources
        The revision files; by default Alembic reads them.
    """

    def given() -> Iterator[Script]:
        made = (script_of(one, scripts) for one in sources or ())
        yield from (one for one in made if one is not None)

    load = scripts._load_revisions if sources is None else given
    scripts.revision_map = RevisionMap(lambda: _checked(load, scripts, remember))


def _checked(
    load: Callable[[], Iterator[Script]], scripts: ScriptDirectory, remember: Remember
) -> list[Script]:
    found = list(_loaded(load, scripts))
    _refuse_duplicates(found)
    _refuse_missing_parents(found, remember)
    _refuse_cycles(found)
    return found


def _loaded(load: Callable[[], Iterator[Script]], scripts: ScriptDirectory) -> Iterator[Script]:
    folders = [Path(one).resolve() for one in scripts._version_locations]
    try:
        yield from load()
    except CommandError:
        raise
    except CycleDetected as error:
        raise _follows_itself(error.revisions[0], folders) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a script may raise anything
        raise _broken(error, folders) from None


def _follows_itself(revision: str, folders: Iterable[Path]) -> HistoryError:
    """Name the files that speak of the revision: Alembic does not say which one it read."""
    files = sorted(path.name for one in folders for path in one.rglob(f"*{revision}*.py"))
    where = f" ({' or '.join(files)})" if files else ""
    return HistoryError(
        f"Revision {revision} follows itself{where}.",
        "Correct the line `down_revision = …` in its file.",
    )


def _broken(error: BaseException, folders: list[Path]) -> HistoryError:
    """Name the file and the line of a revision that does not load."""
    reason = f"{type(error).__name__}: {error}"
    frames = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        reason, frames = str(error.msg), [(str(error.filename), error.lineno)]
    own = [
        (Path(file), line)
        for file, line in frames
        if any(Path(file).is_relative_to(folder) for folder in folders)
    ]
    where = f"{own[-1][0].name}, line {own[-1][1]}" if own else f"{frames[-1][0]}"
    return HistoryError(
        f"A revision file does not load: {where}: {reason.rstrip('.')}.",
        "Mend that line and try again; no revision can be read before.",
    )


def _refuse_duplicates(scripts: Iterable[Script]) -> None:
    files = defaultdict(list)
    for script in scripts:
        files[script.revision].append(Path(script.path).name)
    for revision, names in files.items():
        if names[1:]:
            raise HistoryError(
                f"Revision {revision} is in {len(names)} files: {' and '.join(sorted(names))}.",
                "Remove one, or give it an id of its own in its line `revision = …`.",
            )


def _refuse_missing_parents(scripts: list[Script], remember: Remember) -> None:
    known = {one.revision for one in scripts} | {
        label for one in scripts for label in one.branch_labels
    }
    for script in scripts:
        for parent in _parents(script):
            if parent not in known:
                was = remember(parent)
                raise HistoryError(
                    f"{Path(script.path).name} follows revision {parent}, and no file has that id"
                    f"{f'; it was {was}' if was else ''}.",
                    "Bring that file back from version control, or correct the line "
                    f"`down_revision = …` in {Path(script.path).name}.",
                )


def _refuse_cycles(scripts: list[Script]) -> None:
    files = {one.revision: Path(one.path).name for one in scripts}
    try:
        TopologicalSorter({one.revision: _parents(one) for one in scripts}).prepare()
    except CycleError as error:
        cycle = [str(one) for one in reversed(error.args[1])]
        named = " → ".join(f"{one} ({files.get(one, 'a label')})" for one in cycle)
        raise HistoryError(
            f"The revisions follow one another in a circle: {named}.",
            "Correct the line `down_revision = …` in one of these files.",
        ) from None


def _parents(script: Script) -> tuple[str, ...]:
    return (*script._versioned_down_revisions, *to_tuple(script.dependencies, default=()))
