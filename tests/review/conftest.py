from tests.support.labs import lab

__all__ = ["lab"]
