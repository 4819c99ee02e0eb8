"""The history as it is in a git commit: its revision files, taken out into a temporary folder.

Only the files are taken. They run with the env.py of today, since what a commit needs to run, such
as its packages, cannot be taken out of git.
"""

import subprocess
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from schema_lab.compat.alembic_private import version_folders
from schema_lab.errors import HistoryError
from schema_lab.history import Overlaid, Project
from schema_lab.rehearsal.copies import folder

_SECONDS = 60
_CURE = "Name a commit, a branch or a tag: `git log --oneline --all` lists them."


@contextmanager
def history_in(commit: str, project: Project) -> Iterator[Project]:
    """Give the project with the revision files of a commit; nothing of it is written.

    Parameters
    ----------
    commit
        What git knows a commit by, such as "main", "origin/main" or "3f2a91c".
    project
        The project, whose folders of revisions are the ones that are looked for in the commit.

    Raises
    ------
    HistoryError
        When git is not installed, the project is in no repository, or there is no such commit.
    """
    top = Path(_git(project.root, "rev-parse", "--show-toplevel").decode().strip())
    found = _git(
        top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}"
    )
    identity = found.decode().strip()
    with folder() as place:
        folders = []
        for number, own in enumerate(version_folders(project.scripts())):
            taken = place / str(number)
            taken.mkdir()
            _take(top, identity, Path(own), taken)
            folders.append(taken)
        yield Overlaid(project.ini, project.engine, tuple(folders))


def _take(top: Path, identity: str, own: Path, taken: Path) -> None:
    """Write the files that a folder has in a commit; a folder that is not there has none."""
    try:
        within = own.resolve().relative_to(top.resolve()).as_posix()
    except ValueError:
        raise HistoryError(
            f"{own} is not in the git repository {top}.", "Compare with a revision instead."
        ) from None
    if not _git(top, "ls-tree", "--name-only", identity, "--", within).strip():
        return
    archive = _git(top, "archive", "--format=tar", f"{identity}:{within}")
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(taken, filter="data")


def _git(place: Path, *words: str) -> bytes:
    """Run a git command that only reads, and give what it prints.

    Raises
    ------
    HistoryError
        When it fails.
    """
    command: Sequence[str] = ("git", "-C", str(place), *words)
    try:
        ran = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except FileNotFoundError:
        raise HistoryError("git is not installed.", "Install git, then try again.") from None
    except subprocess.TimeoutExpired:
        raise HistoryError(f"git did not answer within {_SECONDS} s.", "Try again.") from None
    if ran.returncode == 0:
        return ran.stdout
    said = ran.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
    if "rev-parse" in words and "--verify" in words:
        name = words[-1].removesuffix("^{commit}")
        raise HistoryError(f"The repository has no commit named {name}.", _CURE)
    raise HistoryError(f"git failed: {said or 'it said nothing'}.", "Fix the repository.")
