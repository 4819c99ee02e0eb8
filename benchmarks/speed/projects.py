"""What stands beside the lab: an Alembic project as `alembic init` makes it, and Django's."""

import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config

from benchmarks.speed.shapes import django_classes

MODELS = """
from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel as Model
"""
SETTINGS = """
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "django.db"}}
SECRET_KEY = "of a benchmark"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
"""


def alembic_project(root: Path, url: str, models: str) -> Path:
    """Lay out a project with Alembic's default env.py; only the URL and the models are filled in.

    Parameters
    ----------
    root
        A folder that is made.
    url
        The database.
    models
        The code of its models; "" for none.
    """
    root.mkdir()
    config = Config(root / "alembic.ini", stdout=StringIO(), cmd_opts=Namespace(quiet=True))
    with redirect_stdout(StringIO()):
        command.init(config, str(root / "alembic"))
    ini, env = root / "alembic.ini", root / "alembic" / "env.py"
    text = ini.read_text(encoding="utf-8")
    text = text.replace("driver://user:pass@localhost/dbname", url.replace("%", "%%"))
    ini.write_text(text, encoding="utf-8")
    if models:
        (root / "models.py").write_text(MODELS + models, encoding="utf-8")
        code = env.read_text(encoding="utf-8").replace(
            "target_metadata = None", "from models import Model\ntarget_metadata = Model.metadata"
        )
        env.write_text(code, encoding="utf-8")
    return root


def django_project(root: Path, tables: int) -> Path:
    """Lay out a project whose first migration makes all tables, with one model edited since."""
    (root / "shop").mkdir(parents=True)
    (root / "settings.py").write_text(SETTINGS, encoding="utf-8")
    (root / "shop" / "__init__.py").touch()
    _write_django(root, django_classes(tables))
    run(root, *DJANGO_ADMIN, "makemigrations", "shop")
    _write_django(root, django_classes(tables, "extra"))
    return root


def _write_django(root: Path, classes: str) -> None:
    text = f"from django.db import models\n{classes}"
    (root / "shop" / "models.py").write_text(text, encoding="utf-8")


PATHS = os.pathsep.join((".", str(Path(__file__).parents[2])))
ALEMBIC = ("-m", "alembic")
DJANGO_ADMIN = ("-m", "django")


def run(folder: Path, *arguments: str) -> str:
    """Run `python …` in a folder, and give what it prints.

    Raises
    ------
    RuntimeError
        With what it says, when it fails.
    """
    quiet = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": PATHS}
    quiet.pop("PYTHONDONTWRITEBYTECODE", None)  # else each run compiles all that it imports
    quiet["PYTHONPYCACHEPREFIX"] = _bytecode().name
    done = subprocess.run(  # noqa: S603 - the programs are ours
        [sys.executable, *arguments],
        cwd=folder,
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


@cache
def _bytecode() -> tempfile.TemporaryDirectory[str]:
    """Give the folder of all that is compiled; it is gone at the end."""
    return tempfile.TemporaryDirectory()
