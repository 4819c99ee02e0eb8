"""Random walks: a mutant of the models at each step, made by a migration and taken back.

The drift is empty exactly when the dumps are equal, with memory on and off; the upgrade gives the
dump of a database that is made from the models; the downgrade gives the dump from before; the row
keeps its values. The long form: python -m tests.whole_schema.oracle DIALECT STEPS [SEED]
"""

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from schema_lab import Lab
from schema_lab.models.tables import copied_into
from tests.support.labs import execute, opened, scalars, to_lose, want
from tests.support.servers import fresh_database
from tests.whole_schema.dumped import dumped, dumped_by
from tests.whole_schema.pairs import MARIADB, POSTGRESQL, SQLITE, index, models, where

_GIVEN = re.compile(r"(CONSTRAINT )?[`\"]?(CONSTRAINT_\d+|thing_(check_\d+|\w*check\d*))[`\"]? ")
"""The names of constraints that the model leaves to others."""


def enum(*members: str, name: str | None = "kind", native: bool = False) -> sa.Enum:
    """Give an enum, of text with a CHECK unless it is native."""
    return sa.Enum(*members, name=name, native_enum=native, create_constraint=not native)


LATE = {"deferrable": True, "initially": "DEFERRED"}
EVERYWHERE: dict[str, list[Any]] = {
    "check": ["", "n > 0", "n > 3", "n % 2 = 1", "n > 0 OR a = '%x'"],
    "check_name": ["ck_n", "other"],  # a CHECK without a name in the model may have any
    "kind": [
        *(None, sa.String(1), sa.String(9), enum("p", "q"), enum("q", "p"), enum("p", "q", "r")),
        *(enum("p", name="other_kind"), enum("p", "long")),
    ],
    "self": [None, True],
    "computed": [None, "", "n * 2", "n + 1"],
    "default": ["7", "8", "11"],
    "text": [None, "x", "'q'", "it's"],
    "unique": [("a", "n"), ("n", "a")],
    "length": [20, 30, 40],
    "extra": [None, sa.Integer(), sa.BigInteger(), sa.String(9), sa.Boolean(), sa.DateTime()],
    "reference": [{}, {"ondelete": "CASCADE"}, {"ondelete": "SET NULL"}],
}
ONLY: dict[str, dict[str, list[Any]]] = {
    SQLITE: {
        "stored": [True, False],
        "late": [{}, {"sqlite_on_conflict": "IGNORE"}],
        "collation": [None, "NOCASE"],
        "options": [{}, {"sqlite_autoincrement": True}, {"sqlite_strict": False}],
        "index": [index("a"), index("a", **where("n > 1")), index(sa.text("lower(a) DESC"))],
    },
    POSTGRESQL: {
        "kind": [
            *(None, sa.String(1), enum("p", "q"), enum("p", "q", "r"), enum("q", "p")),
            *(enum("p", "q", native=True), enum("p", "q", "r", native=True)),
        ],
        "late": [{}, LATE, {"postgresql_nulls_not_distinct": True}],
        "collation": [None, "C", "POSIX"],
        "identity": [None, {}, {"always": True}, {"start": 50, "increment": 5}],
        "options": [{}, {"postgresql_with": {"fillfactor": 70}}],
        "index": [
            index("a"),
            index("a", **where("n > 1")),
            index("a", postgresql_include=["n"]),
            index("a", postgresql_ops={"a": "varchar_pattern_ops"}),
            index(sa.text("lower(a) DESC")),
        ],
    },
    MARIADB: {
        "stored": [True, False],
        "collation": [None, "utf8mb4_bin"],
        "index": [index("a"), index("a", mysql_length=5), index("a", sa.text("n DESC"))],
        "options": [{"mysql_row_format": "DYNAMIC"}, {"mysql_row_format": "COMPACT"}],
    },
}
ROWS = "SELECT count(*) FROM thing WHERE a = 'x' AND n = 7"


