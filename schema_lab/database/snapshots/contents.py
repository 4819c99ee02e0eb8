"""What a PostgreSQL archive holds, and what of it a restore leaves out: what stays anyway."""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa

_ENTRY = re.compile(r"\d+; \d+ \d+ (?P<what>.*)")
_EXTENSION = re.compile(r"EXTENSION - (?P<name>.*?) *")


@dataclass(frozen=True)
class Kept:
    """What a restore does not touch: extensions, the schemas around them, and public."""

    extensions: frozenset[str] = frozenset()
    schemas: frozenset[str] = frozenset({"public"})
    tables: frozenset[tuple[str, str]] = field(default=frozenset())
    """(schema, name) of tables and sequences that belong to an extension."""


@dataclass(frozen=True)
class Contents:
    """The entries of an archive, as `pg_restore --list` writes them."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, listed: str) -> "Contents":
        """Read the list, and leave its comments out.

        Examples
        --------
        >>> Contents.of("2; 3079 27602 EXTENSION - citext ").extensions
        frozenset({'citext'})
        """
        return cls(tuple(line for line in listed.splitlines() if _ENTRY.fullmatch(line)))

    @property
    def extensions(self) -> frozenset[str]:
        """The names of the extensions in the archive."""
        found = (_EXTENSION.fullmatch(_what(line)) for line in self.lines)
        return frozenset(match["name"] for match in found if match)

    def kept(self, connection: sa.Connection) -> Kept:
        """Say what of the live database stays. Read-only."""
        names = {"names": list(self.extensions)}
        extensions = connection.scalars(_LIVE_EXTENSIONS, names).all()
        schemas = connection.scalars(_THEIR_SCHEMAS, {"names": extensions}).all()
        tables = connection.execute(_THEIR_TABLES, {"names": extensions}).all()
        connection.rollback()
        return Kept(
            frozenset(extensions),
            frozenset({"public", *schemas}),
            frozenset((row.nspname, row.relname) for row in tables),
        )

    def without(self, kept: Kept) -> str:
        """Give the list without what stays: making it again would fail or double its rows."""
        skipped = tuple(
            [f"SCHEMA - {name} " for name in kept.schemas]
            + [f"EXTENSION - {name} " for name in kept.extensions]
            + [f"COMMENT - EXTENSION {name} " for name in kept.extensions]
            + [f"TABLE DATA {schema} {name} " for schema, name in kept.tables]
            + [f"SEQUENCE SET {schema} {name} " for schema, name in kept.tables]
        )
        left = [line for line in self.lines if not _what(line).startswith(skipped)]
        return "".join(f"{line}\n" for line in left)


def _what(line: str) -> str:
    match = _ENTRY.fullmatch(line)
    return f"{match['what']} " if match else ""


_LIVE_EXTENSIONS = sa.text("SELECT extname::text FROM pg_extension WHERE extname = ANY (:names)")
_THEIR_SCHEMAS = sa.text(
    "SELECT DISTINCT nspname::text FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
    " WHERE extname = ANY (:names) AND nspname <> 'pg_catalog'"
)
_THEIR_TABLES = sa.text(
    "SELECT nspname::text, relname::text FROM pg_depend d"
    " JOIN pg_extension e ON d.refobjid = e.oid JOIN pg_class c ON d.objid = c.oid"
    " JOIN pg_namespace n ON n.oid = relnamespace"
    " WHERE d.refclassid = 'pg_extension'::regclass AND d.classid = 'pg_class'::regclass"
    " AND d.deptype = 'e' AND extname = ANY (:names)"
)
