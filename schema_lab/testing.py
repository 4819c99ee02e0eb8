"""A team's migrations as a test, in three lines of a test file.

::

    from schema_lab.testing import migrations_leave_no_trace

    def test_migrations():
        migrations_leave_no_trace("alembic.ini")

It works with pytest or any other test runner.
"""

from pathlib import Path

from schema_lab.errors import cure_of_alembic
from schema_lab.lab import Lab
from schema_lab.rehearsal.history_roundtrip import Roundtrip

__all__ = ["migrations_leave_no_trace"]


def migrations_leave_no_trace(
    project: Lab | str | Path | None = None,
    *,
    target: str = "head",
    rows: int = 20,
    seed: int = 0,
    keep_rows: bool = False,
) -> Roundtrip:
    """Assert that each revision upgrades, downgrades and upgrades again, and matches the models.

    Everything runs on a temporary empty database of the same kind, with sample rows; see
    `schema_lab.Lab.roundtrip`. The project's database stays unchanged.

    Parameters
    ----------
    project
        A lab, an alembic.ini or its folder; by default the nearest in the working directory or
        above, with its DATABASE_URL.
    target
        "head", which has to be the only one; "heads", a revision, or a range such as "0002:0004".
    rows
        Sample rows for each table; 0 for none.
    seed
        Any whole number; the same gives the same rows.
    keep_rows
        Also fail where a row or a value is lost. A downgrade that drops a column loses its values,
        so most histories do not pass this.

    Returns
    -------
    Roundtrip
        The result, for further assertions.

    Raises
    ------
    AssertionError
        With what failed and what is left behind for each revision, and the cure; or with the heads
        where there is more than one, since `alembic upgrade head` refuses such a history.
    SchemaLabError
        When there is no such project, or no empty database can be created.

    Examples
    --------
    >>> migrations_leave_no_trace(Lab.scratch()).ok
    True
    """
    __tracebackhide__ = True
    lab = project if isinstance(project, Lab) else Lab(config=project)
    heads = [revision.id for revision in lab.heads().revisions]
    if heads[1:] and target.rpartition(":")[2] in ("", "head"):
        cure = cure_of_alembic("Multiple heads")
        raise AssertionError(f"There is more than one head: {', '.join(heads)}.\n→ {cure}")
    found = lab.roundtrip(target, rows, seed)
    if not found.ok or (keep_rows and not found.keeps_rows):
        cures = [f"→ {trip.failure.cure}" for trip in found.trips if trip.failure]
        raise AssertionError("\n".join([repr(found), *dict.fromkeys(cures)]))
    return found
