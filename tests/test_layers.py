"""A lower app never names a higher one, not even in a string, where import-linter cannot see it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ["wesp_portal/common", "partnerships", "priorities", "reports"]


def strings(folder: Path) -> Iterator[tuple[str, str]]:
    """Each string in a folder's code that is no docstring, with where it is."""
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text())
        docstrings = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_no_string_names_a_higher_app(layer: str) -> None:
    higher = LAYERS[LAYERS.index(layer) + 1 :]
    naming = re.compile(rf"^({'|'.join(higher)})(\.[A-Za-z_]|/[\w/-]+\.html$)")
    assert [found for found in strings(ROOT / layer) if naming.search(found[1])] == []
