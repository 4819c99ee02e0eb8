"""What CHECK constraints ask of a column's values, as far as their text is understood.

A **wish** narrows the values to try; the database alone decides whether a row meets its CHECKs.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from schema_lab.database.dialects import sqlglot_name

_MIRRORED = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}
_NOW = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentDatetime, exp.CurrentTime)
_FUTURE, _PAST = "2035-01-01", "2020-01-01"

Bound = tuple[str, bool]
"""A literal's text, and whether the value may equal it."""


@dataclass
class Wish:
    """What the CHECKs ask of a column; literals are kept as they are written."""

    values: list[str] | None = None
    low: Bound | None = None
    high: Bound | None = None
    shortest: int = 0
    longest: int | None = None
    like: str = ""
    pattern: str = ""
    json: bool = False
    required: bool = False
    literals: list[str] = field(default_factory=list)

    def only(self, values: Iterable[str]) -> None:
        """Allow only these values, of those that were allowed before."""
        asked = list(dict.fromkeys(values))
        self.values = asked if self.values is None else [v for v in self.values if v in asked]

    def fits_pattern(self, text: str) -> bool:
        """Say whether a text matches the pattern of LIKE."""
        if not self.like:
            return True
        pattern = re.escape(self.like).replace("%", ".*").replace("_", ".")
        return re.fullmatch(pattern, text, re.DOTALL | re.IGNORECASE) is not None


@dataclass(frozen=True)
class Wishes:
    """What a table's CHECKs ask of each column; `pairs` are columns that must be in order."""

    columns: dict[str, Wish] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def of(self, column: str) -> Wish:
        """Give what the CHECKs ask of a column."""
        return self.columns.setdefault(column, Wish())


def wishes_of(checks: Iterable[str], dialect: str, columns: Iterable[str]) -> Wishes:
    """Read what conditions ask of columns; a condition that is not understood is ignored.

    Parameters
    ----------
    checks
        The conditions' SQL.
    dialect
        SQLAlchemy's name of the dialect.
    columns
        The table's columns.

    Examples
    --------
    >>> wishes_of(["age >= 18 AND plan IN ('free', 'paid')"], "sqlite", ["age", "plan"]).columns
    ... # doctest: +ELLIPSIS
    {'age': Wish(values=None, low=('18', True), ...), 'plan': Wish(values=['free', 'paid'], ...)}
    """
    found = Wishes()
    spelled = {name.lower(): name for name in columns}
    for check in checks:
        tree = _parsed(check, dialect)
        if tree is None:
            continue
        for column in tree.find_all(exp.Column):
            column.set("this", exp.to_identifier(spelled.get(column.name.lower(), column.name)))
        for condition in _conjuncts(tree):
            _read(condition, found)
        literals = [literal.this for literal in tree.find_all(exp.Literal)]
        for name in dict.fromkeys(column.name for column in tree.find_all(exp.Column)):
            found.of(name).literals += literals
    return found


def _parsed(check: str, dialect: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(check, dialect=sqlglot_name(dialect))
    except sqlglot.errors.SqlglotError:
        return None


def _conjuncts(node: Any) -> Iterator[exp.Expr]:
    node = _bare(node)
    if isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    else:
        yield node


def _bare(node: Any) -> Any:
    """Remove parentheses and casts."""
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _read(node: Any, found: Wishes) -> None:
    for kinds, read in _READERS:
        if isinstance(node, kinds):
            read(node, found)
            return
    if "json_valid" in node.sql().lower():
        for column in node.find_all(exp.Column):
            found.of(column.name).json = True


def _read_true(node: Any, found: Wishes) -> None:
    found.of(node.name).only(["1"])


def _read_in(node: Any, found: Wishes) -> None:
    _read_values(_bare(node.this), node.expressions, found)


def _read_between(node: Any, found: Wishes) -> None:
    _compare(exp.GTE, _bare(node.this), _bare(node.args["low"]), found)
    _compare(exp.LTE, _bare(node.this), _bare(node.args["high"]), found)


def _read_comparison(node: Any, found: Wishes) -> None:
    _compare(type(node), _bare(node.left), _bare(node.right), found)


def _read_or(node: exp.Or, found: Wishes) -> None:
    """Read `x IS NULL OR …` as its other side, and `x = 1 OR x = 2` as a list of values."""
    branches = [_bare(branch) for branch in node.flatten()]
    rest = [branch for branch in branches if not _is_null(branch)]
    if len(rest) == 1:
        for condition in _conjuncts(rest[0]):
            _read(condition, found)
        return
    sides = [(_bare(node.left), _bare(node.right)) for node in rest if isinstance(node, exp.EQ)]
    names = {left.name for left, _ in sides if isinstance(left, exp.Column)}
    if len(sides) == len(rest) and len(names) == 1:
        _read_values(sides[0][0], [right for _, right in sides], found)


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Is) and isinstance(node.expression, exp.Null)


