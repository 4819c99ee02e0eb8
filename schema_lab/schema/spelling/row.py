"""A table as its own database spells it: rows of kind, name and text.

The live table and the model's are read by the same reader, so tables are equal when their rows are.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One thing that a table has, such as `Row("check", "positive", "(n > 0)")`.

    `name` is the column, constraint or index; "" where it has none of its own. `sql` is the same
    as SQL, where `text` is not. `given` is the name that the database itself gave to a constraint
    without one. Neither is compared.
    """

    kind: str
    name: str
    text: str
    sql: str = field(default="", compare=False)
    given: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What a row is about: its kind and name."""
        return self.kind, self.name


Spelling = frozenset[Row]
"""All rows of one table."""

OF_COLUMNS = {
    "type": "the type",
    "null": "NULL or NOT NULL",
    "default": "the server default",
    "computed": "the computed expression, stored or virtual",
    "identity": "the identity and its options, AUTO_INCREMENT, AUTOINCREMENT",
    "collation": "the collation and character set",
    "on update": "ON UPDATE of a column",
}
"""The kinds of rows that belong to a column."""

OF_TABLES = {
    "primary key": "the primary key: columns and order",
    "unique": "unique constraints: columns, order, options",
    "check": "CHECK constraints",
    "foreign key": "foreign keys: columns, actions, DEFERRABLE, MATCH",
    "exclusion": "exclusion constraints",
    "index": "indexes with every option",
    "option": "storage options",
}
"""The kinds of rows that belong to the table."""
