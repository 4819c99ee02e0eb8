"""Which lab a magic means: the notebook's newest, else the project of the working directory."""

from collections.abc import Mapping
from typing import Any

from schema_lab.errors import InputError
from schema_lab.lab import Lab


def labs_in(names: Mapping[str, Any]) -> dict[str, Lab]:
    """List the labs that a notebook has a name for, the newest last.

    What the shell itself keeps, such as `_` and `_3`, is no name of the notebook's.
    """
    found = [
        (name, value)
        for name, value in names.items()
        if isinstance(value, Lab) and not name.startswith("_")
    ]
    return dict(sorted(found, key=lambda one: one[1].number))


def chosen_lab(names: Mapping[str, Any], wanted: str, wait: float) -> Lab:
    """Give the lab that a magic means.

    Parameters
    ----------
    names
        The notebook's variables.
    wanted
        The variable that the person has set; "" for the newest lab.
    wait
        Seconds that a lab opened here waits for another migration.

    Raises
    ------
    SchemaLabError
        When the variable is no lab, or there is no lab and no project either.

    Examples
    --------
    >>> old, new = Lab.scratch(), Lab.scratch()
    >>> chosen_lab({"new": new, "old": old}, "", 60.0) is new
    True
    >>> chosen_lab({"new": new, "old": old}, "old", 60.0) is old
    True
    """
    found = labs_in(names)
    if wanted:
        if wanted not in found:
            known = ", ".join(found) or "none yet"
            raise InputError(
                f"%config SchemaLab.lab names {wanted}, and that is no lab here.",
                f'The labs of this notebook: {known}. %config SchemaLab.lab = "" takes the newest.',
            )
        return found[wanted]
    return list(found.values())[-1] if found else Lab(wait=wait)
