<%
    import re
    if not re.fullmatch("[A-Za-z0-9_]{1,32}", up_revision) or up_revision in ("base", "head", "heads", "current"):
        raise ValueError("a revision id is 1 to 32 letters, digits or underscores, and no word of Alembic's")
%>\
"""${message.replace("\\", "\\\\").replace('"', '\\"') if message else ""}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

# revision identifiers, used by Alembic.
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    """Upgrade schema."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade schema."""
    ${downgrades if downgrades else "pass"}
