"""The models that count: a project's own, with those of the notebook laid over them."""

import sqlalchemy as sa

from schema_lab.autogenerate.compare import Metadata


def overlaid(project: Metadata | None, notebook: sa.MetaData) -> Metadata | None:
    """Give the metadata to compare: a table defined in the notebook replaces the project's.

    Parameters
    ----------
    project
        What env.py names; None when it names nothing.
    notebook
        The notebook's models.

    Examples
    --------
    >>> project, notebook = sa.MetaData(), sa.MetaData()
    >>> _ = sa.Table("users", project), sa.Table("teams", project)
    >>> _ = sa.Table("users", notebook, sa.Column("id", sa.Integer))
    >>> merged = overlaid(project, notebook)
    >>> sorted(merged.tables), list(merged.tables["users"].c.keys())
    (['teams', 'users'], ['id'])
    """
    if project is None or not notebook.tables:
        return notebook if project is None else project
    parts = project if isinstance(project, list) else [project]
    merged = sa.MetaData(naming_convention=parts[0].naming_convention)
    for part in parts:
        for table in part.tables.values():
            if table.key not in notebook.tables:
                table.to_metadata(merged)
    for table in notebook.tables.values():
        table.to_metadata(merged)
    return merged
