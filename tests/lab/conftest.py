"""The lab and the foreign projects that these tests ask for."""

from tests.lab.foreign import make
from tests.support.labs import lab

__all__ = ["lab", "make"]
