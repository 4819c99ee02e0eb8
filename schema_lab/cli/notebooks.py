"""`schema-lab notebooks`: the notebooks that teach, copied into a folder of the user's."""

import shutil
import sysconfig
from pathlib import Path

import click

from schema_lab.cli.options import reported
from schema_lab.errors import InputError

_CHECKOUT = Path(__file__).parents[2] / "notebooks"
_INSTALLED = Path(sysconfig.get_path("data"), "share", "schema_lab", "notebooks")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def notebooks(folder: Path) -> None:
    """Copy the notebooks that come with schema_lab into FOLDER. A file that is there stays."""
    with reported():
        source = _CHECKOUT if _CHECKOUT.is_dir() else _INSTALLED
        found = sorted(source.glob("*.ipynb"))
        if not found:
            raise InputError(f"There are no notebooks in {source}.", "Install schema_lab again.")
        there = [path.name for path in found if (folder / path.name).exists()]
        if there:
            raise InputError(
                f"{folder} already has {', '.join(there)}.", "Name another folder, or move them."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path in found:
            click.echo(shutil.copyfile(path, folder / path.name))
