"""Alembic's environment of a scratch project: its models are those of the notebook."""

from alembic import context

from schema_lab.migrate import run_offline, run_online

if context.is_offline_mode():
    run_offline(context, None)
else:
    run_online(context, None)
