"""The demands of a change of a type: which values the new type rejects, and which it changes.

A demand's condition is SQL, so that a review counts with it and a migration script can use it.
Text must be written as the new type's values usually are, such as 2026-01-31: PostgreSQL and
MariaDB accept further spellings, but not every one means what it seems to mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from schema_lab.compat.sqlalchemy_private import affinity
from schema_lab.database import is_mysql
from schema_lab.rows.demand import (
    Condition,
    Demand,
    Kind,
    between,
    guarded,
    items_among,
    members,
    number_literal,
    seconds_since_1970,
)
from schema_lab.rows.families import (
    MOMENTS,
    NUMBERS,
    Range,
    decimal_shape,
    family,
    fraction_digits,
    has_zone,
    integer_range,
    is_single,
    plain_type,
    text_bytes,
    text_length,
)
from schema_lab.rows.spelling import has_finer_fraction, has_zone_written, spelled
from schema_lab.schema.words import type_text

_SINGLE, _SINGLE_LEAST = Decimal("3.4028234e38"), Decimal("1.1754944e-38")
_EXACT = {True: Decimal(2**24), False: Decimal(2**53)}
"""By whether a float has four bytes: the integers that it holds exactly."""
_DIGITS = {True: 6, False: 15}
_DOUBLE = Decimal("1.797693134862315e308")
_TRUTH = Decimal(-128), Decimal(127)
"""MariaDB's BOOLEAN is TINYINT(1)."""


def demands_of_cast(
    column: str, before: Any, after: Any, dialect: sa.Dialect, *, kept_aside: bool = True
) -> tuple[Demand, ...]:
    """Give what a column's values must be to survive a change of the column's type.

    Parameters
    ----------
    column
        The column, under its live name.
    before, after
        Its types.
    dialect
        The database's.
    kept_aside
        On SQLite: whether the migration carries dates and times past the batch's CAST, as a
        candidate does; the CAST turns '2026-01-31' into 2026.

    Returns
    -------
    tuple of Demand
        None for a type that holds every value of the other. A value violates at most one of the
        demands whose rows are refused.

    Examples
    --------
    >>> narrower = sa.BigInteger(), sa.SmallInteger()
    >>> [demand.plural for demand in demands_of_cast("n", *narrower, postgresql.dialect())]
    ['are outside the range of SMALLINT (-32,768 to 32,767)']
    """
    change = _Change(column, plain_type(before), plain_type(after), dialect, kept_aside)
    present = change.name.is_not(None)
    return tuple(
        demand
        if demand.violated is None
        else replace(demand, violated=sa.and_(present, demand.violated))
        for demand in change.demands()
    )


