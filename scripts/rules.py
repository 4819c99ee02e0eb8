"""Write docs/rules/README.md, the index of the review's rules, from the rules themselves."""

from pathlib import Path

from schema_lab.review.rule import replaced_by, same_as
from schema_lab.review.rules import RULES

PAGES = Path(__file__).parents[1] / "docs" / "rules"
FAMILIES = {
    "0": "The review itself",
    "1": "Data is lost",
    "2": "Rows stand in the way",
    "3": "A version that still runs breaks",
    "4": "The way back",
    "5": "SQLite's copies",
    "6": "MariaDB and MySQL",
}
HEAD = """\
# Rules of the review

`candidate.review()`, `lab.review()` and `schema-lab review` give findings; each has the code of a
rule. What locks a table on PostgreSQL is [squawk's](https://squawkhq.com/docs/rules) to say, under
its own names; where both would say the same of an operation, one of them is silent.
This page is made by `python scripts/rules.py`.
"""


def index() -> str:
    """Give the text of the index."""
    parts = [HEAD]
    for digit, family in FAMILIES.items():
        parts += [f"\n## {family}\n\n| rule | gravest | says | squawk's |\n|---|---|---|---|\n"]
        for rule in sorted(RULES, key=lambda one: one.CODE):
            if rule.CODE[2] == digit:
                squawk = ", ".join(
                    f"`{name}`" for name in sorted(same_as(rule) | replaced_by(rule))
                )
                link = f"[{rule.CODE}]({rule.CODE}.md) {rule.NAME}"
                parts.append(f"| {link} | {rule.SEVERITY} | {rule.TITLE} | {squawk or 'none'} |\n")
    return "".join(parts)


if __name__ == "__main__":
    (PAGES / "README.md").write_text(index(), encoding="utf-8")
