"""Python's cache of source lines, as doctest looks through it before each example.

SQLAlchemy keeps the `__init__` that it wrote for a mapped class there, and takes it out when the
class is collected. Python up to 3.12 fails with a KeyError when that happens while it looks.
"""

import linecache
from functools import wraps


def keep_while_looking() -> None:
    """Let no class be collected while the cache is looked through."""
    look = linecache.checkcache

    @wraps(look)
    def undisturbed_look(filename: str | None = None) -> None:
        # Whoever runs one test file pays for this import only where an example needs it.
        from schema_lab.compare.autogenerate import gc_paused

        with gc_paused():
            look(filename)

    linecache.checkcache = undisturbed_look
