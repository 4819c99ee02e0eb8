"""The notebooks that need servers, and which of these are not there."""

from tests.support.servers import NAMES, problem

NEEDS = {
    "03_nothing_lost": ("postgresql", "mariadb"),
    "05_not_null": ("mariadb",),
    "06_enums_and_types": ("postgresql",),
    "07_review": ("postgresql",),
}


def lacking(notebook: str) -> tuple[list[str], str]:
    """Name the servers that a notebook lacks, and say why they are not there."""
    found = {NAMES[dialect]: problem(dialect) for dialect in NEEDS.get(notebook, ())}
    missing = {name: why for name, why in found.items() if why}
    return list(missing), " ".join(missing.values())
