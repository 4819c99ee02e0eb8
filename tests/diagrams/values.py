"""Diagrams and graphs to look at."""

from itertools import pairwise
from random import Random

from schema_lab.history import Graph, History, Revision
from schema_lab.schema import Diagram, DiagramColumn, DiagramTable, Reference

KEY = DiagramColumn("id", "INTEGER", nullable=False, keys=("PK",))
HOSTILE = (
    'a "quoted" one',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "%%{init: {}}%%",
    "x direction LR",
    "line\nbreak\x1b[2J",
    "`tick` } {",
    "style: a:#red;",
    "erDiagram",
    "end",
    "PK",
    "__init__",
    "1st",
    "naïve ü",
    "old \u202e name",
    "-- ||--o{ ]",
)

TEAMS = DiagramTable("teams", (KEY,))
HEROES = DiagramTable("heroes", (KEY, DiagramColumn("team_id", "INTEGER", keys=("FK",))))
POWERS = DiagramTable(
    "powers", (KEY, DiagramColumn("hero_id", "INTEGER", nullable=False, keys=("FK",)))
)
LONELY = DiagramTable("lonely", (DiagramColumn("word", "VARCHAR(20)"),))
TO_TEAMS = Reference("heroes", ("team_id",), "teams", ("id",), optional=True)
TO_HEROES = Reference("powers", ("hero_id",), "heroes", ("id",))
SMALL = Diagram.of("models", (TEAMS, HEROES, POWERS, LONELY), (TO_TEAMS, TO_HEROES))

_CHANGED = DiagramTable(
    "users",
    (
        KEY,
        DiagramColumn("plan", "VARCHAR(9)", mark="~", before="VARCHAR(5)"),
        DiagramColumn("city", "TEXT", mark="+"),
        DiagramColumn("team_id", "INTEGER", keys=("FK",), mark="-"),
    ),
    mark="~",
)
MARKED = Diagram.of(
    "candidate",
    (_CHANGED, DiagramTable("notes", (KEY,), mark="+"), DiagramTable("teams", (KEY,), mark="-")),
    (Reference("users", ("team_id",), "teams", ("id",), mark="-"),),
)
"""Everything that a candidate may mark."""

SOME_HISTORY = Graph.of(
    History(
        (
            Revision("0005", "Join", ("0004", "0003"), None, is_head=True),
            Revision("0004", "Aside", ("0002",), None, labels=("aside",)),
            Revision("0003", "Add plans", ("0002",), None, applied=True, edited=True),
            Revision("0002", "Add teams", ("0001",), None, applied=True),
            Revision("0001", "Start", (), None, applied=True),
        )
    )
)
"""Every state that a revision may have."""


def hostile() -> Diagram:
    """Give every hostile name to a table, to its column and to its type."""
    tables = [DiagramTable(name, (DiagramColumn(name, name, keys=("FK",)),)) for name in HOSTILE]
    pairs = pairwise(HOSTILE)
    return Diagram.of("models", tables, [Reference(b, (b,), a, (a,)) for a, b in pairs])


def hostile_graph() -> Graph:
    """Give every hostile name to a revision's message and branch, one after the other."""
    ids = [f"{number:04}" for number in range(len(HOSTILE))]
    made = [
        Revision(one, name, tuple(ids[max(0, at - 1) : at]), None, labels=(name,))
        for at, (one, name) in enumerate(zip(ids, HOSTILE, strict=True))
    ]
    return Graph.of(History(tuple(made[::-1])))


def many_tables(number: int, columns: int = 8) -> Diagram:
    """Make tables each of which refers to up to three that were there before."""
    chance, tables, references = Random(1), [], []  # noqa: S311 - the same tables each time
    for at in range(number):
        own = [KEY, *(DiagramColumn(f"column_{one}", "VARCHAR(50)") for one in range(columns))]
        for other in {chance.randrange(at) for _ in range(chance.randrange(4)) if at}:
            own.append(DiagramColumn(f"table_{other}_id", "INTEGER", keys=("FK",)))
            ends = (f"table_{at}", (f"table_{other}_id",), f"table_{other}", ("id",))
            references.append(Reference(*ends, optional=True))
        tables.append(DiagramTable(f"table_{at}", tuple(own)))
    return Diagram.of("database", tables, references)


def long_history(number: int, applied: int) -> History:
    """Make a history in a line, with a branch from its middle that is pending."""
    middle = number // 2
    line = [
        Revision(
            f"{at:04}", f"Change {at}", (f"{at - 1:04}",) if at > 1 else (), None,
            is_head=at == number, applied=at <= applied,
        )
        for at in range(number, 0, -1)
    ]  # fmt: skip
    side = Revision("side", "Aside", (f"{middle:04}",), None, is_head=True)
    return History((*line[: number - middle - 1], side, *line[number - middle - 1 :]))
