"""A diagram is a picture, a text for Mermaid and an outline; each says the same."""

import re
import time
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.diagram import marked
from schema_lab.history import Graph
from schema_lab.schema import Diagram, DiagramColumn, DiagramTable
from schema_lab.views.diagrams import entities_text
from schema_lab.views.diagrams.layers import downwards, layered
from schema_lab.views.diagrams.svg import picture
from schema_lab.views.plain import visible
from tests.diagrams.values import (
    HEROES,
    HOSTILE,
    LONELY,
    POWERS,
    SMALL,
    hostile,
    hostile_graph,
    long_history,
    many_tables,
)

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    """Read a picture as XML."""
    return ET.fromstring(svg)  # noqa: S314 - our own


def words_of(svg: str) -> list[str]:
    """Give the words in a picture."""
    return [one.text or "" for one in read(svg).iter(f"{SVG}text")]


def test_a_diagram_offers_three_forms_and_no_html() -> None:
    """Every program finds one that it can show: JupyterLab, nbconvert and VS Code, a terminal."""
    bundle = SMALL._repr_mimebundle_()
    assert isinstance(bundle, dict)
    assert list(bundle) == ["text/vnd.mermaid", "image/svg+xml", "text/plain"]
    assert bundle["text/plain"] == repr(SMALL)


def test_the_outline_says_types_keys_and_targets() -> None:
    """A terminal shows columns with their keys, types, NULL, and where they refer to."""
    assert "models: 4 tables, 2 foreign keys" in repr(SMALL)
    assert "    FK    team_id  INTEGER NULL → teams.id" in repr(SMALL)


def test_the_picture_has_every_name_and_type() -> None:
    """Nothing of a small diagram is left out."""
    words = words_of(SMALL.svg)
    for table in SMALL.tables:
        assert table.name in words
        assert {column.name for column in table.columns} <= set(words)
    assert {"PK", "FK", "INTEGER NULL", "VARCHAR(20) NULL"} <= set(words)


def test_a_picture_reaches_into_no_page() -> None:
    """A picture has no style sheet, no id and no script, and asks for nothing from outside."""
    for svg in (hostile().svg, hostile_graph().svg):
        tags = {one.tag.removeprefix(SVG) for one in read(svg).iter()}
        assert tags <= {"svg", "g", "rect", "path", "text", "title", "circle"}
        assert not re.search(r' (id|class|style|href|on\w+)="', svg)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(name: str) -> None:
    """[I3] A table, a column and a message of any name stand in the picture and the outline."""
    diagram = Diagram.of("models", [DiagramTable(name, (DiagramColumn(name, "TEXT"),))], [])
    assert words_of(diagram.svg).count(visible(name)) == 2
    assert repr(diagram).count(visible(name)) == 2
    assert any(visible(name) in words for words in words_of(hostile_graph().svg))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_label_stays_one_attribute(name: str) -> None:
    """[I3] A quote in the name of a picture does not end what a screen reader says."""
    drawn = read(picture(1, 1, name, []))
    assert drawn.get("aria-label") == visible(name)
    assert set(drawn.attrib) == {"width", "height", "viewBox", "role", "aria-label"}


def test_mermaid_gets_no_sign_of_a_name() -> None:
    """[I3] What is no letter or digit is written by its number, so no name can be a command."""
    quoted = re.findall(r'"([^"]*)"', hostile().mermaid + hostile_graph().mermaid)
    assert quoted
    plain = re.compile(r"([A-Za-z0-9\u00c0-\uffff]|#\d+;|<br/>)*")
    assert [one for one in quoted if not plain.fullmatch(one)] == []


def test_marks_are_symbols_too() -> None:
    """What is added, dropped or changed is said by + - ~, never by colour alone."""
    column = DiagramColumn("plan", "VARCHAR(9)", mark="~", before="VARCHAR(5)")
    marked = Diagram.of("candidate", [DiagramTable("users", (column,), mark="~")], [])
    assert {"~ users", "~", "VARCHAR(5) → VARCHAR(9) NULL"} <= set(words_of(marked.svg))
    assert "#126; changed" in marked.mermaid.replace("#32;", " ")
    assert "~ users\n    ~       plan  VARCHAR(5) → VARCHAR(9) NULL" in repr(marked)


def test_a_neighbourhood_is_what_foreign_keys_lead_to() -> None:
    """One hop keeps what refers and what is referred to; two keep what comes next."""
    assert {one.name for one in SMALL.around("teams").tables} == {"teams", "heroes"}
    assert set(SMALL.around("teams", 2).tables) == {*SMALL.tables} - {LONELY}
    assert {HEROES, POWERS} <= set(SMALL.around("powers").tables)


