"""Find the noise among the differences: by what the dialect does, or by what has run already."""

from collections.abc import Sequence

import sqlalchemy as sa

from schema_lab.autogenerate.noise.dialects import product, why_of_type
from schema_lab.autogenerate.noise.difference import Difference
from schema_lab.autogenerate.noise.made import made_before
from schema_lab.autogenerate.noise.noise import Noise, Noises
from schema_lab.history import Environment

_HABITS = {
    "type": "keeps some types under another name",
    "default": "gives a default back in words of its own",
    "index": "gives an expression back in words of its own, with casts and brackets",
    "constraint": "gives a constraint back in words of its own",
    "comment": "gives a comment back in another form",
    "nullable": "decides by itself whether such a column is NOT NULL",
}


def noise_in(
    environment: Environment,
    dialect: sa.Dialect,
    heads: tuple[str, ...],
    differences: Sequence[Difference],
) -> Noises:
    """Explain the differences that stay after their own migration ran. Read-only.

    Parameters
    ----------
    environment
        The project and its database.
    dialect
        The database's, as its connection knows it.
    heads
        Where the database stands.
    differences
        What a comparison has found.
    """
    whys = {one: why_of_type(one, dialect) for one in differences}
    made = made_before(environment, heads, [one for one, why in whys.items() if why is None])
    whys |= {one: _had_run(one, revision, dialect) for one, revision in made.items()}
    return Noises(
        tuple(
            Noise(one.about, one.sentence, why, one.entry(dialect.name))
            for one, why in whys.items()
            if why is not None
        )
    )


def _had_run(difference: Difference, revision: str, dialect: sa.Dialect) -> str:
    return (
        f"Revision {revision} has made it so already: "
        f"{product(dialect)} {_HABITS[difference.aspect]}; "
        "or somebody changed it by hand since."
    )
