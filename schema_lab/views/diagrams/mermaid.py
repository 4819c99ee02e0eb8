"""Words that Mermaid takes as they are, whatever stands in them.

Its lexer finds keywords in the middle of a line ("direction LR", "%%"), reads Markdown in
labels and lets no quotation mark stand in a quoted string; so everything but letters and digits is
written by its number.
"""

from schema_lab.views.plain import visible

LONGEST = 48_000
"""Characters; a Mermaid without settings of its own refuses a text of 50 000."""

LABELS = """---
config:
  themeCSS: '.edgeLabel p {
    background-color: rgb(from currentColor calc(255 - r) calc(255 - g) calc(255 - b)) }'
---
"""
"""The head of a text: the ground behind a label on a line is the opposite of its ink.

Mermaid's own dark theme puts #ccc on #585858, which is 4.43 to 1; this gives 7.9 in each theme.
"""

_LETTERS_FROM = 0xC0
"""Latin-1 ends with letters; below are signs, which Mermaid might use for itself."""
_JOINER = "\u2060"
"""Takes no room, and keeps two characters from being read as one."""
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def label(words: object) -> str:
    """Write a quoted label.

    Examples
    --------
    >>> label('users"')
    '"users#34;"'
    """
    return f'"{coded(words)}"'


def coded(words: object) -> str:
    """Write every character that could mean something by its number."""
    # In a flowchart a backslash and an n become a new line, also when both are written by number.
    shown = visible(words).replace("\\n", f"\\{_JOINER}n")
    return "".join(c if c in _PLAIN or ord(c) >= _LETTERS_FROM else f"#{ord(c)};" for c in shown)
