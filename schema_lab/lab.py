"""`Lab`: one project, one database and the models of one notebook; a table of contents."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from schema_lab import database, history, migrate, schema, scratch
from schema_lab.candidate import (
    Answer,
    Callbacks,
    Candidate,
    Metadata,
    Proposal,
    explained_drift,
    overlaid,
)
from schema_lab.candidate import propose as propose_candidate
from schema_lab.compare import Drift, Memory
from schema_lab.database.snapshots import Snapshot, Snapshots, Store
from schema_lab.errors import HistoryError, InputError, MigrationError, SchemaLabError, needs
from schema_lab.history import Environment, Graph, History, Project, Revision
from schema_lab.migrate import (
    Accepted,
    Allow,
    Cancelled,
    ChangedRows,
    Loss,
    OnRevision,
    Restored,
    Run,
    Steps,
    Stopped,
)
from schema_lab.models import Guests, ModelSet, Session, outdated, strays
from schema_lab.schema import Diagram, declared, live
from schema_lab.views import status as view

if TYPE_CHECKING:
    import pandas as pd
    from sqlmodel import SQLModel

    from schema_lab.panels import Panel
    from schema_lab.rehearsal import CopySteps, Gate, Rehearsal
    from schema_lab.rehearsal.history_roundtrip import Roundtrip
    from schema_lab.review import Findings
    from schema_lab.seed import Seeded
    from schema_lab.sides import Comparison, Location, Schema

SCRATCH_NAME = "scratch"
_OPENED = count(1)


@dataclass(frozen=True)
class Status:
    """The current state of a lab; None stands for what is unknown, and `problem` says why."""

    dialect: str
    url: str
    current: tuple[str, ...] | None
    heads: tuple[str, ...] | None
    pending: int | None
    drift: Drift | None
    problem: str = ""

    def __repr__(self) -> str:
        return view.status_text(self)

    def _repr_html_(self) -> str:
        return view.status_html(self)


class Lab:
    """A project, its database and the models, as a notebook uses them.

    Parameters
    ----------
    url
        The database; by default the one to which this project's `alembic` command connects.
    config
        An alembic.ini, or its folder; by default the nearest in the working directory or above.
    wait
        Seconds to wait for another migration.
    x
        What env.py reads with `context.get_x_argument()`, such as ["tenant=a"].
    metadata
        The models, such as `SQLModel.metadata` or `Base.metadata`; by default those that env.py
        names.
    engine
        Of several databases with one history (Alembic's template `multidb`), the one to open.

    Raises
    ------
    SchemaLabError
        When the project does not exist, or the URL cannot be used.

    Examples
    --------
    >>> from schema_lab import Field
    >>> lab = Lab.scratch()
    >>> class Team(lab.Model, table=True):
    ...     id: int | None = Field(default=None, primary_key=True)
    >>> lab.drift()
    1 operation would make the database match the models:
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
        wait: float = database.DEFAULT_WAIT,
        x: Sequence[str] = (),
        metadata: Metadata | None = None,
        engine: str | None = None,
    ) -> None:
        project = Project.chosen(config, engine)
        self._open(Environment.opened(project, url, wait, x), metadata)

    @classmethod
    def scratch(cls, place: str = "sqlite", *, metadata: Metadata | None = None) -> Lab:
        """Open a scratch project and database, with ids 0001, 0002 …; both are deleted at exit.

        Parameters
        ----------
        place
            "sqlite"; "postgresql" with the extra `embedded-postgresql`; or the URL of a server on
            which the user may create databases, such as "mariadb://root@127.0.0.1".
        metadata
            Models that are not on `lab.Model`, such as `SQLModel.metadata`.

        Raises
        ------
        SchemaLabError
            When this database cannot be created here.
        """
        folder = scratch.scratch_folder()
        try:
            url, end = scratch.scratch_database(place, folder)
        except SchemaLabError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        lab = cls.__new__(cls)
        project = scratch.scratch_project(folder)
        environment = Environment(
            project, url, database.DEFAULT_WAIT, scratch.next_number, throwaway=True
        )
        lab._open(environment, metadata, SCRATCH_NAME)
        weakref.finalize(lab, _delete, environment, folder, end)
        return lab

    def _open(
        self, environment: Environment, metadata: Metadata | None = None, name: str = ""
    ) -> None:
        self._environment = environment
        self._name = name
        self.number = next(_OPENED)
        self._memory = Memory()
        self._project_models: history.GivenModels | history.ProjectModels = (
            history.ProjectModels(environment)
            if metadata is None
            else history.GivenModels(metadata)
        )
        seed, first = self._project_models.seed, self._project_models.first
        self.models = ModelSet(seed, Guests.of(first) if seed is None else None)

    # current state -----------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The database's URL, without secrets."""
        return self._name or database.masked(self._environment.url)

    @property
    def throwaway(self) -> bool:
        """Whether the database is a scratch database, which is deleted at exit."""
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
        """Give the current state: database, revisions and drift. Read-only."""
        seen = history.condition(self._environment)
        dialect = database.family(self._environment.engine.dialect)
        drift, problems = None, list(seen.problems)
        if seen.current is not None:
            try:
                drift = self.drift()
            except SchemaLabError as error:
                problems.append(str(error))
        problem = " ".join(problems)
        return Status(dialect, self.url, seen.current, seen.heads, seen.pending, drift, problem)

    def trace(self) -> object:
        """Give a value that differs once the project's files or the database have changed.

        Read-only, and cheap: scripts and models count by their files, the database by its
        revisions, on SQLite by its schema too.

        Raises
        ------
        SchemaLabError
            When the database does not answer.

        Examples
        --------
        >>> lab = Lab.scratch()
        >>> before = lab.trace()
        >>> before == lab.trace()
        True
        >>> revision = lab.revision("First")
        >>> before == lab.trace()
        False
        """
        files = self._project_models.files()
        return history.trace(self._environment), files, self._outdated()

    def __repr__(self) -> str:
        return repr(self.status())

    def _repr_html_(self) -> str:
        return self.status()._repr_html_()

    # sessions ----------------------------------------------------------------------------------

    def session(self) -> Session:
        """Open a session on the database, to be used in a `with` block; it may change rows.

        A session that stays open can block a migration; see `close_sessions`.

        Examples
        --------
        >>> from schema_lab import Field
        >>> lab = Lab.scratch()
        >>> class Team(lab.Model, table=True):
        ...     id: int | None = Field(default=None, primary_key=True)
        >>> revision = lab.autogenerate("Create teams").write()
        >>> run = lab.upgrade()
        >>> with lab.session() as session:
        ...     session.add(Team())
        ...     session.commit()
        """
        return Session(self.engine)

    def open_sessions(self) -> tuple[str, ...]:
        """Name the sessions and connections on `lab.engine` that have an open transaction."""
        return tuple(map(str, database.opened_on(self._environment.url)))

    def close_sessions(self, *, accept_loss: bool = False) -> database.ClosedSessions:
        """Roll back and close the sessions and connections that were left open on `lab.engine`.

        Raises
        ------
        LossError
            When one of them has uncommitted changes, unless `accept_loss` is true. Nothing is
            closed then.

        Examples
        --------
        >>> Lab.scratch().close_sessions()
        No session is open.
        """
        return database.close_opened(self._environment.url, accept_loss=accept_loss)

    # models ------------------------------------------------------------------------------------

    @property
    def Model(self) -> type[SQLModel]:  # noqa: N802 - a class, as in `class User(lab.Model)`
        """The base class of this notebook's models; cells that use it can be run repeatedly."""
        return self.models.Model

    def forget(self, name: str) -> None:
        """Remove a class from the models, as if its cell had never run.

        Raises
        ------
        ModelError
            When the class does not exist.
        """
        self.models.forget(name)

    @property
    def metadata(self) -> Metadata | None:
        """The tables of the models: those of the project, replaced by those of this notebook.

        Raises
        ------
        HistoryError
            When a file of the project's models has changed and cannot be read again.
        """
        project = self._project_models.metadata()
        if self._project_models.seed is None:
            return overlaid(project, self.models.metadata)
        if project is self._project_models.first or not isinstance(project, sa.MetaData):
            return self.models.metadata
        return self.models.updated(project)

    # database ----------------------------------------------------------------------------------

    def tables(self) -> pd.DataFrame:
        """List the tables: table (string), rows, columns (int64). Read-only."""
        return schema.tables.tables(self.engine, hidden=self._hidden_tables)

    def columns(self, table: str) -> pd.DataFrame:
        """List the columns of a table, in order. Read-only.

        Gives column, type, default, comment (string), nullable, primary_key (bool).
        """
        return schema.tables.columns(self.engine, table)

    def indexes(self, table: str | None = None) -> pd.DataFrame:
        """List the indexes of one table or of all tables. Read-only.

        Gives table, index, columns, where (string), unique (bool).
        """
        return schema.tables.indexes(self.engine, table, self._hidden_tables)

    def foreign_keys(self, table: str | None = None) -> pd.DataFrame:
        """List the foreign keys of one table or of all tables. Read-only.

        Gives table, name, columns, referred_table, referred_columns, on_update, on_delete (string).
        """
        return schema.tables.foreign_keys(self.engine, table, self._hidden_tables)

    def constraints(self, table: str | None = None) -> pd.DataFrame:
        """List the primary keys, unique and check constraints. Read-only.

        Gives table, name, kind, columns, condition (string).
        """
        return schema.tables.constraints(self.engine, table, self._hidden_tables)

    def rows(self, table: str, limit: int = 20) -> pd.DataFrame:
        """Give the first `limit` rows of a table with its columns, by primary key. Read-only.

        Raises
        ------
        InputError
            When the table does not exist, with similar names.
        """
        models = None
        if database.is_mysql(self.engine.dialect.name):
            with suppress(HistoryError):  # rows are shown also while the models cannot be read
                models = self.metadata
        return schema.tables.rows(self.engine, table, limit, models)

    def query(self, sql: str, limit: int = 1000) -> pd.DataFrame:
        """Run a query, give at most `limit` rows, and roll back. Read-only.

        A result has no declared types: values that SQLite and MariaDB store as 1 and 0 stay 1 and
        0, where `lab.rows` shows True and False.

        Raises
        ------
        DatabaseError
            When the database rejects the query, or the query would change something.
        """
        return schema.tables.query(self.engine, sql, limit)

    def diagram(
        self,
        what: Literal["models", "database"] = "models",
        around: str | None = None,
        hops: int = 1,
    ) -> Diagram:
        """Draw the tables of the models or of the database, with their foreign keys. Read-only.

        Parameters
        ----------
        what
            "models" or "database"; `candidate.diagram()` shows the changes between them.
        around
            A table: draw only this table and those within `hops` foreign keys.
        hops
            The largest distance of a table, in foreign keys.

        Raises
        ------
        SchemaLabError
            When the table does not exist, or the database does not answer.
        """
        if what not in ("models", "database"):
            raise InputError(f"There is no diagram of {what!r}.", 'Use "models" or "database".')
        dialect = self._environment.url.get_dialect()()
        drawn = self._live() if what == "database" else declared(self.metadata, dialect)
        return drawn if around is None else drawn.around(around, hops)

    # history -----------------------------------------------------------------------------------

    def history(self) -> History:
        """List all revisions, newest first. Read-only."""
        return history.whole_history(self._environment)

    def current(self) -> History:
        """List the current revisions of the database. Read-only."""
        heads = history.database_heads(self._environment)
        return History(
            tuple(revision for revision in self.history() if revision.id in heads), "base"
        )

    def heads(self) -> History:
        """List the head revisions of the script directory. Read-only."""
        return History(tuple(revision for revision in self.history() if revision.is_head))

    def graph(self, *, whole: bool = False) -> Graph:
        """Draw the revisions with their branches, heads and states. Read-only.

        Long runs of revisions without branches are folded, unless `whole` is true.
        """
        return Graph.of(self.history(), whole=whole)

    # differences, and a candidate --------------------------------------------------------------

    def drift(self, *, full: bool = False) -> Drift:
        """List the operations that would make the database match the models. Read-only.

        `drift.noise` lists false differences: those that their own migration does not remove.
        A table that matched is compared again only if its model, its definition in the database
        or a table that it refers to has changed since; with `full`, every table is compared.
        """
        metadata, memory = self.metadata, self._memory
        notes = (*self.models.waiting, *self._outdated(), *strays(metadata))
        return explained_drift(self._environment, metadata, notes, memory, full=full)

    def _outdated(self) -> tuple[str, ...]:
        return outdated(self.models[name] for name in self.models)

    def compare(
        self, left: str | sa.URL = "database", right: str | sa.URL = "models"
    ) -> Comparison:
        """List the operations that would make one side match another.

        Only throwaway databases are written: a history or a revision is replayed on one.

        Parameters
        ----------
        left, right
            "models"; "database"; "history", which is the scripts up to their heads; a revision
            such as "0003", "head" or "-1" (before the database's current one); a snapshot such as
            "s1"; "git:main", the history as it is in that commit; or the URL of a database.

        Raises
        ------
        SchemaLabError
            When there is no such side, a script fails on an empty database, or the sides are
            databases of different kinds.

        Examples
        --------
        >>> lab = Lab.scratch()
        >>> lab.compare("database", "history")
        No differences between the database and the history.
        """
        from schema_lab.sides import compare

        return compare(self._environment, left, right, self.metadata)

    def locate(self) -> Location:
        """Find the revision whose schema the database has, whatever its version table says.

        All revisions are run on a throwaway database; nothing else is written.

        Raises
        ------
        SchemaLabError
            When a script fails on an empty database, or a database cannot be read.

        Examples
        --------
        >>> Lab.scratch().locate()
        The database matches base, as its version table says.
        """
        from schema_lab.sides import locate

        return locate(self._environment, self.metadata)

    def schema(self, side: str | sa.URL = "database") -> Schema:
        """Give the tables of a side, as SQL and as a DataFrame; sides are as for `compare`.

        Raises
        ------
        SchemaLabError
            When there is no such side, or a script fails on an empty database.

        Examples
        --------
        >>> Lab.scratch().schema("history")
        0 tables in history (sqlite)
        """
        from schema_lab.sides import schema_of

        return schema_of(self._environment, side, self.metadata)

    def ignore(self, *what: str) -> Drift:
        """Ignore false differences in every comparison of this project; writes its alembic.ini.

        Parameters
        ----------
        what
            A name from `drift.noise`, such as "users.price" or "users.ix_users_name".

        Raises
        ------
        InputError
            When the difference is real: its migration would remove it.
        """
        migrate.ignore(self._environment, self.drift().noise, what)
        return self.drift()

    def stop_ignoring(self, *what: str) -> Drift:
        """Stop ignoring differences in comparisons of this project; writes its alembic.ini.

        Raises
        ------
        InputError
            When the project does not ignore this difference.
        """
        migrate.stop_ignoring(self._environment, what)
        return self.drift()

    def leave(self, *tables: str) -> Drift:
        """Let no migration of this project drop tables; writes its alembic.ini.

        A table that no revision of the history made is left alone anyway.

        Parameters
        ----------
        tables
            Live tables that no model declares, such as "wp_posts" or "shop.articles".

        Raises
        ------
        InputError
            When a name is no such table.
        """
        migrate.leave(self._environment, self.drift(), tables)
        return self.drift()

    def own(self, *tables: str) -> Drift:
        """Let migrations drop tables that no revision of this project made; writes its alembic.ini.

        Parameters
        ----------
        tables
            Live tables that no model declares, from `drift.others`.

        Raises
        ------
        InputError
            When a name is no such table.
        """
        migrate.own(self._environment, self.drift(), tables)
        return self.drift()

    def autogenerate(self, message: str) -> Candidate:
        """Propose a migration that makes the database match the models. Nothing is written.

        Raises
        ------
        SchemaLabError
            When the message cannot be used, revisions are pending, or there are no models.
        """
        environment, metadata = self._environment, self.metadata
        checked = migrate.checked_message(message)

        def propose(answers: tuple[Answer, ...]) -> Proposal:
            return propose_candidate(environment, metadata, checked, answers, self._memory)

        callbacks = Callbacks(
            propose=propose,
            keep=lambda answers: migrate.keep_answers(self.root, answers),
            write=lambda candidate: migrate.write(environment, candidate),
            review=self._review_candidate,
            rehearse=lambda candidate, how: self._rehearse_candidate(candidate, how, metadata),
            live=self._live,
        )
        return Candidate(propose(migrate.kept_answers(self.root)), callbacks)

    def review(self, revisions: str | None = None) -> Findings:
        """Review scripts on disk: by default the pending ones, else the newest. Read-only.

        Parameters
        ----------
        revisions
            A revision, "head", or a range such as "abc:def" or "base:head", both ends included.

        Raises
        ------
        SchemaLabError
            When the revision does not exist, or a script does not load.
        """
        from schema_lab.review import review_scripts

        return review_scripts(self._environment, revisions)

    def rehearse(
        self,
        target: str = "head",
        how: str | None = None,
        *,
        accept_loss: Accepted | None = None,
    ) -> Rehearsal:
        """Run an upgrade or a downgrade on a temporary copy, and report its effect on the rows.

        The database itself is not changed; see `schema_lab.rehearsal.rehearse`.

        Parameters
        ----------
        target
            As for an upgrade ("head", "+1", a revision) or a downgrade ("-1", "base").
        how
            "copy", "transaction" or "sample"; by default chosen by size and permissions.
        accept_loss
            Names of what rebuilt tables of SQLite may lose, as for an upgrade.
        """
        from schema_lab.rehearsal import rehearse

        report = rehearse(self._environment, target, how, self.metadata, accept_loss)
        return self.gate.remember(report)

    def rehearse_steps(self, target: str = "head") -> CopySteps:
        """Step through a migration on a temporary copy: an iterator, paused after each statement.

        The database itself is not changed; see `schema_lab.migrate.stepping`.

        Parameters
        ----------
        target
            As for `rehearse`.
        """
        from schema_lab.rehearsal import CopySteps

        return CopySteps(self._environment, target)

    def roundtrip(self, target: str = "head", rows: int = 20, seed: int = 0) -> Roundtrip:
        """Upgrade, downgrade and upgrade each revision on an empty database with sample rows.

        The database itself is not changed; see `schema_lab.rehearsal.history_roundtrip`.

        Parameters
        ----------
        target
            "head", a revision, or a range such as "0002:0004", both ends included.
        rows
            Sample rows for each table.
        seed
            Any whole number; the same number gives the same rows.
        """
        needs("faker", "seed")
        from schema_lab.rehearsal.history_roundtrip import roundtrip

        return roundtrip(self._environment, target, rows, seed, self.metadata)

    # migrate -----------------------------------------------------------------------------------

    def upgrade(
        self,
        target: str = "head",
        on_revision: OnRevision | None = None,
        *,
        snapshot: bool = False,
        accept_loss: Accepted | None = None,
        cancelled: Cancelled | None = None,
    ) -> Run:
        """Upgrade the database, after a snapshot if asked; see `schema_lab.migrate.upgrade`.

        `accept_loss` names the losses that you accept, such as "users.plan", "users" or "trigger
        noted of users"; True accepts every loss of values, and "*" everything that is lost.
        Any other loss raises a LossError, except on a scratch database.
        `cancelled` is asked at each point at which no revision is half-applied.
        """
        allow = self._gated("upgrade", target, accept_loss, snapshot)
        with self._snapshot_first(f"before upgrade to {target}" if snapshot else ""):
            return migrate.upgrade(
                self._environment, target, on_revision, cancelled=cancelled, allow=allow
            )

    def step_through(self, target: str = "head") -> Steps:
        """Step through a migration of a scratch database: an iterator, paused after each statement.

        The target decides the direction; `rehearse_steps` does the same on a temporary copy of any
        database. See `schema_lab.migrate.step_through`.

        Parameters
        ----------
        target
            As for an upgrade ("head", "+1", a revision) or a downgrade ("-1", "base").
        """
        return migrate.step_through(self._environment, target)

    def stopped(self) -> Stopped | None:
        """Give the revision that stopped partway (MariaDB, MySQL), if there is one. Read-only."""
        return migrate.stopped_revision(self._environment)

    def resume(self, on_revision: OnRevision | None = None, *, ran: bool | None = None) -> Run:
        """Continue a revision that stopped partway (MariaDB, MySQL); see `migrate.resume`.

        `ran` says whether the statement at which it stopped ran, where the server does not say.
        """
        return migrate.resume(self._environment, on_revision, ran=ran)

    def downgrade(
        self,
        target: str = "-1",
        on_revision: OnRevision | None = None,
        *,
        snapshot: bool = False,
        accept_loss: Accepted | None = None,
        cancelled: Cancelled | None = None,
    ) -> Run:
        """Downgrade the database, after a snapshot if asked; see `schema_lab.migrate.downgrade`.

        `accept_loss` names the losses that you accept, such as "users.plan", "users" or "trigger
        noted of users"; True accepts every loss of values, and "*" everything that is lost.
        Any other loss raises a LossError, except on a scratch database.
        `cancelled` is asked at each point at which no revision is half-applied.
        """
        allow = self._gated("downgrade", target, accept_loss, snapshot)
        with self._snapshot_first(f"before downgrade to {target}" if snapshot else ""):
            return migrate.downgrade(
                self._environment, target, on_revision, cancelled=cancelled, allow=allow
            )

    def stamp(self, target: str | Sequence[str] = "head", *, purge: bool = False) -> Run:
        """Record the revision of the database without running scripts; see `migrate.stamp`."""
        return migrate.stamp(self._environment, target, purge=purge)

    def revision(self, message: str, revision_id: str | None = None) -> Revision:
        """Write an empty revision, to be completed by hand."""
        return migrate.revision(self._environment, message, revision_id)

    def merge(self, message: str, *revisions: str) -> Revision:
        """Write a revision that merges heads: those named, or all."""
        return migrate.merge(self._environment, message, revisions)

    def losses(self, direction: str, target: str) -> tuple[Loss, ...]:
        """List the columns and tables that a migration to a target would drop now. Read-only."""
        return migrate.losses(self._environment, direction, target)

    def change_rows(self, sql: str, rows: int | None = None) -> ChangedRows:
        """Run one UPDATE, DELETE or INSERT, so that a migration can run; changes the database.

        Parameters
        ----------
        sql
            The statement, such as `candidate.offending[0].ready`.
        rows
            How many rows it must change to be committed. By default it is tried and rolled back.

        Raises
        ------
        SchemaLabError
            When it is another statement, changes another number of rows, or is refused.

        Examples
        --------
        >>> from schema_lab import Field
        >>> lab = Lab.scratch()
        >>> class Team(lab.Model, table=True):
        ...     id: int | None = Field(default=None, primary_key=True)
        >>> revision = lab.autogenerate("Create teams").write()
        >>> run = lab.upgrade()
        >>> lab.change_rows("INSERT INTO team (id) VALUES (1)")
        1 row would change. Nothing was changed yet.
        >>> lab.change_rows("INSERT INTO team (id) VALUES (1)", rows=1)
        1 row changed.
        """
        return migrate.change_rows(self._environment, sql, rows)

    def seed(
        self,
        rows: int = 100,
        seed: int = 0,
        tables: Iterable[str] | None = None,
        *,
        anywhere: bool = False,
    ) -> Seeded:
        """Add sample rows to a scratch or embedded database; see `schema_lab.seed`."""
        needs("faker", "seed")
        from schema_lab.seed import KnownModels
        from schema_lab.seed import seed as add_rows

        known = KnownModels.of(self.metadata, self.models.classes(self._project_models.first))
        return add_rows(self._environment, rows, seed, tables, anywhere=anywhere, models=known)

    @cached_property
    def gate(self) -> Gate:
        """The check of a migration that loses values: its rehearsals and the accepted losses."""
        from schema_lab.rehearsal import Gate

        return Gate(self._environment)

    # snapshots ---------------------------------------------------------------------------------

    def snapshot(self, label: str = "") -> Snapshot:
        """Save a copy of the database into a file of the project; the database is only read.

        Parameters
        ----------
        label
            Your own text, shown in `lab.snapshots()`.

        Raises
        ------
        DatabaseError
            When the database cannot be read, a tool is missing or too old, or the disk is full.

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
        """Restore the database from a snapshot; see `schema_lab.migrate.snapshot`."""
        return migrate.restore(self._environment, snapshot, elsewhere=elsewhere)

    # buttons and commands ----------------------------------------------------------------------

    def panel(self) -> Panel:
        """Show the lab as buttons."""
        needs("ipywidgets", "lab")
        from schema_lab.panels import Panel

        return Panel(self)

    def alembic(self, line: str, *, snapshot: bool = False) -> Any:
        r"""Run one `alembic` command line; it changes what the command changes.

        Commands for which the lab has a method run through that method, with its lock and its
        checks; commands that only read give Alembic's own text. `%alembic` in a notebook does the
        same.

        Parameters
        ----------
        line
            The text after `alembic` in a terminal, quoted as in a shell.
        snapshot
            Take a snapshot before an upgrade or a downgrade.

        Raises
        ------
        SchemaLabError
            When the line is not valid, or the command fails.

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
        with_options = copy(self)
        arguments = tuple(options.x or ())
        with_options._environment = replace(self._environment, arguments=arguments)
        return run_line(options, with_options, with_options._environment, snapshot=snapshot)

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
        """Give the check for losses that runs under the lock; a scratch database needs none.

        Before a snapshot, which may take long, the losses are checked immediately too.
        """
        if accepted is None and self._environment.throwaway:
            return None
        if snapshot:
            self.gate.check(direction, target, accepted)
        return self.gate.allow(target, accepted)

    @contextmanager
    def _snapshot_first(self, label: str) -> Iterator[None]:
        """Take a snapshot if it has a label, and name it in the error when a migration fails."""
        taken = self.snapshot(label) if label else None
        try:
            yield
        except MigrationError as error:
            if taken is not None:
                error.cure += f' Or restore the snapshot: `lab.restore("{taken.id}")`.'
            raise

    @cached_property
    def _hidden_tables(self) -> frozenset[str]:
        version_table = history.look(self._environment, lambda context: context.version_table)
        return frozenset({version_table, database.JOURNAL_TABLE})


def _delete(environment: Environment, folder: Path, end: Callable[[], None]) -> None:
    environment.engine.dispose()
    end()
    shutil.rmtree(folder, ignore_errors=True)
