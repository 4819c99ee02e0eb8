"""Bring the database to the newest revision: `python scripts/run_migrations.py --help`."""

import os
from pathlib import Path

from schema_lab.cli.moves import run_migrations

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    run_migrations()
