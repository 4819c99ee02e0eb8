"""The live tables of a database in the place of models, so that another one can be compared.

Each table keeps the rows by which its own database spells it: what SQLAlchemy cannot reflect is
compared all the same.
"""

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.implementations import compare_with_ours
from schema_lab.compare.memory import left_out
from schema_lab.compare.spelled_models import SPELLED, live_spelling
from schema_lab.schema.reflection.listed import table_keys


def live_tables(context: MigrationContext) -> sa.MetaData:
    """Read the tables that a comparison includes, as Alembic reads them. Read-only."""
    compare_with_ours(context)
    metadata = sa.MetaData()
    autogen, hidden = AutogenContext(context, metadata=metadata), set(left_out(context))
    inspector, connection = autogen.inspector, context.connection
    assert connection is not None
    for key in table_keys(inspector):
        schema, name = key
        if key in hidden or not autogen.run_name_filters(name, "table", {"schema_name": schema}):
            continue
        table = sa.Table(name, metadata, schema=schema)
        sa.event.listen(table, "column_reflect", context.impl.autogen_column_reflect)
        inspector.reflect_table(table, None, resolve_fks=False)
        table.info[SPELLED] = live_spelling(connection, name, schema)
    return metadata
