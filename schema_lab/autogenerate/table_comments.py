"""A table's comment in a script: Alembic puts the names of table and schema in quotes as they are.

A name with a quote would end the text, and what follows it would run as code.
"""

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

CommentOp = ops.CreateTableCommentOp | ops.DropTableCommentOp
Renderer = Callable[[AutogenContext, CommentOp], str]


def within_quotes(name: str) -> str:
    r"""Spell a name as it stands between single quotes in Python.

    Examples
    --------
    >>> print(within_quotes("it's"))
    it\'s
    >>> within_quotes('a "b"')
    'a "b"'
    """
    return repr('"' + name)[2:-1]  # with a double quote in it, repr takes single ones around it


def _escaped(rendered: Renderer, context: AutogenContext, operation: CommentOp) -> str:
    spelled = copy(operation)
    spelled.table_name = within_quotes(operation.table_name)
    spelled.schema = None if operation.schema is None else within_quotes(operation.schema)
    return rendered(context, spelled)


COMMENTS = (ops.CreateTableCommentOp, ops.DropTableCommentOp)
"""Their renderers take the place of Alembic's as they are imported."""

for _kind in COMMENTS:
    _alembics: Any = renderers.dispatch(_kind)
    renderers.dispatch_for(_kind, replace=True)(partial(_escaped, _alembics))
