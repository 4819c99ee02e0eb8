"""How a comparison of two sides looks, and the schema of one side."""

import json
from collections.abc import Iterator, Sequence

from schema_lab.views.code import block, diff_piece, reachable
from schema_lab.views.drift import (
    ignored_lines,
    ignored_piece,
    operations_piece,
    operations_text,
    others_lines,
    others_piece,
)
from schema_lab.views.html import box, details, escape, page
from schema_lab.views.plain import count, names, visible
from schema_lab.views.shapes import ComparisonShape, LocationShape, SchemaShape


def comparison_html(comparison: ComparisonShape) -> str:
    """Show the operations as a colored list, and the difference of the SQL folded."""
    said = escape(_lead(comparison))
    if comparison.operations:
        listed = operations_piece(comparison.operations)
        folded = details("Differences as SQL", diff_piece(comparison.diff()))
        first = f'<p class="sl-lead">{said}</p>{listed}{folded}'
    else:
        tone, mark = ("good", "✓") if comparison.equal else ("warn", "⚠")
        first = box(tone, f"<p>{mark} {said}</p>")
    rest = "".join(f'<p class="sl-muted">{escape(line)}</p>' for line in _not_compared(comparison))
    below = ignored_piece(tuple(comparison.ignored)) + others_piece(comparison.others) + rest
    return page(first + below)


def comparison_text(comparison: ComparisonShape) -> str:
    """Say the comparison in plain lines."""
    lines = [visible(_lead(comparison))]
    if comparison.operations:
        lines.append(operations_text(comparison.operations))
    lines += ignored_lines(tuple(comparison.ignored))
    lines += others_lines(comparison.others)
    return "\n".join([*lines, *map(visible, _not_compared(comparison))])


def location_html(location: LocationShape) -> str:
    """Show where a database stands, and the operations to the nearest state."""
    tone, mark = ("good", "✓") if location.as_stamped else ("warn", "⚠")
    lead, *more = _located(location)
    said = f"<p>{mark} {escape(lead)}</p>" + "".join(f"<p>{escape(line)}</p>" for line in more)
    where = page(box(tone, said))
    return where if location.equal else where + comparison_html(location.comparison)


def location_text(location: LocationShape) -> str:
    """Say where a database stands, in plain lines."""
    lines = [visible(line) for line in _located(location)]
    return "\n".join(lines if location.equal else [*lines, comparison_text(location.comparison)])


def _located(location: LocationShape) -> Iterator[str]:
    stamped, nearest = _state(location.stamped), _state(location.nearest)
    if location.as_stamped:
        yield f"The database matches {nearest}, as its version table says."
    elif location.equal:
        yield f"The database matches {nearest}, but its version table says {stamped}."
        heads = [visible(head) for head in location.nearest] or ["base"]
        target = json.dumps(heads[0] if len(heads) == 1 else heads, ensure_ascii=False)
        yield f"lab.stamp({target}) corrects the version table."
    elif location.between is not None:
        first, second = map(_state, location.between)
        yield f"The database is between {first} and {second}. Its version table says {stamped}."
    else:
        yield f"The database matches no revision. Its version table says {stamped}."
        yield f"The nearest state is {nearest}."


def _state(heads: Sequence[str]) -> str:
    return f"revision {names(heads)}" if heads else "base"


def schema_html(schema: SchemaShape) -> str:
    """Show the SQL of a schema."""
    said = f'<p class="sl-lead">{escape(_tables(schema))}</p>'
    return page(said + reachable(block(schema.sql, "sql")))


def schema_text(schema: SchemaShape) -> str:
    """Say the SQL of a schema, and how many tables it has."""
    return "\n".join([visible(_tables(schema)), visible(schema.sql, keep="\n\t")]).strip()


def _tables(schema: SchemaShape) -> str:
    return f"{count(len(schema.tables), 'table')} in {schema.side} ({schema.dialect})"


def _lead(comparison: ComparisonShape) -> str:
    left, right = comparison.left.words, comparison.right.words
    if comparison.operations:
        number = count(len(comparison.operations), "operation")
        return f"{number} would make {left} match {right}:"
    if comparison.equal:
        return f"No differences between {left} and {right}."
    return f"No differences found between {left} and {right}, but not everything was compared."


def _not_compared(comparison: ComparisonShape) -> Iterator[str]:
    return (f"Not compared: {part}" for part in comparison.not_compared)
