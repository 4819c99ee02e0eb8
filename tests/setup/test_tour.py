"""scripts/tour.py prints a notebook in the terminal and writes it as one page."""

from pathlib import Path

import nbformat
import pytest

from scripts.tour import external_requests, main, page


def walk(folder: Path, *sources: str) -> Path:
    """Write a notebook with one heading and the code cells."""
    cells = [
        nbformat.v4.new_markdown_cell("# A walk\n\nSee [Alembic](https://alembic.sqlalchemy.org).")
    ]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    path = folder / "walk.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_the_terminal_shows_prose_code_and_outputs_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Headings, code and its outputs are printed as they follow each other in the notebook."""
    source = walk(tmp_path, "print('said')", "6 * 7")
    assert main(source, tmp_path / "build" / "tour.html") == 0
    shown = capsys.readouterr().out
    places = [shown.find(text) for text in ("# A walk", "┃ print('said')", "    said", "    42")]
    assert -1 not in places
    assert places == sorted(places)


def test_the_page_holds_everything_that_it_shows(tmp_path: Path) -> None:
    """The page has the outputs and loads nothing from elsewhere; a hyperlink may stay."""
    target = tmp_path / "build" / "tour.html"
    main(walk(tmp_path, "print('said' * 2)"), target)
    html = target.read_text(encoding="utf-8")
    assert "saidsaid" in html
    assert 'href="https://alembic.sqlalchemy.org"' in html
    assert external_requests(html) == []


def test_the_notebook_itself_stays_as_it_was(tmp_path: Path) -> None:
    """The tour runs a copy in memory."""
    source = walk(tmp_path, "1 + 1")
    before = source.read_bytes()
    main(source, tmp_path / "tour.html")
    assert source.read_bytes() == before


def test_a_failing_cell_fails_the_tour(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What ran is shown, the error is named, and the exit code is 1."""
    assert main(walk(tmp_path, "print('said')", "1 / 0"), tmp_path / "tour.html") == 1
    shown = capsys.readouterr()
    assert "    said" in shown.out
    assert "A cell failed: ZeroDivisionError" in shown.err


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<img alt='' src='//cdn.example/x.png'>",
        '<link rel="stylesheet" href="http://cdn.example/x.css">',
        '<style>@import "https://cdn.example/x.css";</style>',
        "<style>a{background:url(https://cdn.example/x.png)}</style>",
        '<script type="module">await import("https://cdn.example/x.mjs");</script>',
    ],
)
def test_a_request_to_elsewhere_is_found(html: str) -> None:
    """A script, an image, a style sheet or an import from elsewhere is reported."""
    assert len(external_requests(html)) == 1


def test_an_empty_notebook_gives_a_page_without_requests() -> None:
    """The page's own frame loads nothing, whatever the notebook holds."""
    assert external_requests(page(nbformat.v4.new_notebook())) == []
