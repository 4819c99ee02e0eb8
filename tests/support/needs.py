"""The notebooks that need servers; each is left out where one of its servers is not there."""

from tests.support.servers import answers

NEEDS = {
    "03_nothing_lost": ("postgresql", "mariadb"),
    "05_not_null": ("mariadb",),
    "06_enums_and_types": ("postgresql",),
    "07_review": ("postgresql",),
}


def left_out() -> set[str]:
    """Name the notebooks whose servers are not there; where all are required, none."""
    return {name for name, needed in NEEDS.items() if not all(map(answers, needed))}
