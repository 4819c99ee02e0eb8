"""Two columns that a trigger keeps equal, while old and new versions of an application run.

An INSERT or UPDATE that writes one of them writes the other too. PostgreSQL.
"""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.autogenerate.recipes.parts import RunOp

PREFIX = "keep_in_step_"
_LONGEST = 63


@dataclass(frozen=True)
class Pair:
    """A column and its successor."""

    table: str
    old: str
    new: str
    dialect: sa.Dialect
    schema: str | None = None

    @property
    def name(self) -> str:
        """The name of the function and of the trigger."""
        plain = f"{PREFIX}{self.table}_{self.old}_{self.new}"
        if len(plain.encode()) <= _LONGEST:
            return plain
        return PREFIX + hashlib.sha256(plain.encode()).hexdigest()[:16]

    @property
    def where(self) -> str:
        """The table, as SQL writes it."""
        return (
            f"{self.quoted(self.schema)}.{self.quoted(self.table)}"
            if self.schema
            else (self.quoted(self.table))
        )

    def quoted(self, name: str | None) -> str:
        """Give a name as SQL writes it."""
        return str(self.dialect.identifier_preparer.quote(name or ""))

    def trigger(self) -> list[RunOp]:
        """Make the function and the trigger; the way back drops them."""
        name, old, new = self.quoted(self.name), self.quoted(self.old), self.quoted(self.new)
        function = _FUNCTION.format(name=name, old=old, new=new)
        trigger = (
            f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {self.where} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        return [
            RunOp(function, f"DROP FUNCTION {name}()"),
            RunOp(trigger, f"DROP TRIGGER {name} ON {self.where}"),
        ]

    def copy(self) -> RunOp:
        """Copy the values that are there."""
        old, new = self.quoted(self.old), self.quoted(self.new)
        return RunOp(
            f"UPDATE {self.where} SET {new} = {old} "  # noqa: S608 - quoted
            f"WHERE {new} IS DISTINCT FROM {old}"
        )


_FUNCTION = """\
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.{new} IS NULL THEN
            NEW.{new} := NEW.{old};
        ELSE
            NEW.{old} := NEW.{new};
        END IF;
    ELSIF NEW.{old} IS DISTINCT FROM OLD.{old} THEN
        NEW.{new} := NEW.{old};
    ELSE
        NEW.{old} := NEW.{new};
    END IF;
    RETURN NEW;
END
$$"""
