"""A column's new name, in a form that loses nothing on any dialect, and that can be reversed."""

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from schema_lab.database import as_text, is_mysql

_RENAMES = {True: (10, 5, 2), False: (8, 0, 0)}
"""MariaDB (True) and MySQL from which on RENAME COLUMN is there.

Before, a column is renamed by spelling it anew, which loses what Alembic does not spell.
https://mariadb.com/kb/en/alter-table/#rename-column
"""


class RenameColumnOp(ops.AlterColumnOp):
    """A column's new name; unlike Alembic's own operation, its reverse knows the old one."""

    def reverse(self) -> "RenameColumnOp":
        """Rename back."""
        assert self.modify_name is not None
        return RenameColumnOp(
            self.table_name,
            self.modify_name,
            schema=self.schema,
            modify_name=self.column_name,
            existing_type=self.existing_type,
            existing_nullable=self.existing_nullable,
            existing_server_default=self.existing_server_default,
            existing_comment=self.existing_comment,
        )


@renderers.dispatch_for(RenameColumnOp)
def _render(context: AutogenContext, operation: RenameColumnOp) -> str:
    """Render as Alembic does; on MariaDB and MySQL, where that loses AUTO_INCREMENT, as SQL."""
    dialect = context.migration_context.dialect
    if not is_mysql(dialect.name) or not _can_rename(dialect):
        rendered: str = renderers.dispatch(ops.AlterColumnOp("", ""))(context, operation)
        return rendered
    quote = dialect.identifier_preparer
    table = sa.table(operation.table_name, schema=operation.schema)
    old, new = quote.quote(operation.column_name), quote.quote(str(operation.modify_name))
    sql = f"ALTER TABLE {quote.format_table(table)} RENAME COLUMN {old} TO {new}"
    return f"op.execute({as_text(sql)!r})"


def _can_rename(dialect: sa.Dialect) -> bool:
    version = getattr(dialect, "server_version_info", None)  # None without a server
    return version is None or version >= _RENAMES[bool(getattr(dialect, "is_mariadb", False))]
