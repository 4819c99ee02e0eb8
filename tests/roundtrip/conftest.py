"""The lab that these tests ask for."""

from tests.support.labs import lab

__all__ = ["lab"]
