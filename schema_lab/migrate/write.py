"""Revision files: written from a candidate, empty, or as a merge. Changes only versions/.

Messages and ids are checked before Alembic puts them into a template and a file name.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from alembic import command
from alembic.script import Script

from schema_lab.candidate import Candidate
from schema_lab.compat.alembic_private import version_folders
from schema_lab.errors import HistoryError, InputError
from schema_lab.history import (
    ALEMBIC_LOCK,
    Environment,
    Revision,
    as_lab_errors,
    fresh_sources,
    refuse_heads,
    script_heads,
)

_LONGEST_MESSAGE = 200
_ID = re.compile(r"[A-Za-z0-9_]{1,32}")
_RESERVED = ("base", "head", "heads", "current")


def checked_message(message: str) -> str:
    """Check a message, and give it as it is written into a script.

    Raises
    ------
    InputError
        When it is empty, too long, of several lines, or would end the script's docstring.

    Examples
    --------
    >>> checked_message(" Add onboarding tracking fields ")
    'Add onboarding tracking fields'
    """
    if not message.strip():
        raise InputError("The message is empty.", "Describe the change in a few words.")
    text = message.strip()
    if len(text) > _LONGEST_MESSAGE:
        raise InputError(
            f"The message has {len(text)} characters.", f"Keep it under {_LONGEST_MESSAGE}."
        )
    if not text.isprintable():
        raise InputError(
            "The message contains a line break or a control character.", "Use one line."
        )
    if "\\" in text or '"""' in text:
        raise InputError(
            'The message contains a backslash or """, which would change the script\'s code.',
            "Remove it.",
        )
    return text


def checked_id(revision: str) -> str:
    """Give a revision id that Alembic can store and that names a file in versions/.

    Raises
    ------
    InputError
        When it is not 1 to 32 letters, digits or underscores, or is a word of Alembic's.

    Examples
    --------
    >>> checked_id("0001")
    '0001'
    """
    if not _ID.fullmatch(revision) or revision.lower() in _RESERVED:
        raise InputError(
            f"{revision[:60]!r} cannot be a revision id.",
            f"Use 1 to 32 letters, digits or underscores, but not {', '.join(_RESERVED)}.",
        )
    return revision


def write(environment: Environment, candidate: Candidate, folder: Path | None = None) -> Revision:
    """Write a candidate's file; for a candidate that is already written, give its revision.

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
        When its message or id cannot be used in a script.
    HistoryError
        When the file cannot be written.
    """
    message, revision = checked_message(candidate.message), checked_id(candidate.id)

    def make() -> Script | None:
        scripts = environment.project.scripts()
        written = {script.revision: script for script in scripts.walk_revisions()}
        if revision in written:
            return written[revision]
        environment.project.forget_scripts()  # for Alembic adds to these what it writes
        return scripts.generate_revision(
            revision,
            message,
            refresh=True,
            version_path=folder,
            config=environment.template_config(),
            **candidate.template_arguments,
        )

    return _made(environment, make)


def revision(environment: Environment, message: str, revision_id: str | None = None) -> Revision:
    """Write an empty revision, to be edited by hand.

    Raises
    ------
    InputError
        When the message or the id cannot be used in a script.
    HistoryError
        When there is more than one head, or the revision files are inconsistent.
    """
    text = checked_message(message)
    with as_lab_errors(), fresh_sources():
        refuse_heads(environment.project.scripts())
    new, config = _new_id(environment, revision_id), environment.template_config()
    return _made(environment, lambda: _single(command.revision(config, text, rev_id=new)))


def merge(environment: Environment, message: str, revisions: Sequence[str] = ()) -> Revision:
    """Write a revision that merges heads; without names, all heads.

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
            "A merge needs two or more heads.",
        )
    new, config = _new_id(environment, None), environment.template_config()
    return _made(environment, lambda: _single(command.merge(config, heads, text, rev_id=new)))


def _new_id(environment: Environment, revision_id: str | None) -> str | None:
    chosen = revision_id or environment.new_id(environment.project.scripts())
    return None if chosen is None else unused_id(environment, chosen)


def unused_id(environment: Environment, revision: str) -> str:
    """Give a revision id that no revision has, in any case: file systems may ignore case.

    Raises
    ------
    InputError
        When it cannot be an id, or is taken.
    """
    checked_id(revision)
    scripts = environment.project.scripts()
    with as_lab_errors(), fresh_sources():
        known = {script.revision.lower(): script for script in scripts.walk_revisions()}
    if revision.lower() in known:
        found = known[revision.lower()]
        raise InputError(
            f"{Path(found.path).name} already has the revision id {found.revision}.",
            "Choose another id, or leave it out: the lab then chooses one.",
        )
    return revision


def _single(made: Script | list[Script | None] | None) -> Script | None:
    return made[0] if isinstance(made, list) else made


def _made(environment: Environment, make: Callable[[], Script | None]) -> Revision:
    """Write, and give the new revision; a file that is not valid Python is removed again."""
    with ALEMBIC_LOCK, as_lab_errors(), fresh_sources():
        before = _files(environment)
        try:
            script = make()
        except SyntaxError as error:
            _remove(_files(environment) - before, error)
            raise
        except OSError as error:
            if isinstance(error, FileNotFoundError) and str(error.filename).endswith(".mako"):
                raise HistoryError(
                    f"The project has no template for revisions: {error.filename} does not exist.",
                    "Copy script.py.mako from a new project, which `alembic init` creates.",
                ) from None
            raise HistoryError(
                f"The revision cannot be written to {error.filename}: {error.strerror}.",
                "Make the folder writable, then try again.",
            ) from None
    if script is None:
        raise HistoryError(
            "Alembic did not write a revision.", "Check process_revision_directives in env.py."
        )
    return Revision.of(script)


def _files(environment: Environment) -> set[Path]:
    folders = version_folders(environment.project.scripts())
    return {file for folder in folders for file in Path(folder).rglob("*.py")}


def _remove(made: set[Path], error: SyntaxError) -> None:
    """Remove the file that was just written, if it is the file that cannot be read."""
    for path in made:
        path.unlink()
        raise HistoryError(
            f"The template produced a script that is not valid Python (line {error.lineno}: "
            f"{error.msg}). The script was removed.",
            "Compare script.py.mako with the template that `alembic init` writes.",
        ) from None
