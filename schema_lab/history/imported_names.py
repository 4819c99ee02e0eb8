"""What a file imports, directly or through others, as its code says."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from schema_lab.database.file_cache import Files
from schema_lab.history.own_files import own_file, own_module

_BY_NAME = {"import_module", "walk_packages", "iter_modules", "run_path", "run_module"}
_BUILT_IN = {"__import__", "exec"}
"""Names whose use means that a file may import what its code does not name."""


@dataclass(frozen=True)
class _Imports:
    """The import statements of a file: dots before the name, the name, and what is taken of it."""

    statements: tuple[tuple[int, str, tuple[str, ...]], ...]
    computed: bool

    @classmethod
    def read(cls, path: str, content: bytes) -> "_Imports":
        try:
            nodes = list(ast.walk(ast.parse(content)))
        except (SyntaxError, ValueError):
            return cls((), computed=True)
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        used = names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        used |= {
            each.name for node in nodes if isinstance(node, ast.ImportFrom) for each in node.names
        }
        computed = bool(used & _BY_NAME or names & _BUILT_IN)
        found = [(0, each.name, ()) for node in nodes if isinstance(node, ast.Import)
                 for each in node.names]  # fmt: skip
        taken = [(node.level, node.module or "", tuple(each.name for each in node.names))
                 for node in nodes if isinstance(node, ast.ImportFrom)]  # fmt: skip
        return cls((*found, *taken), computed)

    def names(self, package: str) -> Iterator[str]:
        """Give the full name of each module that may be meant, those around it included."""
        for level, name, taken in self.statements:
            around = package.split(".")[: len(package.split(".")) - level + 1] if level else []
            parts = [*around, *filter(None, name.split("."))]
            yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
            yield from (".".join([*parts, each]) for each in taken)


_READ = Files(_Imports.read)


def reached_from(begin: str) -> set[str] | None:
    """Give the project's own files that a file imports, directly or through others. Read-only.

    None where one of them computes what it imports, or cannot be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     env = Path(folder, "env.py")
    ...     _ = env.write_text("import logging.config")
    ...     found = reached_from(str(env))
    ...     _ = env.write_text("import importlib; importlib.import_module(input())")
    ...     found, reached_from(str(env))
    (set(), None)
    """
    found: set[str] = set()
    waiting: list[tuple[str, ModuleType | None]] = [(begin, own_module(begin))]
    while waiting:
        path, module = waiting.pop()
        try:
            imports = _READ.get(path)
        except OSError:
            return None
        if imports.computed:
            return None
        for name in imports.names(getattr(module, "__package__", None) or ""):
            other = sys.modules.get(name)
            file = own_file(other)
            if file is not None and file not in found:
                found.add(file)
                waiting.append((file, other))
    return found
