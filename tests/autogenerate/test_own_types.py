"""Types of the project's own: a script imports them, or names what they wrap."""

import sys
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from schema_lab import Lab
from schema_lab.errors import ModelError
from tests.support.labs import users, want


class Lower(sa.TypeDecorator[str]):
    """Text in lower case."""

    impl = sa.String(20)
    cache_ok = True


class Guid(sa.TypeDecorator[str]):
    """A UUID, or text where there is none."""

    impl = sa.CHAR(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Choose by the dialect."""
        return postgresql.UUID() if dialect.name == "postgresql" else self.impl_instance


class Slug(sa.String):
    """Text of its own kind."""


def of_a_cell(monkeypatch: pytest.MonkeyPatch, *kinds: type) -> None:
    """Let classes be those of a notebook's cell."""
    for kind in kinds:
        monkeypatch.setattr(kind, "__module__", "__main__")


def test_a_decorator_of_a_cell_is_rendered_as_what_it_wraps(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The script runs where the notebook is not, with the type that each database gets."""
    of_a_cell(monkeypatch, Lower, Guid)
    want(lab, users(sa.Column("email", Lower()), sa.Column("key", Guid())))
    candidate = lab.autogenerate("Create users")
    assert "sa.Column('email', sa.String(length=20)" in candidate.upgrade_code
    assert "key UUID" in candidate.sql("postgresql")
    assert "`key` CHAR(32)" in candidate.sql("mariadb")
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_decorator_of_a_module_is_imported(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script has the import that it needs."""
    module: Any = ModuleType("shop_types")
    module.Lower = Lower
    monkeypatch.setitem(sys.modules, "shop_types", module)
    monkeypatch.setattr(Lower, "__module__", "shop_types")
    want(lab, users(sa.Column("email", Lower())))
    revision = lab.autogenerate("Create users").write()
    assert "import shop_types\n" in revision.code
    lab.upgrade()
    assert list(lab.drift()) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_another_type_of_a_cell_is_refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """No script could import it: the error names the class, the column and the way out."""
    of_a_cell(monkeypatch, Slug)
    want(lab, users(sa.Column("slug", Slug(20))))
    with pytest.raises(ModelError, match=r"type Slug of `users\.slug` is defined in this notebook"):
        lab.autogenerate("Create users")
