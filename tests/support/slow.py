"""The tests that `make quick` leaves to `make test`: they start programs, or walk far."""

SLOW = (
    "tests/benchmarks",
    "tests/browser",
    "tests/commands",
    "tests/docs",
    "tests/faults",
    "tests/history_faults",
    "tests/incremental",
    "tests/input_faults",
    "tests/lab/test_foreign.py",
    "tests/migrate/test_pytest_alembic.py",
    "tests/models/test_any_order.py",
    "tests/models/test_memory.py",
    "tests/notebook_faults",
    "tests/notebooks",
    "tests/panels",
    "tests/rehearsal",
    "tests/round_trip",
    "tests/review/test_any_operation.py",
    "tests/roundtrip",
    "tests/scratch",
    "tests/setup",
    "tests/sides",
    "tests/snapshots",
    "tests/test_imports.py",
    "tests/whole_schema/test_pairs.py",
    "tests/whole_schema/test_oracle.py",
)
"""Files and folders, from the project's root."""


def is_slow(test: str) -> bool:
    """Say whether the test with this id is one of them."""
    file = test.partition("::")[0]
    return any(file == place or file.startswith(f"{place}/") for place in SLOW)
