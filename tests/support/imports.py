"""The imports of a Python package, read from its syntax trees; nothing is imported for it.

- **arrow**: one import, from the module that says it to the module that it names.
- **eager**: it runs when the module is loaded; in a function or for types alone it does not.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Arrow:
    """One import: who says it, what it names, on which line, and whether it runs at load."""

    source: str
    target: str
    line: int
    eager: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} → {self.target}"


def module_files(package: Path) -> dict[str, Path]:
    """Give every module of a package by its dotted name; a package is named without __init__."""
    files = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


def arrows(package: Path) -> list[Arrow]:
    """List every import of a package, those inside functions too."""
    files = module_files(package)
    found = []
    for source, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [
            Arrow(source, target, line, eager)
            for node, eager in _imports(tree, eager=True)
            for target, line in _targets(node, files)
        ]
    return sorted(found)


Import = ast.Import | ast.ImportFrom


def _imports(node: ast.AST, *, eager: bool) -> Iterator[tuple[Import, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Import):
            yield child, eager
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports(child, eager=False)
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for branch, runs in ((child.body, False), (child.orelse, eager)):
                yield from _imports(ast.Module(branch, []), eager=runs)
        else:
            yield from _imports(child, eager=eager)


def _targets(node: Import, files: dict[str, Path]) -> Iterator[tuple[str, int]]:
    """Name what is imported; `from package import name` names the submodule if there is one."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, node.lineno) for alias in node.names)
        return
    assert node.module is not None, "relative imports are not used here"
    for alias in node.names:
        submodule = f"{node.module}.{alias.name}"
        is_module = submodule in files or node.module == "alembic"
        yield submodule if is_module else node.module, node.lineno


def cycles(arrows: list[Arrow]) -> list[list[str]]:
    """List the cycles among modules, each from its first module round to the same."""
    graph: dict[str, set[str]] = {}
    for arrow in arrows:
        graph.setdefault(arrow.source, set()).add(arrow.target)
    found: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(graph):
        _walk(start, [], graph, done, found)
    return found


def _walk(
    module: str, path: list[str], graph: dict[str, set[str]], done: set[str], found: list[list[str]]
) -> None:
    if module in path:
        found.append([*path[path.index(module) :], module])
    elif module not in done:
        for target in sorted(graph.get(module, ())):
            _walk(target, [*path, module], graph, done, found)
        done.add(module)
