"""The tabs of a candidate: both functions, and the SQL of each dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab import views

if TYPE_CHECKING:
    from schema_lab.autogenerate import Candidate


def titles() -> list[str]:
    """Name the tabs."""
    return ["upgrade()", "downgrade()", *views.candidate.DIALECTS.values()]


def pieces(candidate: Candidate) -> list[str]:
    """Fill the tabs, in the order of their titles; the keyboard reaches code that scrolls."""
    filled = [
        views.code.block(candidate.upgrade_code),
        views.code.block(candidate.downgrade_code),
        *(views.candidate.sql_html(candidate, dialect) for dialect in views.candidate.DIALECTS),
    ]
    return [one.replace("<pre>", '<pre tabindex="0">') for one in filled]
