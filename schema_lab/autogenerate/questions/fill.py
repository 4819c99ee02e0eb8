"""Fill? A column that shall take no NULL needs a value for each row that is there.

Alembic adds it NOT NULL at once: PostgreSQL and SQLite refuse that, MariaDB invents 0, '' or
'0000-00-00'. The recipe is strong_migrations' own: add it nullable, fill it, then set NOT NULL.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.operations import describe, type_text
from schema_lab.autogenerate.questions.constants import fitting, read
from schema_lab.autogenerate.questions.filling import Filling, FillOp, constant_filling
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.model_default import ModelDefault, model_default
from schema_lab.autogenerate.questions.not_null import keep_as_default, put_before_not_null
from schema_lab.autogenerate.questions.question import Choice, Question, Value
from schema_lab.autogenerate.questions.sources import refuse_bad_source
from schema_lab.autogenerate.questions.wanted import Wanted, wanted_in
from schema_lab.database import is_mysql

KIND = "fill"
LARGE = 100_000
"""Rows from which a table on PostgreSQL is filled in batches."""


def ask(upgrade: ops.UpgradeOps, live: Live) -> Iterator[Question]:
    """Ask for each column that rows would leave NULL, and that shall be NOT NULL."""
    for one in wanted_in(upgrade, live):
        yield _question(one, model_default(one.column, live), live)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: Live) -> None:
    """Put a filling between the nullable column and its NOT NULL.

    Raises
    ------
    InputError
        When the value does not fit the column; nothing is changed then.
    """
    wanted = next(one for one in wanted_in(upgrade, live) if one.about == question.about)
    filling = _filling(upgrade, wanted, value, live)
    note = NoteOp(f"{question.about} is filled with {filling.words}.")
    if value[0] == "server_default":
        note = NoteOp(
            f"{question.about} is filled with {filling.words}, which stays its server default;\n"
            f"the model needs the same: server_default={str(filling.constant)!r}."
        )
        if keep_as_default(wanted, filling.constant):
            upgrade.ops.insert(upgrade.ops.index(wanted.container), note)
            return
    put_before_not_null(upgrade, wanted, [note, _fill(wanted, filling, live)])


def _question(one: Wanted, default: ModelDefault | None, live: Live) -> Question:
    type_ = f"{type_text(one.column.type, live.dialect)} NOT NULL"
    gets = "does the row" if one.rows == 1 else f"do the {one.rows} rows"
    asked = f"What {gets} of {one.table} get in the new column {one.column.name} ({type_})?"
    if not one.added:
        become = "does the NULL" if one.empty == 1 else f"do the {one.empty} NULLs"
        asked = f"What {become} of {one.about} become, which shall be {type_}?"
    return Question(
        kind=KIND,
        about=one.about,
        sentence=asked,
        evidence=tuple(_evidence(one, default, live)),
        choices=tuple(_choices(one.about, default)),
        change="; ".join(each.sentence for each in describe(one.operation, live.dialect)),
        must=True,
    )


def _evidence(one: Wanted, default: ModelDefault | None, live: Live) -> Iterator[str]:
    if not one.added:
        share = "The 1 value" if one.rows == 1 else f"{one.empty} of {one.rows} values"
        yield f"{share} of {one.about} {'is' if one.empty == 1 else 'are'} NULL."
    elif is_mysql(live.dialect.name):
        yield "Without one, MariaDB does not fail, but invents 0, '' or '0000-00-00' for each row."
    else:
        yield "Without one, the upgrade fails: the new column would be NULL in each row."
    if default is not None and default.problem:
        yield default.problem


def _choices(about: str, default: ModelDefault | None) -> Iterator[Choice]:
    call = f"candidate.fill({about!r}, "
    if default is not None and not default.problem:
        label = f"fill it with the model's default, {default.filling.words}"
        yield Choice(label, f"{call}default=True)", ("default",))
    yield Choice("fill it with the value", f"{call}value)", ("constant",), "a value")
    yield Choice("fill it with the expression", f'{call}sql="…")', ("sql",), "SQL")
    yield Choice("copy the column", f'{call}copy="…")', ("copy",), "a column")
    label = "fill it, and rows to come, with the server default"
    yield Choice(label, f"{call}server_default=value)", ("server_default",), "a value")


def _filling(upgrade: ops.UpgradeOps, one: Wanted, value: Value, live: Live) -> Filling:
    """Give what the value says, when it fits."""
    if value[0] == "default":
        default = model_default(one.column, live)
        assert default is not None
        return default.filling
    if value[0] in ("constant", "server_default"):
        constant = fitting(read(value[1]), one.column.type, one.about, live.dialect)
        filling = constant_filling(constant, one.column.type, live.dialect)
    else:
        filling = Filling(sql=value[1]) if value[0] == "sql" else Filling(copied=value[1])
    refuse_bad_source(upgrade, one, filling, live)
    return filling


def _fill(one: Wanted, filling: Filling, live: Live) -> FillOp:
    key = None
    if live.dialect.name == "postgresql" and one.empty > LARGE:
        key = _key(one.container, live)
    return FillOp(one.container.table_name, one.container.schema, _bare(one.column), filling, key)


def _key(container: ops.ModifyTableOps, live: Live) -> sa.Column[Any] | None:
    """Give the one column of a primary key that can be counted through."""
    model = live.model(container.table_name, container.schema)
    columns = list(model.primary_key.columns) if model is not None else []
    able = len(columns) == 1 and isinstance(columns[0].type, sa.Integer | sa.String)
    return _bare(columns[0]) if able else None


def _bare(column: sa.Column[Any]) -> sa.Column[Any]:
    return sa.Column(column.name, column.type)
