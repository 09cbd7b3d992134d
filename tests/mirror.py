"""`./run mirror`: which modules have no test of their own, where the tests mirror the tree of the program.

`pipeline/tools/disk.py` is tested by `tests/tools/test_disk.py`, `flows/audit.py` by `tests/flows/test_audit.py`, what
stands in a package itself (`pipeline/stores/__init__.py`) by `tests/stores/test_stores.py`.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = 0.9


def mirror_of(module: Path) -> Path:
    """Where the tests of a module lie; both below ROOT."""
    parts = module.relative_to(ROOT).parts
    inside = parts[1:] if parts[0] == "pipeline" else parts
    name = module.parent.name if module.stem == "__init__" else module.stem.removeprefix("_")
    return ROOT.joinpath("tests", *inside[:-1], f"test_{name}.py")


def modules() -> list[Path]:
    """All modules that do something: those that hold a function or a class, but for migrations, which tests of the
    register run one after the other."""
    found = [*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("flows/**/*.py")]
    return sorted(path for path in found if "migrations" not in path.parts and _does_something(path))


def _does_something(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body)


def without_tests() -> list[Path]:
    """Modules whose mirror is not there."""
    return [path for path in modules() if not mirror_of(path).is_file()]


def main() -> int:
    """Prints what lacks tests; 0 where enough have them."""
    every, lacking = len(modules()), without_tests()
    for path in lacking:
        print(f"{path.relative_to(ROOT)}  →  {mirror_of(path).relative_to(ROOT)}")
    share = 1 - len(lacking) / every
    print(f"{every - len(lacking)} of {every} modules have tests of their own: {share:.0%}, wanted {WANTED:.0%}")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    raise SystemExit(main())
