"""Write revision files: from a candidate, empty, or a merge. Changes only versions/."""

from collections.abc import Callable, Sequence
from pathlib import Path

from alembic import command
from alembic.script import Script

from schema_lab.autogenerate import Candidate
from schema_lab.errors import HistoryError
from schema_lab.history import (
    Environment,
    Revision,
    as_lab_errors,
    fresh_sources,
    refuse_heads,
    script_heads,
)
from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.migrate.messages import checked_id, checked_message


def write(environment: Environment, candidate: Candidate, folder: Path | None = None) -> Revision:
    """Write a candidate's file; a candidate that is already written is only handed back.

    Parameters
    ----------
    environment
        The project.
    candidate
        What to write.
    folder
        One of the project's folders of revisions; None: Alembic's choice.

    Raises
    ------
    InputError
        When its message or id may not stand in a script.
    HistoryError
        When the script directory does not take it.
    """
    message, revision = checked_message(candidate.message), checked_id(candidate.id)

    def make() -> Script | None:
        scripts = environment.project.scripts()
        written = {one.revision: one for one in scripts.walk_revisions()}
        if revision in written:
            return written[revision]
        environment.project.forget_scripts()  # for Alembic adds to these what it writes
        return scripts.generate_revision(
            revision,
            message,
            refresh=True,
            version_path=folder,
            config=environment.config(),
            **candidate.template_arguments,
        )

    return _made(environment, make)


def revision(environment: Environment, message: str, revision_id: str | None = None) -> Revision:
    """Write an empty revision, to be filled by hand.

    Raises
    ------
    InputError
        When the message or the id may not stand in a script.
    HistoryError
        When there is more than one head, or the revision files do not hold together.
    """
    text = checked_message(message)
    with as_lab_errors(), fresh_sources():
        refuse_heads(environment.project.scripts())
    new, config = _new_id(environment, revision_id), environment.config()
    return _made(environment, lambda: _single(command.revision(config, text, rev_id=new)))


def merge(environment: Environment, message: str, revisions: Sequence[str] = ()) -> Revision:
    """Write a revision that joins heads; without names, all heads there are.

    Raises
    ------
    HistoryError
        When there is nothing to merge.
    """
    text = checked_message(message)
    all_heads = script_heads(environment.project.scripts())
    heads = tuple(revisions) or all_heads
    if not heads[1:]:
        raise HistoryError(
            f"There is only one head, {', '.join(heads) or 'base'}: nothing to merge.",
            "A merge joins two or more heads.",
        )
    new, config = _new_id(environment, None), environment.config()
    return _made(environment, lambda: _single(command.merge(config, heads, text, rev_id=new)))


def _new_id(environment: Environment, revision_id: str | None) -> str | None:
    chosen = revision_id or environment.new_id(environment.project.scripts())
    return None if chosen is None else checked_id(chosen)


def _single(made: Script | list[Script | None] | None) -> Script | None:
    return made[0] if isinstance(made, list) else made


def _made(environment: Environment, make: Callable[[], Script | None]) -> Revision:
    """Run what writes, and hand on the new revision; a file that is no Python goes again."""
    with ALEMBIC_LOCK, as_lab_errors(), fresh_sources():
        before = _files(environment)
        try:
            script = make()
        except SyntaxError as error:
            _take_back(_files(environment) - before, error)
            raise
        except OSError as error:
            raise HistoryError(
                f"The revision cannot be written to {error.filename}: {error.strerror}.",
                "Make the folder writable.",
            ) from None
    if script is None:
        raise HistoryError("Alembic wrote no revision.", "Look at env.py's directives.")
    return Revision.of(script)


def _files(environment: Environment) -> set[Path]:
    folders = environment.project.scripts()._version_locations
    return {file for folder in folders for file in Path(folder).rglob("*.py")}


def _take_back(made: set[Path], error: SyntaxError) -> None:
    """Remove the file that was just made, if it is the one that cannot be read."""
    for path in made:
        path.unlink()
        raise HistoryError(
            f"The template made a script that is no Python (line {error.lineno}: {error.msg}); "
            "it was removed.",
            "Compare script.py.mako with the one that `alembic init` writes.",
        ) from None
