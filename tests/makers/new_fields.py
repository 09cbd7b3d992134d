"""Today's program with one more defaulted field in every value that it writes down: what the next version may be."""

import ast
from pathlib import Path

from tests.makers.program_copy import ProgramCopy

FIELD = "added_later"
OUTSIDE_DOMAIN = {"HeldRecord"}
"""Values written into the register that are not in `domain`."""
ROWS = {"Delivery", "Run", "Decision", "CopyStanding", "Audit"}
"""Values of `domain` that are rows of tables, as `PackageRow` is: their fields are columns, and a
new one comes with a migration."""


def extended_program(folder: Path) -> tuple[str, ...]:
    """Copies the program into `folder` (for PYTHONPATH), every dataclass of `domain` with the field; their names."""
    ProgramCopy.into(folder)
    modules = sorted((folder / "pipeline").rglob("*.py"))
    return tuple(name for path in modules for name in _extend(path, path.parent.name == "domain"))


def _extend(path: Path, domain: bool) -> list[str]:
    """Adds the field to the dataclasses of a module that are written down; their names."""
    text = path.read_text("utf-8")
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef) and _is_dataclass(node)]
    chosen = [node for node in found if (node.name not in ROWS if domain else node.name in OUTSIDE_DOMAIN)]
    lines = text.splitlines(keepends=True)
    for node in sorted(chosen, key=lambda each: -each.lineno):
        lines.insert(_behind_fields(node), f'{" " * node.body[0].col_offset}{FIELD}: str = ""\n')
    if chosen:
        path.write_text("".join(lines), "utf-8")
    return [node.name for node in chosen]


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(each) for each in node.decorator_list)


def _behind_fields(node: ast.ClassDef) -> int:
    """Number of the line behind the last field; behind the docstring where there is no field."""
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    last = fields[-1] if fields else node.body[0]
    end = last.end_lineno
    assert end is not None
    return end
