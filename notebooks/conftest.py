"""Leaves out, on a user's machine, the notebooks whose servers are not there; CI requires them."""

from tests.support.servers import answers

NEEDS = {
    "03_nothing_lost.ipynb": ("postgresql", "mariadb"),
    "05_not_null.ipynb": ("mariadb",),
    "06_enums_and_types.ipynb": ("postgresql",),
    "07_review.ipynb": ("postgresql",),
}

collect_ignore = [name for name, needed in NEEDS.items() if not all(map(answers, needed))]
