"""Private names of Alembic, SQLAlchemy and SQLModel stand in `schema_lab/compat` alone."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

import schema_lab
from tests.support.imports import module_files

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "schema_lab"
LIBRARIES = ("alembic", "sqlalchemy", "sqlmodel")
HOME = "schema_lab.compat."

OTHERS = {
    "_env_file": "pydantic_settings",
    "_exit": "os",
    "_getframe": "sys",
    "_handle_button_msg": "ipywidgets",
    "_option_string_actions": "argparse",
    "_repr_html_": "IPython's protocol for a display",
    "_repr_mimebundle_": "IPython's protocol for a display",
    "_view_count": "ipywidgets",
}
"""Names with an underscore that belong to other libraries than these three."""

MOST = {"alembic_private": 20, "sqlalchemy_private": 34, "sqlmodel_private": 2}
"""How many touches each file may hold: fewer is better."""


def is_private(name: str) -> bool:
    """Say whether a name starts with one underscore and goes on."""
    return name.startswith("_") and not name.startswith("__") and len(name) > 1


def _of(node: ast.AST) -> Iterator[str]:
    """Give the private names that one node of a syntax tree touches."""
    match node:
        case ast.Attribute(value=ast.Name(id="self" | "cls")):
            return
        case ast.Attribute(attr=name) if is_private(name):
            yield name
        case ast.keyword(arg=str(name)) if is_private(name):
            yield name
        case ast.ImportFrom(module=str(module), names=names) if module.startswith(LIBRARIES):
            parts = [*module.split("."), *(name.name for name in names)]
            yield from (part for part in parts if is_private(part))


def _own(tree: ast.AST) -> set[str]:
    """Give the private names that a file's own classes define, as methods or on self."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in ast.walk(node):
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    found.add(part.name)
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
                    base = part.value
                    if isinstance(base, ast.Name) and base.id == "self":
                        found.add(part.attr)
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    found.add(part.target.id)
    return found


def touches(source: str, known: frozenset[str]) -> list[str]:
    """List the private names of others that a file touches.

    Parameters
    ----------
    source
        Its text.
    known
        The private names of the three libraries; as a string, one is a touch too.
    """
    tree = ast.parse(source)
    allowed = _own(tree) | OTHERS.keys()
    found = [name for node in ast.walk(tree) for name in _of(node) if name not in allowed]
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    found += [text for text in strings if isinstance(text, str) and text in known]
    return found


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    """Import every module of the package, and with them what they use of the libraries."""
    names = [one.name for one in pkgutil.walk_packages(schema_lab.__path__, "schema_lab.")]
    chosen = [name for name in names if "template" not in name and "__main__" not in name]
    return {name: importlib.import_module(name) for name in chosen}


@pytest.fixture(scope="module")
def known(modules: dict[str, ModuleType]) -> frozenset[str]:
    """Collect the private names of the libraries' modules and of their classes."""
    assert modules
    found = set()
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in LIBRARIES and module is not None:
            for key, value in list(vars(module).items()):
                found.add(key)
                if isinstance(value, type):
                    found.update(vars(value), getattr(value, "__annotations__", ()))
    return frozenset(filter(is_private, found)) - OTHERS.keys()


def test_no_module_touches_a_private_name(known: frozenset[str]) -> None:
    """Attributes, imports, keywords and strings name nothing private of the three libraries."""
    found = {
        name: touched
        for name, path in module_files(PACKAGE).items()
        if not name.startswith(HOME) and (touched := touches(path.read_text(), known))
    }
    assert found == {}


def test_no_class_overrides_a_private_name(modules: dict[str, ModuleType]) -> None:
    """A class that extends one of the libraries' defines nothing that is private there."""
    wrong = [
        f"{name}.{cls.__name__}.{attribute}"
        for name, module in modules.items()
        for cls in vars(module).values()
        if isinstance(cls, type) and cls.__module__ == name and not name.startswith(HOME)
        for attribute in vars(cls)
        if is_private(attribute) and _is_overridden(cls, attribute)
    ]
    assert wrong == []


def _is_overridden(cls: type, attribute: str) -> bool:
    return any(
        attribute in vars(base)
        for base in inspect.getmro(cls)[1:]
        if base.__module__.split(".")[0] in LIBRARIES and callable(vars(base).get(attribute))
    )


@pytest.mark.parametrize("name", MOST)
def test_private_names_become_no_more(name: str, known: frozenset[str]) -> None:
    """Each file holds as many touches as are written down here."""
    assert len(touches((PACKAGE / "compat" / f"{name}.py").read_text(), known)) == MOST[name]


@pytest.mark.parametrize(
    "line",
    [
        "from alembic.autogenerate.render import _repr_type",
        "from sqlmodel._compat import get_annotations",
        "column._copy()",
        "getattr(dialect, '_resolve_type_affinity', None)",
        "Index('x', _table=table)",
        "DropColumnOp('users', 'plan', _reverse=added)",
        "metadata._fk_memos = {}",
        "class A:\n    def f(self): other._copy()",
    ],
)
def test_a_new_touch_is_seen(line: str, known: frozenset[str]) -> None:
    """Each form of a touch is found."""
    assert touches(line, known)


@pytest.mark.parametrize(
    "line",
    [
        "self._copy()",
        "from schema_lab.history import _private",
        "class A:\n    def _mine(self): ...\n\ndef f(a): a._mine()",
        "f'{column}_before'",
        "sys._getframe()",
    ],
)
def test_what_is_our_own_is_none(line: str, known: frozenset[str]) -> None:
    """A module's own names, and those of other libraries, are no touch."""
    assert touches(line, known) == []


@pytest.mark.parametrize("name", MOST)
def test_each_file_says_with_which_version_it_was_seen(name: str) -> None:
    """A file's first line names the version that is installed where the tests run."""
    library = name.removesuffix("_private")
    first = (PACKAGE / "compat" / f"{name}.py").read_text().splitlines()[0]
    assert version(library) in re.findall(r"\d+(?:\.\d+)+", first)


@pytest.mark.parametrize(
    ("library", "below"), [("alembic", "1.21"), ("sqlalchemy", "2.2"), ("sqlmodel", "0.1")]
)
def test_a_library_with_private_names_has_an_upper_bound(library: str, below: str) -> None:
    """A version in which such a name may be another is not installed."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    (wanted,) = [one for one in project["dependencies"] if one.startswith(library + ">")]
    assert wanted.endswith(f",<{below}")
