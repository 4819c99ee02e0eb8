"""README's Python runs as it stands, and its URLs are understood."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database import resolve
from tests.docs import reading
from tests.docs.reading import README
from tests.support.terminal import HEAD, Terminal

SNIPPETS = [block.text for block in reading.blocks(README) if block.language == "python"]
URLS = [
    (row[0].split(",")[0].lower(), url)
    for row in reading.rows("database | `DATABASE_URL`")
    for url in reading.codes(row[1])
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of the project, that has a second one in path/to."""
    outer = Terminal.on_a_copy(tmp_path / "project", "").root
    (outer / "path").mkdir()
    Terminal.on_a_copy(outer / "path" / "to", "")
    monkeypatch.chdir(outer)
    return outer


def run(snippet: str, **names: Any) -> dict[str, Any]:
    """Run a snippet, with names that it knows, and give these and those that it defines."""
    exec(compile(snippet, "README.md", "exec"), names)  # noqa: S102 - README's own code
    return names


def one(word: str) -> str:
    """Find the snippet that holds a word."""
    (snippet,) = [text for text in SNIPPETS if word in text]
    return snippet


def test_every_snippet_has_a_test() -> None:
    """README has the five snippets that run below."""
    told = [one("scratch"), one("questions"), one("lab.session"), one("config="), one("init_db")]
    assert sorted(SNIPPETS) == sorted(told)


def test_the_first_snippet_makes_a_table_and_the_file_that_it_names(here: Path) -> None:
    """The lines at the top of README end with a table, and with the file of their comment."""
    names = run(one("scratch"))
    lab = names["lab"]
    assert lab.tables()["table"].tolist() == ["team"]
    (revision,) = lab.current()
    assert str(revision.path.relative_to(lab.root)) in one("scratch")
    run(one("lab.session"), **{name: names[name] for name in ("lab", "Team")})
    assert lab.tables()["rows"].tolist() == [1]


def test_the_snippet_with_questions_renames(here: Path) -> None:
    """A model's attribute has another name, and the snippet ends with the revision's file."""
    lab = Lab.scratch()
    metadata = lab.models.metadata
    for name in ("fullname", "display_name"):
        metadata.clear()
        key = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table("user_profiles", metadata, key, sa.Column(name, sa.String(50)))
        if name == "fullname":
            lab.autogenerate("Start").write()
            lab.upgrade()
    candidate = run(one("questions"), lab=lab)["candidate"]
    assert "renamed to display_name" in candidate.upgrade_code
    assert len(lab.history()) == 2


def test_the_project_of_the_second_snippet_is_the_one_that_it_names(here: Path) -> None:
    """`config=` opens the project in path/to, on the database that the URL names there."""
    lab = run(one("config="))["lab"]
    assert isinstance(lab, Lab)
    assert lab.root == here / "path" / "to"
    assert lab.engine.url.database == str(here / "path" / "to" / "app.db")
    assert lab.drift()


def test_init_db_brings_the_database_to_the_newest_revision(here: Path) -> None:
    """Both calls of README run one after the other, and the embedded file stands at head."""
    run(one("init_db"))
    with sa.create_engine(f"sqlite:///{here / 'schema_lab.db'}").connect() as connection:
        found = connection.scalar(sa.text("select version_num from alembic_version"))
    assert found == HEAD


@pytest.mark.parametrize(("database", "url"), URLS, ids=[url for _, url in URLS])
def test_a_spelling_of_the_table_is_understood(database: str, url: str) -> None:
    """Each URL, or beginning of one, is taken for the database of its row."""
    whole = url if not url.endswith("://") else f"{url}user:password@localhost/app"
    family = {"mysql": "mariadb"}
    backend = resolve(whole).get_backend_name()
    assert family.get(backend, backend) == database


def test_an_at_sign_in_a_password_is_written_as_told() -> None:
    """`%40` is read as an @ in the password."""
    assert "%40" in reading.spans(README)
    assert resolve("postgresql://ann:p%40ss@localhost/app").password == "p@ss"
