"""What an installation gets: pyproject.toml, constraints.txt and environment.yml say the same."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import schema_lab

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "schema_lab"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [
    Requirement(line)
    for group in [PROJECT["dependencies"], *EXTRAS.values()]
    for line in group
    if not line.startswith("schema-lab")
]
CONSTRAINTS = [
    line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")
]
PINNED = {canonicalize_name(line.split("==")[0]): line.split("==")[-1] for line in CONSTRAINTS}
OLDEST = dict(
    line.split("==")
    for line in (ROOT / "constraints-oldest.txt").read_text().splitlines()
    if not line.startswith("#")
)
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
BESIDE = {"audit", "bench", "mutants"}
"""The extras that measure the project; neither the tests nor `make oldest` need them."""
MEASURING = {Requirement(line).name for extra in BESIDE for line in EXTRAS[extra]}
PIP_LINES = next(item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict))

FIXED = [
    "jupyterlab",
    "alembic",
    "sqlmodel",
    "sqlalchemy",
    "pandas",
    "ipywidgets",
    "pytest",
    "nbval",
]


@pytest.mark.parametrize("line", CONSTRAINTS)
def test_a_constraint_is_an_exact_version(line: str) -> None:
    """Each line of constraints.txt is name==version and nothing more."""
    assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line)


def test_constraints_name_each_distribution_once() -> None:
    """No distribution stands twice in constraints.txt."""
    assert len(PINNED) == len(CONSTRAINTS)


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=str)
def test_a_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    """Each dependency of pyproject.toml has an exact version that its range admits."""
    assert Version(PINNED[canonicalize_name(requirement.name)]) in requirement.specifier


@pytest.mark.parametrize(
    "requirement", [each for each in REQUIREMENTS if each.name not in MEASURING], ids=str
)
def test_a_lower_bound_is_the_version_that_make_oldest_runs(requirement: Requirement) -> None:
    """constraints-oldest.txt pins each lower bound of pyproject.toml; a stub adds its date."""
    (bound,) = (each.version for each in requirement.specifier if each.operator == ">=")
    oldest, pinned = Version(bound), Version(OLDEST[canonicalize_name(requirement.name)])
    places = [(each.major, each.minor, each.micro) for each in (oldest, pinned)]
    assert places[0] == places[1]


def test_the_tests_extra_holds_every_other_extra() -> None:
    """`make test` installs what every other extra needs, but for those that measure the project."""
    own = next(Requirement(line) for line in EXTRAS["test"] if line.startswith("schema-lab"))
    lab = next(Requirement(line) for line in EXTRAS["lab"] if line.startswith("schema-lab"))
    assert own.extras | lab.extras == EXTRAS.keys() - BESIDE - {"test"}


@pytest.mark.parametrize("name", FIXED)
def test_a_fixed_package_stands_in_all_three_files(name: str) -> None:
    """The packages that the project is built on are named by all three files."""
    declared = {canonicalize_name(requirement.name) for requirement in REQUIREMENTS}
    assert name in declared
    assert name in PINNED
    assert name in PIP_LINES


def test_conda_asks_for_the_same_python() -> None:
    """environment.yml and pyproject.toml name the same oldest Python."""
    assert f"python{PROJECT['requires-python']}" in CONDA["dependencies"]
    assert "pip" in CONDA["dependencies"]


def test_conda_installs_the_checkout_within_the_constraints() -> None:
    """environment.yml installs this checkout, editable, with extras that exist."""
    assert "--constraint constraints.txt" in PIP_LINES
    editable = next(line for line in PIP_LINES if line.startswith("-e "))
    extras = re.fullmatch(r"-e \.\[(.+)\]", editable)
    assert extras
    assert set(extras[1].split(",")) <= EXTRAS.keys()


def test_the_package_tells_its_version() -> None:
    """schema_lab.__version__ is the version of the distribution."""
    assert schema_lab.__version__ == PROJECT["version"]


def test_the_changelog_knows_the_version() -> None:
    """CHANGELOG.md has a section for this version, or one for what is not released yet."""
    titles = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert {PROJECT["version"], "Unreleased"} & set(titles)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution from a copy of the checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    source, ignored = folder / "source", shutil.ignore_patterns("__pycache__")
    for name in ("schema_lab", "alembic", "tests", "notebooks"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = f"from setuptools import build_meta; build_meta.build_sdist({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, stdout=subprocess.DEVNULL)
    (built,) = folder.glob("*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, sdist: Path) -> Path:
    """Build the wheel from the source distribution, without an index."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    build += ["--wheel-dir", str(folder), str(sdist)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_a_source_distribution_holds_the_notebooks(sdist: Path) -> None:
    """An index or a distributor that builds from the sources has each notebook and the license."""
    with tarfile.open(sdist) as opened:
        packed = {name.partition("/")[2] for name in opened.getnames()}
    notebooks = {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {*notebooks, "LICENSE", "README.md", "pyproject.toml"} <= packed


def test_a_wheel_holds_the_package_and_the_notebooks(wheel: Path) -> None:
    """Every file of schema_lab/ and each notebook reach an installation, and nothing else does."""
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [
        path for path in PACKAGE.rglob("*") if path.is_file() and path.parent.name != "__pycache__"
    ]
    notebooks = (path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    data = f"{wheel.name.removesuffix('-py3-none-any.whl')}.data/data/share/schema_lab/notebooks"
    assert packed == {
        *(path.relative_to(ROOT).as_posix() for path in files),
        *(f"{data}/{name}" for name in notebooks),
    }


def needed() -> dict[str, Distribution]:
    """Give the distributions that schema_lab needs without an extra."""
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in PROJECT["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        key = canonicalize_name(wanted.name)
        if key not in found and (not wanted.marker or wanted.marker.evaluate({"extra": ""})):
            found[key] = distribution(key)
            waiting += map(Requirement, found[key].requires or ())
    return found


class Bare:
    """A virtual environment that has the wheel and what its core needs, and a folder to work in."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        venv.create(folder / "venv", with_pip=False, symlinks=True)
        self.python = folder / "venv" / "bin" / "python"
        (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
        for found in needed().values():
            for top in {file.parts[0] for file in found.files or () if ".." not in file.parts}:
                if not (site / top).exists():
                    (site / top).symlink_to(str(found.locate_file(top)))
        install = ["install", "--quiet", "--no-index", "--no-deps", str(wheel)]
        subprocess.run([sys.executable, "-m", "pip", "--python", self.python, *install], check=True)

    def run(self, *words: str, code: int = 0) -> str:
        """Run Python with these arguments in the folder, and give what it printed."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        result = subprocess.run(
            [self.python, *words],
            cwd=self.folder,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == code, result.stdout + result.stderr
        return result.stdout + result.stderr

    def program(self, *words: str, code: int = 0) -> str:
        """Run `schema-lab …` there."""
        return self.run("-m", "schema_lab", *words, code=code)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Bare:
    """Install the wheel without any extra, and make a project with one model there."""
    made = Bare(tmp_path_factory.mktemp("bare"), wheel)
    made.run("-m", "alembic", "init", "migrations")
    (made.folder / "models.py").write_text(MODELS)
    env_py = made.folder / "migrations" / "env.py"
    named = "from models import SQLModel\ntarget_metadata = SQLModel.metadata"
    env_py.write_text(env_py.read_text().replace("target_metadata = None", named))
    template = made.folder / "migrations" / "script.py.mako"
    template.write_text(
        template.read_text().replace(
            "import sqlalchemy as sa", "import sqlalchemy as sa\nimport sqlmodel"
        )
    )
    ini = made.folder / "alembic.ini"
    ini.write_text(
        ini.read_text().replace("driver://user:pass@localhost/dbname", "sqlite:///app.db")
    )
    made.run("-m", "alembic", "revision", "--autogenerate", "-m", "Create heroes")
    return made


MODELS = """
from sqlmodel import Field, SQLModel

class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
"""


def test_the_core_is_under_twenty_distributions() -> None:
    """Who deploys migrations installs no notebook."""
    assert len(needed()) + 1 < 20
    assert needed().keys().isdisjoint({"pandas", "ipywidgets", "jupyterlab", "ipython"})


def test_the_core_walks_a_project(bare: Bare) -> None:
    """Without extras: check, review, upgrade with a snapshot, where it stands, downgrade."""
    assert bare.program("--version") == f"schema-lab {schema_lab.__version__}\n"
    assert "1 pending" in bare.program("check", code=1)
    assert "1 revision reviewed" in bare.program("review")
    assert "snapshot: s1" in bare.program("upgrade", "--snapshot", "--rehearse")
    assert "(head) Create heroes" in bare.program("current")
    assert "no drift" in bare.program("check")
    assert "downgraded to base" in bare.program("downgrade", "-1")
    assert not (bare.folder / "schema_lab.db").exists()


def test_a_missing_extra_is_one_sentence(bare: Bare) -> None:
    """DataFrames and the panel say what to install."""
    for call in ("tables()", "panel()", "history().frame"):
        tried = f"import schema_lab\ntry: schema_lab.Lab().{call}\n"
        said = bare.run("-c", f"{tried}except schema_lab.SchemaLabError as error: print(error)")
        assert re.fullmatch(
            r'\w+ is not installed[.] Run `pip install "schema-lab\[lab\]"`[.]\n', said
        )


def test_the_notebooks_come_along(bare: Bare) -> None:
    """`schema-lab notebooks DIR` copies them, and writes over nothing."""
    bare.program("notebooks", "lessons")
    copied = {path.name for path in (bare.folder / "lessons").iterdir()}
    assert copied == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert "lessons already has" in bare.program("notebooks", "lessons", code=1)
