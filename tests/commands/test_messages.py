"""What a person types as message or id never becomes code, and no file lands elsewhere (I1, I2)."""

import ast
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st

from schema_lab import Lab
from schema_lab.errors import InputError
from tests.support.terminal import Terminal, failed, succeeded

CANARY = "import pathlib; pathlib.Path('canary').touch()"
HOSTILE = [
    f'"""\n{CANARY}\n"""',
    f'"""); {CANARY} #',
    f"'''\n{CANARY}\n'''",
    "drop \\N",
    "C:\\new\\users \\x",
    "ends with a backslash \\",
    'ends with a quote "',
    "${1/0} <% 1/0 %> ## comment",
    "100% {braces} %(rev)s",
    "two\nlines",
    "x" * 10_000,
    "../../etc/passwd",
    "Ünïcødé 名前 🚀",
    "\u2028separated\x0cfed",
]
MESSAGES = st.sampled_from(HOSTILE) | st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)
BAD_IDS = ["../../x", "/x", "a/b", "..", "base", "head", "heads", "a b", "a'b", "x" * 33]


@contextmanager
def fresh_terminal() -> Iterator[Terminal]:
    """Copy the project for one example of Hypothesis."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        yield Terminal.on_a_copy(root / "project", f"sqlite:///{root}/lab.db")


def harmless(terminal: Terminal, before: set[Path], message: str) -> bool:
    """Say whether the one new file is a script in versions/ with the code of an empty revision."""
    (path,) = files(terminal) - before
    assert path.parent == terminal.versions
    docstring, *code = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
    assert isinstance(docstring.value, ast.Constant)
    assert visible(str(docstring.value.value)).startswith(visible(message))
    shape = [type(node).__name__ for node in code]
    assert shape == [
        *["ImportFrom", "Import", "ImportFrom"],
        *["AnnAssign"] * 4,
        *["FunctionDef"] * 2,
    ]
    assert [revision.path for revision in terminal.lab().heads()] == [path]
    return True


def files(terminal: Terminal) -> set[Path]:
    """List every file of the project and beside it."""
    return {path for path in terminal.root.parent.rglob("*.*") if path.suffix in (".py", "")}


def visible(text: str) -> str:
    """Spell a text without white space: Python reads every kind of line end as one."""
    return "".join(text.split())


@settings(max_examples=40, deadline=None)
@given(message=MESSAGES)
def test_the_command_line_escapes_any_message(message: str) -> None:
    """`alembic revision -m` writes a script whose docstring is the message, whatever it is (I1)."""
    with fresh_terminal() as terminal:
        before = files(terminal)
        command.revision(terminal.config(), message)
        assert harmless(terminal, before, message)


@settings(max_examples=60, deadline=None)
@given(message=MESSAGES)
def test_the_lab_refuses_or_escapes_any_message(message: str) -> None:
    """`lab.revision` writes such a script, or refuses the message and writes nothing (I1)."""
    with fresh_terminal() as terminal:
        before = files(terminal)
        with suppress(InputError):
            terminal.lab().revision(message)
        assert files(terminal) == before or harmless(terminal, before, message.strip())


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("message", [HOSTILE[0], HOSTILE[3]])
def test_a_hostile_message_runs_no_code(terminal: Terminal, message: str) -> None:
    """A message that would end the docstring is text, also for the commands that follow (I1)."""
    assert succeeded(terminal.alembic("revision", "-m", message))
    assert succeeded(terminal.alembic("upgrade", "head"))
    assert list(terminal.root.rglob("canary")) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("revision", BAD_IDS)
def test_the_lab_refuses_an_id_that_is_no_name(terminal: Terminal, revision: str) -> None:
    """An id that is a path, a word of Alembic's or too long is refused; no file appears (I2)."""
    before = files(terminal)
    with pytest.raises(InputError, match="cannot be a revision id"):
        terminal.lab().revision("Add a plan", revision)
    assert files(terminal) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("revision", ["../../x", "head"])
def test_the_command_line_refuses_an_id_that_is_no_name(terminal: Terminal, revision: str) -> None:
    """`alembic revision --rev-id` writes nothing outside versions/, nor a revision `head` (I2)."""
    before = files(terminal)
    assert failed(terminal.alembic("revision", "-m", "Add a plan", "--rev-id", revision))
    assert files(terminal) == before


def test_a_candidate_is_checked_before_anything_is_compared() -> None:
    """`lab.autogenerate` refuses a message at once (I1)."""
    with pytest.raises(InputError, match="empty"):
        Lab.scratch().autogenerate("  ")
