"""A candidate as the script that it will be, so that it is reviewed as on disk. Read-only."""

import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.util import format_as_comma, load_python_file, template_to_file

from schema_lab.history import Environment

_NAME = "candidate.py"


def module_of(candidate: Any, environment: Environment) -> ModuleType:
    """Load what the project's template makes of a candidate; nothing stays on disk."""
    scripts = environment.project.scripts()
    with tempfile.TemporaryDirectory(prefix="schema_lab_") as folder:
        template_to_file(
            Path(scripts.dir) / "script.py.mako",
            Path(folder) / _NAME,
            scripts.output_encoding,
            message=candidate.message,
            up_revision=candidate.id,
            down_revision=None,
            branch_labels=None,
            depends_on=None,
            create_date="",
            comma=format_as_comma,
            config=environment.config(),
            **candidate.template_arguments,
        )
        return load_python_file(folder, _NAME)
