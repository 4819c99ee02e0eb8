"""A copy of the database to go back to: taken, kept in the project, loaded again."""

from schema_lab.database.snapshots.copying import load, place_of, take
from schema_lab.database.snapshots.store import Store
from schema_lab.database.snapshots.values import Snapshot, Snapshots

__all__ = ["Snapshot", "Snapshots", "Store", "load", "place_of", "take"]
