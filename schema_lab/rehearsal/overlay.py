"""A project with one more folder of revisions: a candidate's script without writing it there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab import migrate
from schema_lab.autogenerate import Candidate
from schema_lab.history import Environment, Project
from schema_lab.rehearsal.copies import folder


@dataclass(frozen=True)
class Overlaid(Project):
    """A project whose revisions come from several folders; its own are left as they are."""

    folders: tuple[Path, ...] = ()

    def config(self, url: sa.URL | None = None) -> Any:
        """Give Alembic's configuration, with these folders in the place of those it names."""
        config = super().config(url)
        listed = os.pathsep.join(str(one).replace("%", "%%") for one in self.folders)
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", listed)
        return config


@contextmanager
def with_candidate(environment: Environment, candidate: Candidate) -> Iterator[Environment]:
    """Give an environment in which a candidate is written, though not in the project's folder."""
    with folder() as place:
        own = (Path(one) for one in environment.project.scripts()._version_locations)
        project = Overlaid(environment.project.ini, (*own, place))
        overlaid = replace(environment, project=project)
        migrate.write(overlaid, candidate, place)
        yield overlaid
