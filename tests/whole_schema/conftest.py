"""Labs whose database has the models before a change, kept for all changes of the same models."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from schema_lab import Lab
from tests.support.labs import lab, opened, to_lose, want
from tests.support.servers import fresh_database
from tests.whole_schema.dumped import dumped
from tests.whole_schema.pairs import Pair, models

__all__ = ["before", "lab"]

Before = Callable[[str, Pair], AbstractContextManager[tuple[Lab, set[str]]]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    """Give a function from a dialect and a pair to a lab with the models before, and its dump."""
    kept: dict[str, tuple[Lab, set[str]]] = {}
    with ExitStack() as databases:

        def fresh(dialect: str, pair: Pair) -> tuple[Lab, set[str]]:
            folder: Path = tmp_path_factory.mktemp("whole")
            url = databases.enter_context(fresh_database(dialect, folder))
            made = to_lose(opened(folder, url))
            want(made, models(**pair.before))
            made.autogenerate("Before").write()
            made.upgrade()
            return made, dumped(made)

        @contextmanager
        def prepared(dialect: str, pair: Pair) -> Iterator[tuple[Lab, set[str]]]:
            name = f"{dialect} {pair.before}"
            known = kept.pop(name, None) or fresh(dialect, pair)
            want(known[0], models(**pair.before))
            yield known
            kept[name] = known  # a lab on which a test has failed is not used again

        yield prepared
