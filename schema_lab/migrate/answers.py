"""Keep answers for the next autogenerate of the same change, in .schema_lab/answers.json."""

import json
from contextlib import suppress
from pathlib import Path

from schema_lab.autogenerate import Answer
from schema_lab.database.own_folder import alone, write_at_once

FILE = Path(".schema_lab", "answers.json")


def kept_answers(root: Path) -> tuple[Answer, ...]:
    """Read a project's answers; a file that cannot be read counts as none. Read-only."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        saved = json.loads((root / FILE).read_text(encoding="utf-8"))
        return tuple(
            Answer(one["kind"], one["about"], tuple(one["value"]), one["change"], kept=True)
            for one in saved
        )
    return ()


def keep_answers(root: Path, answers: tuple[Answer, ...]) -> None:
    """Write a project's answers in the place of those it had; changes that one file.

    Where the folder cannot be written, the answers count for this candidate alone.
    """
    saved = [
        {"kind": one.kind, "about": one.about, "value": one.value, "change": one.change}
        for one in answers
    ]
    with suppress(OSError), alone(root / FILE):
        write_at_once(root / FILE, json.dumps(saved, indent=2, ensure_ascii=False) + "\n")
