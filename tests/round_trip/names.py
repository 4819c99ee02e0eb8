"""Names that are legal everywhere, most of them plain."""

from hypothesis import strategies as st

PLAIN = ("a", "b", "c", "users", "teams", "name", "created_at", "Plan", "x1")
HOSTILE = (
    *("order", "select", "two words", "MiXed", "ünï", "名前", "100%", "%s", "%(a)s", "a:b"),
    *(
        'say "so"',
        "it's",
        "[x]",
        "a.b",
        "a(b)",
        "-dash",
        "a;b",
        "<script>",
        "{x}",
        "back\\slash",
        " :p",
    ),
)


def names(taken: frozenset[str] = frozenset()) -> st.SearchStrategy[str]:
    """Draw a name that is not taken, whatever its case."""
    free = [one for one in (*PLAIN, *HOSTILE) if one.lower() not in taken]
    plain = [one for one in free if one in PLAIN]
    return st.one_of(st.sampled_from(plain or free), st.sampled_from(free))
