"""How findings look: code, severity and sentence; why, recipe and call beneath."""

from schema_lab.views import obstacles
from schema_lab.views.html import badge, box, details, escape, page
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import FindingShape, FindingsShape

NOTHING = "Nothing found."
_TONES = {"error": "bad", "warning": "warn", "note": "plain"}
_MARKS = {"error": "✗", "warning": "⚠", "note": "•"}


def html(findings: FindingsShape) -> str:
    """Show the findings, each with what unfolds beneath."""
    return page(piece(findings))


def piece(findings: FindingsShape) -> str:
    """Show the findings without their style, for a larger page."""
    if findings.findings:
        lead = f'<p class="sl-lead">{escape(_lead(findings))}</p>'
        body = lead + "".join(_item(one) for one in findings.findings)
    else:
        body = box("good", f"<p>✓ {NOTHING}</p>")
    notes = "".join(f'<p class="sl-muted">Note: {escape(one)}</p>' for one in findings.notes)
    return body + _suppressed_html(findings) + notes


def text(findings: FindingsShape) -> str:
    """Say the findings in plain lines."""
    lines = [_lead(findings) if findings.findings else NOTHING]
    for one in findings.findings:
        lines += [line(one), *(f"    {visible(part)}" for part in _advice(one))]
    lines += [_allowed(one) for one in findings.suppressed]
    lines += [f"Note: {visible(one)}" for one in findings.notes]
    return "\n".join(lines)


def line(finding: FindingShape) -> str:
    """Say one finding in one line."""
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
    rows = obstacles.rows(finding.rows) if finding.rows is not None else ""
    return box(tone, lead, rows, call, more)


def _suppressed_html(findings: FindingsShape) -> str:
    if not findings.suppressed:
        return ""
    items = "".join(
        f"<p>{badge(one.code)} {escape(one.sentence)}: <i>{escape(one.reason)}</i></p>"
        for one in findings.suppressed
    )
    return details(f"{count(len(findings.suppressed), 'finding')} allowed in the script", items)


def _lead(findings: FindingsShape) -> str:
    by = dict.fromkeys(_TONES, 0)
    for one in findings.findings:
        by[one.severity] = by.get(one.severity, 0) + 1
    return ", ".join(count(number, kind) for kind, number in by.items() if number)
