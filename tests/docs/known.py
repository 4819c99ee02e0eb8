"""Every command of the documents, and what it is known to do."""

from dataclasses import dataclass

from tests.docs import places
from tests.docs.places import Prepare
from tests.support.terminal import FIRST, HEAD

NEW = "a new revision"


@dataclass(frozen=True)
class Ran:
    """A command that is typed in a copy of the project.

    `prepare` comes first; afterwards the database stands at `current`, the newest revisions are
    `heads` and the command has printed `shown`.
    """

    prepare: Prepare = places.at_head
    current: frozenset[str] = frozenset({HEAD})
    heads: frozenset[str] = frozenset({HEAD})
    shown: str = ""


def at(*revisions: str) -> frozenset[str]:
    """Name the revisions at which the database stands, or the newest ones."""
    return frozenset(revisions)


RAN = {
    'alembic revision --autogenerate -m "Add a city"': Ran(places.with_drift, heads=at(NEW)),
    'alembic revision --autogenerate -m "Add onboarding tracking fields"': Ran(
        places.with_drift, heads=at(NEW)
    ),
    'alembic revision -m "Backfill names"': Ran(heads=at(NEW)),
    "alembic upgrade head": Ran(places.empty),
    "alembic upgrade +1": Ran(places.empty, current=at(FIRST)),
    "alembic upgrade <revision>": Ran(places.empty, current=at(FIRST)),
    "alembic downgrade -1": Ran(current=at(FIRST)),
    "alembic downgrade <revision>": Ran(current=at(FIRST)),
    "alembic downgrade base": Ran(current=at()),
    "alembic current": Ran(shown=HEAD),
    "alembic heads": Ran(shown=HEAD),
    "alembic history": Ran(shown=f"{FIRST} -> {HEAD}"),
    "alembic check": Ran(shown="No new upgrade operations detected"),
    'alembic merge -m "Join" <revision> <revision>': Ran(
        places.with_two_heads, current=at(FIRST), heads=at(NEW)
    ),
    'alembic merge -m "Join the branches" heads': Ran(
        places.with_two_heads, current=at(FIRST), heads=at(NEW)
    ),
    "alembic stamp head": Ran(places.changed_by_hand),
    "alembic stamp --purge head": Ran(places.at_a_revision_that_is_gone),
    "alembic upgrade head --sql": Ran(shown="CREATE TABLE users"),
    "python scripts/run_migrations.py": Ran(places.empty, shown=f"upgraded to {HEAD}"),
    "python scripts/run_migrations.py --rehearse": Ran(places.empty, shown=f"upgraded to {HEAD}"),
    "python scripts/run_migrations.py --wait 60": Ran(places.empty, shown=f"upgraded to {HEAD}"),
    "schema-lab current": Ran(shown=f"{HEAD} (head)"),
    "schema-lab check": Ran(shown="no drift"),
    "schema-lab compare database history": Ran(shown="No differences between"),
    "schema-lab compare models history --format sql": Ran(shown="No differences."),
    "schema-lab compare head database --format json": Ran(shown='"equal": true'),
    "schema-lab locate": Ran(shown="as its version table says"),
    "schema-lab upgrade --rehearse --snapshot": Ran(places.at_first, shown="snapshot: s1"),
    "schema-lab downgrade -1": Ran(current=at(FIRST), shown=f"downgraded to {FIRST}"),
    "schema-lab review": Ran(places.at_first, current=at(FIRST), shown="1 revision reviewed"),
    "schema-lab review base:head --format json": Ran(shown='"reviewed": ['),
    "schema-lab review --since <revision> --format github": Ran(),
}

PLANNED = {
    "make lab": "installs, and serves until it is stopped; check-newcomer runs it",
    "make lab PORT=8899 BROWSER=none": "as make lab",
    "make lab PYTHON=python3.12": "as make lab, and no other Python is here",
    "make page": "serves until it is stopped; tests/browser/test_page.py types it, and upgrades",
    "make pictures": "would write over README's pictures; tests/browser drives what they show",
    "make test": "is what runs this test",
    "make quick": "a part of make test",
    "make core": "a part of make test",
    "make newest": "installs, and runs a part of make test; .ci/run runs it",
    "make newest PYTHON=python3.14": "as make newest, and no Python 3.14 is here",
    "make oldest": "installs, and runs a part of make test; .ci/run runs it",
    "make mutants": "takes hours; tests/setup/test_mutants.py looks up what it names",
    'make mutants PARTS="html lock"': "as make mutants",
    "make audit": "asks a server; tests/setup/test_audit.py reads what it can say",
    "make alembic-suite": "fetches Alembic's own tests, and takes minutes",
    "make bench": "takes a quarter of an hour on an idle machine, and more on a busy one",
    "make journeys": "prints figures; tests/docs/test_journeys.py holds them to their limits",
    "make projects": "installs fifteen projects, and takes an hour; tests/docs/test_projects.py",
    "make lint": "the first part of make test",
    "make notebooks": "would write over the stored outputs; tests/notebooks runs them",
    "make tour": "the same notebook runs in tests/notebooks, the script in tests/setup",
}
"""Commands that are only planned with `make --dry-run`, and why."""

COMPOSED = {
    "docker-compose up -d db api",
    "docker-compose exec api alembic current",
    "docker-compose --profile migrate run --rm migrate",
    "docker-compose up lab",
}
"""Commands that need Docker: their services, profiles and programs are looked up instead."""

LOOKED_UP = {
    "make help": "prints",
    "schema-lab notebooks lessons": "tests/setup/test_packaging.py types it in an installation",
    "pip show schema-lab": "prints; the package has that name",
    "export SCHEMA_LAB_TEST_POSTGRESQL=postgresql://postgres@127.0.0.1:5432": "sets a variable",
    "export SCHEMA_LAB_TEST_MARIADB=mysql://root@127.0.0.1:3306": "sets a variable",
    "python -m pytest tests/review/test_drop_column.py": "runs a part of these tests",
    "python -m pytest tests/cases": "runs a part of these tests",
    "SCHEMA_LAB_UPDATE_CASES=1 python -m pytest tests/cases -k <folder>": "writes over a case",
    "python scripts/rules.py": "tests/review/test_pages.py compares the page that it makes",
    "alembic upgrade heads": "as alembic upgrade head, where there is one",
    "python -m scripts.projects Nova": "installs; tests/docs/test_projects.py holds what it wrote",
    "python scripts/compared.py": "tests/whole_schema/test_page.py compares the page that it makes",
    "alembic revision --autogenerate": "named as a command; with its message it runs above",
    "alembic init alembic": "makes another project than this one",
    "python -m benchmarks.locks": "takes minutes; test_benchmarks.py runs a small round",
    "python -m benchmarks.speed sqlite 10 100": "takes minutes; tests/benchmarks has a small run",
    "python -m tests.incremental.oracle DIALECT STEPS SEED": "test_oracle.py walks a few steps",
    "python -m tests.whole_schema.oracle DIALECT STEPS SEED": "test_oracle.py walks a few steps",
    "source .venv/bin/activate": "changes the reader's shell; make creates the folder",
    'pip install -e "path/to/schema_lab[lab,postgresql]"': "would install; its extras exist",
    "conda env create -f environment.yml": "needs conda; the file names the package",
}
"""The rest, each with a test of its own."""

KNOWN = RAN.keys() | PLANNED.keys() | COMPOSED | LOOKED_UP.keys()
