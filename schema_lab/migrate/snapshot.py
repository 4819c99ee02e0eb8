"""Copy the database into a file of the project, with what is known of its revisions."""

from schema_lab.database.snapshots import Snapshot, Store, take
from schema_lab.history import Environment, Standing, as_lab_errors, checksums, look


def snapshot(environment: Environment, label: str = "") -> Snapshot:
    """Take a snapshot. Reads the database, writes a file in the project's .schema_lab/ folder.

    The copy shows one moment, in which no migration runs.

    Parameters
    ----------
    environment
        The project and its database.
    label
        A word of the user's, shown in lists.

    Raises
    ------
    DatabaseError
        When the database cannot be read, a tool is missing or too old, or there is no room.
    """
    standing = look(environment, Standing.of)
    with as_lab_errors(environment.url):
        return take(
            environment.engine,
            Store.of(environment.project.root),
            lambda: look(environment, Standing.of).heads,
            label,
            checksums(environment, standing.birth).saved(),
            environment.wait,
        )
