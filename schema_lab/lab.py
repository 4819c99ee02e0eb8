"""`Lab`: one project, one database, the models of one notebook; a contents page of the floors."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import sqlalchemy as sa

from schema_lab import autogenerate, database, history, migrate, scratch
from schema_lab.autogenerate import Answer, Candidate, Doors, Drift, Memory, Metadata, Proposal
from schema_lab.database.diagrams import Diagram, declared, live
from schema_lab.database.snapshots import Snapshot, Snapshots, Store
from schema_lab.errors import InputError, MigrationError, SchemaLabError
from schema_lab.history import Environment, Graph, History, Project, Revision
from schema_lab.migrate import Allow, Cancelled, Loss, OnRevision, Restored, Run, Steps, Stopped
from schema_lab.models import ModelSet
from schema_lab.views import status as view

if TYPE_CHECKING:
    import pandas as pd
    from sqlmodel import SQLModel

    from schema_lab.migrate.seed import Seeded
    from schema_lab.panels import Panel
    from schema_lab.rehearsal import Accepted, CopySteps, Gate, Rehearsal, Roundtrip
    from schema_lab.review import Findings

SCRATCH_NAME = "scratch"
_OPENED = count(1)


@dataclass(frozen=True)
class Status:
    """Where a lab stands; `problem` says why when the drift could not be seen."""

    dialect: str
    url: str
    current: tuple[str, ...]
    heads: tuple[str, ...]
    pending: int
    drift: Drift | None
    problem: str = ""

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


class Lab:
    """The notebook's door to a project, its database and the models.

    Parameters
    ----------
    url
        The database; by default DATABASE_URL (environment or .env), else what alembic.ini names,
        else the embedded SQLite file beside it.
    config
        An alembic.ini, or its folder; by default the nearest in the working directory or above.
    wait
        Seconds to wait for another migration.

    Raises
    ------
    SchemaLabError
        When there is no such project, or the URL cannot be used.

    Examples
    --------
    >>> from schema_lab import Field
    >>> lab = Lab.scratch()
    >>> class Team(lab.Model, table=True):
    ...     id: int | None = Field(default=None, primary_key=True)
    >>> lab.drift()
    1 operation would make the database equal the models:
    + create table team
    >>> candidate = lab.autogenerate("Create teams")
    >>> revision = candidate.write()
    >>> lab.upgrade().after
    ('0001',)
    """

    def __init__(
        self,
        url: str | sa.URL | None = None,
        *,
        config: str | Path | None = None,
        wait: float = 60.0,
    ) -> None:
        project = Project.chosen(config)
        self._open(Environment(project, project.url(url), wait))

    @classmethod
    def scratch(cls, place: str = "sqlite") -> Lab:
        """Open a throwaway project and database, with ids 0001, 0002 …; both are gone at exit.

        Parameters
        ----------
        place
            "sqlite"; "postgresql" with the extra `embedded-postgresql`; or the URL of a server on
            which the user may create databases, such as "mariadb://root@127.0.0.1".

        Raises
        ------
        SchemaLabError
            When that database cannot be had here.
        """
        folder = scratch.scratch_folder()
        try:
            url, end = scratch.scratch_database(place, folder)
        except SchemaLabError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        lab = cls.__new__(cls)
        project = scratch.scratch_project(folder)
        environment = Environment(project, url, 60.0, scratch.next_number, throwaway=True)
        lab._open(environment, SCRATCH_NAME)
        weakref.finalize(lab, _gone, environment, folder, end)
        return lab

    def _open(self, environment: Environment, name: str = "") -> None:
        self._environment = environment
        self._name = name
        self.number = next(_OPENED)
        self._memory = Memory()
        self._project_models = history.project_metadata(environment)
        known = getattr(self._project_models, "info", {}).get("schema_lab.models")
        self.models = ModelSet(seed=known)
        if known is not None:
            self._project_models = None

    # where it stands ---------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The database's URL, without any secret."""
        return self._name or database.masked(self._environment.url)

    @property
    def throwaway(self) -> bool:
        """Whether the database is a scratch one, there to be lost."""
        return self._environment.throwaway

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self._environment.project.root

    @property
    def engine(self) -> sa.Engine:
        """An engine on the database, for sessions and queries of your own."""
        history.ALEMBIC_LOCK.refuse_paused(self._environment.url)
        return self._environment.engine

    def status(self) -> Status:
        """Say where models, history and database stand. Read-only."""
        seen = history.condition(self._environment)
        dialect = database.family(self._environment.engine.dialect)
        drift, problems = None, list(seen.problems)
        if seen.answers:
            try:
                drift = self.drift()
            except SchemaLabError as error:
                problems.append(str(error))
        problem = " ".join(problems)
        return Status(dialect, self.url, seen.current, seen.heads, seen.pending, drift, problem)

    def __repr__(self) -> str:
        return repr(self.status())

    def _repr_html_(self) -> str:
        return self.status()._repr_html_()

    # what should be ----------------------------------------------------------------------------

    @property
    def Model(self) -> type[SQLModel]:  # noqa: N802 - a class, as in `class User(lab.Model)`
        """The base of this notebook's models; cells that use it can be run again and again."""
        return self.models.Model

    def forget(self, name: str) -> None:
        """Take a class out of the models, as if its cell had never run.

        Raises
        ------
        ModelError
            When there is no such class.
        """
        self.models.forget(name)

    @property
    def metadata(self) -> Metadata | None:
        """The tables that should be: the project's, with this notebook's laid over them."""
        return autogenerate.overlaid(self._project_models, self.models.metadata)

    # what is -----------------------------------------------------------------------------------

    def tables(self) -> pd.DataFrame:
        """List the live tables: table (string), rows, columns (int64). Read-only."""
        return database.tables.tables(self.engine, hidden=self._hidden_tables)

    def columns(self, table: str) -> pd.DataFrame:
        """List a live table's columns, in order. Read-only.

        Gives column, type, default, comment (string), nullable, primary_key (bool).
        """
        return database.tables.columns(self.engine, table)

    def indexes(self, table: str | None = None) -> pd.DataFrame:
        """List the live indexes, of one table or of all. Read-only.

        Gives table, index, columns, where (string), unique (bool).
        """
        return database.tables.indexes(self.engine, table, self._hidden_tables)

    def foreign_keys(self, table: str | None = None) -> pd.DataFrame:
        """List the live foreign keys, of one table or of all. Read-only.

        Gives table, name, columns, referred_table, referred_columns, on_update, on_delete (string).
        """
        return database.tables.foreign_keys(self.engine, table, self._hidden_tables)

    def constraints(self, table: str | None = None) -> pd.DataFrame:
        """List the live primary keys, unique and check constraints. Read-only.

        Gives table, name, kind, columns, condition (string).
        """
        return database.tables.constraints(self.engine, table, self._hidden_tables)

    def rows(self, table: str, limit: int = 20) -> pd.DataFrame:
        """Show a live table's first `limit` rows, by primary key; its own columns. Read-only.

        Raises
        ------
        InputError
            When there is no such table, with the names that come near.
        """
        models = self.metadata if database.is_mysql(self.engine.dialect.name) else None
        return database.tables.rows(self.engine, table, limit, models)

    def query(self, sql: str, limit: int = 1000) -> pd.DataFrame:
        """Run a reading query, give at most `limit` rows, and roll back. Read-only.

        A result has no declared types: what SQLite and MariaDB keep as 1 and 0 stays 1 and 0, also
        where `lab.rows` shows True and False.

        Raises
        ------
        DatabaseError
            When the database refuses it; what would change something is refused too.
        """
        return database.tables.query(self.engine, sql, limit)

    def diagram(
        self,
        what: Literal["models", "database"] = "models",
        around: str | None = None,
        hops: int = 1,
    ) -> Diagram:
        """Draw tables and their foreign keys: what should be, or what is. Read-only.

        Parameters
        ----------
        what
            "models" or "database"; `candidate.diagram()` shows the one becoming the other.
        around
            A table: it alone, with those within `hops` foreign keys of it.
        hops
            How many foreign keys away a table may be.

        Raises
        ------
        SchemaLabError
            When there is no such table, or the database does not answer.
        """
        if what not in ("models", "database"):
            raise InputError(f"There is no diagram of {what!r}.", 'Say "models" or "database".')
        dialect = self._environment.url.get_dialect()()
        drawn = self._live() if what == "database" else declared(self.metadata, dialect)
        return drawn if around is None else drawn.around(around, hops)

    # how it got there --------------------------------------------------------------------------

    def history(self) -> History:
        """List all revisions, newest first. Read-only."""
        return history.whole_history(self._environment)

    def current(self) -> History:
        """List the revisions at which the database stands. Read-only."""
        heads = history.database_heads(self._environment)
        return History(tuple(one for one in self.history() if one.id in heads), "base")

    def heads(self) -> History:
        """List the newest revisions of the script directory. Read-only."""
        return History(tuple(one for one in self.history() if one.is_head))

    def graph(self, *, whole: bool = False) -> Graph:
        """Draw the revisions, with branches, heads and what is applied. Read-only.

        Long runs of revisions that stand in a line are folded, unless the `whole` is asked for.
        """
        return Graph.of(self.history(), whole=whole)

    # what should change ------------------------------------------------------------------------

    def drift(self, *, full: bool = False) -> Drift:
        """Say what would make the database equal the models; `noise` of it stays. Read-only.

        A table that was equal is looked at again when its model or its live definition has
        changed since, or one that it points to; with `full`, every table is.
        """
        notes, memory = self.models.waiting, self._memory
        return autogenerate.explained_drift(
            self._environment, self.metadata, notes, memory, full=full
        )

    def ignore(self, *what: str) -> Drift:
        """Leave noise out of every comparison of this project; writes into its alembic.ini.

        Parameters
        ----------
        what
            As `drift.noise` names it, such as "users.price" or "users.ix_users_name".

        Raises
        ------
        InputError
            When it is no noise: its migration would end the difference.
        """
        migrate.ignore(self._environment, self.drift().noise, what)
        return self.drift()

    def stop_ignoring(self, *what: str) -> Drift:
        """Take what was ignored into every comparison again; writes into the project's alembic.ini.

        Raises
        ------
        InputError
            When the project does not ignore it.
        """
        migrate.stop_ignoring(self._environment, what)
        return self.drift()

    def autogenerate(self, message: str) -> Candidate:
        """Propose a migration that makes the database equal the models. Nothing is written.

        Raises
        ------
        SchemaLabError
            When the message cannot be used, the database is behind, or no model is there.
        """
        environment, metadata = self._environment, self.metadata
        checked = migrate.checked_message(message)

        def propose(answers: tuple[Answer, ...]) -> Proposal:
            return autogenerate.propose(environment, metadata, checked, answers, self._memory)

        doors = Doors(
            propose=propose,
            keep=lambda answers: migrate.keep_answers(self.root, answers),
            write=lambda candidate: migrate.write(environment, candidate),
            review=self._review_candidate,
            rehearse=lambda candidate, how: self._rehearse_candidate(candidate, how, metadata),
            live=self._live,
        )
        return Candidate(propose(migrate.kept_answers(self.root)), doors)

    def review(self, revisions: str | None = None) -> Findings:
        """Review scripts on disk: by default those pending, else the newest. Read-only.

        Parameters
        ----------
        revisions
            A revision, "head", or a range such as "abc:def" or "base:head", both ends included.

        Raises
        ------
        SchemaLabError
            When there is no such revision, or a script does not load.
        """
        from schema_lab.review import review_scripts

        return review_scripts(self._environment, revisions)

    @overload
    def rehearse(
        self, target: str = ..., how: str | None = ..., *, step: Literal[False] = ...
    ) -> Rehearsal: ...

    @overload
    def rehearse(self, target: str = ..., *, step: Literal[True]) -> CopySteps: ...

    def rehearse(
        self, target: str = "head", how: str | None = None, *, step: bool = False
    ) -> Rehearsal | CopySteps:
        """Run an upgrade or a downgrade on a throwaway copy, and say what it does to the rows.

        The database itself is not written to; see `schema_lab.rehearsal.rehearse`.

        Parameters
        ----------
        target
            As for an upgrade ("head", "+1", a revision) or a downgrade ("-1", "base").
        how
            "copy", "transaction" or "sample"; by default chosen by size and rights.
        step
            Give an iterator that stops after each statement on the copy; see `migrate.stepping`.
        """
        from schema_lab.rehearsal import CopySteps, rehearse

        if step:
            return CopySteps(self._environment, target)
        done = rehearse(self._environment, target, how, self.metadata)
        return self.gate.remember(done)

    def roundtrip(self, target: str = "head", rows: int = 20, seed: int = 0) -> Roundtrip:
        """Take each revision up, down and up again on an empty database, over sample rows.

        The database itself stays as it is; see `schema_lab.rehearsal.roundtrip`.

        Parameters
        ----------
        target
            "head", a revision, or a range such as "0002:0004", both ends included.
        rows
            Sample rows for each table.
        seed
            Any whole number; the same gives the same rows.
        """
        from schema_lab.rehearsal import roundtrip

        return roundtrip(self._environment, target, rows, seed, self.metadata)

    # make it so --------------------------------------------------------------------------------

    @overload
    def upgrade(
        self,
        target: str = ...,
        on_revision: OnRevision | None = ...,
        *,
        snapshot: bool = ...,
        step: Literal[False] = ...,
        accept_loss: Accepted | None = ...,
        cancelled: Cancelled | None = ...,
    ) -> Run: ...

    @overload
    def upgrade(self, target: str = ..., *, step: Literal[True]) -> Steps: ...

    def upgrade(
        self,
        target: str = "head",
        on_revision: OnRevision | None = None,
        *,
        snapshot: bool = False,
        step: bool = False,
        accept_loss: Accepted | None = None,
        cancelled: Cancelled | None = None,
    ) -> Run | Steps:
        """Upgrade the database, a snapshot first if asked; see `schema_lab.migrate.upgrade`.

        `accept_loss` names what may go, such as "users.plan" or "users", or is True; by default
        nothing may, but on a scratch database all. What goes otherwise raises a LossError.
        With `step`, give an iterator that stops after each statement; see `migrate.stepping`.
        `cancelled` is asked at each place where stopping leaves no revision in half.
        """
        if step:
            return migrate.stepping(self._environment, "upgrade", target)
        allow = self._gated("upgrade", target, accept_loss, snapshot)
        with self._way_back(f"before upgrade to {target}" if snapshot else ""):
            return migrate.upgrade(
                self._environment, target, on_revision, cancelled=cancelled, allow=allow
            )

    def stopped(self) -> Stopped | None:
        """Give the revision that stopped half-way (MariaDB, MySQL), if there is one. Read-only."""
        return migrate.stopped_revision(self._environment)

    def resume(self, on_revision: OnRevision | None = None) -> Run:
        """Finish a revision that stopped half-way (MariaDB, MySQL); see `migrate.resume`."""
        return migrate.resume(self._environment, on_revision)

    @overload
    def downgrade(
        self,
        target: str = ...,
        on_revision: OnRevision | None = ...,
        *,
        snapshot: bool = ...,
        step: Literal[False] = ...,
        accept_loss: Accepted | None = ...,
        cancelled: Cancelled | None = ...,
    ) -> Run: ...

    @overload
    def downgrade(self, target: str = ..., *, step: Literal[True]) -> Steps: ...

    def downgrade(
        self,
        target: str = "-1",
        on_revision: OnRevision | None = None,
        *,
        snapshot: bool = False,
        step: bool = False,
        accept_loss: Accepted | None = None,
        cancelled: Cancelled | None = None,
    ) -> Run | Steps:
        """Downgrade the database, a snapshot first if asked; see `schema_lab.migrate.downgrade`.

        `accept_loss` names what may go, such as "users.plan" or "users", or is True; by default
        nothing may, but on a scratch database all. What goes otherwise raises a LossError.
        With `step`, give an iterator that stops after each statement; see `migrate.stepping`.
        `cancelled` is asked at each place where stopping leaves no revision in half.
        """
        if step:
            return migrate.stepping(self._environment, "downgrade", target)
        allow = self._gated("downgrade", target, accept_loss, snapshot)
        with self._way_back(f"before downgrade to {target}" if snapshot else ""):
            return migrate.downgrade(
                self._environment, target, on_revision, cancelled=cancelled, allow=allow
            )

    def stamp(self, target: str | Sequence[str] = "head", *, purge: bool = False) -> Run:
        """Write where the database stands, and run nothing; see `schema_lab.migrate.stamp`."""
        return migrate.stamp(self._environment, target, purge=purge)

    def revision(self, message: str, revision_id: str | None = None) -> Revision:
        """Write an empty revision, to be filled by hand."""
        return migrate.revision(self._environment, message, revision_id)

    def merge(self, message: str, *revisions: str) -> Revision:
        """Write a revision that joins heads: those named, or all."""
        return migrate.merge(self._environment, message, revisions)

    def losses(self, direction: str, target: str) -> tuple[Loss, ...]:
        """List what an upgrade or a downgrade to a target would drop now. Read-only."""
        return migrate.losses(self._environment, direction, target)

    def seed(
        self,
        rows: int = 100,
        seed: int = 0,
        tables: Iterable[str] | None = None,
        *,
        anywhere: bool = False,
    ) -> Seeded:
        """Add sample rows to the tables of a scratch or embedded database; see `migrate.seed`."""
        from schema_lab.migrate.seed import seed as add_rows

        return add_rows(self._environment, rows, seed, tables, anywhere=anywhere)

    @cached_property
    def gate(self) -> Gate:
        """What a step that loses values has to pass: its rehearsals, and what is accepted."""
        from schema_lab.rehearsal import Gate

        return Gate(self._environment)

    # go back to a copy -------------------------------------------------------------------------

    def snapshot(self, label: str = "") -> Snapshot:
        """Copy the database into a file of the project. Reads the database, writes the file.

        Parameters
        ----------
        label
            A word of your own, shown in `lab.snapshots()`.

        Raises
        ------
        DatabaseError
            When the database cannot be read, a tool is missing or too old, or there is no room.

        Examples
        --------
        >>> lab = Lab.scratch()
        >>> lab.snapshot("empty").id
        's1'
        >>> lab.restore("s1")
        restore s1: base → base
        """
        return migrate.snapshot(self._environment, label)

    def snapshots(self) -> Snapshots:
        """List the project's snapshots, newest first; files in .schema_lab/snapshots. Read-only."""
        return Store.of(self.root).listed()

    def restore(self, snapshot: Snapshot | str, *, elsewhere: bool = False) -> Restored:
        """Take the database back to a snapshot; see `schema_lab.migrate.restore`."""
        return migrate.restore(self._environment, snapshot, elsewhere=elsewhere)

    # touch it ----------------------------------------------------------------------------------

    def panel(self) -> Panel:
        """Show buttons for all of this."""
        from schema_lab.panels import Panel

        return Panel(self)

    def alembic(self, line: str, *, snapshot: bool = False) -> Any:
        r"""Run one command line of `alembic` here; changes what that command changes.

        What the lab has a method for goes through that method, with its lock and its guards; what
        only reads gives Alembic's own text. `%alembic` in a notebook is this.

        Parameters
        ----------
        line
            What would follow the word `alembic` in a terminal, quoted as in a shell.
        snapshot
            Take a snapshot before an upgrade or a downgrade.

        Raises
        ------
        SchemaLabError
            When the line cannot be understood, or the command fails.

        Examples
        --------
        >>> lab = Lab.scratch()
        >>> lab.alembic('revision -m "The first"').id
        '0001'
        >>> lab.alembic("history")
        <base> -> 0001 (head), The first
        """
        from schema_lab.commands import parsed, run_line

        options = parsed(line)
        aside = copy(self)
        aside._environment = replace(self._environment, arguments=tuple(options.x or ()))
        return run_line(options, aside, aside._environment, snapshot=snapshot)

    # -------------------------------------------------------------------------------------------

    def _live(self) -> Diagram:
        return live(self.engine, self._hidden_tables)

    def _review_candidate(self, candidate: Candidate) -> Findings:
        from schema_lab.review import review_candidate

        return review_candidate(candidate, self._environment)

    def _rehearse_candidate(
        self, candidate: Candidate, how: str | None, metadata: Metadata | None
    ) -> Rehearsal:
        from schema_lab.rehearsal import rehearse_candidate

        return self.gate.remember(rehearse_candidate(self._environment, candidate, how, metadata))

    def _gated(
        self, direction: str, target: str, accepted: Accepted | None, snapshot: bool
    ) -> Allow | None:
        """Give the gate's look under the lock; a scratch database is there to lose.

        It looks at once too where a snapshot would be taken first, which may take long.
        """
        if accepted is None and self._environment.throwaway:
            return None
        if snapshot:
            self.gate.check(direction, target, accepted or ())
        return self.gate.allow(target, accepted or ())

    @contextmanager
    def _way_back(self, label: str) -> Iterator[None]:
        """Take a snapshot if there is a label for it, and name it where a migration fails."""
        taken = self.snapshot(label) if label else None
        try:
            yield
        except MigrationError as error:
            if taken is not None:
                error.cure += f' Or go back with lab.restore("{taken.id}").'
            raise

    @cached_property
    def _hidden_tables(self) -> frozenset[str]:
        version_table = history.look(self._environment, lambda context: context.version_table)
        return frozenset({version_table, database.JOURNAL_TABLE})


def _gone(environment: Environment, folder: Path, end: Callable[[], None]) -> None:
    environment.engine.dispose()
    end()
    shutil.rmtree(folder, ignore_errors=True)
