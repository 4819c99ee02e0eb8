"""Which layer of a drawing each box stands in."""

from collections import defaultdict
from collections.abc import Sequence

BETWEEN_BOXES = 22.0
Edge = tuple[int, int]


def without_cycles(count: int, edges: Sequence[Edge]) -> dict[int, Edge]:
    """Turn every edge round that closes a cycle; leave out edges within a box."""
    after: dict[int, list[int]] = defaultdict(list)
    for number, (left, right) in enumerate(edges):
        if left != right:
            after[left].append(number)
    state, forward = [0] * count, {}
    for root in range(count):
        stack = [(root, iter(after[root]))] if state[root] == 0 else []
        state[root] = state[root] or 1
        while stack:
            node, rest = stack[-1]
            number = next(rest, -1)
            if number < 0:
                state[node] = 2
                stack.pop()
                continue
            right = edges[number][1]
            forward[number] = (right, node) if state[right] == 1 else (node, right)
            if state[right] == 0:
                state[right] = 1
                stack.append((right, iter(after[right])))
    return forward


def layers_of(
    sizes: Sequence[tuple[float, float]], joined: set[int], edges: Sequence[Edge], highest: float
) -> dict[int, int]:
    """Put each box right of all that it refers to, and let no layer be higher than this."""
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for left, right in edges:
        before[right].append(left)
        after[left].append(right)
    filled: dict[int, float] = defaultdict(float)
    layer: dict[int, int] = {}
    waiting = {node: len(before[node]) for node in joined}
    ready = sorted(node for node in joined if not waiting[node])
    for node in ready:  # grows while it is read: boxes whose left neighbours all stand
        at = max((layer[left] + 1 for left in before[node]), default=0)
        while filled[at] and filled[at] + sizes[node][1] > highest:
            at += 1
        layer[node] = at
        filled[at] += sizes[node][1] + BETWEEN_BOXES
        for right in after[node]:
            waiting[right] -= 1
            if not waiting[right]:
                ready.append(right)
    return layer
