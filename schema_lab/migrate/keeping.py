"""Keep the checksums of what a run applied. Changes only the project's .schema_lab/ folder."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.errors import SchemaLabError
from schema_lab.history import ChecksumFile, Checksums, Standing, applied_ids, paths_of


class Keeper:
    """Notes what Alembic applies, and keeps it once the run is over.

    Parameters
    ----------
    file
        Where; None where checksums are off.
    stamped
        Whether a person says where the database stands: then every file counts as it is now.
    """

    def __init__(self, file: ChecksumFile | None, *, stamped: bool) -> None:
        self.scripts: ScriptDirectory | None = None
        self.stamped = stamped
        self._file = file
        self._refused = ""
        self._upgraded: set[str] = set()
        self._downgraded: set[str] = set()

    def applied(self, step: Any, **rest: Any) -> None:
        """Note a revision that Alembic has applied (its `on_version_apply` hook)."""
        ids = self._upgraded if step.is_upgrade else self._downgraded
        ids.update(step.up_revision_ids)

    @property
    def ran(self) -> bool:
        """Whether any revision ran, be it rolled back since."""
        return bool(self._upgraded or self._downgraded)

    def keep(self, read: Callable[[], Standing]) -> tuple[str, ...]:
        """Write what the database has now, and give what a person should know of it.

        A failure here is only said: the migration itself is over.

        Parameters
        ----------
        read
            Reads where the database stands; called while no other process writes.
        """
        if self._file is None or self.scripts is None:
            return ()
        try:
            with self.alone():
                return self.kept(read())
        except (SchemaLabError, SQLAlchemyError):
            return ()  # the run itself says what is wrong with history or database

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from writing, from where the database is read to `kept`."""
        with ExitStack() as alone:
            if self._file is not None and self.scripts is not None:
                try:
                    alone.enter_context(self._file.alone())
                except OSError as error:
                    self._refused = _not_kept(error)
            yield

    def kept(self, standing: Standing) -> tuple[str, ...]:
        """Write what the database has now, within `alone`; see `keep`."""
        if self._file is None or self.scripts is None:
            return ()
        if self._refused:
            return (self._refused,)
        try:
            return self._keep(self._file, self.scripts, standing)
        except OSError as error:
            return (_not_kept(error),)
        except SchemaLabError:
            return ()  # the run itself says what is wrong with the history

    def _keep(
        self, file: ChecksumFile, scripts: ScriptDirectory, standing: Standing
    ) -> tuple[str, ...]:
        known = file.read(standing.birth)
        files = paths_of(scripts)
        applied = applied_ids(scripts, standing.heads)
        asked = known.applied.keys() if self.stamped else known.applied.keys() & self._downgraded
        edited = {one for one in asked if known.edited(one, files.get(one))}
        anew = edited if self.stamped else self._upgraded
        changed = known.reconciled(files, applied, anew)
        if self.stamped:
            changed = changed.without(changed.applied.keys() - files.keys())
        if changed != known:
            file.write(changed, standing.birth)
        return tuple(self._notes(known, edited, applied))

    def _notes(self, known: Checksums, edited: set[str], applied: frozenset[str]) -> Iterator[str]:
        if known.problem:
            yield known.problem
        for one in sorted(edited & self._downgraded - applied):
            yield (
                f"Revision {one} was edited after it was applied ({known.words(one)}); "
                "its downgrade() ran as it stands now."
            )
        if self.stamped and edited & applied:
            names = ", ".join(known.applied[one].file for one in sorted(edited & applied))
            yield f"Accepted as they are now: {names}."


def _not_kept(error: OSError) -> str:
    return f"The checksums of applied revisions were not kept: {error}."
