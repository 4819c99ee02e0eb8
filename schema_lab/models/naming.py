"""The names that constraints and indexes get when a model gives them none.

Every constraint has a name, so that each dialect can alter or drop it later. Source:
https://alembic.sqlalchemy.org/en/latest/naming.html
"""

from __future__ import annotations

NAMING_CONVENTION: dict[str, str] = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