def _read_not(negation: exp.Not, found: Wishes) -> None:
    node = _bare(negation.this)
    if _is_null(node) and isinstance(_bare(node.this), exp.Column):
        found.of(_bare(node.this).name).required = True
    elif isinstance(node, exp.Column):
        found.of(node.name).only(["0"])


def _read_values(column: Any, values: Iterable[Any], found: Wishes) -> None:
    literals = [_literal(_bare(value)) for value in values]
    if isinstance(column, exp.Column) and literals and None not in literals:
        found.of(column.name).only([literal for literal in literals if literal is not None])


def _read_equal(node: Any, found: Wishes) -> None:
    left, right = _bare(node.left), _bare(node.right)
    if isinstance(right, exp.Any):
        array = _bare(right.this)
        if isinstance(array, exp.Array):
            _read_values(left, array.expressions, found)
        return
    column, value = (left, right) if isinstance(left, exp.Column) else (right, left)
    if isinstance(left, exp.Length) and _literal(right) is not None:
        _compare(exp.GTE, left, right, found)
        _compare(exp.LTE, left, right, found)
    else:
        _read_values(column, [value], found)


def _read_like(node: Any, found: Wishes) -> None:
    column, pattern = _bare(node.this), _bare(node.expression)
    if isinstance(column, exp.Column) and isinstance(pattern, exp.Literal):
        found.of(column.name).like = str(pattern.this)


def _compare(kind: Any, left: Any, right: Any, found: Wishes) -> None:
    """Read a comparison with a literal as a bound, and one of two columns as their order."""
    if isinstance(left, exp.Column) and isinstance(right, exp.Column):
        pair = (left.name, right.name)
        found.pairs.append(pair if kind in (exp.LT, exp.LTE) else (pair[1], pair[0]))
        return
    if not isinstance(left, exp.Column | exp.Length):
        left, right, kind = right, left, _MIRRORED[kind]
    literal = _literal(right)
    if isinstance(right, _NOW) or right.sql().lower() == "now()":
        literal = _FUTURE if kind in (exp.GT, exp.GTE) else _PAST
    if literal is None:
        return
    equal = kind in (exp.GTE, exp.LTE)
    if isinstance(left, exp.Length) and isinstance(_bare(left.this), exp.Column):
        _compare_length(found.of(_bare(left.this).name), kind, float(literal), equal)
    elif isinstance(left, exp.Column):
        side = "low" if kind in (exp.GT, exp.GTE) else "high"
        setattr(found.of(left.name), side, (literal, equal))


def _compare_length(wish: Wish, kind: Any, length: float, equal: bool) -> None:
    if kind in (exp.GT, exp.GTE):
        wish.shortest = max(wish.shortest, int(length) + (not equal))
    else:
        longest = int(length) - (not equal)
        wish.longest = longest if wish.longest is None else min(wish.longest, longest)


def _literal(node: Any) -> str | None:
    if isinstance(node, exp.Literal):
        return str(node.this)
    if isinstance(node, exp.Neg) and isinstance(_bare(node.this), exp.Literal):
        return f"-{_bare(node.this).this}"
    if isinstance(node, exp.Boolean):
        return "1" if node.this else "0"
    return None


_READERS: tuple[tuple[Any, Callable[[Any, Wishes], None]], ...] = (
    (exp.Or, _read_or),
    (exp.Not, _read_not),
    (exp.Column, _read_true),
    (exp.In, _read_in),
    (exp.Between, _read_between),
    ((exp.Like, exp.ILike), _read_like),
    (exp.EQ, _read_equal),
    (tuple(_MIRRORED), _read_comparison),
)
"""From conditions to their readers; any other condition is ignored."""