def test_two_hundred_tables_stay_quick_and_small() -> None:
    """Names alone are drawn, in less than three seconds, without Mermaid, which would shrink it."""
    diagram = many_tables(200)
    begin = time.process_time()
    bundle = diagram._repr_mimebundle_()
    assert time.process_time() - begin < 3
    assert isinstance(bundle, tuple)
    assert list(bundle[0]) == ["image/svg+xml", "text/plain"]
    assert "Only names are shown" in bundle[0]["text/plain"]
    assert len(diagram.mermaid) < 50_000
    assert not entities_text.names_alone(diagram.around("table_7"))


def test_what_changes_is_shown_of_every_table() -> None:
    """Where only keys are shown, a marked column is shown as well."""
    changed = DiagramTable(
        "zebra", (*many_tables(1, 12).tables[0].columns, DiagramColumn("x", "TEXT", mark="+"))
    )
    diagram = Diagram.of("candidate", [*many_tables(20, 12).tables, changed], [])
    assert "x" in words_of(diagram.svg)
    assert "column_3" not in words_of(diagram.svg)


def test_a_wide_database_is_drawn_around_what_changes() -> None:
    """Of many tables a candidate shows the one that changes, and those next to it."""
    before = many_tables(60)
    adding = ops.AddColumnOp("table_9", sa.Column("plan", sa.String(20)))
    drawn = marked(before, [adding], "sqlite", "candidate")
    assert {one.name for one in drawn.tables if one.mark} == {"table_9"}
    assert [one.name for one in drawn.tables] == [
        one.name for one in before.around("table_9").tables
    ]


@pytest.mark.parametrize("lay_out", [layered, downwards])
def test_no_box_stands_on_another(lay_out: type) -> None:
    """Boxes of any size keep their distance, whatever refers to whatever, cycles too."""
    sizes = [(80.0 + 7 * (at % 9), 30.0 + 13 * (at % 5)) for at in range(40)]
    edges = [(at * 7 % 40, at * 11 % 40) for at in range(70)]
    layout = lay_out(sizes, edges)
    assert layout.places.keys() == set(range(40))
    spans = [(x, y, x + sizes[n][0], y + sizes[n][1]) for n, (x, y) in layout.places.items()]
    touching = [
        (a, b)
        for a, b in combinations(spans, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert touching == []
    assert all(x2 <= layout.width and y2 <= layout.height for _, _, x2, y2 in spans)


def test_what_is_referred_to_stands_left() -> None:
    """A layout reads from left to right: teams, heroes, powers."""
    places = layered([(50.0, 20.0)] * 3, [(0, 1), (1, 2)]).places
    assert places[0][0] < places[1][0] < places[2][0]


def test_a_graph_shows_lanes_and_states() -> None:
    """The outline has a lane for the branch, and says what is current, pending and a head."""
    assert repr(Graph.of(long_history(4, applied=3))).splitlines() == [
        "5 revisions: 3 applied, 2 pending; 2 heads",
        "○   0004  Change 4  (pending, head)",
        "│ ○ side  Aside  (pending, head)",
        "◉ │ 0003  Change 3  (current)",
        "├─╯",
        "●   0002  Change 2",
        "●   0001  Change 1  (base)",
    ]


def test_a_long_history_is_folded() -> None:
    """Of 500 revisions those are shown that end a run; the whole is there when asked for."""
    history = long_history(500, applied=480)
    folded = Graph.of(history)
    assert len(folded.nodes) < 30
    assert sum(one.folded or 1 for one in folded.nodes) == 501
    assert {"0500", "0481", "0480", "side", "0250", "0001"} <= {one.id for one in folded.nodes}
    assert len(Graph.of(history, whole=True).nodes) == 501


def test_each_node_leads_to_one_that_is_there() -> None:
    """Folding cuts no line."""
    nodes = Graph.of(long_history(500, applied=480)).nodes
    ids = {one.id for one in nodes}
    assert {down for one in nodes for down in one.down} <= ids


def test_a_whole_long_history_is_quick() -> None:
    """501 revisions are drawn in less than three seconds."""
    graph = Graph.of(long_history(500, applied=480), whole=True)
    begin = time.process_time()
    svg = graph.svg
    assert time.process_time() - begin < 3
    assert words_of(svg).count("Change 250") == 1
