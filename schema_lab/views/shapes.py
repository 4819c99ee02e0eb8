"""The shapes that views accept: plain values of the floors above, seen through Protocols."""

# ruff: noqa: D102 - each member is documented by the value that has it

from collections.abc import Sequence
from typing import Protocol


class OperationShape(Protocol):
    """One operation that would bring the database closer to the models."""

    @property
    def symbol(self) -> str: ...
    @property
    def sentence(self) -> str: ...


class DriftShape(Protocol):
    """All operations that would make the database equal the models."""

    @property
    def operations(self) -> Sequence[OperationShape]: ...
    @property
    def notes(self) -> Sequence[str]: ...


class CandidateShape(Protocol):
    """A candidate migration: operations, both function bodies and their SQL."""

    @property
    def message(self) -> str: ...
    @property
    def operations(self) -> Sequence[OperationShape]: ...
    @property
    def upgrade_code(self) -> str: ...
    @property
    def downgrade_code(self) -> str: ...
    @property
    def obstacles(self) -> Sequence[str]: ...
    def sql(self, dialect: str, direction: str = "upgrade") -> str: ...


class RevisionShape(Protocol):
    """One migration script and where it stands."""

    @property
    def id(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def down(self) -> Sequence[str]: ...
    @property
    def is_head(self) -> bool: ...
    @property
    def applied(self) -> bool: ...
    @property
    def edited(self) -> bool: ...


class HistoryShape(Protocol):
    """All revisions, newest first; `nothing` is what to say when there are none."""

    @property
    def nothing(self) -> str: ...
    @property
    def revisions(self) -> Sequence[RevisionShape]: ...


class StatementShape(Protocol):
    """One SQL statement that ran."""

    @property
    def sql(self) -> str: ...
    @property
    def milliseconds(self) -> float: ...
    @property
    def rows(self) -> int: ...


class RunShape(Protocol):
    """One upgrade or downgrade that ran."""

    @property
    def direction(self) -> str: ...
    @property
    def before(self) -> Sequence[str]: ...
    @property
    def after(self) -> Sequence[str]: ...
    @property
    def revisions(self) -> Sequence[str]: ...
    @property
    def statements(self) -> Sequence[StatementShape]: ...
    @property
    def notes(self) -> Sequence[str]: ...


class LossShape(Protocol):
    """What a step would drop, with the values that go with it."""

    @property
    def sentence(self) -> str: ...


class StatusShape(Protocol):
    """Where a lab stands."""

    @property
    def dialect(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def current(self) -> Sequence[str]: ...
    @property
    def heads(self) -> Sequence[str]: ...
    @property
    def pending(self) -> int: ...
    @property
    def drift(self) -> DriftShape | None: ...
    @property
    def problem(self) -> str: ...


class FindingShape(Protocol):
    """One danger of a migration."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def recipe(self) -> str: ...
    @property
    def call(self) -> str: ...
    @property
    def reason(self) -> str: ...


class FindingsShape(Protocol):
    """What a review found, and what the script allows."""

    @property
    def findings(self) -> Sequence[FindingShape]: ...
    @property
    def suppressed(self) -> Sequence[FindingShape]: ...
