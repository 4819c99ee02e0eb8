"""How findings are displayed: code, severity and sentence, then why, recipe and call."""

from schema_lab.views import plain
from schema_lab.views.html import badge, box, details, escape, page, table
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import BlockingRowsShape, FindingShape, FindingsShape

NOTHING = "The review found no risks."
_TONES = {"error": "bad", "warning": "warn", "note": "plain"}
_MARKS = {"error": "✗", "warning": "⚠", "note": "•"}


def html(findings: FindingsShape) -> str:
    """Display the findings, each with folded details."""
    return page(piece(findings))


def piece(findings: FindingsShape) -> str:
    """Display the findings without a style, as part of a larger page."""
    if findings.findings:
        lead = f'<p class="sl-lead">{escape(_lead(findings))}</p>'
        body = lead + "".join(_item(finding) for finding in findings.findings)
    else:
        body = box("good", f"<p>✓ {NOTHING}</p>")
    notes = "".join(f'<p class="sl-muted">Note: {escape(note)}</p>' for note in findings.notes)
    return body + _suppressed_html(findings) + notes


def text(findings: FindingsShape) -> str:
    """Return the findings as plain lines."""
    lines = [_lead(findings) if findings.findings else NOTHING]
    for finding in findings.findings:
        lines += [line(finding), *(f"    {visible(part)}" for part in _advice(finding))]
    lines += [_allowed(finding) for finding in findings.suppressed]
    lines += [f"Note: {visible(note)}" for note in findings.notes]
    return "\n".join(lines)


def line(finding: FindingShape) -> str:
    """Return a finding as a single line."""
    mark = _MARKS.get(finding.severity, "•")
    said = f"{mark} {finding.severity} {visible(finding.code)}{_place(finding)}"
    return f"{said} {visible(finding.sentence)}"


def _allowed(finding: FindingShape) -> str:
    said = f"allowed {visible(finding.code)}{_place(finding)} {visible(finding.sentence)}"
    return f"{said}: {visible(finding.reason)}"


def _place(finding: FindingShape) -> str:
    return f" ({visible(finding.where)}):" if finding.where else ":"


def _advice(finding: FindingShape) -> list[str]:
    parts = [finding.why, finding.recipe, finding.call]
    return [part for part in parts if part]


def _item(finding: FindingShape) -> str:
    tone = _TONES.get(finding.severity, "plain")
    mark = _MARKS.get(finding.severity, "•")
    where = f' <span class="sl-muted">{escape(finding.where)}</span>' if finding.where else ""
    lead = (
        f"<p>{mark} {badge(finding.severity, tone)} {badge(finding.code, tone)} "
        f"{escape(finding.sentence)}{where}</p>"
    )
    call = f"<p><code>{escape(finding.call)}</code></p>" if finding.call else ""
    why = f"<p>{escape(finding.why)}</p>" if finding.why else ""
    recipe = f"<p>{escape(finding.recipe)}</p>" if finding.recipe else ""
    more = details("Why, and what to do", why + recipe) if why or recipe else ""
    rows = _rows_table(finding.rows) if finding.rows is not None else ""
    return box(tone, lead, rows, call, more)


def _suppressed_html(findings: FindingsShape) -> str:
    if not findings.suppressed:
        return ""
    items = "".join(
        f"<p>{badge(finding.code)} {escape(finding.sentence)}: <i>{escape(finding.reason)}</i></p>"
        for finding in findings.suppressed
    )
    return details(f"{count(len(findings.suppressed), 'finding')} allowed in the script", items)


def _lead(findings: FindingsShape) -> str:
    by = dict.fromkeys(_TONES, 0)
    for finding in findings.findings:
        by[finding.severity] = by.get(finding.severity, 0) + 1
    return ", ".join(count(number, kind) for kind, number in by.items() if number)


def blocking_rows_html(blocking: BlockingRowsShape) -> str:
    """Show rows that block a migration: the sentence, and the rows as a table."""
    return page(blocking_rows_piece(blocking))


def blocking_rows_piece(blocking: BlockingRowsShape) -> str:
    """Show rows that block a migration without their style, for a larger page."""
    return f"<p>✗ {escape(blocking.sentence)}</p>{_rows_table(blocking)}"


def blocking_rows_text(blocking: BlockingRowsShape) -> str:
    """Say the sentence, and the blocking rows under their columns."""
    lines = [visible(blocking.sentence)]
    if blocking.rows:
        lines += [plain.table(blocking.columns, blocking.rows), _caption(blocking)]
    return "\n".join(lines)


def _rows_table(blocking: BlockingRowsShape) -> str:
    return table(blocking.columns, blocking.rows, _caption(blocking)) if blocking.rows else ""


def _caption(blocking: BlockingRowsShape) -> str:
    shown = len(blocking.rows)
    if shown == blocking.total:
        return count(shown, "row")
    return f"the first {shown} of {blocking.total} rows"
