"""How rows in the way look: the sentence, and the rows as a table."""

from schema_lab.views import plain
from schema_lab.views.html import escape, page, table
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import ObstacleShape


def html(obstacle: ObstacleShape) -> str:
    """Show the sentence and the rows."""
    return page(piece(obstacle))


def piece(obstacle: ObstacleShape) -> str:
    """Show the sentence and the rows without their style, for a larger page."""
    return f"<p>✗ {escape(obstacle.sentence)}</p>{rows(obstacle)}"


def rows(obstacle: ObstacleShape) -> str:
    """Show the rows as one piece; nothing when there are none."""
    return table(obstacle.columns, obstacle.rows, _caption(obstacle)) if obstacle.rows else ""


def text(obstacle: ObstacleShape) -> str:
    """Say the sentence, and the rows under their columns."""
    said = [visible(obstacle.sentence)]
    if obstacle.rows:
        said += [plain.table(obstacle.columns, obstacle.rows), _caption(obstacle)]
    return "\n".join(said)


def _caption(obstacle: ObstacleShape) -> str:
    shown = len(obstacle.rows)
    if shown == obstacle.total:
        return count(shown, "row")
    return f"the first {shown} of {obstacle.total} rows"
