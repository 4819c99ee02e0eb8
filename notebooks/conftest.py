"""Leaves out, on a user's machine, the notebooks whose servers are not there; CI requires them."""

from tests.support.needs import left_out

collect_ignore = [f"{name}.ipynb" for name in left_out()]
