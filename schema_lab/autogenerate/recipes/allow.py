"""Let a finding of the review stand, with a reason that the script keeps."""

from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Value

KIND = "allow"


def apply(upgrade: ops.UpgradeOps, about: str, value: Value, live: Live) -> None:
    """Put the comment at the top; `about` is the finding's code, `value` the reason."""
    upgrade.ops.insert(0, NoteOp(f"schema_lab: allow {about}: {' '.join(' '.join(value).split())}"))
