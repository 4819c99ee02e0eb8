"""How a failure is shown: the fact and the cure; of an unknown one the details, folded."""

from schema_lab import views
from schema_lab.errors import CancelledError, SchemaLabError


def shown(problem: BaseException) -> str:
    """Give the HTML of a failure."""
    if isinstance(problem, CancelledError):
        return views.html.box(
            "plain", *(f"<p>{views.html.escape(one)}</p>" for one in problem.args)
        )
    if isinstance(problem, SchemaLabError):
        return views.error.piece(problem.fact, problem.cure)
    if isinstance(problem, KeyboardInterrupt):
        return views.error.piece("Interrupted.", "The panel shows where the database stands now.")
    return views.error.piece(
        "The lab met an error that it does not know.",
        "See the details; the panel shows where the database stands now.",
        f"{type(problem).__name__}: {problem}",
    )
