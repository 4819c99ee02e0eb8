"""A failed revision as a fact and a cure: where it failed, why, and what remains of it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from schema_lab.database import scrub
from schema_lab.errors import MigrationError, SchemaLabError, cure_of_revision
from schema_lab.history import DriverError, driver_message
from schema_lab.migrate.run import Statement, direction_of, is_stamp
from schema_lab.migrate.statements import in_short
from schema_lab.schema import undoubled


@dataclass(frozen=True)
class Failed:
    """A step of Alembic's that failed.

    Attributes
    ----------
    step
        Alembic's step.
    sql
        The statement that was running; "" where none was.
    ran
        The statements that ran before it.
    remaining
        The statements of the revision that could not be rolled back; None where nobody can tell.
    doubtful
        A statement of which the journal does not say whether it ran; "" where there is none.
    dialect
        SQLAlchemy's dialect of the database.
    resumable
        Whether `lab.resume()` can continue after the remaining statements.
    """

    step: Any
    sql: str
    ran: tuple[Statement, ...]
    remaining: tuple[str, ...] | None
    dialect: sa.Dialect
    resumable: bool
    doubtful: str = ""

    def error(self, error: BaseException, url: sa.URL) -> MigrationError:
        """Give the lab's error for what was raised, without the secrets of a URL."""
        sql = self._statement(error) or self.sql
        at = f" at {in_short(sql, 200)!r}" if sql else ""
        hint = _cure(error)
        failure = MigrationError(
            scrub(f"{self._where()}{at}: {_reason(error)}", url),
            f"{hint} {self._what_remains()}".strip(),
        )
        failure.hint, failure.statement, failure.statements = hint, scrub(sql, url), self.ran
        if not is_stamp(self.step):
            failure.revision = str(self.step.revision.revision)
        return failure

    def _where(self) -> str:
        if is_stamp(self.step):
            return "The stamp failed"
        script = self.step.revision
        return f"Revision {script.revision} ({script.doc}) failed in {direction_of(self.step)}()"

    def _statement(self, error: BaseException) -> str:
        """Give the statement that failed; batch mode runs others after it, to clean up."""
        failed = error.statement if isinstance(error, DBAPIError | DriverError) else None
        return undoubled(failed or "", self.dialect).strip()

    def _what_remains(self) -> str:
        if self.remaining is None:
            return self._unknown()
        if not self.remaining and not self.doubtful:
            return "The revision was rolled back completely. Fix the error above, then try again."
        listed = "; ".join(in_short(sql, 80) for sql in self.remaining[:20]) or "nothing"
        if self.resumable:
            doubt = f" In doubt: {in_short(self.doubtful, 80)}." if self.doubtful else ""
            return (
                f"MariaDB and MySQL cannot roll back DDL. Already applied: {listed}.{doubt} "
                "Fix the cause, then run `lab.resume()` to continue."
            )
        return (
            f"The revision committed on its own. Already applied: {listed}. "
            "Fix the tables and the script by hand, then try again."
        )

    def _unknown(self) -> str:
        lost = "The connection was lost, so it is unknown what of this revision was applied."
        if self.resumable:
            return (
                f"{lost} When the server answers again, `lab.stopped()` lists the applied "
                "statements, and `lab.resume()` continues after them."
            )
        return f"{lost} When the server answers again, `lab.current()` shows the revision."


def _cure(error: BaseException) -> str:
    if isinstance(error, SchemaLabError) and not isinstance(error, DriverError):
        return error.cure
    known = error.known_cure if isinstance(error, DriverError) else ""
    return known or cure_of_revision(str(error))


def _reason(error: BaseException) -> str:
    if isinstance(error, DriverError):
        return error.reason
    if isinstance(error, SchemaLabError):
        return error.fact
    if isinstance(error, DBAPIError):
        return driver_message(error).rstrip(".") + "."
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code})."
    return f"{type(error).__name__}: {error}".rstrip(".") + "."
