"""The rules: each is a file with a function from a change to findings; see `review/rule.py`."""

from collections.abc import Sequence
from typing import cast

from schema_lab.review.rule import Rule
from schema_lab.review.rules import (
    add_required_column,
    cast_changes_values,
    check_over_violations,
    copies_table,
    copy_deletes_children,
    copy_loses_clauses,
    copy_loses_triggers,
    data_without_way_back,
    downgrade_leaves,
    downgrade_over_rows,
    drop_column,
    drop_enum_member,
    drop_in_use,
    drop_table,
    drop_unique,
    enum_for_old_version,
    foreign_key_over_orphans,
    forgets_attributes,
    invents_value,
    mixed_with_data,
    narrow_for_old_writers,
    narrow_type,
    no_downgrade,
    no_primary_key,
    no_reason,
    not_null_over_nulls,
    rename_column,
    rename_table,
    required_for_old_writers,
    rule_failed,
    sqlite_refuses,
    unbounded_sql,
    unique_over_duplicates,
    unreadable,
    values_stay_lost,
)

RULES = cast(
    Sequence[Rule],
    (
        # The review itself.
        unreadable,
        no_reason,
        rule_failed,
        # Data is lost.
        drop_column,
        drop_table,
        narrow_type,
        unbounded_sql,
        drop_enum_member,
        drop_unique,
        # Existing rows block the migration.
        not_null_over_nulls,
        add_required_column,
        unique_over_duplicates,
        foreign_key_over_orphans,
        check_over_violations,
        cast_changes_values,
        # Running versions of the application break.
        rename_column,
        rename_table,
        drop_in_use,
        required_for_old_writers,
        narrow_for_old_writers,
        enum_for_old_version,
        # The downgrade.
        no_downgrade,
        values_stay_lost,
        downgrade_leaves,
        data_without_way_back,
        downgrade_over_rows,
        # SQLite.
        copy_loses_triggers,
        copy_loses_clauses,
        copy_deletes_children,
        sqlite_refuses,
        # MariaDB and MySQL.
        copies_table,
        mixed_with_data,
        invents_value,
        forgets_attributes,
        # New tables.
        no_primary_key,
    ),
)
"""All rules, by code."""
