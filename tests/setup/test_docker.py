"""The image and the compose file, read as text: every path and command in them exists."""

import importlib.util
import re
import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
APPS = ["api", "lab", "migrate"]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
DEVELOPMENT = "development"


def instructions() -> list[tuple[str, str]]:
    """Read the Dockerfile as pairs of instruction and the rest of its line."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def values(name: str) -> list[str]:
    """Give the arguments of every instruction of that name."""
    return [rest for instruction, rest in instructions() if instruction == name]


def copied() -> list[str]:
    """Name the paths of the checkout that the image copies."""
    words = [shlex.split(rest) for rest in values("COPY")]
    return [word for line in words for word in line[:-1] if not word.startswith("--")]


@pytest.mark.parametrize("path", copied())
def test_a_copied_path_exists(path: str) -> None:
    """Every COPY names something in the checkout."""
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", copied())
def test_a_copied_path_is_sent_to_the_builder(path: str) -> None:
    """.dockerignore lets every copied path through."""
    assert f"!{path}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_the_project_lies_where_alembic_looks() -> None:
    """The working directory holds alembic.ini, so that `alembic current` needs no option."""
    assert values("WORKDIR") == ["/app"]
    assert "alembic.ini ./" in " ".join(values("COPY"))


def test_the_image_runs_as_an_ordinary_user() -> None:
    """The last user is not root, and the image creates it."""
    user = values("USER")[-1]
    assert user not in {"root", "0"}
    assert re.search(rf"useradd .*\b{user}\b", values("RUN")[0])


def test_the_image_is_a_slim_python_that_the_package_admits() -> None:
    """The base image is a slim Python of 3.11 or newer."""
    base = re.fullmatch(r"python:3\.(\d+)-slim", values("FROM")[0])
    assert base
    assert int(base[1]) >= 11


def test_the_image_installs_the_exact_versions() -> None:
    """The libraries in the image are those of constraints.txt."""
    assert "--constraint constraints.txt" in values("RUN")[1]


def test_the_compose_file_has_the_four_services() -> None:
    """db, api, lab and migrate are the services, each with an image or a way to build one."""
    assert set(SERVICES) == {"db", *APPS}
    for service in SERVICES.values():
        assert ("image" in service) != ("build" in service)


def test_the_compose_file_uses_only_keys_of_the_compose_specification() -> None:
    """No key is misspelt: at the top, in a service, in a healthcheck."""
    assert {key for key in COMPOSE if not key.startswith("x-")} <= {"services", "volumes"}
    known = {"build", "command", "depends_on", "environment", "healthcheck", "image", "ports"}
    for service in SERVICES.values():
        assert service.keys() <= known | {"profiles", "volumes"}
    checked = SERVICES["db"]["healthcheck"].keys()
    assert checked == {"test", "interval", "timeout", "retries"}


def test_the_database_says_when_it_is_ready() -> None:
    """The database has a healthcheck that asks PostgreSQL itself, for the user that it creates."""
    kind, command = SERVICES["db"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    words = shlex.split(command)
    assert words[0] == "pg_isready"
    assert f"--username={SERVICES['db']['environment']['POSTGRES_USER']}" in words


@pytest.mark.parametrize("name", APPS)
def test_a_service_waits_for_a_healthy_database(name: str) -> None:
    """api, lab and migrate start once the database accepts connections."""
    assert SERVICES[name]["depends_on"] == {"db": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", APPS)
def test_the_database_of_a_service_comes_from_the_environment(name: str) -> None:
    """DATABASE_URL is the environment's; its default reaches the service `db`."""
    url = re.fullmatch(r"\$\{DATABASE_URL:-(.+)\}", SERVICES[name]["environment"]["DATABASE_URL"])
    assert url
    own = SERVICES["db"]["environment"]
    assert url[1] == (
        f"postgresql://{own['POSTGRES_USER']}:{DEVELOPMENT}@db:5432/{own['POSTGRES_DB']}"
    )


def test_no_password_is_written_but_the_development_one() -> None:
    """Each password in the files is the development one."""
    text = "".join((ROOT / name).read_text() for name in ("Dockerfile", "docker-compose.yml"))
    in_urls = re.findall(r"://[^\s:/@]+:([^\s@]+)@", text)
    assigned = re.findall(r"PASSWORD: *(?:\$\{\w+:-)?(\w+)", text)
    assert set(in_urls) | set(assigned) == {DEVELOPMENT}


def test_migrating_is_asked_for_by_name() -> None:
    """Only `migrate` has a profile, so that `docker-compose up` does not run it."""
    assert SERVICES["migrate"]["profiles"] == ["migrate"]
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["migrate"]


def test_migrate_runs_the_deployment_script() -> None:
    """The job runs scripts/run_migrations.py and waits for the database."""
    command = SERVICES["migrate"]["command"]
    assert command == ["python", "scripts/run_migrations.py", "--wait", "60"]
    assert (ROOT / command[1]).is_file()


def test_the_api_serves_an_application_that_exists() -> None:
    """The image and the service `api` start the same application, and it can be found."""
    assert values("CMD")[-1] == str(SERVICES["api"]["command"]).replace("'", '"')
    module, name = SERVICES["api"]["command"][1].split(":")
    spec = importlib.util.spec_from_file_location(module, ROOT / f"{module.replace('.', '/')}.py")
    assert spec
    assert spec.origin
    assert re.search(rf"^{name} = FastAPI", Path(spec.origin).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", APPS)
def test_the_program_of_a_service_is_installed(name: str) -> None:
    """Each command starts a program that the image's extras install."""
    program = SERVICES[name]["command"][0]
    assert shutil.which(program, path=Path(sys.executable).parent)


def test_the_images_install_extras_that_exist() -> None:
    """The extras of the image and of the service `lab` are declared in pyproject.toml."""
    default = values("ARG")[0].removeprefix("EXTRAS=").split(",")
    lab = SERVICES["lab"]["build"]["args"]["EXTRAS"].split(",")
    assert {*default, *lab} <= EXTRAS.keys()
    assert "lab" in lab


def test_the_lab_opens_a_notebook_that_exists() -> None:
    """JupyterLab in the container opens a notebook of the checkout."""
    command = " ".join(SERVICES["lab"]["command"])
    opened = re.search(r"default_url=/lab/tree/(\S+)", command)
    assert opened
    assert (ROOT / opened[1]).is_file()


def test_ports_are_published_on_this_machine_alone() -> None:
    """No service listens on an address that others can reach."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_mounted_folders_exist() -> None:
    """Each mount is a folder of the checkout or a declared volume."""
    mounts = [mount.split(":")[0] for s in SERVICES.values() for mount in s.get("volumes", [])]
    for source in mounts:
        assert source in COMPOSE["volumes"] or (ROOT / source).is_dir()
