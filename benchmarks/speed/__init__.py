"""How fast the lab is beside the alembic command, Alembic in process, and Django: `make bench`."""