@dataclass(frozen=True)
class _Change:
    column: str
    before: Any
    after: Any
    dialect: sa.Dialect
    kept_aside: bool

    @property
    def name(self) -> Any:
        return sa.column(self.column, sa.types.NullType())

    @property
    def goal(self) -> str:
        return type_text(self.after, self.dialect)

    @property
    def families(self) -> tuple[str, str]:
        return family(self.before), family(self.after)

    @property
    def on_sqlite(self) -> bool:
        return self.dialect.name == "sqlite"

    @property
    def on_postgresql(self) -> bool:
        return self.dialect.name == "postgresql"

    @property
    def on_mysql(self) -> bool:
        return is_mysql(self.dialect.name)

    def demands(self) -> Iterator[Demand]:
        match self.families:
            case (kind, "text"):
                yield from self._as_text(kind)
            case (kind, "enum" | "array"):
                yield from self._as_members(kind)
            case ("text", wanted):
                yield from self._of_text(wanted)
            case (old, new) if {old, new} <= NUMBERS:
                yield from self._of_number(old, new)
            case (old, "boolean") if old in NUMBERS:
                yield from self._as_truth(old)
            case ("boolean", new) if new in NUMBERS:
                pass
            case (old, new) if {old, new} <= MOMENTS:
                yield from self._of_moment(old, new)
            case (old, new) if old != new:
                yield Demand("cast", (self.column,), None, *self._cannot)

    def _as_members(self, kind: str) -> Iterator[Demand]:
        """Demand members of an enum, or an array; PostgreSQL gets each value as text first."""
        wanted = self.families[1]
        if wanted == "enum" and (kind == "text" or self.on_postgresql):
            if not self.on_sqlite:
                yield members(self.column, self.after.enums, self.dialect)
        elif kind == wanted == "array" and isinstance(self.after.item_type, sa.Enum):
            inside = items_among(self.name, self.after.item_type.enums)
            yield self._refuse(sa.not_(inside), *self._cannot)
        elif (kind, wanted) == ("enum", "array"):
            yield self._refuse(sa.true(), *self._cannot)
        else:
            yield Demand("cast", (self.column,), None, *self._cannot)

    @property
    def _cannot(self) -> tuple[str, str]:
        return f"cannot become {self.goal}", f"cannot become {self.goal}"

    def _refuse(
        self, violated: Condition, singular: str, plural: str, kind: Kind = "cast"
    ) -> Demand:
        return Demand(kind, (self.column,), violated, singular, plural)

    def _alter(
        self, violated: Condition, singular: str, plural: str, kind: Kind = "part"
    ) -> Demand:
        return Demand(kind, (self.column,), violated, singular, plural, refused=False)

    # --- text -------------------------------------------------------------------------------

    def _as_text(self, kind: str) -> Iterator[Demand]:
        if kind == "bytes" and self.on_postgresql:  # their encoding decides
            yield Demand("cast", (self.column,), None, *self._cannot)
            return
        length, was = text_length(self.after), text_length(self.before)
        if length is not None and (kind != "text" or was is None or length < was):
            words, size = f"longer than {length} characters", self._size()
            demand = self._refuse(size > length, f"is {words}", f"are {words}", "length")
            yield replace(demand, measure=size)
        limit, before = text_bytes(self.after, self.dialect), text_bytes(self.before, self.dialect)
        if limit is not None and (before is None or limit < before) and (was or limit) * 4 > limit:
            size, words = sa.func.octet_length(self.name), f"longer than {limit:,} bytes"
            yield self._refuse(size > limit, f"is {words}", f"are {words}", "length")

    def _size(self) -> Any:
        if self.on_sqlite:
            return sa.func.length(self.name)
        text = sa.cast(self.name, sa.Text) if self.on_postgresql else self.name
        return sa.func.char_length(text)

    def _of_text(self, wanted: str) -> Iterator[Demand]:
        fits = spelled(self.name, wanted, self.after, self.dialect)
        if fits is None:
            yield Demand("cast", (self.column,), None, *self._cannot)
            return
        parts: list[Demand] = []
        if self.on_sqlite:
            parts = list(self._changed_by_sqlite(fits))
        elif wanted in NUMBERS:
            parts = list(self._digits_of_text(fits, wanted))
            fits = self._inside(fits, wanted)
        elif wanted in ("datetime", "time"):
            parts = list(self._parts_of_moment(fits, wanted))
            if self._is_timestamp:
                fits = guarded(fits, seconds_since_1970(sa.cast(self.name, sa.DateTime())) > 0)
        yield self._refuse(sa.not_(fits), *self._cannot)
        yield from parts

    def _inside(self, fits: Condition, wanted: str) -> Condition:
        """Compare text as a number, but only where it is one."""
        number = self._number(wanted)
        if wanted == "integer":
            return guarded(fits, between(number, integer_range(self.after)))
        if wanted == "float":
            return guarded(fits, self._holds_float(number)) if self._single else fits
        shape = decimal_shape(self.after, self.dialect)
        if shape is None:
            return fits
        return guarded(fits, between(sa.func.round(number, shape.scale), shape.range))

    def _digits_of_text(self, fits: Condition, wanted: str) -> Iterator[Demand]:
        shape = decimal_shape(self.after, self.dialect) if wanted == "decimal" else None
        if shape is not None:
            number = self._number(wanted)
            rounded = sa.func.round(number, shape.scale)
            finer = sa.and_(number != rounded, between(rounded, shape.range))
            yield self._alter(guarded(fits, finer), *self._loses_places)
        elif wanted == "float" and self._single:
            number = sa.cast(self.name, sa.Double) if self.on_postgresql else self._number(wanted)
            holds = guarded(fits, self._holds_float(self._number(wanted)))
            yield self._alter(
                guarded(holds, self._as_stored(wanted) != number), *self._loses_digits
            )

    def _number(self, wanted: str) -> Any:
        if wanted == "float" and self.on_mysql:
            return self.name + sa.literal_column("0e0")
        if self.on_mysql:
            return sa.cast(self.name, sa.Numeric(65, 30 if wanted == "decimal" else 0))
        return sa.cast(self.name, sa.Numeric)

    def _parts_of_moment(self, fits: Condition, wanted: str) -> Iterator[Demand]:
        digits = fraction_digits(self.after, self.dialect)
        finer = has_finer_fraction(self.name, digits, self.dialect)
        yield self._alter(sa.and_(fits, finer), *self._loses_fraction)
        if wanted == "datetime" and self.on_postgresql and not has_zone(self.after):
            zoned = has_zone_written(self.name, self.dialect)
            words = f"a time zone, which {self.goal} drops"
            yield self._alter(sa.and_(fits, zoned), f"has {words}", f"have {words}")

    # --- numbers ----------------------------------------------------------------------------

    @property
    def _single(self) -> bool:
        return is_single(self.after, self.dialect)

    @property
    def _loses_places(self) -> tuple[str, str]:
        return tuple(f"{verb} digits after the point in {self.goal}" for verb in ("loses", "lose"))  # type: ignore[return-value]

    @property
    def _loses_digits(self) -> tuple[str, str]:
        return f"loses digits in {self.goal}", f"lose digits in {self.goal}"

    def _of_number(self, old: str, new: str) -> Iterator[Demand]:
        if self.on_sqlite:
            yield from self._changed_by_sqlite(sa.true())
            return
        if new == "float":
            yield from self._as_float(old)
            return
        number = sa.cast(self.name, sa.Numeric) if self.on_postgresql else self.name
        limits = self._range(self.after, new)
        if limits is None:
            return
        shape = None if new == "integer" else decimal_shape(self.after, self.dialect)
        places = 0 if shape is None else shape.scale
        rounded = number if old == "integer" else sa.func.round(number, places)
        inside = between(rounded, limits)
        if new == "decimal" and old != "integer" and self.on_postgresql:
            inside = sa.or_(inside, number == _NAN)
        if self._narrower(old, limits) or (new == "integer" and old != "integer"):
            yield self._refuse(sa.not_(inside), *self._outside(limits), "range")
        if old != "integer":
            yield self._alter(sa.and_(inside, number != rounded), *self._loses_places)

    def _narrower(self, old: str, limits: Range) -> bool:
        if old == "float":
            return True
        held = self._range(self.before, old)
        return held is None or held[0] < limits[0] or held[1] > limits[1]

    def _range(self, type_: Any, kind: str) -> Range | None:
        if kind == "integer":
            return integer_range(type_)
        shape = decimal_shape(type_, self.dialect)
        return None if shape is None else shape.range

    def _outside(self, limits: Range) -> tuple[str, str]:
        words = f"outside the range of {self.goal} ({limits[0]:,f} to {limits[1]:,f})"
        return f"is {words}", f"are {words}"

    def _as_float(self, old: str) -> Iterator[Demand]:
        if old == "float" and (not self._single or is_single(self.before, self.dialect)):
            return
        if old == "integer":
            exact = _EXACT[self._single]
            low, high = integer_range(self.before)
            if low < -exact or high > exact:
                yield self._alter(sa.not_(between(self.name, (-exact, exact))), *self._loses_digits)
            return
        shape = decimal_shape(self.before, self.dialect) if old == "decimal" else None
        if shape is not None and shape.precision <= _DIGITS[self._single]:
            return
        holds = self._holds_float(self.name)
        if self._single or shape is None or shape.precision > _DOUBLE.adjusted():
            largest = _SINGLE if self._single else _DOUBLE
            yield self._refuse(sa.not_(holds), *self._outside((-largest, largest)), "range")
        yield self._alter(guarded(holds, self._as_stored(old) != self.name), *self._loses_digits)

    def _holds_float(self, number: Any) -> Condition:
        largest = _SINGLE if self._single else _DOUBLE
        inside = between(number, (-largest, largest))
        if self._single and not self.on_mysql:  # PostgreSQL refuses what would become 0
            visible = sa.func.abs(number) >= number_literal(_SINGLE_LEAST)
            inside = sa.and_(inside, sa.or_(number == 0, visible))
        if not self.on_postgresql:
            return inside
        return sa.or_(sa.cast(number, sa.Text).in_(_SPECIAL), inside)

    def _as_stored(self, old: str) -> Any:
        """Cast to the float type and back."""
        if self.on_postgresql:
            stored: Any = sa.cast(self.name, postgresql.REAL if self._single else sa.Double)
            if old == "decimal":
                return sa.cast(stored, sa.Numeric)
            return sa.cast(sa.cast(stored, sa.Text), sa.Double)
        kind = "FLOAT" if self._single else "DOUBLE"
        quoted = self.dialect.identifier_preparer.quote(self.column)
        wanted = "DECIMAL(65, 30)" if old == "decimal" else "CHAR"
        stored = sa.literal_column(f"CAST(CAST({quoted} AS {kind}) AS {wanted})")
        return stored if old == "decimal" else stored + sa.literal_column("0e0")

    def _as_truth(self, old: str) -> Iterator[Demand]:
        other = self.name.not_in((0, 1))
        words = (
            f"is neither 0 nor 1, and counts as true in {self.goal}",
            f"are neither 0 nor 1, and count as true in {self.goal}",
        )
        if self.on_mysql:
            inside = between(sa.func.round(self.name), _TRUTH)
            if self._narrower(old, _TRUTH):
                yield self._refuse(sa.not_(inside), *self._outside(_TRUTH), "range")
            other = sa.and_(inside, other)
        yield self._alter(other, *words)

    def _changed_by_sqlite(self, fits: Condition) -> Iterator[Demand]:
        """SQLite refuses nothing: Alembic's batch mode casts, and what CAST cannot read is 0."""
        pair = set(self.families)
        known = affinity(self.before) is affinity(self.after)  # as Alembic compares
        moments = bool(pair & MOMENTS) and self.kept_aside
        if known or moments or pair & {"json", "bytes"}:
            return
        differs = sa.and_(fits, self.name != sa.cast(self.name, self.after))
        if pair <= NUMBERS:
            yield self._alter(differs, *self._loses_places, "cast")
        else:
            words = f"changed by SQLite's CAST to {self.goal}"
            yield self._alter(differs, f"is {words}", f"are {words}", "cast")

    # --- dates and times --------------------------------------------------------------------

    @property
    def _is_timestamp(self) -> bool:
        """Whether the new type is MariaDB's TIMESTAMP, which begins with 1970."""
        return self.on_mysql and isinstance(self.after, sa.TIMESTAMP)

    @property
    def _loses_fraction(self) -> tuple[str, str]:
        words = f"a fraction of a second, which {self.goal} drops"
        return f"has {words}", f"have {words}"

    def _of_moment(self, old: str, new: str) -> Iterator[Demand]:
        if self.on_sqlite and not self.kept_aside and old != new:
            yield from self._changed_by_sqlite(sa.true())
            return
        if (old, new) in (("date", "time"), ("time", "date"), ("time", "datetime")):
            yield self._refuse(sa.true(), *self._cannot)
        elif (old, new) == ("datetime", "date"):
            words = f"a time of day, which {self.goal} drops"
            yield self._alter(self._has_time(), f"has {words}", f"have {words}")
        elif (old, new) == ("datetime", "time"):
            words = f"a date, which {self.goal} drops"
            yield self._alter(sa.true(), f"has {words}", f"have {words}")
        timestamp = self._is_timestamp and not isinstance(self.before, sa.TIMESTAMP)
        if timestamp and old != "time":
            yield self._refuse(seconds_since_1970(self.name) <= 0, *self._cannot)
        if not self.on_sqlite and new != "date" and old != "date":
            yield from self._finer_fraction()

    def _finer_fraction(self) -> Iterator[Demand]:
        digits = fraction_digits(self.after, self.dialect)
        if digits >= fraction_digits(self.before, self.dialect):
            return
        parts: Any = sa.func.microsecond(self.name)
        if self.on_postgresql:
            parts = sa.cast(sa.extract("microseconds", self.name), sa.BigInteger)
        yield self._alter(parts % sa.literal(10 ** (6 - digits)) != 0, *self._loses_fraction)

    def _has_time(self) -> Condition:
        name = self.name
        if self.on_sqlite:
            midnight = ("", "00:00:00", "00:00:00.000000")
            found: Condition = sa.func.substr(name, 12).not_in(midnight)
            return found
        if has_zone(self.before):
            name = name.op("AT TIME ZONE")(sa.literal_column("'UTC'"))
        timed: Condition = sa.cast(name, sa.Date) != name
        return timed


_NAN: Any = sa.cast(sa.literal_column("'NaN'"), sa.Numeric)
_SPECIAL = ("NaN", "Infinity", "-Infinity")
