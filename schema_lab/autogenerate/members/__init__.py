"""The members of enums: what changes among them, and how each database makes the change."""

from schema_lab.autogenerate.members.expanding import expand_members, update
from schema_lab.autogenerate.members.finding import with_members
from schema_lab.autogenerate.members.operation import EnumColumn, MembersOp
from schema_lab.autogenerate.members.strays import strays

__all__ = ["EnumColumn", "MembersOp", "expand_members", "strays", "update", "with_members"]
