"""How a comparison of two sides looks, and the schema of one side."""

from collections.abc import Iterator

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
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import ComparisonShape, SchemaShape


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
        return f"{number} would make {left} equal {right}:"
    if comparison.equal:
        return f"No differences between {left} and {right}."
    return f"No differences found between {left} and {right}, but not everything was compared."


def _not_compared(comparison: ComparisonShape) -> Iterator[str]:
    return (f"Not compared: {part}" for part in comparison.not_compared)
