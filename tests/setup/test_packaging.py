"""What an installation gets: pyproject.toml, constraints.txt and environment.yml say the same."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
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
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
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


def test_the_tests_extra_holds_every_other_extra() -> None:
    """`make test` installs what every other extra needs, but for the benchmarks'."""
    own = next(Requirement(line) for line in EXTRAS["test"] if line.startswith("schema-lab"))
    assert own.extras == EXTRAS.keys() - {"bench", "test"}


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


def test_a_wheel_holds_the_whole_package_and_nothing_else(tmp_path: Path) -> None:
    """Every file of schema_lab/ reaches an installation, and no other folder does."""
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, source / "schema_lab", ignore=ignored)
    shutil.copytree(ROOT / "alembic", source / "alembic", ignore=ignored)
    shutil.copytree(ROOT / "tests", source / "tests", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = ["wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    build += ["--wheel-dir", str(tmp_path / "out"), str(source)]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True)

    (wheel,) = (tmp_path / "out").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = (path for path in (source / "schema_lab").rglob("*") if path.is_file())
    assert packed == {path.relative_to(source).as_posix() for path in files}
