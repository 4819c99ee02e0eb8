"""Which modules and files are a project's own: neither installed, nor of Python or this package."""

import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from types import ModuleType

_PACKAGE = str(Path(__file__).parents[1])
_INSTALLED = ("site-packages", "dist-packages")


@lru_cache(maxsize=4096)
def is_own(path: str) -> bool:
    """Say whether a file or folder belongs to the project. Read-only."""
    parts = Path(path).parts
    if "__pycache__" in parts or any(name in parts for name in _INSTALLED):
        return False
    python = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), _PACKAGE)
    return not any(path == folder or path.startswith(folder + os.sep) for folder in python)


def own_file(module: ModuleType | None) -> str | None:
    """Give the source file of one of the project's own modules, or None."""
    if not isinstance(module, ModuleType):
        return None
    names = vars(module)  # a module's own __getattr__ may import something, and fail
    path, named = names.get("__file__"), names.get("__name__", "__main__") != "__main__"
    return path if named and isinstance(path, str) and path[-3:] == ".py" and is_own(path) else None


def own_module(path: str) -> ModuleType | None:
    """Give the module that this process has imported from a file, or None."""
    modules = list(sys.modules.values())
    return next((module for module in modules if own_file(module) == path), None)
