"""A saved copy of the database: take it, keep it in the project, restore it."""

from schema_lab.database.snapshots.copying import load, place_of, take
from schema_lab.database.snapshots.store import Snapshot, Snapshots, Store

__all__ = ["Snapshot", "Snapshots", "Store", "load", "place_of", "take"]
