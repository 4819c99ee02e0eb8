"""Leaves out, on a user's machine, the notebooks whose servers are not there; CI requires them."""

import os
import tempfile

from tests.support.needs import left_out

collect_ignore = [f"{name}.ipynb" for name in left_out()]

# Kernels of two notebooks at once do not share a history, nor a person's own IPython profile.
_profile = tempfile.TemporaryDirectory(prefix="schema_lab_ipython_")
os.environ["IPYTHONDIR"] = _profile.name