@dataclass
class Walk:
    """A lab, and a second database in which the models are made without migrations."""

    lab: Lab
    fresh: sa.Engine
    random: Random
    parts: dict[str, Any] = field(default_factory=dict)
    code: str = ""

    @property
    def domains(self) -> dict[str, list[Any]]:
        """The values of each part, on this dialect."""
        return {**EVERYWHERE, **ONLY[str(self.lab.engine.dialect.name).replace("mysql", MARIADB)]}

    def begin(self) -> None:
        """Make the first models, with a row."""
        self._be()
        self.lab.autogenerate("First").write()
        self.lab.upgrade()
        execute(self.lab, "INSERT INTO thing (id, a, n) VALUES (1, 'x', 7)")

    def _be(self) -> None:
        given = dict(self.parts)
        for part, value in list(given.items()):
            if part == "index":
                given |= value
            elif value is None and part != "computed":
                del given[part]
        want(self.lab, models(**given))

    def step(self) -> None:
        """Change one to three parts, and go up, down and up again."""
        before, mutated = known(dumped(self.lab)), dict(self.parts)
        for part in self.random.sample(sorted(self.domains), self.random.randint(1, 3)):
            others = [v for v in self.domains[part] if repr(v) != repr(self.parts.get(part))]
            mutated[part] = self.random.choice(others)
        changed, self.parts = (self.parts, mutated), mutated
        self._be()
        wanted = self._made_fresh()
        assert bool(self.lab.drift()) == (wanted != before), f"noticed: {changed}"
        if wanted == before:
            return
        self.code = self.lab.autogenerate("Step").write().code
        for _ in range(2):
            self.lab.upgrade()
            for full in (False, True):
                drift = self.lab.drift(full=full)
                assert not drift, f"drift: {drift} {changed}"
                assert not drift.not_compared, f"not compared: {drift} {changed}"
            self._equal(known(dumped(self.lab)), wanted, f"not as made: {changed}")
            self.lab.downgrade()
            self._equal(known(dumped(self.lab)), before, f"not as before: {changed}")
        self.lab.upgrade()
        assert scalars(self.lab, ROWS) == [1]

    def _equal(self, found: set[str], wanted: set[str], fault: str) -> None:
        assert found == wanted, (
            f"{fault}: {found - wanted} in the place of {wanted - found}\n{self.code}"
        )

    def _made_fresh(self) -> set[str]:
        ours = self.lab.models.metadata  # which still creates the types that it once had
        metadata = sa.MetaData(naming_convention=ours.naming_convention)
        for table in ours.tables.values():
            copied_into(table, metadata)
        metadata.drop_all(self.fresh)
        if self.fresh.dialect.name == "postgresql":  # also types that no model has any longer
            with self.fresh.begin() as connection:
                connection.exec_driver_sql("DROP TYPE IF EXISTS kind")
        metadata.create_all(self.fresh)
        return known(dumped_by(self.fresh))


def known(lines: set[str]) -> set[str]:
    """Leave out the names that are given to constraints without one."""
    return {_GIVEN.sub("", line) for line in lines}


def walked(dialect: str, folder: Path, steps: int, seed: int) -> int:
    """Walk on empty databases; give how many steps were gone."""
    (folder / "fresh").mkdir()
    with (
        fresh_database(dialect, folder) as url,
        fresh_database(dialect, folder / "fresh") as other,
    ):
        lab = to_lose(opened(folder, url))
        lab.models.metadata.naming_convention = sa.MetaData().naming_convention  # names none
        fresh = sa.create_engine(sa.make_url(other), poolclass=NullPool)
        walk = Walk(lab, fresh, Random(seed))  # noqa: S311 - no secret
        walk.begin()
        for _ in range(steps):
            walk.step()
        fresh.dispose()
    return steps


def main(dialect: str, steps: int, seed: int = 0) -> None:
    """Walk in lots of 20 steps, and say after each which seed it was."""
    for lot in range(0, steps, 20):
        folder = Path(tempfile.mkdtemp())
        gone = walked(dialect, folder, min(20, steps - lot), seed + lot)
        shutil.rmtree(folder)
        sys.stdout.write(f"{dialect}: {lot + gone} steps, seed {seed + lot}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
