"""A team's migrations as a test, in three lines of a test file.

::

    from schema_lab.testing import migrations_leave_no_trace

    def test_migrations():
        migrations_leave_no_trace("alembic.ini")

It needs pytest no more than any other assertion does.
"""

from pathlib import Path

from schema_lab.lab import Lab
from schema_lab.rehearsal import Roundtrip

__all__ = ["migrations_leave_no_trace"]


def migrations_leave_no_trace(
    project: Lab | str | Path | None = None,
    *,
    target: str = "head",
    rows: int = 20,
    seed: int = 0,
    keep_rows: bool = False,
) -> Roundtrip:
    """Assert that each revision goes up, down and up again, and that the models are then met.

    Everything happens on an empty database of the same kind, which is gone at the end, over sample
    rows; see `schema_lab.Lab.roundtrip`. The project's database stays as it is.

    Parameters
    ----------
    project
        A lab, an alembic.ini or its folder; by default the nearest in the working directory or
        above, with its DATABASE_URL.
    target
        "head", a revision, or a range such as "0002:0004".
    rows
        Sample rows for each table; 0 for none.
    seed
        Any whole number; the same gives the same rows.
    keep_rows
        Also fail where a row or a value does not survive. A downgrade that drops a column loses
        its values, so most histories cannot promise this.

    Returns
    -------
    Roundtrip
        What was found, for further assertions.

    Raises
    ------
    AssertionError
        Saying for each revision what failed, what it leaves behind, and what would help.
    SchemaLabError
        When there is no such project, or no empty database can be made.

    Examples
    --------
    >>> migrations_leave_no_trace(Lab.scratch()).ok
    True
    """
    __tracebackhide__ = True
    lab = project if isinstance(project, Lab) else Lab(config=project)
    found = lab.roundtrip(target, rows, seed)
    if not found.ok or (keep_rows and not found.keeps_rows):
        cures = [f"→ {one.failure.cure}" for one in found.trips if one.failure]
        raise AssertionError("\n".join([repr(found), *dict.fromkeys(cures)]))
    return found
