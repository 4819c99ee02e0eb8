"""One call leaves noise out for the whole project, and one takes it in again."""

from configparser import ConfigParser
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import HistoryError, InputError
from schema_lab.history import ignored_in
from schema_lab.migrate.entries import with_entries
from tests.support.labs import users, want

LAID_OUT = """\
# caf\xe9, by hand
[alembic]
script_location = %(here)s/alembic

[schema_lab]
# why checksums are off: a read-only folder
checksums = off
ignore = sqlite: type of a.b: X -> Y
    # one of our own
    sqlite: type of a.c: X -> 5%% of Y

[loggers]
keys = root
"""


def ini_of(lab: Lab) -> Path:
    """Name the project's configuration."""
    return lab.root / "alembic.ini"


def test_ignored_noise_is_no_drift(noisy: Lab) -> None:
    """Drift and candidate are empty, for any lab on the project from now on."""
    assert not noisy.ignore("users.price")
    assert noisy.autogenerate("Nothing").empty
    assert not Lab(noisy.engine.url, config=noisy.root).drift().noise


def test_what_is_ignored_is_listed(noisy: Lab) -> None:
    """The drift, its page and the lab itself say what is left out, and the call that ends it."""
    drift = noisy.ignore("users.price")
    for shown in (repr(drift), drift._repr_html_()):
        assert "1 difference ignored in this project" in shown
        assert "lab.stop_ignoring(" in shown
    assert "none (1 ignored)" in repr(noisy)


def test_ignoring_can_be_taken_back(noisy: Lab) -> None:
    """After `stop_ignoring` the same noise is there again."""
    before = noisy.drift()
    noisy.ignore("users.price")
    after = noisy.stop_ignoring("users.price")
    assert after == before
    assert ignored_in(ini_of(noisy)) == ()


def test_another_change_of_the_same_column_is_seen(noisy: Lab) -> None:
    """An entry names before and after, so that it hides no change to come."""
    noisy.ignore("users.price")
    want(noisy, users(sa.Column("price", sa.String(9))))
    assert [one.after for one in noisy.drift()] == ["VARCHAR(9)"]


def test_a_true_difference_cannot_be_ignored(noisy: Lab) -> None:
    """What a migration ends is refused, and the configuration stays as it is."""
    want(noisy, users(sa.Column("price", sa.String(9))))
    before = ini_of(noisy).read_bytes()
    with pytest.raises(InputError, match=r"'users\.price' is not noise here"):
        noisy.ignore("users.price")
    assert ini_of(noisy).read_bytes() == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_what_is_not_ignored_cannot_be_taken_back(noisy: Lab) -> None:
    """The error lists what is ignored."""
    noisy.ignore("users.price")
    with pytest.raises(InputError, match=r"'users\.plan' is not ignored .* 'users\.price'"):
        noisy.stop_ignoring("users.plan")


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_file_that_cannot_be_written_leaves_the_words(noisy: Lab) -> None:
    """The error gives the lines to write by hand."""
    (noisy.root / ".alembic.ini.part").mkdir()
    with pytest.raises(HistoryError, match=r"alembic\.ini cannot be written") as refused:
        noisy.ignore("users.price")
    assert "sqlite: type of users.price: NUMERIC -> UUID" in refused.value.cure


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_other_line_stays(end: str) -> None:
    """Comments, order and line ends are kept, with entries added and with all taken out."""
    text = LAID_OUT.replace("\n", end)
    others = [one for one in text.splitlines() if " -> " not in one]
    for entries in (["sqlite: type of a.d: X -> Z"], []):
        changed = with_entries(text, entries)
        assert [one for one in others if one not in changed.splitlines()] == []
        assert changed.count(end) == changed.count("\n")


def test_a_percent_sign_is_doubled_for_alembic(tmp_path: Path) -> None:
    """Any reader of the file may interpolate; the entry comes back as it was."""
    entry = "sqlite: default of a.b: '5%' -> '6%'"
    (tmp_path / "alembic.ini").write_text(with_entries(LAID_OUT, [entry]), encoding="latin-1")
    assert ignored_in(tmp_path / "alembic.ini") == (entry,)
    parser = ConfigParser()
    parser.read(tmp_path / "alembic.ini", encoding="latin-1")
    assert parser["schema_lab"]["ignore"].strip() == entry
    assert parser["schema_lab"]["checksums"] == "off"
