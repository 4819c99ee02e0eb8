"""What holds for every run of pytest here, over the tests, the package and the notebooks."""

from tests.support.session import (
    pytest_addoption,
    pytest_configure,
    pytest_sessionfinish,
    pytest_unconfigure,
)

__all__ = ["pytest_addoption", "pytest_configure", "pytest_sessionfinish", "pytest_unconfigure"]
