"""Real values of the floors above, as views get them."""

from pathlib import Path

from schema_lab.compare import Drift, Operation
from schema_lab.history import History, Revision
from schema_lab.lab import Status
from schema_lab.migrate import Loss, Run, Statement

EVIL = "<script>alert('x')</script>\x1b[2J"

ADD = Operation("+", "add column users.plan VARCHAR(20)", "add_column", "users", "plan")
DROP = Operation("-", "drop column users.email", "drop_column", "users", "email")
CHANGE = Operation("~", "change users.id from INTEGER to BIGINT", "alter_column", "users", "id")

DRIFT = Drift((ADD, DROP, CHANGE), ("Team waits for a class named League",))
NO_DRIFT = Drift(())

FIRST = Revision("0001", "Create users", (), Path("versions/0001_create_users.py"), applied=True)
SECOND = Revision("0002", "Add plans", ("0001",), Path("versions/0002_add_plans.py"))
LEFT = Revision("0003", "Left", ("0002",), None, is_head=True)
RIGHT = Revision("0004", "Right", ("0002",), None, is_head=True)
MERGED = Revision("0005", "Merge", ("0003", "0004"), None, is_head=True)
HISTORY = History((LEFT, SECOND, FIRST))

STATEMENTS = (
    Statement("CREATE TABLE users (id INTEGER)", 1.25, -1),
    Statement("INSERT INTO alembic_version VALUES ('0001')", 0.5, 1),
)
RUN = Run("upgrade", (), ("0001",), ("0001",), STATEMENTS)
IDLE_RUN = Run("upgrade", ("0001",), ("0001",))

STATUS = Status("sqlite", "sqlite:///lab.db", ("0001",), ("0003",), 2, DRIFT)
LOSSES = (Loss("users", "plan", 12), Loss("notes", None, 1))
