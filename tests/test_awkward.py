"""tests/fixtures/AWKWARD.md names tests and files that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "tests/fixtures/AWKWARD.md").read_text("utf-8")
FILES = {path.name for path in (ROOT / "tests/fixtures/files").iterdir()}


def test_every_test_it_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) == sum(line.startswith("| ") and "|---" not in line for line in TEXT.splitlines()) - 3
    lacking = [
        f"{path}::{name}"
        for path, name in named
        if name not in {node.name for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef)}
    ]
    assert lacking == []


def test_every_file_it_names_is_there() -> None:
    named = set(re.findall(r"`([\w-]+\.(?:tif|gif|pdf|docx|jpg))`", TEXT))
    assert named
    assert named <= FILES


def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text("utf-8"))
